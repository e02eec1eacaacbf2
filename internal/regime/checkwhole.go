package regime

import (
	"fmt"
	"maps"
	"slices"

	"github.com/seawall-city/seawall"
)

// checkWhole finds what is wrong with a file once it stands on its parent.
func (f *file) checkWhole(r, parent *Regime) {
	f.checkAbolished(parent)
	if f.doc.Abstract || f.doc.Scope == scopeMustNots {
		return
	}
	f.checkArrivalsWhole(r)
	f.checkAppeal(r)
	if r.Disease.ID == "" {
		f.problem("disease", text("缺少病种 disease", "disease is missing"))
	}
	if r.Jurisdiction == "" {
		f.problem("jurisdiction", text("缺少适用地域 jurisdiction", "jurisdiction is missing"))
	}
	if r.CutOff.Hour == 0 {
		f.problem("no_overnight", text("缺少事不过夜规则 no_overnight", "no_overnight is missing"))
	}
	for _, key := range []string{textPlan, textTest, textOver} {
		if _, ok := r.texts[key]; !ok {
			f.problem("texts", textf("缺少文字 texts.%s", "texts.%s is missing", key))
		}
	}
	for _, id := range f.Keys("contact_classes") {
		f.checkClassWhole(id, r)
	}
	if iso := f.doc.CaseIsolation; iso != nil {
		f.checkConditions("case_isolation.release_if", iso.ReleaseIf, r)
	}
}

// checkAbolished checks that what the file does away with was there.
func (f *file) checkAbolished(parent *Regime) {
	for i, id := range f.doc.Abolished {
		ok := false
		if parent != nil {
			_, class := parent.Class(id)
			_, tier := parent.Tier(id)
			ok = class || tier || slices.ContainsFunc(parent.Zones, func(z Zone) bool { return z.Level == id })
		}
		if !ok {
			f.problem(fmt.Sprintf("abolished[%d]", i), textf("上级规则没有类别“%s”", "the parent has no class %q", id))
		}
	}
}

// checkClassWhole checks reason texts, conditions and promotion of a class.
func (f *file) checkClassWhole(id string, r *Regime) {
	c, path := f.doc.Classes[id], "contact_classes."+id
	for _, part := range []struct {
		key   string
		stays []stayDoc
	}{{"plan", c.Plan}, {"plan_if_susceptible", c.IfSusceptible}} {
		f.checkReasons(path+"."+part.key, part.stays, r)
	}
	f.checkConditions(path+".release_if", c.ReleaseIf, r)
	if c.Else == nil {
		return
	}
	if _, ok := r.Class(c.Else.PromoteTo); !ok || c.Else.PromoteTo == id {
		f.problem(path+".else.promote_to", textf("没有可转入的类别“%s”", "there is no class %q to promote to", c.Else.PromoteTo))
	}
}

// checkReasons checks that each stay has words: those who are restricted read
// why.
func (f *file) checkReasons(path string, stays []stayDoc, r *Regime) {
	for i, s := range stays {
		if _, ok := r.texts[s.Type]; ok || s.Text != (seawall.Text{}) {
			continue
		}
		at := fmt.Sprintf("%s[%d]", path, i)
		if StayKind(s.Type).Restricts() {
			f.problem(at, textf("限制人身的阶段“%s”没有告知理由的文字", "stay %q restricts people and has no reason text", s.Type))
			continue
		}
		f.problem(at, textf("阶段“%s”没有文字", "stay %q has no text", s.Type))
	}
}

func (f *file) checkConditions(path string, keys []string, r *Regime) {
	for i, key := range keys {
		if _, ok := r.conditions[key]; !ok {
			f.problem(fmt.Sprintf("%s[%d]", path, i), textf("conditions 中没有条件“%s”", "conditions has no %q", key))
		}
	}
}

// checkOverlaps finds regimes of one disease and jurisdiction that are in force
// on the same day, and reports each pair at the later file.
func checkOverlaps(files map[string]*file, built map[string]*Regime) {
	ids := slices.Sorted(maps.Keys(built))
	for i, a := range ids {
		for _, b := range ids[i+1:] {
			x, y := built[a], built[b]
			if x.abstract || y.abstract || x.Scope != y.Scope || x.Disease.ID != y.Disease.ID || x.Jurisdiction != y.Jurisdiction || !overlap(x, y) {
				continue
			}
			first, second := x, y
			if y.From < x.From {
				first, second = y, x
			}
			files[second.ID].problem("valid", textf("与 %s（%s 至 %s）的有效期重叠", "valid at the same time as %s (%s to %s)",
				first.ID, first.From, first.To))
		}
	}
}

func overlap(a, b *Regime) bool {
	return (!a.To.Known() || b.From <= a.To) && (!b.To.Known() || a.From <= b.To)
}
