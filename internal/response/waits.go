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

const (
	// usualHours is how far a forecast looks where nobody says, mostHours how far it
	// may.
	usualHours, mostHours = 8, 24
	// bestAdvice is how many changes are told.
	bestAdvice = 6
)

// Waits tells the waits of all gates in somebody's area, the worst first.
func (s *Service) Waits(ctx context.Context, who Who) (Waits, error) {
	const op = "response.Waits"
	out := Waits{Items: []WaitLine{}}
	if err := s.allow(who, auth.GateRead, auth.Resource{Kind: seawall.KindSite}); err != nil {
		return out, err
	}
	f, err := s.waitFigures()
	if err != nil {
		return out, err
	}
	out.Target = secondsOf(f.target)
	err = s.read(ctx, op, func(tx seawall.Tx) error {
		sites, err := s.d.Gates.Sites(ctx, tx, s.scope(who))
		if err != nil {
			return err
		}
		for _, g := range sites {
			if g.Closed || len(g.Lanes) == 0 {
				continue
			}
			line, err := s.waitLine(ctx, tx, g, f)
			if err != nil {
				return err
			}
			out.Items = append(out.Items, line)
			out.Passed += line.Passed
			if line.P95 > line.Target {
				out.Over++
			}
		}
		return nil
	})
	slices.SortStableFunc(out.Items, func(a, b WaitLine) int { return max(b.P95, b.Ahead) - max(a.P95, a.Ahead) })
	return out, err
}

// waitLine tells one site in short: of its queues the worst counts.
func (s *Service) waitLine(ctx context.Context, tx seawall.Tx, g gate.Site, f waitFigures) (WaitLine, error) {
	l := WaitLine{Site: g.ID, Name: g.Name, Kind: g.Kind, Target: secondsOf(f.target)}
	queues, err := s.gateQueues(ctx, tx, g, f, usualHours)
	if err != nil {
		return l, err
	}
	for _, q := range queues {
		slots, err := q.predict(q.model.Lanes)
		if err != nil {
			return l, notComputed("response.Waits", err)
		}
		l.Passed += q.last.Passed
		l.Lanes += q.last.Lanes
		l.P50, l.P95 = max(l.P50, q.last.P50), max(l.P95, q.last.P95)
		if worst, at := worstHour(q.hours(slots)); worst >= l.Ahead {
			l.Ahead, l.At = worst, at
		}
	}
	if l.AreaName, err = s.areaName(ctx, tx, g.Area); err != nil {
		return l, err
	}
	l.Alarm, err = s.waitAlarm(ctx, tx, g)
	return l, err
}

// waitAlarm tells of the open alarm of a site, nil where none is.
func (s *Service) waitAlarm(ctx context.Context, tx seawall.Tx, g gate.Site) (*WaitAlarm, error) {
	w, err := s.waitRow(ctx, tx, g)
	if err != nil || w.Loop == "" {
		return nil, err
	}
	l, err := s.d.Loops.Loop(ctx, tx, w.Loop)
	return &WaitAlarm{Loop: w.Loop, Since: w.Since, OwnerName: l.OwnerName, Hopeless: w.Hopeless}, err
}

// GateWaits tells what the waits at a site were in the last hour, what they will be,
// and what would make them shorter. Errors: Invalid for hours out of bounds.
func (s *Service) GateWaits(ctx context.Context, who Who, id seawall.SiteID, hours int) (v GateWaits, err error) {
	const op = "response.GateWaits"
	if hours == 0 {
		hours = usualHours
	}
	if hours < 0 || hours > mostHours {
		return v, invalid(op, "wait_invalid", []seawall.FieldError{{Field: "hours", Code: "wait_hours"}})
	}
	f, err := s.waitFigures()
	if err != nil {
		return v, err
	}
	err = s.read(ctx, op, func(tx seawall.Tx) error {
		site, err := s.siteFor(ctx, tx, who, auth.GateRead, id)
		if err != nil {
			return err
		}
		if v, err = s.waitHead(ctx, tx, site, f); err != nil {
			return err
		}
		queues, err := s.gateQueues(ctx, tx, site, f, hours)
		if err != nil {
			return err
		}
		for _, q := range queues {
			w, err := q.told(f, tx.Now())
			if err != nil {
				return notComputed(op, err)
			}
			v.Queues = append(v.Queues, w)
		}
		return nil
	})
	return v, err
}

// waitHead fills what is about the site as a whole.
func (s *Service) waitHead(ctx context.Context, tx seawall.Tx, site gate.Site, f waitFigures) (GateWaits, error) {
	v := GateWaits{Site: WaitSite{ID: site.ID, Name: site.Name, Kind: site.Kind}, Now: tx.Now().In(s.d.Zone), Target: secondsOf(f.target),
		Longest: secondsOf(s.longestHold(s.today(tx))), OfficersPerLane: f.officers, Queues: []WaitQueue{}}
	var err error
	if v.Site.AreaName, err = s.areaName(ctx, tx, site.Area); err != nil {
		return v, err
	}
	v.Alarm, err = s.waitAlarm(ctx, tx, site)
	return v, err
}

// longestHold is how long the gate rules of a day let anybody be held, 0 where none
// are in force.
func (s *Service) longestHold(day seawall.Day) time.Duration {
	if r, ok := s.gateRules(day); ok {
		return time.Duration(r.HoldMaxMinutes) * time.Minute
	}
	return 0
}

// told words one queue with its forecast and its advice.
func (q *gateQueue) told(f waitFigures, now time.Time) (WaitQueue, error) {
	w := WaitQueue{For: q.lane, Last: q.last, Most: q.most, Advice: []WaitAdvice{},
		Service:  WaitService{Mean: secondsOf(q.service.Mean), CV2: round2(q.service.CV2), Low: secondsOf(q.service.Low), High: secondsOf(q.service.High), N: q.service.N, Few: q.service.Few},
		Arrivals: WaitArrivals{Spread: q.arrivals.Spread, Today: round2(q.arrivals.Today), Days: q.arrivals.Days, Few: q.arrivals.Few}}
	slots, err := q.predict(q.model.Lanes)
	if err != nil {
		return w, err
	}
	w.Hours = q.hours(slots)
	w.Worst, _ = worstHour(w.Hours)
	w.LaneHours = q.model.LaneHours()
	w.StaffHours = w.LaneHours * float64(f.officers)
	for _, sh := range q.shifts {
		if !sh.From.After(now) && sh.To.After(now) {
			w.Shift = &WaitShift{ID: sh.ID, LeadName: sh.LeadName, Lanes: sh.Lanes, Officers: sh.Officers, To: sh.To}
		}
	}
	w.Advice, err = q.advise(f, slots)
	return w, err
}

// advise words what one lane more or a moved shift would do, the best first.
func (q *gateQueue) advise(f waitFigures, now []waits.Slot) ([]WaitAdvice, error) {
	out := []WaitAdvice{}
	if waits.Worst(now) == 0 {
		return out, nil
	}
	most := make([]int, len(q.model.Lanes))
	for i := range most {
		most[i] = q.most
	}
	blocks, of := q.blocks()
	list, err := waits.Advise(q.model, most, blocks)
	if err != nil {
		return out, err
	}
	worst := secondsOf(waits.Worst(now))
	for _, a := range list {
		if len(out) == bestAdvice || (secondsOf(a.Worst)+59)/60 >= (worst+59)/60 {
			break // the rest does not lower p95 by a minute
		}
		w := WaitAdvice{Kind: a.Kind, By: a.By, Lanes: a.Lanes, Worst: secondsOf(a.Worst), Saved: secondsOf(a.Saved), LaneHours: a.LaneHours,
			StaffHours: a.LaneHours * float64(f.officers), From: q.start.Add(time.Duration(a.Slot) * time.Hour)}
		if a.Kind == waits.MoveShift {
			sh := of[a.Shift]
			w.Shift, w.From = sh.ID, sh.From
		}
		w.Text = adviceText(w, worst)
		out = append(out, w)
	}
	return out, nil
}

// blocks gives the shifts that lie in the hours forecast and may be moved.
func (q *gateQueue) blocks() (out []waits.Block, of []gate.Shift) {
	for _, sh := range q.shifts {
		from, to := int(sh.From.Sub(q.start)/time.Hour), int(sh.To.Sub(q.start)/time.Hour)
		if sh.From.Before(q.start) || from >= len(q.model.Lanes) || sh.Lanes == 0 {
			continue
		}
		out, of = append(out, waits.Block{From: from, To: min(to, len(q.model.Lanes)), Lanes: min(sh.Lanes, q.most)}), append(of, sh)
	}
	return out, of
}

// adviceText says one advice.
func adviceText(a WaitAdvice, worst int) seawall.Text {
	hour, was, is := a.From.Format("15:04"), itoa((worst+59)/60), itoa((a.Worst+59)/60)
	if a.Kind == waits.MoveShift {
		zh, en := "推后", "later"
		if a.By < 0 {
			zh, en = "提前", "earlier"
		}
		return seawall.Text{ZH: hour + " 的班次" + zh + "一小时：等候 p95 由 " + was + " 分钟降到 " + is + " 分钟，不增人。",
			EN: "The shift of " + hour + " one hour " + en + ": p95 falls from " + was + " to " + is + " minutes, without more staff."}
	}
	staff := itoa(int(a.StaffHours + 0.5))
	return seawall.Text{ZH: hour + " 起增开一条车道一小时：等候 p95 由 " + was + " 分钟降到 " + is + " 分钟，多用 " + staff + " 个工时。",
		EN: "One lane more for an hour from " + hour + ": p95 falls from " + was + " to " + is + " minutes, for " + staff + " staff hours."}
}

// notComputed words what the engine refuses.
func notComputed(op string, err error) error {
	return &seawall.Error{Op: op, Kind: seawall.Unavailable, Code: "wait_not_computed", Err: err}
}
