package response

import (
	"context"
	"slices"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/area"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/relief"
)

// MyAppeal gives an objection to whoever holds its code. Errors: NotFound.
func (s *Service) MyAppeal(ctx context.Context, code string) (MyAppeal, error) {
	var out MyAppeal
	err := s.read(ctx, "response.MyAppeal", func(tx seawall.Tx) error {
		a, err := s.d.Relief.AppealBySecret(ctx, tx, relief.Secret(s.d.LinkKey, code))
		if err != nil {
			return err
		}
		out, err = s.myAppeal(ctx, tx, a)
		return err
	})
	return out, err
}

// myAppeal shows an objection to the person.
func (s *Service) myAppeal(ctx context.Context, tx seawall.Tx, a relief.Appeal) (MyAppeal, error) {
	out := MyAppeal{No: a.No, State: a.State, Level: a.Level, Measure: a.Measure, Restriction: a.Restriction, Mask: a.Mask, Reason: a.Reason,
		Words: a.Words, At: a.At, DecideBy: a.DecideBy, Ceiling: a.Ceiling, Decides: a.OwnerName, Answer: a.Answer, Next: a.Next,
		Trail: a.Trail, Again: a.State == relief.Rejected && a.Area != s.d.City}
	r, err := s.d.Loops.Restriction(ctx, tx, a.Restriction)
	if err != nil {
		return out, err
	}
	out.Why, out.MeasureState, out.Until = r.Reason, r.State, r.During.To
	if a.State == relief.Pending {
		e, err := s.evidence(ctx, tx, r.Fact)
		if err != nil {
			return out, err
		}
		out.Undecided = undecidedText(e)
	}
	out.Place, err = s.areaName(ctx, tx, a.Area)
	return out, err
}

// undecidedText says what follows when nobody decides in time.
func undecidedText(e relief.Evidence) seawall.Text {
	if e == relief.Unconfirmed {
		return seawall.Text{ZH: "到时未作决定，限制措施自动解除。", EN: "If nobody decides by then, the measure ends by itself."}
	}
	return seawall.Text{ZH: "依据的检测或诊断已经确认，到时未决定会上报一级；最迟到“最后时限”，仍未决定则限制措施自动解除。",
		EN: "A laboratory or a clinician confirmed what it rests on: undecided it goes one level up, and at the last instant the measure ends by itself."}
}

// Appeals lists the objections that lie in somebody's areas.
func (s *Service) Appeals(ctx context.Context, who Who, f AppealFilter, p seawall.Page) (List[relief.Appeal], error) {
	const op = "response.Appeals"
	var out List[relief.Appeal]
	if err := s.allow(who, auth.AppealRead, auth.Resource{Kind: seawall.KindAppeal}); err != nil {
		return out, err
	}
	q := relief.Query{States: f.States, Kind: f.Reason, Text: f.Text, Sort: f.Sort, Page: p}
	if f.Mine {
		q.Owner = who.Principal.ID
	}
	err := s.read(ctx, op, func(tx seawall.Tx) (err error) {
		if q.Scope, err = s.seen(ctx, tx, who, f.Area); err != nil {
			return err
		}
		out.Items, out.Next, out.Total, err = s.d.Relief.Appeals(ctx, tx, q)
		for i := range out.Items {
			out.Items[i].Secret = ""
		}
		return err
	})
	return out, err
}

// seen gives what of an area's command somebody may see, all of theirs for "".
func (s *Service) seen(ctx context.Context, tx seawall.Tx, who Who, id seawall.AreaID) (seawall.Scope, error) {
	if id == "" {
		return s.scope(who), nil
	}
	want, err := s.d.Roster.ScopeOf(ctx, tx, id, area.Command)
	return s.narrow(who, want), err
}

// AppealView gives an objection to staff.
func (s *Service) AppealView(ctx context.Context, who Who, id seawall.AppealID) (AppealView, error) {
	var out AppealView
	err := s.read(ctx, "response.AppealView", func(tx seawall.Tx) (err error) {
		out, err = s.appealView(ctx, tx, who, id)
		return err
	})
	return out, err
}

func (s *Service) appealView(ctx context.Context, tx seawall.Tx, who Who, id seawall.AppealID) (v AppealView, err error) {
	if v.Appeal, err = s.d.Relief.Appeal(ctx, tx, id); err != nil {
		return v, err
	}
	a := v.Appeal
	if err := s.allow(who, auth.AppealRead, auth.Resource{Kind: seawall.KindAppeal, ID: string(id), Area: a.Area, Owner: a.Owner}); err != nil {
		return AppealView{}, err
	}
	v.Appeal.Secret, v.MayDecide = "", a.State == relief.Pending && a.MayDecide(who.Principal.ID)
	if v.AreaName, err = s.areaName(ctx, tx, a.Area); err != nil {
		return v, err
	}
	if v.Measure, err = s.d.Loops.Restriction(ctx, tx, a.Restriction); err != nil {
		return v, err
	}
	if v.Evidence, err = s.evidence(ctx, tx, v.Measure.Fact); err != nil {
		return v, err
	}
	if v.Earlier, err = s.d.Relief.AppealsAgainst(ctx, tx, a.Restriction); err != nil {
		return v, err
	}
	v.Earlier = slices.DeleteFunc(v.Earlier, func(o relief.Appeal) bool { return o.ID == id })
	for i := range v.Earlier {
		v.Earlier[i].Secret = ""
	}
	v.Loop, err = s.dutyOf(ctx, tx, a.Loop)
	return v, err
}

// dutyOf gives the duty with an id, nil for none.
func (s *Service) dutyOf(ctx context.Context, tx seawall.Tx, id seawall.LoopID) (*LoopView, error) {
	if id == "" {
		return nil, nil
	}
	v, err := s.loopView(ctx, tx, id)
	return &v, err
}

// reached is what a key opens: the measures of the people behind it.
type reached struct {
	about    seawall.Ref
	area     seawall.AreaPath
	person   seawall.PersonNo
	mask     string
	measures []loop.Restriction
	// declaration is set for a declaration's code.
	declaration *Declaration
}

// measure picks the measure that an objection names; without a name the one in
// force now of the only duty there is. Errors: NotFound for one of somebody else,
// Invalid where several duties restrict.
func (m reached) measure(id seawall.RestrictionID, now time.Time) (loop.Restriction, error) {
	const op = "response.measure"
	var active []loop.Restriction
	for _, r := range m.measures {
		if r.ID == id {
			return r, nil
		}
		if r.State == loop.RestrictionActive {
			active = append(active, r)
		}
	}
	switch {
	case id != "" || len(active) == 0:
		return loop.Restriction{}, seawall.E(op, seawall.NotFound, "appeal_no_measure")
	case slices.ContainsFunc(active, func(r loop.Restriction) bool { return r.Loop != active[0].Loop }):
		return loop.Restriction{}, &seawall.Error{Op: op, Kind: seawall.Invalid, Code: "appeal_which",
			Fields: []seawall.FieldError{{Field: "restriction", Code: "required"}}}
	}
	if at := slices.IndexFunc(active, func(r loop.Restriction) bool { return r.During.Contains(now) }); at >= 0 {
		return active[at], nil
	}
	return active[0], nil
}
