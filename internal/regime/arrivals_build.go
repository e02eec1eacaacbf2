package regime

import (
	"fmt"
	"maps"
	"slices"

	"github.com/seawall-city/seawall"
)

// arrivals sets the matrix of a file of ScopeArrivals. Rows, grades and checks
// are taken over one by one like contact classes.
func (b *builder) arrivals(d *document) {
	b.r.Scope = d.Scope
	if d.Scope == "" {
		b.r.Scope = ScopeDisease
	}
	if b.r.Scope != ScopeArrivals {
		return
	}
	m := &Matrix{}
	if old := b.r.Arrivals; old != nil {
		*m = *old
		m.Grades, m.Tiers, m.Checks = slices.Clone(old.Grades), slices.Clone(old.Tiers), maps.Clone(old.Checks)
	}
	b.r.Arrivals = m
	if d.ReportHours != nil {
		m.ReportHours, m.ReportWhy = d.ReportHours, b.why("report_h", "")
	}
	b.checks(d.Checks)
	for _, g := range d.Grades {
		grade := Grade{Key: g.Key, Name: seawall.Text{ZH: g.ZH, EN: g.EN}, Risk: g.Risk}
		if i := slices.IndexFunc(m.Grades, func(o Grade) bool { return o.Key == g.Key }); i >= 0 {
			m.Grades[i] = grade
			continue
		}
		m.Grades = append(m.Grades, grade)
	}
	m.Tiers = slices.DeleteFunc(m.Tiers, func(t Tier) bool { return slices.Contains(d.Abolished, t.Key) })
	for _, key := range b.f.Keys("tiers") {
		t := b.tier(key, d.Tiers[key])
		if i := slices.IndexFunc(m.Tiers, func(o Tier) bool { return o.Key == key }); i >= 0 {
			m.Tiers[i] = t
			continue
		}
		m.Tiers = append(m.Tiers, t)
	}
}

func (b *builder) checks(d *checksDoc) {
	if d == nil {
		return
	}
	m := b.r.Arrivals
	if m.Checks == nil {
		m.Checks = map[string]int{}
	}
	m.ChecksWhy = b.why("checks", d.Source)
	for _, c := range d.all() {
		if c.hours != nil {
			m.Checks[c.key] = *c.hours
		}
	}
}

// checkHours is the figure of one of the four checks.
type checkHours struct {
	key   string
	hours *int
}

// all gives the four checks in their order.
func (d *checksDoc) all() []checkHours {
	return []checkHours{{"headcount", d.Headcount}, {"identity", d.Identity}, {"location", d.Location}, {"measure", d.Measure}}
}

func (b *builder) tier(key string, d tierDoc) Tier {
	path := tierPrefix + key
	t := Tier{Key: key, Name: d.Name, Who: d.Who, When: Fits{Grades: d.When.Grades, Abroad: d.When.Abroad, Crossing: d.When.Crossing},
		Clock: d.Clock, Plan: b.stays(path+".plan", d.Source, d.Plan), ReportHours: d.ReportHours, TransferHours: d.TransferHours,
		ReleaseIf: d.ReleaseIf, Why: b.why(path, d.Source)}
	if d.Monitoring != nil {
		t.Monitoring = &Monitoring{PerDay: d.Monitoring.PerDay, Days: d.Monitoring.Days}
	}
	if g := d.Gate; g != nil {
		t.Gate = &GateRule{Kind: g.Kind, FreeHours: figure(g.Free), WithinHours: figure(g.Within)}
		if g.Again != nil {
			t.Gate.AgainFrom, t.Gate.AgainTo, t.Gate.Apart = g.Again.From, g.Again.To, g.Again.Apart
		}
	}
	return t
}

// figure reads a figure that check has found where it must be there.
func figure(n *int) int {
	if n == nil {
		return 0
	}
	return *n
}

// lawful sets the ways out of a restriction: appeal, zones, limits, waivers.
func (b *builder) lawful(d *document) {
	if a := d.Appeal; a != nil {
		b.r.Appeal = &Appeal{DecideHours: figure(a.DecideHours), Why: b.why("appeal", a.Source)}
	}
	for i, z := range d.Zones {
		zone := Zone{Level: z.Level, Name: z.Name, ReleaseDays: figure(z.Release), Text: z.Text, Why: b.why(fmt.Sprintf("zones[%d]", i), z.Source)}
		if j := slices.IndexFunc(b.r.Zones, func(o Zone) bool { return o.Level == z.Level }); j >= 0 {
			b.r.Zones[j] = zone
			continue
		}
		b.r.Zones = append(b.r.Zones, zone)
	}
	if len(d.Limits) > 0 && b.r.Limits == nil {
		b.r.Limits = map[string]string{}
	}
	maps.Copy(b.r.Limits, d.Limits)
	b.r.Zones = slices.DeleteFunc(b.r.Zones, func(z Zone) bool { return slices.Contains(d.Abolished, z.Level) })
	for i, w := range d.Waivers {
		b.r.Waivers = append(b.r.Waivers, Waiver{Regime: b.r.ID, Title: b.r.Title, Jurisdiction: b.r.Jurisdiction, Dimension: w.Dimension, Rows: w.Rows,
			Reason: w.Reason, ApprovedBy: w.ApprovedBy, Approver: w.Approver, ApprovedOn: day(w.ApprovedOn), Expires: day(w.Expires),
			From: b.r.From, To: b.r.To, Why: b.why(fmt.Sprintf("waivers[%d]", i), w.Source), Source: b.source(w.Source).Title})
	}
}
