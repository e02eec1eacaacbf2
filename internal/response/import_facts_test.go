package response_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/intake"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/response"
	"github.com/seawall-city/seawall/internal/vault"
)

// list sends rows of text through and gives the report.
func (o *office) list(kind intake.Kind, disease, source string, lines ...string) response.ImportReport {
	o.t.Helper()
	r, err := o.main.ImportWhole(o.ctx, o.epi, response.ImportFile{Kind: kind, Disease: disease, Source: source, Name: "list.csv",
		Data: []byte(strings.Join(lines, "\n"))}, nil, false)
	o.ok(err)
	if r.Rows != r.Accepted+r.Rejected+r.Unchanged {
		o.t.Fatalf("%d rows, but %d accepted, %d rejected, %d unchanged", r.Rows, r.Accepted, r.Rejected, r.Unchanged)
	}
	return r
}

func (o *office) counts(r response.ImportReport, accepted, rejected, unchanged int) {
	o.t.Helper()
	if r.Accepted != accepted || r.Rejected != rejected || r.Unchanged != unchanged {
		o.t.Fatalf("accepted %d, rejected %d, unchanged %d; want %d, %d, %d: %+v",
			r.Accepted, r.Rejected, r.Unchanged, accepted, rejected, unchanged, r.Problems)
	}
}

func (o *office) caseOf(disease, source, external string) casebook.Case {
	o.t.Helper()
	var c casebook.Case
	o.read(func(tx seawall.Tx) (err error) {
		c, err = o.db.CaseByOrigin(o.ctx, tx, disease, source, external)
		return err
	})
	return c
}

func has(r response.ImportReport, code string) int {
	n := 0
	for _, p := range r.Problems {
		if p.Code == code {
			n++
		}
	}
	return n
}

// A case whose investigation is due opens it; history brings facts alone; a
// second telling changes nothing, a changed one changes the case.
func TestImportedCasesOpenTheirDuties(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		head := "病例编号,姓名,性别,年龄,发病日期,报告日期,病例分类,区域,备注列"
		now, old := "N1,测试甲,男,45,2022-03-27,2022-03-28,确诊病例,320924103001-01,x", "N2,测试乙,女,30,2021-06-01,2021-06-02,确诊病例,射阳县,"
		r := o.list(intake.LineList, "covid-19", "hospital", head, now, old)
		o.counts(r, 2, 0, 0)
		if r.Import.Duties != 1 {
			t.Fatalf("%d duties, want 1", r.Import.Duties)
		}
		a, b := o.caseOf("covid-19", "hospital", "N1"), o.caseOf("covid-19", "hospital", "N2")
		if a.State != casebook.CaseOpen || a.Home != grid1Path || a.No != "N1" || a.Extra["备注列"] != "x" || !strings.Contains(a.Mask, "男") {
			t.Errorf("%+v", a)
		}
		if b.State != casebook.CaseClosed || !b.Historic || b.Home != countyPath {
			t.Errorf("%+v", b)
		}
		o.counts(o.list(intake.LineList, "covid-19", "hospital", head, now, old), 0, 0, 2)
		r = o.list(intake.LineList, "covid-19", "hospital", head, strings.Replace(now, "2022-03-27", "2022-03-26", 1), old)
		o.counts(r, 1, 0, 1)
		if c := o.caseOf("covid-19", "hospital", "N1"); c.Version != 2 || c.Onset != day("2022-03-26") || c.ID != a.ID || c.Person != a.Person {
			t.Errorf("%+v", c)
		}
		// The same number in another hospital's list is another case.
		r = o.list(intake.LineList, "covid-19", "clinic", head, old)
		o.counts(r, 1, 0, 0)
		if c := o.caseOf("covid-19", "clinic", "N2"); c.ID == b.ID || c.No == "N2" || has(r, "import_number_taken") != 1 {
			t.Errorf("%+v %+v", c, r.Problems)
		}
	})
}

// Ends of links that are not known yet stand in as placeholders, and the case
// that comes later takes its placeholder's place.
func TestPlaceholdersBecomeCases(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		r := o.list(intake.Links, "mers", "study", "infector,infectee,place", "A,B,ward", "A,C,ward", "A,A,ward", ",C,ward")
		o.counts(r, 2, 2, 0)
		if r.Placeholders != 3 {
			t.Errorf("%d placeholders, want 3: %+v", r.Placeholders, r.Problems)
		}
		r = o.list(intake.LineList, "mers", "other source", "id,age,dt_onset", "A,50,2015-05-20", "B,40,2015-05-30")
		o.counts(r, 2, 0, 0)
		a, b := o.caseOf("mers", "other source", "A"), o.caseOf("mers", "other source", "B")
		o.read(func(tx seawall.Tx) error {
			ls, err := o.db.LinksOfPersons(o.ctx, tx, []seawall.PersonNo{a.Person})
			if len(ls) != 2 || ls[0].FromCase != a.ID || ls[0].ToCase != b.ID || ls[1].ToCase != "" || ls[0].Kind != "infection" {
				t.Errorf("%+v", ls)
			}
			p, err2 := o.db.Person(o.ctx, tx, a.Person)
			if p.Placeholder || p.BirthYear != 1965 {
				t.Errorf("%+v", p)
			}
			if err == nil {
				err = err2
			}
			return err
		})
		o.counts(o.list(intake.Links, "mers", "study", "infector,infectee,place", "A,B,ward", "A,C,ward"), 0, 0, 2)
	})
}

// The infectors of a line list become links between its own cases.
func TestInfectorsBecomeLinks(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		r := o.list(intake.LineList, "measles", "hagelloch", "case_ID,infector,date_of_prodrome", "1,2,1861-11-21", "2,,1861-11-10", "3,1,1861-12-01", "4,99,1861-12-02")
		o.counts(r, 4, 0, 0)
		if r.Import.Links != 3 || r.Placeholders != 1 {
			t.Errorf("%+v", r.Import)
		}
		c := o.caseOf("measles", "hagelloch", "1")
		o.read(func(tx seawall.Tx) error {
			ls, err := o.db.LinksOfPersons(o.ctx, tx, []seawall.PersonNo{c.Person})
			for _, l := range ls {
				if l.FromCase == "" || l.ToCase == "" {
					t.Errorf("%+v", l)
				}
			}
			if len(ls) != 2 {
				t.Errorf("%d links, want 2", len(ls))
			}
			return err
		})
	})
}

// Contacts that may still be followed come in as candidates, others as history;
// their follow-ups and the link to their case find them.
func TestContactsFollowUpsAndLinks(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.list(intake.LineList, "covid-19", "s", "uuid,case_id,发病日期,报告日期,病例分类", "case-uuid-0000000001,C1,2022-03-27,2022-03-28,确诊病例")
		r := o.list(intake.Contacts, "covid-19", "s", "uuid,contact_id,姓名,date_of_last_contact,contact_status,case",
			"contact-uuid-00000001,K1,测试丙,2022-03-27,UNDER_FOLLOW_UP,", "contact-uuid-00000002,K2,测试丁,2021-03-01,UNDER_FOLLOW_UP,",
			"contact-uuid-00000003,K3,测试戊,2022-03-20,LOST_TO_FOLLOW_UP,C1", "case-uuid-0000000001,K4,测试己,2022-03-20,BECAME_CASE,")
		o.counts(r, 4, 0, 0)
		states := []casebook.ContactState{casebook.Candidate, casebook.History, casebook.Lost, casebook.BecameCase}
		c := o.caseOf("covid-19", "s", "case-uuid-0000000001")
		for n, ext := range []string{"contact-uuid-00000001", "contact-uuid-00000002", "contact-uuid-00000003", "case-uuid-0000000001"} {
			k := o.contactOf("covid-19", "s", ext)
			if k.State != states[n] || k.Loop != "" || (n == 2) != (k.Case == c.ID) || (n == 3) != (k.Person == c.Person) {
				t.Errorf("%s: %+v", ext, k)
			}
		}
		r = o.list(intake.Links, "covid-19", "s", "source_uuid,target_uuid,date_of_last_contact", "case-uuid-0000000001,contact-uuid-00000001,2022-03-27")
		o.counts(r, 1, 0, 0)
		if k := o.contactOf("covid-19", "s", "contact-uuid-00000001"); k.Case != c.ID || k.CaseNo != "C1" {
			t.Errorf("%+v", k)
		}
		r = o.list(intake.FollowUps, "covid-19", "s", "contact_id,date_of_followup,followup_status,temperature,fever days",
			"K1,2022-03-28,SEEN_NOT_OK,38.1,2", "K1,2022-03-27,SEEN_OK,,", "K9,2022-03-27,SEEN_OK,,", "K1,,SEEN_OK,,")
		o.counts(r, 2, 2, 0)
		if k := o.contactOf("covid-19", "s", "contact-uuid-00000001"); k.LastReport != day("2022-03-28") || !k.Symptomatic {
			t.Errorf("%+v", k)
		}
	})
}

func (o *office) contactOf(disease, source, external string) casebook.Contact {
	o.t.Helper()
	var c casebook.Contact
	o.read(func(tx seawall.Tx) (err error) {
		c, err = o.db.ContactByOrigin(o.ctx, tx, disease, source, external)
		return err
	})
	return c
}

// A negative result that comes by file closes the test it answers.
func TestImportedResultClosesItsTest(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c := o.positive(grid1).Case
		cs := o.candidates(c, 1, "close", "")
		o.confirm(cs)
		var open int
		for _, st := range o.steps(cs[0].ID) {
			if strings.HasPrefix(st.Key, "test") && st.State == "open" {
				open++
			}
		}
		o.clock.Advance(24 * time.Hour)
		r := o.list(intake.Results, "covid-19", "lab", "样本编号,接触者编号,检测项目,采样时间,检测时间,检测结果,检测机构",
			fmt.Sprintf("S1,%s,核酸,2022-03-29 08:00,2022-03-29 12:00,阴性,市检测中心", cs[0].No), "S2,,核酸,2022-03-29,2022-03-29,阴性,x", "S3,NOBODY,核酸,2022-03-29,2022-03-29,阴性,x")
		o.counts(r, 1, 2, 0)
		still := 0
		for _, st := range o.steps(cs[0].ID) {
			if strings.HasPrefix(st.Key, "test") && st.State == "open" {
				still++
			}
		}
		if open == 0 || still >= open {
			t.Errorf("%d tests open before, %d after", open, still)
		}
		o.counts(o.list(intake.Results, "covid-19", "lab", "样本编号,接触者编号,检测项目,采样时间,检测时间,检测结果,检测机构",
			fmt.Sprintf("S1,%s,核酸,2022-03-29 08:00,2022-03-29 12:00,阴性,市检测中心", cs[0].No)), 0, 0, 1)
	})
}

// One row that the database refuses is rejected with its reason and takes no
// other row with it; the rejected rows come back as a file.
func TestOneBadRowSpoilsNothing(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c := o.positive(grid1).Case
		o.write(func(tx seawall.Tx) error { // a record that no import made holds the key of row X3
			c.ID, c.No, c.Version = seawall.CaseID(tx.NewID()), "Z1", 1
			c.Origin = casebook.Origin{Source: "s", External: "X3"}
			if err := o.db.SaveCase(o.ctx, tx, c); err != nil {
				return err
			}
			return o.log.Record(o.ctx, tx, ledger.Event{Type: "case.recorded", Subject: c.Ref()})
		})
		lines := []string{"case_id,onset date,note"}
		for i := range 450 {
			lines = append(lines, fmt.Sprintf("X%d,2021-01-01,\"=1+%d\"", i, i))
		}
		lines = append(lines, "X450,2021-01-01,a,b,c")
		r := o.list(intake.LineList, "covid-19", "s", lines...)
		o.counts(r, 449, 2, 0)
		b, err := o.main.ImportRejects(o.ctx, o.epi, r.Import.ID, func(code string, _ map[string]string) string { return code })
		o.ok(err)
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(b), "\xEF\xBB\xBF"))).ReadAll()
		if err != nil && !strings.Contains(err.Error(), "wrong number of fields") {
			t.Fatal(err)
		}
		if !strings.Contains(string(b), "5,import_row_failed,X3,2021-01-01,'=1+3") || !strings.Contains(string(b), "import_row_cells") {
			t.Errorf("%v\n%s", rows, b)
		}
	})
}

// An import that is cut off at any point goes on where it stopped: nothing
// twice, nothing missing, and the people of committed rows stay.
func TestInterruptedImportGoesOn(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		lines := []string{"case_id,name,infector"}
		for i := range 900 {
			lines = append(lines, fmt.Sprintf("R%d,测试%c%c,R%d", i, rune(0x4e00+i), rune(0x5e00+i), i/2))
		}
		p, err := o.main.PreviewImport(o.ctx, o.epi, response.ImportFile{Kind: intake.LineList, Disease: "measles", Name: "r.csv",
			Data: []byte(strings.Join(lines, "\n"))})
		o.ok(err)
		if len(p.Sample) != 20 || p.Mapping.Columns["case_id"] != "id" || len(p.Fields) < 20 {
			t.Errorf("%+v", p)
		}
		_, err = o.main.StartImport(o.ctx, o.epi, p.Import.ID, nil)
		o.ok(err)
		_, err = o.main.StartImport(o.ctx, o.epi, p.Import.ID, nil)
		o.refuse(err, seawall.Conflict, "import_not_ready")
		for n := 0; ; n++ {
			ctx, stop := context.WithTimeout(o.ctx, time.Duration(40+n*17)*time.Millisecond)
			_, err = o.main.ResumeImports(ctx)
			stop()
			rep, err2 := o.main.ImportReport(o.ctx, o.epi, p.Import.ID)
			o.ok(err2)
			if rep.Import.State == casebook.ImportDone {
				o.counts(rep, 900, 0, 0)
				if rep.Import.Links != 899 || rep.Placeholders != 0 {
					t.Errorf("%+v", rep.Import)
				}
				break
			}
			if n > 200 {
				t.Fatalf("no end: %v %+v", err, rep.Import)
			}
		}
		n := 0
		o.read(func(tx seawall.Tx) error {
			_, _, total, err := o.db.Cases(o.ctx, tx, casebook.CaseQuery{Scope: seawall.Scope{cityPath}, Disease: "measles", Page: seawall.Page{Limit: 1}})
			n = total
			return err
		})
		if n != 900 {
			t.Errorf("%d cases, want 900", n)
		}
	})
}

func TestCancelledImportStops(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		p, err := o.main.PreviewImport(o.ctx, o.epi, response.ImportFile{Kind: intake.LineList, Disease: "measles", Name: "c.csv",
			Data: []byte("case_id\n1\n2\n")})
		o.ok(err)
		_, err = o.main.StartImport(o.ctx, o.epi, p.Import.ID, nil)
		o.ok(err)
		_, err = o.main.CancelImport(o.ctx, o.epi, p.Import.ID)
		o.ok(err)
		n, err := o.main.ResumeImports(o.ctx)
		o.ok(err)
		if rep, err := o.main.ImportReport(o.ctx, o.epi, p.Import.ID); err != nil || n != 0 || rep.Accepted != 0 || rep.Import.State != casebook.ImportCancelled {
			t.Errorf("%d %v %+v", n, err, rep.Import)
		}
		_, err = o.main.PreviewImport(o.ctx, o.grid, response.ImportFile{Kind: intake.LineList, Disease: "measles", Name: "c.csv", Data: []byte("case_id\n1\n")})
		o.refuse(err, seawall.Denied, "")
	})
}

// An identity whose record is committed stays although its process died before
// it told the vault; one whose record never came to be goes.
func TestSweepKeepsWhatRecordsKnow(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		sealed, err := o.vault.Seal(o.ctx, []vault.Request{{ID: "lost-0000000000001", Identity: vault.Identity{Name: "测试甲", Birth: seawall.NoDay}},
			{ID: "used-0000000000001", Identity: vault.Identity{Name: "测试乙", Birth: seawall.NoDay}}})
		o.ok(err)
		o.write(func(tx seawall.Tx) error {
			if err := o.db.SavePerson(o.ctx, tx, casebook.Person{No: sealed[1].Person, Mask: sealed[1].Mask}); err != nil {
				return err
			}
			return o.log.Record(o.ctx, tx, ledger.Event{Type: "person.added", Subject: casebook.PersonRef(sealed[1].Person)})
		})
		o.clock.Advance(48 * time.Hour)
		for _, want := range []int{1, 0} {
			n, err := o.main.SweepIdentities(o.ctx, o.clock.Now().Add(-24*time.Hour))
			if err != nil || n != want {
				t.Errorf("%d swept, want %d; %v", n, want, err)
			}
		}
		left, err := o.vault.Masks(o.ctx, []seawall.PersonNo{sealed[0].Person, sealed[1].Person})
		if err != nil || left[0].Mask != "" || left[1].Mask == "" {
			t.Errorf("%+v %v", left, err)
		}
	})
}
