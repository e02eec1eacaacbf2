package response_test

import (
	"strings"
	"testing"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/intake"
	"github.com/seawall-city/seawall/internal/response"
)

// A file that a county sent is the county's and the city's: another county
// neither reads its rejected rows nor runs or stops it. GOV-06.
func TestAnImportBelongsToItsSender(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		stranger := o.account("stranger", "亭湖区 值班长", other, "duty_officer")
		say := func(code string, _ map[string]string) string { return code }
		p, err := o.main.PreviewImport(o.ctx, o.countyDesk, response.ImportFile{Kind: intake.LineList, Disease: "measles", Source: "s", Name: "l.csv",
			Data: []byte("case_id,onset date,=1+1\n1,2021-01-01,x\n2,2021-01-01,＝2,extra\n")})
		o.ok(err)
		id := p.Import.ID
		_, err = o.main.DryRunImport(o.ctx, stranger, id, nil)
		o.refuse(err, seawall.Denied, "auth_denied_area")
		_, err = o.main.StartImport(o.ctx, stranger, id, nil)
		o.refuse(err, seawall.Denied, "auth_denied_area")
		_, err = o.main.CancelImport(o.ctx, stranger, id)
		o.refuse(err, seawall.Denied, "auth_denied_area")
		_, err = o.main.StartImport(o.ctx, o.countyDesk, id, nil)
		o.ok(err)
		_, err = o.main.ResumeImports(o.ctx)
		o.ok(err)
		_, err = o.main.ImportReport(o.ctx, stranger, id)
		o.refuse(err, seawall.Denied, "auth_denied_area")
		_, err = o.main.ImportRejects(o.ctx, stranger, id, say)
		o.refuse(err, seawall.Denied, "auth_denied_area")
		for _, who := range []response.Who{o.countyDesk, o.cityDesk} {
			_, err = o.main.ImportReport(o.ctx, who, id)
			o.ok(err)
			b, err := o.main.ImportRejects(o.ctx, who, id, say)
			o.ok(err)
			if !strings.Contains(string(b), "'＝2") || !strings.Contains(string(b), "'=1+1") {
				t.Errorf("cells that a spreadsheet would run: %s", b)
			}
		}
	})
}

// Importing facts is not maintaining the tree of areas.
func TestAreasAreImportedByWhoMaintainsThem(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		file := response.ImportFile{Kind: intake.Areas, Name: "areas.csv", Data: []byte("id,name\n320999,新区\n")}
		for _, who := range []response.Who{o.lab, o.epi, o.countyDesk} {
			_, err := o.main.PreviewImport(o.ctx, who, file)
			o.refuse(err, seawall.Denied, "")
		}
		_, err := o.main.PreviewImport(o.ctx, o.cityDesk, file)
		o.ok(err)
	})
}
