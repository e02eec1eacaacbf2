package response

import (
	"context"
	"slices"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/gate"
	"github.com/seawall-city/seawall/internal/waits"
)

// PlanLanes computes what a plan of lanes does and which is the cheapest that keeps
// the target, and puts one in force where asked to. Errors: Invalid with every
// fault.
func (s *Service) PlanLanes(ctx context.Context, who Who, id seawall.SiteID, in WaitPlan) (out WaitPlanned, err error) {
	const op = "response.PlanLanes"
	f, err := s.waitFigures()
	if err == nil {
		err = in.check(op)
	}
	if err != nil {
		return out, err
	}
	if in.Target > 0 {
		f.target = time.Duration(in.Target) * time.Minute
	}
	work := func(tx seawall.Tx, act auth.Action) error {
		site, err := s.siteFor(ctx, tx, who, act, id)
		if err != nil {
			return err
		}
		out, err = s.planLanes(ctx, tx, op, site, in, f)
		if err == nil && in.Keep {
			err = s.keepPlan(ctx, tx, site, in, &out)
		}
		return err
	}
	if in.Keep {
		err = s.write(ctx, who, op, func(tx seawall.Tx) error { return work(tx, auth.GateManage) })
		return out, err
	}
	err = s.read(ctx, op, func(tx seawall.Tx) error { return work(tx, auth.GateRead) })
	return out, err
}

// check names every fault of what was asked.
func (in *WaitPlan) check(op string) error {
	var bad []seawall.FieldError
	if in.Hours == 0 {
		if in.Hours = len(in.Lanes); in.Hours == 0 {
			in.Hours = usualHours
		}
	}
	if in.Hours < 1 || in.Hours > mostHours || len(in.Lanes) > 0 && len(in.Lanes) != in.Hours {
		bad = append(bad, seawall.FieldError{Field: "hours", Code: "wait_hours"})
	}
	for i, n := range in.Lanes {
		if n < 0 || n > mostLanes {
			bad = append(bad, seawall.FieldError{Field: "lanes[" + itoa(i) + "]", Code: "gate_number"})
		}
	}
	if in.Target < 0 || in.Target > 24*60 {
		bad = append(bad, seawall.FieldError{Field: "target", Code: "wait_target"})
	}
	if in.Most < 0 || in.Most > mostLanes {
		bad = append(bad, seawall.FieldError{Field: "most", Code: "gate_number"})
	}
	return invalid(op, "wait_invalid", bad)
}

// planLanes compares the lanes as planned, those asked about and the cheapest.
func (s *Service) planLanes(ctx context.Context, tx seawall.Tx, op string, site gate.Site, in WaitPlan, f waitFigures) (WaitPlanned, error) {
	queues, err := s.gateQueues(ctx, tx, site, f, in.Hours)
	if err != nil {
		return WaitPlanned{}, err
	}
	i := slices.IndexFunc(queues, func(q gateQueue) bool { return in.For == "" || q.lane == in.For })
	if i < 0 {
		return WaitPlanned{}, invalid(op, "wait_invalid", []seawall.FieldError{{Field: "for", Code: "not_a_choice", Args: map[string]string{"value": in.For}}})
	}
	q := queues[i]
	most := q.most
	if in.Most > 0 {
		most = min(in.Most, q.most)
	}
	out, err := q.compare(planAsk{most: most, given: in.Lanes, longest: s.longestHold(s.today(tx))}, f)
	if err != nil {
		return out, notComputed(op, err)
	}
	return out, nil
}

// planAsk is what plans are compared for: the lanes that can be staffed, a plan to
// look at, the longest wait; with noFewer no hour gets fewer lanes than planned so
// far, as while an alarm is open.
type planAsk struct {
	most    int
	given   []int
	longest time.Duration
	noFewer bool
}

// compare computes the plans of one queue beside each other.
func (q *gateQueue) compare(ask planAsk, f waitFigures) (WaitPlanned, error) {
	out := WaitPlanned{For: q.lane, Target: secondsOf(f.target), Longest: secondsOf(ask.longest), InForce: []int{}}
	var err error
	if out.Now, err = q.result(q.model.Lanes, f); err != nil {
		return out, err
	}
	if len(ask.given) > 0 {
		r, err := q.result(ask.given, f)
		if err != nil {
			return out, err
		}
		out.Given = &r
	}
	best, err := q.cheapest(ask, f.target)
	if err != nil {
		return out, err
	}
	out.Kept = best.Kept
	if !best.Kept && ask.longest > f.target {
		// Not the target then, but nobody longer than the longest wait.
		if best, err = q.cheapest(ask, ask.longest); err != nil {
			return out, err
		}
	}
	if out.Best, err = q.result(best.Lanes, f); err != nil {
		return out, err
	}
	out.LongestKept = ask.longest == 0 || out.Best.Worst <= secondsOf(ask.longest)
	out.Hopeless = !out.LongestKept
	out.Text = planText(out)
	return out, nil
}

// cheapest looks for the cheapest plan that keeps a target; the lanes of the hour
// that runs are changed like the others. One lane stays open: who comes by is never
// without one.
func (q *gateQueue) cheapest(ask planAsk, target time.Duration) (waits.Planned, error) {
	l := waits.Limits{Target: target}
	for _, n := range q.model.Lanes {
		least := min(1, ask.most)
		if ask.noFewer {
			least = min(n, ask.most)
		}
		l.Min, l.Max = append(l.Min, least), append(l.Max, ask.most)
	}
	return waits.Plan(q.model, l)
}

// result computes one plan.
func (q *gateQueue) result(lanes []int, f waitFigures) (WaitPlanResult, error) {
	slots, err := q.predict(lanes)
	if err != nil {
		return WaitPlanResult{}, err
	}
	m := q.model
	m.Lanes = lanes
	return WaitPlanResult{Lanes: lanes, Hours: q.hours(slots), Worst: secondsOf(waits.Worst(slots)), Waited: secondsOf(waits.Total(slots)), LaneHours: m.LaneHours(),
		StaffHours: m.LaneHours() * float64(f.officers)}, nil
}

// planText says what the comparison comes to.
func planText(p WaitPlanned) seawall.Text {
	lanes := ""
	for i, n := range p.Best.Lanes {
		if i > 0 {
			lanes += "-"
		}
		lanes += itoa(n)
	}
	was, is := itoa((p.Now.Worst+59)/60), itoa((p.Best.Worst+59)/60)
	more := int(p.Best.StaffHours - p.Now.StaffHours)
	switch {
	case p.Hopeless:
		longest := itoa(p.Longest / 60)
		return seawall.Text{ZH: "现有车道全开（" + lanes + "），等候 p95 仍达 " + is + " 分钟，超过最长等候 " + longest + " 分钟：必须先放行、后追踪，不得让车辆继续等。",
			EN: "Even with all lanes open (" + lanes + ") p95 is " + is + " minutes, above the longest wait of " + longest + ": vehicles must be let pass and traced, nobody may be kept waiting."}
	case !p.Kept:
		return seawall.Text{ZH: "现有车道压不到目标；逐小时开 " + lanes + " 条，等候 p95 由 " + was + " 分钟降到 " + is + " 分钟，仍在最长等候时限内。",
			EN: "The lanes cannot keep the target; with " + lanes + " lanes by the hour p95 falls from " + was + " to " + is + " minutes, still within the longest wait."}
	case more == 0 && slices.Equal(p.Now.Lanes, p.Best.Lanes):
		return seawall.Text{ZH: "按现有车道安排（" + lanes + "）即可达标：等候 p95 " + is + " 分钟。", EN: "The lanes as planned (" + lanes + ") keep the target: p95 " + is + " minutes."}
	case more > 0:
		return seawall.Text{ZH: "逐小时开 " + lanes + " 条车道：等候 p95 由 " + was + " 分钟降到 " + is + " 分钟，多用 " + itoa(more) + " 个工时。",
			EN: lanes + " lanes by the hour: p95 falls from " + was + " to " + is + " minutes, for " + itoa(more) + " staff hours more."}
	}
	return seawall.Text{ZH: "逐小时开 " + lanes + " 条车道即可达标：等候 p95 " + is + " 分钟，省下 " + itoa(-more) + " 个工时。",
		EN: lanes + " lanes by the hour keep the target: p95 " + is + " minutes, " + itoa(-more) + " staff hours less."}
}

// keepPlan puts the given plan, else the cheapest, in force.
func (s *Service) keepPlan(ctx context.Context, tx seawall.Tx, site gate.Site, in WaitPlan, out *WaitPlanned) error {
	w, err := s.waitRow(ctx, tx, site)
	if err != nil {
		return err
	}
	out.InForce = out.Best.Lanes
	if len(in.Lanes) > 0 {
		out.InForce = in.Lanes
	}
	w.Plan, w.PlanFor, w.PlanBy = out.InForce, out.For, tx.Actor().Name
	w.PlanFrom = tx.Now().In(s.d.Zone).Truncate(time.Hour).UTC()
	w.Version++
	if err := s.d.Waits.SaveWait(ctx, tx, w); err != nil {
		return err
	}
	return s.record(ctx, tx, "lanes.planned", site.Ref(), site.Area, "", map[string]string{"lanes": lanesText(w.Plan), "for": w.PlanFor}, w.Ref())
}

// lanesText writes a plan into an event.
func lanesText(lanes []int) string {
	out := ""
	for i, n := range lanes {
		if i > 0 {
			out += ","
		}
		out += itoa(n)
	}
	return out
}
