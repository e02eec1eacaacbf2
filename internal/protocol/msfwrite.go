package protocol

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/seawall-city/seawall"
)

// msfPattern is a check that a form can make, and how.
type msfPattern struct {
	form  *regexp.Regexp
	apply func(w *msfWriter, at int) bool
}

// msfAdmission is the code of the date of consultation or admission, with which
// rules of the dictionaries compare other dates.
const msfAdmission = "EGEN_004"

// msfPatterns are the wordings of rules that become bounds of a field. They give
// the age bounds and the order of dates; a date "on or before" admission bounds the
// admission, where that stands below it in the form.
func msfPatterns() []msfPattern {
	limit := func(set func(x *Field, v *float64), v float64) func(*msfWriter, int) bool {
		return func(w *msfWriter, at int) bool {
			x := &w.fields[at]
			if x.Type != FieldInteger && x.Type != FieldNumber {
				return false
			}
			set(x, &v)
			return true
		}
	}
	most := func(x *Field, v *float64) { x.Max = v }
	least := func(x *Field, v *float64) { x.Min = v }
	return []msfPattern{
		{regexp.MustCompile(`(?i)age should be less than 120 years`), limit(most, 119)},
		{regexp.MustCompile(`(?i)age in months only .*between 0 and 23`), func(w *msfWriter, at int) bool {
			return limit(least, 0)(w, at) && limit(most, 23)(w, at)
		}},
		{regexp.MustCompile(`(?i)age in days only .*younger than 60 days`), func(w *msfWriter, at int) bool {
			return limit(least, 0)(w, at) && limit(most, 59)(w, at)
		}},
		{regexp.MustCompile(`(?i)age in years for children older than or equal to 2`), limit(least, 2)},
		{regexp.MustCompile(`(?i)(is|be) (on or )?after date of admission`), func(w *msfWriter, at int) bool {
			return w.notBefore(at, w.admission())
		}},
		{regexp.MustCompile(`(?i)on or before (the )?date of admission`), func(w *msfWriter, at int) bool {
			return w.notBefore(w.admission(), at)
		}},
	}
}

// admission gives the place of the date of admission, -1 for none.
func (w *msfWriter) admission() int {
	if i, ok := w.byCode[msfAdmission]; ok {
		return i
	}
	return -1
}

// notBefore bounds one date by another that stands above it.
func (w *msfWriter) notBefore(at, other int) bool {
	if at < 0 || other < 0 || other >= at || w.fields[at].Type != FieldDate || w.fields[other].Type != FieldDate || w.fields[at].NotBefore != "" {
		return false
	}
	w.fields[at].NotBefore = w.fields[other].Key
	return true
}

// applyRules makes bounds of the dictionary's checks; the others are kept in words.
func (w *msfWriter) applyRules(program string) {
	for _, r := range w.m.rules {
		if !strings.EqualFold(r.program, program) {
			continue
		}
		w.out.Rules++
		at, known := w.byCode[w.m.codes[r.uid]]
		applied := false
		for _, p := range msfPatterns() {
			if known && p.form.MatchString(r.words) {
				applied = p.apply(w, at)
				break
			}
		}
		if applied {
			w.out.Applied++
			continue
		}
		w.notes = append(w.notes, r.words)
	}
}

// quote writes a text as YAML and JSON both have it.
func quote(s string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		return strconv.Quote(s)
	}
	return strings.TrimSpace(b.String())
}

// pair writes a text in both languages; what has no Chinese has the English only.
func pair(t seawall.Text) string {
	if t.ZH == "" {
		return "{en: " + quote(t.EN) + "}"
	}
	return "{zh: " + quote(t.ZH) + ", en: " + quote(t.EN) + "}"
}

// yaml writes the protocol: the form, one step in which somebody looks at it, and
// the end.
func (w *msfWriter) yaml(id, sheet string) []byte {
	var b strings.Builder
	put := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	put("# %s: made of the MSF outbreak dictionary by \"seawall protocol convert msf\".", sheet)
	put("# The dictionary gives the form; the step, its hours and the department are a start.")
	put("id: %s", id)
	if w.english() {
		put("language: en")
	}
	put("title: %s", pair(text(sheet+"（MSF 字典）", sheet+" (MSF dictionary)")))
	put("name: %s", pair(text(sheet+" {no}", sheet+" {no}")))
	put("subject: entry\nplaces: [home, stay, area]")
	put("parties:\n  department: %s", pair(text("市疾控中心", "Centre for disease control")))
	put("entry: case\nforms:\n  - key: case\n    title: %s\n    fields:", pair(text(sheet+" 个案表", sheet+" case form")))
	for _, x := range w.fields {
		w.field(put, x)
	}
	put("steps:\n  - key: review\n    title: %s", pair(text("核对个案表并决定下一步", "Check the case form and decide what follows")))
	put("    due: {after: opened, hours: 24}\n    needs: note")
	put("close: {rule: all_done, outcome: done, needs: [review]}\nreopen: {within_days: 90}")
	put("cancel:\n  reasons:\n    - {key: duplicate, zh: 重复登记, en: Recorded twice}")
	put("source: %s", pair(text("无国界医生（MSF）疫情数据字典", "MSF outbreak data dictionary")))
	if len(w.notes) > 0 {
		put("notes: %s", pair(w.m.both("Checks of the dictionary that this form does not make by itself: "+strings.Join(w.notes, "; "))))
	}
	return []byte(b.String())
}

// english reports whether a text has no Chinese yet.
func (w *msfWriter) english() bool {
	if len(w.notes) > 0 {
		return true
	}
	for _, x := range w.fields {
		if x.Label.ZH == "" || x.Help.EN != "" && x.Help.ZH == "" {
			return true
		}
		for _, o := range x.Options {
			if o.Text.ZH == "" {
				return true
			}
		}
	}
	return false
}

// field writes one field.
func (w *msfWriter) field(put func(string, ...any), x Field) {
	put("      - key: %s\n        type: %s\n        label: %s", x.Key, x.Type, pair(x.Label))
	if x.Help.EN != "" {
		put("        help: %s", pair(x.Help))
	}
	if x.Unit != "" {
		put("        unit: %s", quote(x.Unit))
	}
	if x.Min != nil {
		put("        min: %s", bound(x.Min))
	}
	if x.Max != nil {
		put("        max: %s", bound(x.Max))
	}
	if x.NotBefore != "" {
		put("        not_before: %s", x.NotBefore)
	}
	if len(x.Options) > 0 {
		put("        options:")
	}
	for _, o := range x.Options {
		zh := ""
		if o.Text.ZH != "" {
			zh = ", zh: " + quote(o.Text.ZH)
		}
		put("          - {key: %s%s, en: %s}", quote(o.Key), zh, quote(o.Text.EN))
	}
}
