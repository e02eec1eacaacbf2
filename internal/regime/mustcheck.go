package regime

import (
	"fmt"
	"maps"
	"slices"

	"github.com/seawall-city/seawall"
)

// checkMustNots checks a file of must-nots.
func (f *file) checkMustNots(d *document) {
	if d.Scope != scopeMustNots {
		return
	}
	f.positive("waiver_max_d", d.WaiverMax)
	if len(d.Dimensions) == 0 {
		f.problem("dimensions", text("没有任何一项", "there is no dimension"))
	}
	for _, key := range f.Keys("dimensions") {
		path, dim := "dimensions."+key, d.Dimensions[key]
		f.both(path+".name", dim.Name, true)
		switch counted := slices.Contains(measured(), key); {
		case counted && len(dim.Levels) > 0:
			f.problem(path+".levels", textf("“%s”按天数计算，不分等级", "%q is counted in days and has no levels", key))
		case !counted && len(dim.Levels) < 2:
			f.problem(path, textf("“%s”不是可计算的项目，须给出由宽到严的等级 levels", "%q is not counted: give its levels, from mild to strict", key))
		}
		for i, l := range dim.Levels {
			f.both(fmt.Sprintf("%s.levels[%d]", path, i), seawall.Text{ZH: l.ZH, EN: l.EN}, true)
		}
	}
}

// checkWaivers checks the form of waivers; whether they are needed and enough is
// seen against the rule above.
func (f *file) checkWaivers(d *document) {
	for i, w := range d.Waivers {
		at := fmt.Sprintf("waivers[%d]", i)
		if w.Dimension == "" {
			f.problem(at, text("没有说明豁免哪一项（dimension）", "it does not name what it waives (dimension)"))
		}
		f.both(at+".reason", w.Reason, true)
		f.both(at+".approved_by", w.ApprovedBy, true)
		f.checkSource(at+".source", w.Source)
		approved, err1 := seawall.ParseDay(w.ApprovedOn)
		expires, err2 := seawall.ParseDay(w.Expires)
		if err1 != nil || !approved.Known() {
			f.problem(at+".approved_on", text("缺少批准日期 approved_on", "approved_on, the day of approval, is missing"))
		}
		if err2 != nil || !expires.Known() {
			f.problem(at+".expires", text("缺少失效日期 expires：豁免必须有期限", "expires is missing: a waiver must end"))
		}
		if approved.Known() && expires.Known() && expires < approved {
			f.problem(at+".expires", text("失效日期早于批准日期", "it expires before it was approved"))
		}
		if w.Approver == "" {
			f.problem(at, text("缺少批准机关所在地域 approver", "approver, the jurisdiction that approved, is missing"))
		}
	}
}

// bind holds every local rule against the rules above it and the must-nots of
// its days.
func (s *Set) bind() {
	for _, id := range slices.Sorted(maps.Keys(s.regimes)) {
		l := &lawyer{s: s, f: s.files[id], r: s.regimes[id], used: map[int]bool{}, told: map[string]bool{}}
		l.limits()
		for _, day := range l.days() {
			l.on(day)
		}
		l.waivers()
	}
}

// lawyer holds one rule file against what stands above it.
type lawyer struct {
	s    *Set
	f    *file
	r    *Regime
	used map[int]bool    // waivers that waive something
	told map[string]bool // problems told already
}

// days gives the first day of the file and every day of its validity on which
// something above it changes.
func (l *lawyer) days() []seawall.Day {
	days := []seawall.Day{l.r.From}
	add := func(d seawall.Day) {
		if d.Known() && l.r.Covers(d) {
			days = append(days, d)
		}
	}
	for _, o := range l.s.order {
		if o.Scope == l.r.Scope && o.Disease.ID == l.r.Disease.ID && o.Jurisdiction != l.r.Jurisdiction {
			add(o.From)
			if o.To.Known() {
				add(o.To.Add(1))
			}
		}
	}
	for _, m := range l.s.mustNots {
		add(m.From)
		if m.To.Known() {
			add(m.To.Add(1))
		}
	}
	return slices.Compact(slices.Sorted(slices.Values(days)))
}

// on compares the file with the rule above it on one day.
func (l *lawyer) on(day seawall.Day) {
	up, ok := l.s.inForce(l.r.Scope, l.r.Disease.ID, above(l.r.Jurisdiction), day)
	must, dated := l.s.MustNots(l.r.Jurisdiction, day)
	if !dated || above(l.r.Jurisdiction) == "" {
		return // a national rule stands under no other
	}
	if !ok {
		up = nil
	}
	for _, x := range excesses(l.r, up, must) {
		dim, known := must.Dimension(x.Dimension)
		if !known || !ok && (x.Dimension == dimLength || x.Dimension == dimGroups) {
			continue // these two are measured against a rule above only
		}
		if i, ok := l.waiver(x, day); ok {
			l.used[i] = true
			l.note(i, x, dim)
			continue
		}
		key := x.Dimension + "/" + x.Row + "/" + x.Parent + x.Whom.EN
		if l.told[key] {
			continue
		}
		l.told[key] = true
		l.refuse(x, dim, must, day)
	}
}

// refuse tells that the file is stricter than it may be.
func (l *lawyer) refuse(x Excess, dim Dimension, must MustNots, day seawall.Day) {
	path := x.path
	switch top, _, _ := cutPath(path); {
	case !l.has(path):
		path = "parent" // the row is taken over from a file that could have it
	case top == "tiers" || top == "contact_classes":
		path += ".plan"
	}
	whom := ""
	if x.Whom.ZH != "" {
		whom = "，对象：" + x.Whom.ZH
	}
	whomEN := ""
	if x.Whom.EN != "" {
		whomEN = ", for " + x.Whom.EN
	}
	parent := x.Parent
	if parent == "" {
		parent = must.ID
	}
	l.f.problem(path, text(
		fmt.Sprintf("比上级规则更严而没有豁免（%s；%s，%s）：此处为“%s”，%s 为“%s”%s", dim.Name.ZH, must.ID, day, x.Here.ZH, parent, x.Above.ZH, whom),
		fmt.Sprintf("stricter than the rule above without a waiver (%s: %s; %s on %s): here “%s”, %s has “%s”%s",
			dim.Key, dim.Name.EN, must.ID, day, x.Here.EN, parent, x.Above.EN, whomEN)))
}

// has reports whether the file itself has something at a path.
func (l *lawyer) has(path string) bool {
	top, rest, _ := cutPath(path)
	switch top {
	case "tiers":
		_, ok := l.f.doc.Tiers[rest]
		return ok
	case "contact_classes":
		_, ok := l.f.doc.Classes[rest]
		return ok
	case "zones":
		return slices.ContainsFunc(l.f.doc.Zones, func(z zoneDoc) bool { return z.Level == rest })
	case "limits":
		_, ok := l.f.doc.Limits[rest]
		return ok
	}
	return false
}

// waiver finds the one that covers an excess on a day: it names the dimension
// and the row, was approved by then and has not expired.
func (l *lawyer) waiver(x Excess, day seawall.Day) (int, bool) {
	for i, w := range l.r.Waivers {
		if w.Dimension == x.Dimension && (len(w.Rows) == 0 || slices.Contains(w.Rows, x.Row)) && w.ApprovedOn <= day && day <= w.Expires {
			return i, true
		}
	}
	return 0, false
}

// note keeps with a waiver what it waives.
func (l *lawyer) note(i int, x Excess, dim Dimension) {
	w := &l.r.Waivers[i]
	w.Name = dim.Name
	same := func(o Excess) bool { return o.Row == x.Row && o.Parent == x.Parent && o.Whom == x.Whom }
	if !slices.ContainsFunc(w.Waived, same) {
		w.Waived = append(w.Waived, x)
	}
}

// limits checks that the levels that a file names exist.
func (l *lawyer) limits() {
	must, ok := l.s.MustNots(l.r.Jurisdiction, l.r.From)
	for _, key := range slices.Sorted(maps.Keys(l.f.doc.Limits)) {
		dim, known := must.Dimension(key)
		if !ok || !known || len(dim.Levels) == 0 {
			l.f.problem("limits."+key, textf("没有名为“%s”的限制项目", "there is no limit called %q", key))
			continue
		}
		var levels []string
		for _, v := range dim.Levels {
			levels = append(levels, v.Key)
		}
		l.f.oneOf("limits."+key, l.f.doc.Limits[key], levels...)
	}
}

// waivers checks each waiver against the file that it is for.
func (l *lawyer) waivers() {
	must, ok := l.s.MustNots(l.r.Jurisdiction, l.r.From)
	for i, w := range l.r.Waivers {
		at := fmt.Sprintf("waivers[%d]", i)
		if _, known := must.Dimension(w.Dimension); ok && !known {
			l.f.problem(at+".dimension", textf("九不准中没有“%s”", "the must-nots have no dimension %q", w.Dimension))
			continue
		}
		if !isAbove(w.Approver, l.r.Jurisdiction) {
			l.f.problem(at+".approver", textf("“%s”不在 %s 之上：豁免须由上级批准", "%q does not stand above %s: a waiver is approved one level up", w.Approver, l.r.Jurisdiction))
		}
		if w.ApprovedOn > l.r.From {
			l.f.problem(at+".approved_on", textf("批准于 %s，规则自 %s 起生效：不能事后批准", "approved on %s, the rule holds from %s: no approval afterwards", w.ApprovedOn, l.r.From))
		}
		if !l.r.To.Known() || w.Expires < l.r.To {
			l.f.problem(at+".expires", textf("豁免于 %s 失效，而规则有效至 %s", "the waiver expires on %s, the rule holds until %s", w.Expires, orEndless(l.r.To)))
		}
		if n := int(w.Expires - w.ApprovedOn); ok && must.WaiverDays > 0 && n > must.WaiverDays {
			l.f.problem(at+".expires", textf("豁免长达 %d 天，最长 %d 天", "the waiver lasts %d days, at most %d are allowed", n, must.WaiverDays))
		}
		if len(l.f.Problems) == 0 && !l.used[i] {
			l.f.problem(at, text("它没有豁免任何内容，应删去", "it waives nothing and should go"))
		}
	}
}

// isAbove reports whether a jurisdiction stands above another.
func isAbove(up, down string) bool {
	for at := above(down); at != ""; at = above(at) {
		if at == up {
			return true
		}
	}
	return false
}

// orEndless words the last day of a rule.
func orEndless(d seawall.Day) string {
	if !d.Known() {
		return "…"
	}
	return d.String()
}
