package protocol

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/seawall-city/seawall"
)

// dictionaries gives the workbook of the shared data, or skips where there is
// none.
func dictionaries(t *testing.T) []byte {
	t.Helper()
	dir := os.Getenv("SEAWALL_DATA")
	if dir == "" {
		t.Skip("SEAWALL_DATA is not set")
	}
	src, err := os.ReadFile(filepath.Join(dir, "yardsticks", "msf", "MSF-outbreak-dict.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// All of the MSF dictionaries become protocols without a change of Go: every row
// is a field or is rejected with a reason, types, answers with codes and labels
// and units are kept, and the files lint clean but for the missing Chinese.
func TestMSFDictionaries(t *testing.T) {
	src := dictionaries(t)
	made, err := ConvertMSF(src, nil)
	if err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(bytes.NewReader(src))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	if len(made.Files) != 4 {
		t.Fatalf("%d protocols, want Cholera, Measles, Meningitis, AJS", len(made.Files))
	}
	files := fstest.MapFS{}
	for _, f := range made.Files {
		rows, err := book.GetRows(f.Sheet)
		if err != nil {
			t.Fatal(err)
		}
		if in := len(rows) - 1; f.Rows != in || f.Fields+len(f.Rejected) != in || len(f.Rejected) != 0 {
			t.Errorf("%s: %d rows in the sheet, %d read = %d fields + %v", f.Sheet, in, f.Rows, f.Fields, f.Rejected)
		}
		files[f.Name] = &fstest.MapFile{Data: f.Text}
	}
	var out strings.Builder
	if err := Lint(&out, "en", Known{}, files); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	if n := strings.Count(out.String(), "warning: texts without Chinese"); n != 4 {
		t.Errorf("%d of 4 files say that their Chinese is missing:\n%s", n, out.String())
	}
	set, err := Load(Known{}, files)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range made.Files {
		sameAsSheet(t, set, f, book)
	}
}

// sameAsSheet compares a converted form with its sheet, row by row.
func sameAsSheet(t *testing.T, set *Set, f Converted, book *excelize.File) {
	t.Helper()
	p, _ := set.ByID(strings.TrimSuffix(f.Name, ".yaml"))
	form, ok := p.Form(p.Entry)
	if !ok {
		t.Fatalf("%s has no form", f.Name)
	}
	rows, _ := book.GetRows(f.Sheet)
	answers, _ := book.GetRows("OptionCodes")
	types := map[string][]string{"TEXT": {FieldText, FieldChoice}, "LONG_TEXT": {FieldLong}, "DATE": {FieldDate}, "BOOLEAN": {FieldYes},
		"TRUE_ONLY": {FieldYes}, "INTEGER_POSITIVE": {FieldInteger}, "ORGANISATION_UNIT": {FieldArea}, "ORG UNIT": {FieldArea}}
	for i, r := range rows[1:] {
		r = append(r, make([]string, 7)...)
		x := form.Fields[i]
		fits := false
		for _, typ := range types[r[4]] {
			fits = fits || x.Type == typ
		}
		if !fits {
			t.Errorf("%s row %d: %s became %s", f.Sheet, i+2, r[4], x.Type)
		}
		if label := strings.Join(strings.Fields(or(or(r[5], r[2]), r[1])), " "); x.Label.EN != label {
			t.Errorf("%s row %d: label %q, want %q", f.Sheet, i+2, x.Label.EN, label)
		}
		want := 0
		for _, a := range answers[1:] {
			if len(a) > 4 && a[4] == r[6] && r[6] != "" {
				want++
			}
		}
		if x.Type == FieldChoice && len(x.Options) != want || x.Type != FieldChoice && want > 0 {
			t.Errorf("%s row %d: %d answers of %d", f.Sheet, i+2, len(x.Options), want)
		}
	}
}

// What a dictionary says of ages, pregnancy and dates holds in the form: codes are
// taken, bounds refuse, and the age has its unit.
func TestMSFFormChecks(t *testing.T) {
	made, err := ConvertMSF(dictionaries(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{}
	for _, f := range made.Files {
		files[f.Name] = &fstest.MapFile{Data: f.Text}
	}
	set, err := Load(Known{}, files)
	if err != nil {
		t.Fatal(err)
	}
	p, _ := set.ByID("msf-cholera")
	form, _ := p.Form("case")
	age, _ := form.field("egen_008")
	if age.Type != FieldInteger || age.Unit != "years" || *age.Min != 2 || *age.Max != 119 {
		t.Errorf("age: %+v", age)
	}
	now := time.Date(2022, 3, 28, 10, 0, 0, 0, shanghai())
	for _, tc := range []struct {
		name   string
		values map[string]any
		bad    string
	}{
		{"as it should be", map[string]any{"egen_001": "P-12", "egen_004": "2022-03-20", "egen_008": 31, "egen_016": "2022-03-24"}, ""},
		{"too old", map[string]any{"egen_008": 130}, "egen_008: form_range"},
		{"left before they came", map[string]any{"egen_004": "2022-03-20", "egen_016": "2022-03-01"}, "egen_016: form_not_before"},
		{"no such element", map[string]any{"egen_999": "x"}, "egen_999: unknown_field"},
	} {
		_, errs := form.Check(context.Background(), tc.values, now)
		got := ""
		for _, e := range errs {
			got += e.Field + ": " + e.Code
		}
		if got != tc.bad {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.bad)
		}
	}
}

// A table of words gives the Chinese; with all of it the linter has nothing to
// say.
func TestMSFWords(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	put := func(cell string, row ...any) {
		if err := f.SetSheetRow("Sheet1", cell, &row); err != nil {
			t.Fatal(err)
		}
	}
	put("A1", "Data element UID", "Data element name", "Data element shortname", "Data element description", "Data element valuetype", "Data element formname", "Used Optionset UID")
	put("A2", "u1", "EGEN_001 Fever", "Fever", "", "BOOLEAN", "", "")
	put("A3", "u2", "EGEN_002 Fever", "Fever", "", "COORDINATE", "", "")
	put("A4", "u3", "", "", "", "TEXT", "", "")
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	made, err := ConvertMSF(b.Bytes(), map[string]string{"Fever": "发热"})
	if err != nil {
		t.Fatal(err)
	}
	got := made.Files[0]
	if got.Rows != 3 || got.Fields != 1 || len(got.Rejected) != 2 || got.Rejected[0].Row != 3 || got.Rejected[0].Why.ZH == "" {
		t.Errorf("%+v", got)
	}
	p, problems := shipped(t).Check(got.Name, got.Text)
	if p == nil || len(problems) != 0 || p.Forms[0].Fields[0].Label.ZH != "发热" {
		t.Errorf("%v\n%s", problems, got.Text)
	}
	for _, bad := range [][]byte{nil, []byte("no workbook"), b.Bytes()[:40]} {
		if _, err := ConvertMSF(bad, nil); !seawall.Is(err, seawall.Invalid) {
			t.Errorf("%q was taken: %v", bad, err)
		}
	}
}
