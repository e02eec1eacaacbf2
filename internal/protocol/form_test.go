package protocol

import (
	"context"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
)

const everyType = `id: every
title: {zh: 全部, en: Every type}
name: {zh: "全部 {no}", en: "Every {no}"}
subject: entry
places: [area]
parties: {department: {zh: 某科, en: A department}}
entry: all
forms:
  - key: all
    title: {zh: 全部类型, en: Every type}
    fields:
      - {key: line, type: text, label: {zh: 一行, en: Line}, max_len: 5}
      - {key: lines, type: long, label: {zh: 多行, en: Lines}}
      - {key: temp, type: number, label: {zh: 体温, en: Temperature}, unit: °C, min: 30, max: 45}
      - {key: age, type: integer, label: {zh: 年龄, en: Age}, unit: years, min: 0, max: 120}
      - {key: one, type: choice, label: {zh: 单选, en: One}, options: [{key: a, zh: 甲, en: A}, {key: b, zh: 乙, en: B}], required: true}
      - {key: any, type: many, label: {zh: 多选, en: Any}, options: [{key: x, zh: 甲, en: X}, {key: y, zh: 乙, en: Y}]}
      - {key: sure, type: yes_no, label: {zh: 确定, en: Sure}}
      - {key: onset, type: date, label: {zh: 发病日, en: Onset}, not_future: true}
      - {key: seen, type: time, label: {zh: 就诊, en: Seen}, not_before: onset}
      - {key: place, type: area, label: {zh: 地点, en: Place}}
      - {key: shot, type: photo, label: {zh: 照片, en: Picture}}
      - {key: why, type: text, label: {zh: 原因, en: Why}, required: true, when: "form.one == 'b' && form.age < 18"}
steps:
  - {key: act, title: {zh: 处置, en: Act}, due: {after: opened, hours: 1}, needs: note}
close: {rule: all_done, outcome: done}
source: {zh: 例子, en: example}
`

func everyForm(t testing.TB) *Form {
	t.Helper()
	p, problems := shipped(t).Check("every.yaml", []byte(everyType))
	if p == nil {
		t.Fatal(problems)
	}
	f, _ := p.Form("all")
	return f
}

// A form takes what fits and gives it in its normal form; what does not fit comes
// back at once, each field with the message it deserves (APP-02, CRD-02).
func TestFormChecks(t *testing.T) {
	f := everyForm(t)
	now := time.Date(2022, 3, 28, 10, 0, 0, 0, shanghai())
	for _, tc := range []struct {
		name, in, out, bad string
	}{
		{"nothing", `{}`, `{}`, "one: required"},
		{"the least", `{"one":"a"}`, `{"one":"a"}`, ""},
		{"everything", `{"line":" a b ","lines":"a\nb","temp":"38.5","age":12,"one":"b","any":["y","x","y"],"sure":false,"onset":"2022-03-27",
			"seen":"2022-03-27T08:00:00+08:00","place":"320924103","shot":"p-1.jpg","why":"x"}`,
			`{"line":"a b","lines":"a\nb","temp":38.5,"age":12,"one":"b","any":["x","y"],"sure":false,"onset":"2022-03-27",
			"seen":"2022-03-27T00:00:00Z","place":"320924103","shot":"p-1.jpg","why":"x"}`, ""},
		{"blank is not answered", `{"one":"a","line":"  ","any":[]}`, `{"one":"a"}`, ""},
		{"too long", `{"one":"a","line":"六个字的文字啊"}`, "", "line: too_long"},
		{"two lines in one", `{"one":"a","line":"a\nb"}`, "", "line: form_strange_characters"},
		{"a bell", "{\"one\":\"a\",\"lines\":\"a\\u0007\"}", "", "lines: form_strange_characters"},
		{"no number", `{"one":"a","temp":"warm","age":true}`, "", "temp: form_number, age: form_number"},
		{"out of bounds", `{"one":"a","temp":50,"age":-1}`, "", "temp: form_range, age: form_range"},
		{"not whole", `{"one":"a","age":1.5}`, "", "age: form_whole"},
		{"infinite", `{"one":"a","temp":"Inf","age":"NaN"}`, "", "temp: form_number, age: form_number"},
		{"no such answer", `{"one":"c","any":["x","z"]}`, "", "one: form_option, any: form_option"},
		{"neither yes nor no", `{"one":"a","sure":"perhaps"}`, "", "sure: form_yes_no"},
		{"no day", `{"one":"a","onset":"27 March","seen":"2022-03-27"}`, "", "onset: day_malformed, seen: form_time"},
		{"in the future", `{"one":"a","onset":"2022-03-29"}`, "", "onset: form_future"},
		{"today is not the future", `{"one":"a","onset":"2022-03-28"}`, `{"one":"a","onset":"2022-03-28"}`, ""},
		{"before the onset", `{"one":"a","onset":"2022-03-27","seen":"2022-03-26T23:00:00+08:00"}`, "", "seen: form_not_before"},
		{"a day long gone", `{"one":"a","onset":"0001-01-01"}`, "", "onset: malformed"},
		{"odd references", `{"one":"a","place":"../x","shot":"/etc/passwd"}`, "", "place: malformed, shot: malformed"},
		{"unknown fields", `{"one":"a","zeta":1,"alpha":2}`, "", "alpha: unknown_field, zeta: unknown_field"},
		{"not asked", `{"one":"a","why":"x"}`, "", "why: form_not_asked"},
		{"not asked either", `{"one":"b","age":30,"why":"x"}`, "", "why: form_not_asked"},
		{"asked and missing", `{"one":"b","age":3}`, "", "why: required"},
		{"the wrong kind of thing", `{"one":["a"],"any":{"x":1},"line":5}`, "", "line: malformed, one: malformed, any: malformed"},
	} {
		var in map[string]any
		if err := json.Unmarshal([]byte(tc.in), &in); err != nil {
			t.Fatalf("%s: %v", tc.name, err)
		}
		out, errs := f.Check(context.Background(), in, now)
		var bad []string
		for _, e := range errs {
			bad = append(bad, e.Field+": "+e.Code)
		}
		if got := strings.Join(bad, ", "); got != tc.bad {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.bad)
			continue
		}
		if tc.bad != "" {
			continue
		}
		if got, want := normal(t, out), normal(t, json.RawMessage(tc.out)); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, want %v", tc.name, got, want)
		}
		again, errs := f.Check(context.Background(), normal(t, out), now)
		if len(errs) > 0 || !reflect.DeepEqual(normal(t, again), normal(t, out)) {
			t.Errorf("%s: what was kept does not pass again: %v %v", tc.name, again, errs)
		}
	}
}

// normal gives a value as it comes back from a column of JSON.
func normal(t *testing.T, v any) map[string]any {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// Whatever is sent as answers, the form says what is wrong and what it keeps
// passes again.
func FuzzFormCheck(f *testing.F) {
	form := everyForm(f)
	f.Add(`{"one":"a","temp":38.5,"age":1e300,"any":["x",1],"onset":"2022-03-27","seen":"x"}`)
	f.Add(`{"one":"b","age":3,"why":"\u0000","sure":null,"lines":{}}`)
	now := time.Date(2022, 3, 28, 10, 0, 0, 0, shanghai())
	f.Fuzz(func(t *testing.T, src string) {
		var in map[string]any
		if json.Unmarshal([]byte(src), &in) != nil {
			return
		}
		out, errs := form.Check(context.Background(), in, now)
		for _, e := range errs {
			if _, blank := in[""]; e.Field == "" && !blank || e.Code == "" {
				t.Errorf("%+v", e)
			}
		}
		if len(errs) > 0 {
			return
		}
		if again, errs := form.Check(context.Background(), normal(t, out), now); len(errs) > 0 || !reflect.DeepEqual(normal(t, again), normal(t, out)) {
			t.Errorf("%s: %v, again %v %v", src, out, again, errs)
		}
	})
}
