package goods

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seawall-city/seawall"
)

// longestRest bounds a rest and a clock in hours: a longer one is a slip of the pen.
const longestRest = 24 * 14

// check says what is wrong with a file that could be read.
func (f *file) check() {
	d := f.doc
	for path, v := range map[string]string{"id": d.ID, "jurisdiction": d.Jurisdiction, "disease": d.Disease, "exposed_class": d.ExposedClass} {
		if strings.TrimSpace(v) == "" {
			f.say(path, "必须填写", "is required")
		}
	}
	f.both("title", d.Title)
	from, err := seawall.ParseDay(d.Valid.From)
	if err != nil {
		f.say("valid.from", "必须是日期，如 2022-03-28", "is a day like 2022-03-28")
	}
	if d.Valid.To != "" {
		if to, err := seawall.ParseDay(d.Valid.To); err != nil || to < from {
			f.say("valid.to", "必须是不早于 from 的日期", "is a day not before from")
		}
	}
	if len(d.Kinds) == 0 {
		f.say("kinds", "至少要有一类货物", "at least one kind of goods")
	}
	seen := map[string]bool{}
	for i, k := range d.Kinds {
		at := fmt.Sprintf("kinds[%d]", i)
		f.key(at, k.Key, seen)
		f.both(at+".name", k.Name)
		f.both(at+".source", k.Source)
		f.records(at+".records", k.Records)
	}
	if len(d.AfterPositive) == 0 {
		f.say("after_positive", "阳性货物凭什么解封，必须写明", "says what a positive lot needs before it is released")
	}
	f.records("after_positive", d.AfterPositive)
	if len(d.Clocks) == 0 {
		f.say("clocks", "阳性后调查的时限，至少一条", "at least one clock of the investigation after a positive")
	}
	seen = map[string]bool{}
	for i, c := range d.Clocks {
		at := fmt.Sprintf("clocks[%d]", i)
		f.key(at, c.Key, seen)
		f.both(at+".text", c.Text)
		if c.After != "discovered" && c.After != "report" {
			f.say(at+".after", "只能是 discovered（登记）或 report（检测报告）", "is discovered, when it was recorded, or report, when the laboratory told")
		}
		if c.Hours < 1 || c.Hours > longestRest {
			f.say(at+".hours", "须在 1 至 %d 之间", "is 1 to %d", longestRest)
		}
		if strings.TrimSpace(c.Source) == "" {
			f.say(at+".source", "必须写明依据", "names its source")
		}
	}
}

// records checks a list of records.
func (f *file) records(path string, docs []recordDoc) {
	seen := map[string]bool{}
	for i, r := range docs {
		at := fmt.Sprintf("%s[%d]", path, i)
		f.key(at, r.Key, seen)
		f.both(at+".text", r.Text)
		f.both(at+".source", r.Source)
		if !slices.Contains([]string{NeedDisinfect, NeedSample, NeedRest}, r.Need) {
			f.say(at+".need", "只能是 disinfect、sample 或 rest", "is disinfect, sample or rest")
		}
		for _, w := range r.What {
			if !slices.Contains(Parts(), w) {
				f.say(at+".what", "没有“%s”这个部位", "there is no part %q", w)
			}
		}
		if (r.Need == NeedRest) != (r.Hours > 0) || r.Hours > longestRest {
			f.say(at+".hours", "静置须写小时数（至多 %d），其他不写", "a rest has hours (at most %d), nothing else has", longestRest)
		}
		if r.Spots < 0 || r.Spots > 0 && r.Need != NeedSample {
			f.say(at+".spots", "只有采样才写点位数", "only a sample has spots")
		}
		if r.BeforeContact && r.Need != NeedDisinfect {
			f.say(at+".before_contact", "只有消毒才有首次接触之前的要求", "only a disinfection comes before the first contact")
		}
	}
}

// key checks a key and that it stands once.
func (f *file) key(at, key string, seen map[string]bool) {
	if key == "" || seen[key] {
		f.say(at+".key", "必须填写且不重复", "is required and stands once")
	}
	seen[key] = true
}

// both checks that a text is there in both languages.
func (f *file) both(at string, t seawall.Text) {
	if strings.TrimSpace(t.ZH) == "" || strings.TrimSpace(t.EN) == "" {
		f.say(at, "中英文都要写", "is written in both languages")
	}
}
