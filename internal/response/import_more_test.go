package response_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/intake"
	"github.com/seawall-city/seawall/internal/response"
)

// A dry run looks rows up and writes nothing; a wrong mapping is refused with
// every fault; a second mapping is another telling.
func TestDryRunOnRecords(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.list(intake.LineList, "measles", "s", "case_id,age", "1,5", "2,6")
		p, err := o.main.PreviewImport(o.ctx, o.epi, response.ImportFile{Kind: intake.LineList, Disease: "measles", Source: "s", Name: "l.csv",
			Data: []byte("case_id,age\n1,5\n2,7\n3,8\n3,8\n")})
		o.ok(err)
		r, err := o.main.DryRunImport(o.ctx, o.epi, p.Import.ID, nil)
		o.ok(err)
		o.counts(r, 2, 0, 2)
		bad := p.Mapping
		bad.Columns = map[string]string{"case_id": "id", "age": "id", "gone": "sex"}
		_, err = o.main.DryRunImport(o.ctx, o.epi, p.Import.ID, &bad)
		o.refuse(err, seawall.Invalid, "import_map_wrong")
		_, err = o.main.StartImport(o.ctx, o.epi, p.Import.ID, &bad)
		o.refuse(err, seawall.Invalid, "import_map_wrong")
		if c := o.caseOf("measles", "s", "2"); c.Version != 1 {
			t.Errorf("the dry run wrote: %+v", c)
		}
		_, err = o.main.PreviewImport(o.ctx, o.epi, response.ImportFile{Kind: intake.LineList, Disease: "no such", Name: "l.csv", Data: []byte("id\n1\n")})
		o.refuse(err, seawall.Invalid, "regime_disease_unknown")
	})
}

// Results find their person by document number and name, or by the number
// alone; the same document and another name is somebody new with a warning.
func TestPeopleByDocument(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		const doc = "11010519491231002X" // the standard's own specimen number
		o.list(intake.LineList, "covid-19", "h", "病例编号,姓名,身份证号,性别", "1,测试甲,"+doc+",女")
		c := o.caseOf("covid-19", "h", "1")
		head := "样本编号,姓名,身份证号,检测项目,采样时间,检测时间,检测结果"
		r := o.list(intake.Results, "covid-19", "lab", head, "S1,测试甲,"+doc+",核酸,2022-03-27 08:00,2022-03-27 20:00,阳性",
			"S2,,"+doc+",抗原,2022-03-27 09:00,2022-03-27 09:20,阳性", "S3,另一人,"+doc+",核酸,2022-03-27 08:00,2022-03-27 20:00,阴性")
		o.counts(r, 3, 0, 0)
		if r.Duplicates != 1 {
			t.Errorf("%d possible duplicates, want 1: %+v", r.Duplicates, r.Problems)
		}
		o.read(func(tx seawall.Tx) error {
			rs, err := o.db.ResultsOfPerson(o.ctx, tx, c.Person)
			if len(rs) != 2 || rs[0].Accession != "S1" || rs[1].Kind != "antigen" {
				t.Errorf("%+v", rs)
			}
			return err
		})
		// A second list about the same person makes no second person.
		o.list(intake.Contacts, "covid-19", "county", "接触者编号,姓名,身份证号,末次接触日期", "K1,测试甲,"+doc+",2022-03-20")
		if k := o.contactOf("covid-19", "county", "K1"); k.Person != c.Person {
			t.Errorf("%s and %s", k.Person, c.Person)
		}
	})
}

// No identity is anywhere in the records: not in rows, not in problems, not in
// the file that is kept.
func TestImportsKeepIdentityApart(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		const name, phone = "欧阳测试", "13912345678"
		r := o.list(intake.LineList, "covid-19", "h", "病例编号,姓名,联系电话,出生日期,监护人,班级", "1,"+name+","+phone+",1990-13-45,x,二班", "2,,,,,三班,多出来的")
		o.counts(r, 1, 1, 0)
		c := o.caseOf("covid-19", "h", "1")
		var texts []string
		for k, v := range c.Extra {
			texts = append(texts, k, v)
		}
		for _, p := range r.Problems {
			for _, v := range p.Args {
				texts = append(texts, v)
			}
		}
		o.read(func(tx seawall.Tx) error {
			f, err := o.db.ImportFile(o.ctx, tx, r.Import.ID)
			texts = append(texts, string(f), c.Mask, r.Import.Mapping)
			p, err2 := o.db.Person(o.ctx, tx, c.Person)
			texts = append(texts, p.Mask, p.Pinyin)
			if err == nil {
				err = err2
			}
			return err
		})
		all := strings.Join(texts, "|")
		for _, secret := range []string{name, phone, "1990-13-45"} {
			if strings.Contains(all, secret) {
				t.Errorf("%q is in the records", secret)
			}
		}
		if c.State == casebook.CaseRetracted || c.Extra["班级"] != "二班" {
			t.Errorf("%+v", c)
		}
	})
}

// Three workers at once on one import: every row is taken once.
func TestWorkersShareNoRow(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		lines := []string{"case_id,name"}
		for i := range 700 {
			lines = append(lines, fmt.Sprintf("W%d,测试%c", i, rune(0x4e00+i)))
		}
		p, err := o.main.PreviewImport(o.ctx, o.epi, response.ImportFile{Kind: intake.LineList, Disease: "measles", Name: "w.csv",
			Data: []byte(strings.Join(lines, "\n"))})
		o.ok(err)
		_, err = o.main.StartImport(o.ctx, o.epi, p.Import.ID, nil)
		o.ok(err)
		var wg sync.WaitGroup
		errs := make([]error, 3)
		for n := range errs {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for range 20 {
					if _, errs[n] = o.main.ResumeImports(o.ctx); errs[n] != nil {
						return
					}
				}
			}()
		}
		wg.Wait()
		for _, err := range errs {
			o.ok(err)
		}
		rep, err := o.main.ImportReport(o.ctx, o.epi, p.Import.ID)
		o.ok(err)
		o.counts(rep, 700, 0, 0)
		if n, err := o.vault.Count(o.ctx); err != nil || n != 700 {
			t.Errorf("%d identities, want 700; %v", n, err)
		}
	})
}
