package intake

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// evaluate reads a text under its suggested mapping.
func evaluate(t testing.TB, k Kind, data string, edit ...Mapping) *Evaluation {
	t.Helper()
	c := catalog(t)
	tab, err := Read("list.csv", []byte(data), ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	m, _ := c.Suggest(k, tab)
	for _, o := range edit {
		m = m.Over(o)
	}
	ev, err := c.Evaluate(tab, m, Options{Today: testDay(), Zone: shanghai()})
	if err != nil {
		t.Fatal(err)
	}
	return ev
}

func codes(r Record) string {
	var out []string
	for _, p := range r.Problems {
		out = append(out, p.Code)
	}
	return strings.Join(out, " ")
}

func TestUnmappedAndUnknownAreKept(t *testing.T) {
	r := evaluate(t, LineList, "病例编号,姓名,性别,转归,班级,发病日期\nA1,测试甲,男,去向不明,三年二班,约三月底\n").Record(0)
	if r.Extra["班级"] != "三年二班" || r.Extra["转归"] != "去向不明" || r.Identity.Name != "测试甲" {
		t.Errorf("%+v", r)
	}
	if r.Extra["姓名"] != "" {
		t.Error("a name is in the further data")
	}
}

// A row is never taken for another one because their numbers are alike.
func TestRepeatedNumbers(t *testing.T) {
	ev := evaluate(t, LineList, "case_id,age\n7,30\n7,30\n7,41\n,50\n,50\n")
	want := []string{"", "import_row_again", "import_id_repeated import_number_taken", "import_number_missing", "import_row_alike import_number_missing"}
	keys := map[string]bool{}
	for i := range ev.Rows() {
		r := ev.Record(i)
		if got := codes(r); got != want[i] {
			t.Errorf("row %d: %q, want %q", i, got, want[i])
		}
		keys[r.External+"#"+string(rune('0'+r.Nth))] = true
	}
	if len(keys) != 4 { // the second row repeats the first
		t.Errorf("%d keys: %v", len(keys), keys)
	}
	ev = evaluate(t, LineList, "uuid,case_id,age\nu1,7,30\nu2,7,30\nu1,7,31\nu1,7,30\n")
	for i, w := range []string{"", "import_number_taken", "import_id_conflict", "import_row_again"} {
		if got := codes(ev.Record(i)); got != w {
			t.Errorf("row %d: %q, want %q", i, got, w)
		}
	}
}

func TestLinksNeedTwoDifferentEnds(t *testing.T) {
	ev := evaluate(t, Links, "from,to,place\na,b,x\na,a,x\n,b,x\na,,x\na,b,x\na,b,y\n")
	for i, w := range []string{"", "import_link_self", "import_link_no_end", "import_link_no_end", "import_row_again", "import_id_repeated"} {
		if got := codes(ev.Record(i)); got != w {
			t.Errorf("row %d: %q, want %q", i, got, w)
		}
	}
	if r := ev.Record(5); r.External != "a>b" || r.Nth != 1 {
		t.Errorf("%+v", r)
	}
}

func TestResults(t *testing.T) {
	ev := evaluate(t, Results, strings.Join([]string{
		"标本编号,身份证号,检测项目,采样时间,检测时间,检测结果,CT值",
		"S1,11010519491231002X,核酸,2022-03-27 08:00,2022-03-27 20:30,阳性,28.5",
		",11010519491231002X,核酸,2022-03-27,2022-03-27,阴性,",
		"S3,,核酸,2022-03-27,2022-03-27,阴性,",
		"S4,11010519491231002X,核酸,2022-03-27,2022-03-27,也许,",
		"S5,11010519491231002X,核酸,2022-03-27,,,",
		"S6,11010519491231002X,核酸,2022-03-28,2022-03-27,-,",
	}, "\n"))
	for i, w := range []string{"", "import_result_no_sample", "import_result_no_person",
		"import_code_unknown import_result_unreadable", "import_result_pending", "import_result_before_sample"} {
		got := codes(ev.Record(i))
		for _, code := range strings.Fields(w) {
			if !strings.Contains(got, code) {
				t.Errorf("row %d: %q, want %q", i, got, w)
			}
		}
		if w == "" && got != "" {
			t.Errorf("row %d: %q", i, got)
		}
	}
	r := ev.Record(0)
	if f := r.Result; f.Outcome != "positive" || f.Kind != "nat" || f.Value != "28.5" || f.Resulted.Hour() != 12 {
		t.Errorf("%+v", f)
	}
}

func TestMappingFile(t *testing.T) {
	m, err := ParseMapping([]byte("columns: {c: class, kode: ''}\nvalues: {class: {X: confirmed}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	r := evaluate(t, LineList, "kode,c\n1,X\n", m).Record(0)
	if r.Case.Class != "confirmed" || r.Extra["kode"] != "1" {
		t.Errorf("%+v %+v", r, r.Case)
	}
	for _, bad := range []string{"colums: {}", "columns: [a]", "\tx"} {
		if _, err := ParseMapping([]byte(bad)); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
	c := catalog(t)
	tab := read(t, "a,b\n1,2\n")
	err = c.Check(Mapping{Kind: Links, Columns: map[string]string{"a": "from", "b": "from", "z": "to", "y": ""}}, tab)
	wantCode(t, err, "import_map_wrong", "", "")
}

// Whatever a file holds, every row is accepted or rejected with a reason, twice
// reading gives the same, and nothing panics.
func TestEveryRowIsAccountedFor(t *testing.T) {
	c := catalog(t)
	cell := rapid.OneOf(rapid.SampledFrom([]string{"", "1", "SK_1", "2020-03-28", "3/4/20", "男", "阳性", "a\"b", "x,y", "LNG_A_MALE", "?", "-1", "45岁", "80+", "\n"}), rapid.String())
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]Kind{LineList, Contacts, Links, FollowUps, Results}).Draw(t, "kind")
		fields := c.Fields(kind)
		var b strings.Builder
		n := rapid.IntRange(1, 12).Draw(t, "columns")
		for range n {
			f := rapid.SampledFrom(fields).Draw(t, "field")
			b.WriteString(rapid.SampledFrom(f.Alias).Draw(t, "alias") + ",")
		}
		for range rapid.IntRange(0, 8).Draw(t, "rows") {
			b.WriteString("\n")
			for range rapid.IntRange(0, n+1).Draw(t, "cells") {
				b.WriteString(strings.NewReplacer("\"", "\"\"").Replace(cell.Draw(t, "cell")) + ",")
			}
		}
		account(t, c, kind, []byte(b.String()))
	})
}

type failer interface {
	Helper()
	Fatalf(string, ...any)
}

func account(t failer, c *Catalog, kind Kind, data []byte) {
	t.Helper()
	tab, err := Read("x", data, ReadOptions{})
	if err != nil {
		return
	}
	m, suggestions := c.Suggest(kind, tab)
	if len(suggestions) != len(tab.Columns) {
		t.Fatalf("%d suggestions for %d columns", len(suggestions), len(tab.Columns))
	}
	ev, err := c.Evaluate(tab, m, Options{Today: testDay(), Zone: shanghai()})
	if err != nil {
		return
	}
	keys := map[string]string{}
	for i := range ev.Rows() {
		r, again := ev.Record(i), ev.Record(i)
		if codes(r) != codes(again) || r.External != again.External {
			t.Fatalf("row %d reads differently the second time", i)
		}
		if r.Rejected() != nil {
			continue
		}
		if r.External == "" && r.Content != "" {
			t.Fatalf("row %d has no key: %+v", i, r)
		}
		key := r.External + "\x00" + string(rune(r.Nth))
		if old, twice := keys[key]; twice && old != r.Content {
			t.Fatalf("row %d would overwrite another row with the key %q", i, r.External)
		}
		keys[key] = r.Content
		if r.Link != nil && r.Link.From == r.Link.To {
			t.Fatalf("row %d links %q to itself", i, r.Link.From)
		}
	}
}

// FuzzRead runs any bytes as any kind of file.
func FuzzRead(f *testing.F) {
	for i, s := range []string{"id,from,to\n1,a,b\n", "\xEF\xBB\xBF编号;日期\n1;2020-03-28\n", "a\t\"b\n\"\n", "PK\x03\x04", "\xd6\xd0,\xb9\xfa\n1,2\n"} {
		f.Add([]byte(s), uint8(i))
	}
	c, err := Load()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte, k uint8) {
		account(t, c, Kinds()[int(k)%len(Kinds())], data)
	})
}

// FuzzDate checks that whatever reads as a date is one.
func FuzzDate(f *testing.F) {
	for _, s := range []string{"2020-03-28", "3/4/20", "28 Mar 2020", "43918.5", "2020年3月28日 14时", "2020-03-28T14:05:09+08:00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, ok := parseDate(s)
		if !ok {
			return
		}
		y := d.day(DayFirst, shanghai()).Start(shanghai()).Year()
		if y < 1799 || y > 2200 {
			t.Fatalf("%q reads as the year %d", s, y)
		}
	})
}

// What tells who somebody is goes to the vault even if no field takes it.
func TestUnmappedIdentityIsSealed(t *testing.T) {
	ev := evaluate(t, LineList, "病例编号,监护人姓名,school phone,备用号,班级\n1,测试丁,0515-1234567,13800000000,二班\n2,,,13900000000,三班\n")
	r := ev.Record(0)
	if len(r.Extra) != 1 || r.Extra["班级"] != "二班" {
		t.Errorf("further data: %v", r.Extra)
	}
	if r.Identity.Address != "监护人姓名: 测试丁 · school phone: 0515-1234567 · 备用号: 13800000000" {
		t.Errorf("sealed: %q", r.Identity.Address)
	}
	if len(ev.File) != 4 { // three columns, and the class that is assumed
		t.Errorf("%+v", ev.File)
	}
	ev = evaluate(t, Links, "from,to,guardian phone\na,b,0515\n")
	if len(ev.Record(0).Extra) != 0 || len(ev.File) != 1 || ev.File[0].Code != "import_sealed_not_kept" {
		t.Errorf("%+v %+v", ev.Record(0), ev.File)
	}
}
