package regime

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seawall-city/seawall"
)

// excesses gives everything in which r is stricter than the rule above it, nil
// where there is none, as the dimensions of must measure it.
func excesses(r, up *Regime, must MustNots) []Excess {
	if up == nil {
		up = &Regime{}
	}
	var out []Excess
	for _, t := range r.Tiers() {
		for _, f := range t.When.facts() {
			out = append(out, tierExcess(r, up, t, f)...)
		}
	}
	if r.Scope == ScopeDisease {
		for _, c := range r.Classes {
			out = append(out, classExcess(up, c)...)
		}
	}
	for _, z := range r.Zones {
		for _, o := range up.Zones {
			if o.Level == z.Level && z.ReleaseDays > o.ReleaseDays {
				out = append(out, Excess{Dimension: dimTime, Row: z.Level, Here: dayCount(z.ReleaseDays), Above: dayCount(o.ReleaseDays),
					Whom: z.Name, Parent: up.ID, path: "zones." + z.Level})
			}
		}
	}
	for _, d := range must.Dimensions {
		here, above := d.level(r.Limits[d.Key]), d.level(up.Limits[d.Key])
		if here > above {
			out = append(out, Excess{Dimension: d.Key, Row: d.Key, Here: d.Levels[here].Name, Above: d.Levels[above].Name,
				Parent: up.ID, path: "limits." + d.Key})
		}
	}
	return out
}

// level gives the place of a key on the ladder; what is not named is the mildest.
func (d Dimension) level(key string) int {
	return max(0, slices.IndexFunc(d.Levels, func(l Level) bool { return l.Key == key }))
}

// tierExcess holds a row of a matrix against what the rule above asks of the
// same people.
func tierExcess(r, up *Regime, t Tier, f OriginFacts) []Excess {
	if strictest, _ := r.TierFor(f); strictest.Key != t.Key {
		return nil // another row answers for them
	}
	theirs, ok := up.TierFor(f)
	x := Excess{Row: t.Key, Here: planValue(t.Plan), Above: planValue(theirs.Plan), Parent: up.ID, Whom: r.whom(f), path: tierPrefix + t.Key}
	if !ok {
		x.Above = text("没有规定", "nothing")
	}
	switch {
	case restricted(t.Plan) > 0 && restricted(theirs.Plan) == 0:
		x.Dimension = widened(r, up, f)
	case longer(t.Plan, theirs.Plan):
		x.Dimension = dimLength
	default:
		return nil
	}
	return []Excess{x}
}

// widened is the dimension in which somebody is restricted whom the rule above
// leaves alone. What a grade means is said above: a local file cannot make a
// low-risk area a risk by calling it one.
func widened(r, up *Regime, f OriginFacts) string {
	g, ok := up.Grade(f.Grade)
	if !ok {
		g, ok = r.Grade(f.Grade)
	}
	switch {
	case ok && g.Risk == riskLow:
		return dimLowRisk
	case ok && g.Risk == riskAffected:
		return dimTravel
	}
	return dimGroups
}

// whom words the people that facts describe.
func (r *Regime) whom(f OriginFacts) seawall.Text {
	switch g, ok := r.Grade(f.Grade); {
	case ok:
		return text("来自"+g.Name.ZH+"的人员", "people from "+g.Name.EN)
	case f.Abroad:
		return text("境外返回人员", "people from abroad")
	}
	return text("轨迹交叉人员", "people whose track crossed a case's")
}

// longer reports whether a plan restricts for more days, takes more days away
// from home, or watches people for longer than another that asks something.
func longer(here, above []Stay) bool {
	return restricted(here) > restricted(above) || central(here) > central(above) ||
		length(here) > length(above) && length(above) > 0
}

// classExcess holds a contact class against the one of the rule above.
func classExcess(up *Regime, c Class) []Excess {
	theirs, ok := up.Class(c.ID)
	var out []Excess
	for _, p := range [][2][]Stay{{c.Plan, theirs.Plan}, {c.IfSusceptible, theirs.IfSusceptible}} {
		if len(p[0]) == 0 {
			continue
		}
		x := Excess{Row: c.ID, Here: planValue(p[0]), Above: planValue(p[1]), Parent: up.ID, Whom: c.Name, path: classPrefix + c.ID}
		if !ok || len(p[1]) == 0 {
			x.Above = text("没有规定", "nothing")
		}
		switch {
		case restricted(p[0]) > 0 && restricted(p[1]) == 0:
			x.Dimension = dimGroups
		case longer(p[0], p[1]):
			x.Dimension = dimLength
		default:
			continue
		}
		out = append(out, x)
	}
	return out
}

func dayCount(n int) seawall.Text {
	return text(fmt.Sprintf("%d 天", n), plural(n, "day"))
}

// cutPath splits "tiers.low" into its two steps.
func cutPath(path string) (top, rest string, ok bool) { return strings.Cut(path, ".") }
