package strictyaml

import (
	"fmt"
	"strings"
	"testing"
)

type sheet struct {
	ID    string           `yaml:"id"`
	Steps []step           `yaml:"steps"`
	Named map[string]*step `yaml:"named"`
}

type step struct {
	Key   string `yaml:"key"`
	Hours int    `yaml:"hours"`
}

func read(src string) (*File, sheet) {
	var s sheet
	f := Read("x.yaml", []byte(src), &s, Limits{Bytes: 10_000, Levels: 20, One: Words{ZH: "只能有一份", EN: "one only"}})
	return f, s
}

// Whatever is wrong with a text is said in both languages with line, column and,
// where the text has such a line, an excerpt with a caret.
func TestRead(t *testing.T) {
	for _, tc := range []struct {
		src, en, zh  string
		line, column int
	}{
		{"", "the file is empty", "文件是空的", 1, 1},
		{"id: a\nidd: b\n", `there is no key "idd" here; did you mean id?`, "没有名为“idd”的键；是否想写 id？", 2, 1},
		{"id: a\nnamed:\n  x: {kee: b}\n", `there is no key "kee" here; did you mean key?`, "没有名为“kee”的键；是否想写 key？", 3, 7},
		{"id: a\nid: b\n", `key "id" is repeated`, "键“id”重复", 2, 1},
		{"id: a\nsteps:\n  - hours: soon\n", `"soon" should be a whole number`, "“soon”应为整数", 3, 12},
		{"id: &a b\n", "the marks !, &, * and << are not used here; put a text that has them into quotes", "这里不用 !、&、* 和 << 这些记号；要写成文字请加引号", 1, 5},
		{"id: a\n---\nid: b\n", "one only", "只能有一份", 1, 1},
		{"id: " + strings.Repeat("[", 21), "the file has more than 10000 bytes or 20 levels", "文件超过 10000 字节，或嵌套超过 20 层", 1, 1},
		{"id: " + strings.Repeat("a", 10_000), "the file has more than 10000 bytes or 20 levels", "文件超过 10000 字节，或嵌套超过 20 层", 1, 1},
		{"id: a\n\tb: c\n", "not well written: found character '\t' that cannot start any token", "语法有误：缩进请用空格，不用制表符", 2, 1},
	} {
		f, _ := read(tc.src)
		if len(f.Problems) != 1 {
			t.Errorf("%.40q: %d problems: %v", tc.src, len(f.Problems), f.Problems)
			continue
		}
		p := f.Problems[0]
		if p.Text.EN != tc.en || p.Text.ZH != tc.zh || p.Line != tc.line || p.Column != tc.column || p.File != "x.yaml" {
			t.Errorf("%.40q:\n got %d:%d %s / %s\nwant %d:%d %s / %s", tc.src, p.Line, p.Column, p.Text.EN, p.Text.ZH, tc.line, tc.column, tc.en, tc.zh)
		}
		if tc.src != "" && !strings.Contains(p.Excerpt, "^") {
			t.Errorf("%.40q: no caret in %q", tc.src, p.Excerpt)
		}
	}
}

// The caret stands under the place also behind wide characters, a problem at a path
// that the file has not is put at the nearest place above, and Move moves both.
func TestPlace(t *testing.T) {
	f, s := read("id: 甲\nsteps:\n  - {key: 乙, hours: 3}\n  - key: c\n")
	if f.Wrong() || s.Steps[0].Hours != 3 || strings.Join(f.Keys("steps[0]"), " ") != "key hours" || f.Keys("nothing") != nil {
		t.Fatalf("%v %+v", f.Problems, s)
	}
	f.Add("steps[0].hours", text("太多", "too many"))
	f.Warn("steps[1].hours.more", text("没有", "none"))
	got := f.Problems[0].Format("en")
	want := "x.yaml:3:21: too many\n   1 | id: 甲\n   2 | steps:\n>  3 |   - {key: 乙, hours: 3}\n                            ^\n   4 |   - key: c"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if w := f.Problems[1]; w.Line != 4 || !w.Warning || w.Excerpt != "" || w.Format("zh") != fmt.Sprintf("x.yaml:4:%d: 提醒：没有", w.Column) {
		t.Errorf("%+v", w)
	}
	again := f.Fresh()
	again.Add("", text("整个", "the whole"))
	again.Move(3)
	if p := again.Problems[0]; len(again.Problems) != 1 || p.Column != 3 || !strings.Contains(p.Excerpt, "         ^") {
		t.Errorf("%+v", again.Problems)
	}
	if _, ok := f.Line(99); ok {
		t.Error("there is no line 99")
	}
}

// A file with thousands of faults is not told thousands of times.
func TestMany(t *testing.T) {
	f, _ := read("id: a\n")
	for i := range 3 * MaxProblems {
		f.Add("", textf("第 %d 处", "place %d", i))
	}
	last := f.Problems[len(f.Problems)-1]
	if len(f.Problems) != MaxProblems+1 || !strings.Contains(last.Text.EN, "left out") {
		t.Errorf("%d problems, the last: %s", len(f.Problems), last.Text.EN)
	}
}

// What is not a file of the program's is read as strictly.
func TestDecode(t *testing.T) {
	l := Limits{Bytes: 1000, Levels: 5}
	var s sheet
	if err := Decode([]byte(" \n"), &s, l); err != nil {
		t.Error(err)
	}
	if err := Decode([]byte("id: a"), &s, l); err != nil || s.ID != "a" {
		t.Errorf("%v %+v", err, s)
	}
	for _, bad := range []string{"idd: a", "id: [[[[[[", "id: a\nid: b", "steps: 3"} {
		if err := Decode([]byte(bad), &s, l); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

// Nothing that is pasted makes the reader give up, and all of it is answered with a
// place in the text and words in both languages.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"id: a", "steps: [{key: b, hours: 3}]", "a: !!binary x", "- - - -", "id: \"\n", "\t", "a: &b [*b]", "? x\n: y", "steps:\n- !!map"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		got, _ := read(src)
		for _, p := range got.Problems {
			if _, there := got.Line(p.Line); !there || p.Column < 1 || p.Text.ZH == "" || p.Text.EN == "" {
				t.Errorf("%+v", p)
			}
		}
	})
}
