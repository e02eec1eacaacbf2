package intake

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/seawall-city/seawall"
)

func read(t *testing.T, data string) *Table {
	t.Helper()
	tab, err := Read("list.csv", []byte(data), ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return tab
}

func TestEncodings(t *testing.T) {
	const text = "病例编号,姓名,性别\nA1,测试甲,男\nA2,测试乙,女\n"
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	utf16 := []byte{0xFF, 0xFE}
	for _, r := range text {
		utf16 = append(utf16, byte(r), byte(r>>8))
	}
	for name, c := range map[string]struct{ data, encoding string }{
		"utf-8": {text, "utf-8"}, "with mark": {"\xEF\xBB\xBF" + text, "utf-8"},
		"chinese excel": {gb, "gb18030"}, "unicode text": {string(utf16), "utf-16"},
	} {
		tab := read(t, c.data)
		if tab.Encoding != c.encoding || tab.Columns[0] != "病例编号" || len(tab.Rows) != 2 || tab.Rows[1].Cells[1] != "测试乙" {
			t.Errorf("%s: %+v %v", name, tab, tab.Rows)
		}
	}
	west := read(t, "id;nombre;ciudad\n1;Jos\xe9;C\xf3rdoba\n")
	if west.Encoding != "windows-1252" || west.Rows[0].Cells[2] != "Córdoba" {
		t.Errorf("western: %+v", west.Rows)
	}
	// A file that is no text in any of these names the line.
	_, err = Read("x.csv", []byte("id,name\n1,\xd6\xd0\xb9\xfa\n2,\xff\xff\xd6\xd0\xb9\xfa\n"), ReadOptions{})
	wantCode(t, err, "import_encoding", "line", "3")
}

func wantCode(t *testing.T, err error, code string, arg, value string) {
	t.Helper()
	e, ok := err.(*seawall.Error)
	if !ok || e.Code != code || arg != "" && e.Args[arg] != value {
		t.Errorf("got %v, want %s with %s=%s", err, code, arg, value)
	}
}

func TestDelimitersAndQuotes(t *testing.T) {
	for _, c := range []string{",", ";", "\t", "|"} {
		data := strings.ReplaceAll("id,place,note\n1,\"a,b;c\",x\n2,\"two\nlines \"\"here\"\"\",y\n", ",", c)
		tab := read(t, data)
		if tab.Delimiter != c || len(tab.Columns) != 3 || len(tab.Rows) != 2 {
			t.Fatalf("%q: %+v", c, tab)
		}
		if got := tab.Rows[1].Cells[1]; got != "two\nlines \"here\"" {
			t.Errorf("%q: quoted newline: %q", c, got)
		}
	}
	// Lines are counted inside quotations, so that a message names the right one.
	tab := read(t, "id,note\n1,\"a\nb\nc\"\n2,x\n")
	if tab.Rows[1].Line != 5 {
		t.Errorf("line %d, want 5", tab.Rows[1].Line)
	}
	// What programs write although they should not.
	tab = read(t, "id,note\n1,12\" pipe\n2,\"a\" b\r3,c\n")
	if len(tab.Rows) != 3 || tab.Rows[0].Cells[1] != `12" pipe` || tab.Rows[1].Cells[1] != "a b" {
		t.Errorf("%v", tab.Rows)
	}
	_, err := Read("x.csv", []byte("id,note\n1,a\n2,\"never closed\n3,c\n"), ReadOptions{})
	wantCode(t, err, "import_quote_open", "line", "3")
}

func TestShapes(t *testing.T) {
	tab := read(t, "密接者登记表\n\n编号,姓名,,编号\n1,甲,k,9\n,,,\n2,乙\n3,丙,k,9,too,many\n")
	if got := strings.Join(tab.Columns, "|"); got != "编号|姓名|column 3|编号 (2)" {
		t.Errorf("columns %s", got)
	}
	if len(tab.Rows) != 3 || tab.Rows[0].Line != 4 || tab.Rows[1].Cells[3] != "" || !tab.Rows[2].Bad {
		t.Errorf("%+v", tab.Rows)
	}
	if got := read(t, "id,note\n1,a\x00b\u200b \n").Rows[0].Cells[1]; got != "ab" {
		t.Errorf("control characters: %q", got)
	}
	for data, code := range map[string]string{"": "import_empty", " \n\n": "import_empty",
		"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1rest": "import_old_excel", "%PDF-1.7": "import_not_a_table",
		"PK\x03\x04broken": "import_workbook"} {
		_, err := Read("x", []byte(data), ReadOptions{})
		wantCode(t, err, code, "", "")
	}
}

// The forgiving parser agrees with encoding/csv wherever the latter accepts.
func TestParserAgreesWithStandardOne(t *testing.T) {
	for _, data := range []string{"a,b\n1,2\n", "a\r\n\"x\r\ny\",\"\"\"\"\r\n", "\"a\"\"b\",,\n,,\n", "a,b", "\"q\"", "\"\",x\n"} {
		want, err := csv.NewReader(strings.NewReader(data)).ReadAll()
		if err != nil {
			continue
		}
		got, err := parseCSV(data, ',')
		if err != nil {
			t.Fatal(err)
		}
		for i := range want {
			for j := range want[i] {
				if strings.ReplaceAll(got[i].cells[j], "\r\n", "\n") != want[i][j] {
					t.Errorf("%q: %q and %q", data, got[i].cells, want[i])
				}
			}
		}
	}
}

func TestWorkbook(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	if _, err := f.NewSheet("个案"); err != nil {
		t.Fatal(err)
	}
	date, err := f.NewStyle(&excelize.Style{NumFmt: 14})
	if err != nil {
		t.Fatal(err)
	}
	custom := "yyyy\"年\"m\"月\"d\"日\" h:mm"
	stamp, err := f.NewStyle(&excelize.Style{CustomNumFmt: &custom})
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range [][]any{
		{"病例编号", "发病日期", "报告时间", "年龄", "身份证号"},
		{"A1", 44648, 44648.604167, 45, "11010519491231002X"},
		{"A2", "2022-03-27", 44649.5, 61, "110105194912310038"},
	} {
		cell := fmt.Sprintf("A%d", i+1)
		if err := f.SetSheetRow("个案", cell, &row); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SetCellStyle("个案", "B2", "B3", date); err != nil {
		t.Fatal(err)
	}
	if err := f.SetCellStyle("个案", "C2", "C3", stamp); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	tab, err := Read("个案.xlsx", b.Bytes(), ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if tab.Format != "xlsx" || tab.Sheet != "个案" || len(tab.Sheets) != 2 || len(tab.Rows) != 2 {
		t.Fatalf("%+v", tab)
	}
	want := []string{"A1", "2022-03-28", "2022-03-28 14:30:00", "45", "11010519491231002X"}
	for i, w := range want {
		if tab.Rows[0].Cells[i] != w {
			t.Errorf("cell %d: %q, want %q", i, tab.Rows[0].Cells[i], w)
		}
	}
	if tab.Rows[1].Line != 3 || tab.Rows[1].Cells[1] != "2022-03-27" {
		t.Errorf("%+v", tab.Rows[1])
	}
	if _, err := Read("x.xlsx", b.Bytes(), ReadOptions{Sheet: "nowhere"}); err == nil {
		t.Error("a sheet that is not there was read")
	}
}

func TestAsCSV(t *testing.T) {
	plain := []byte("code,name\n1,a\n")
	if got, err := AsCSV("x.csv", plain, ReadOptions{}); err != nil || !bytes.Equal(got, plain) {
		t.Errorf("%q %v", got, err)
	}
	gb, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte("编码;名称\n1;合德,镇\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := AsCSV("x.csv", gb, ReadOptions{}); err != nil || string(got) != "编码,名称\n1,\"合德,镇\"\n" {
		t.Errorf("%q %v", got, err)
	}
}
