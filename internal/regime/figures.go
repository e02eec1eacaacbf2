package regime

import (
	"maps"
	"slices"
)

// AppealHours is how soon an objection to a restriction of this regime must be
// decided, in hours; 0 where the file restricts nobody and says nothing.
func (r *Regime) AppealHours() int {
	if r.Appeal == nil {
		return 0
	}
	return r.Appeal.DecideHours
}

// Figure gives one whole number of the regime by its name, for the files that
// say how a duty runs. It reports false where the file gives no such figure: an
// unknown figure is never zero. Names ending in _h are hours, in _d days.
func (r *Regime) Figure(name string) (int, bool) {
	n, ok := r.figures()[name]
	return n, ok
}

// Figures gives the names of the figures that the regime has, sorted.
func (r *Regime) Figures() []string { return slices.Sorted(maps.Keys(r.figures())) }

// Figures gives the name of every figure that some regime has, sorted, so that
// a misspelt one is found when a file is read.
func (s *Set) Figures() []string {
	all := map[string]int{}
	for _, r := range s.order {
		maps.Copy(all, r.figures())
	}
	return slices.Sorted(maps.Keys(all))
}

func (r *Regime) figures() map[string]int {
	out := map[string]int{"cut_off_h": r.CutOff.Hour, "late_open_h": r.CutOff.LateOpenHour, "max_age_h": r.CutOff.MaxAgeHours}
	set := func(name string, n *int) {
		if n != nil {
			out[name] = *n
		}
	}
	if r.Appeal != nil {
		out["appeal_h"] = r.Appeal.DecideHours
	}
	if in := r.Incubation; in != nil && in.Max != nil && *in.Max == float64(int(*in.Max)) {
		out["incubation_max_d"] = int(*in.Max)
	}
	if in := r.Infectious; in != nil {
		set("infectious_before_onset_d", in.BeforeOnset)
		set("infectious_before_sample_d", in.BeforeSample)
		set("infectious_after_onset_d", in.AfterOnset)
	}
	if iso := r.Isolation; iso != nil {
		set("isolation_after_onset_d", iso.AfterOnset)
		set("isolation_home_d", iso.HomeDays)
	}
	for _, c := range r.CaseClocks {
		out["clock_"+c.Key+"_h"] = c.Hours
	}
	if c := r.Cluster; c != nil {
		out["cluster_count"], out["cluster_days"] = c.Count, c.Days
		set("cluster_report_h", c.ReportHours)
	}
	for _, c := range r.Classes {
		out["class_"+c.ID+"_d"] = max(length(c.Plan), length(c.IfSusceptible))
		set("class_"+c.ID+"_transfer_h", c.TransferHours)
		for _, p := range c.Prophylaxis {
			out["class_"+c.ID+"_prophylaxis_"+p.Key+"_h"] = p.WithinHours
		}
	}
	r.arrivalFigures(out, set)
	return out
}

// arrivalFigures adds those of a matrix.
func (r *Regime) arrivalFigures(out map[string]int, set func(string, *int)) {
	m := r.Arrivals
	if m == nil {
		return
	}
	set("report_h", m.ReportHours)
	for key, h := range m.Checks {
		out["check_"+key+"_h"] = h
	}
	for _, t := range m.Tiers {
		out["tier_"+t.Key+"_d"] = length(t.Plan)
		set("tier_"+t.Key+"_transfer_h", t.TransferHours)
		set("tier_"+t.Key+"_report_h", t.ReportHours)
	}
}

// TestDays gives the days of the planned tests of a contact class or of a row of
// a matrix, counted from day 0, over all stretches; nil for an unknown key.
func (r *Regime) TestDays(key string) []int {
	c, _, ok := r.row(key)
	if !ok {
		return nil
	}
	var out []int
	for _, stays := range [][]Stay{c.Plan, c.IfSusceptible} {
		offset := 0
		for _, s := range stays {
			for _, t := range s.Tests {
				out = append(out, offset+t.Day)
			}
			offset += s.Days
		}
	}
	return out
}
