package response

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/area"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/protocol"
	"github.com/seawall-city/seawall/internal/relief"
)

// appealKind is the kind of an objection's loop, decideStep its one step.
const (
	appealKind loop.Kind = "appeal"
	decideStep           = "decide"
)

// ceilingFigure names the figure of the protocol "appeal" that says how many
// levels' time an objection has at most before it lapses whatever the evidence.
const ceilingFigure = "ceiling_levels"

// ceilingLevels gives that figure as the protocol in use has it.
func (s *Service) ceilingLevels() time.Duration {
	p, ok := s.d.Protocols.ByID(string(appealKind))
	if !ok {
		return 1
	}
	return time.Duration(p.Figures[ceilingFigure])
}

// public is who acts where nobody is signed in.
func public(channel string) seawall.Actor {
	return seawall.Actor{Kind: seawall.ActorPublic, Name: channel}
}

// channelOf gives the channel of what somebody files without an account.
func channelOf(asked string) string {
	if asked == relief.Kiosk {
		return asked
	}
	return relief.Self
}

// Object files an objection of somebody who is under a measure and proves it by
// their key. It is acknowledged at once with its number, the instant by which it
// is decided and who decides. Errors: NotFound for a key that opens nothing,
// Conflict where the measure has ended or an objection to it is pending.
func (s *Service) Object(ctx context.Context, in Objection) (MyAppeal, error) {
	const op = "response.Object"
	in.Channel = channelOf(in.Channel)
	if err := in.check(op); err != nil {
		return MyAppeal{}, err
	}
	code := relief.Code(s.d.LinkKey, "A", in.Request)
	var out MyAppeal
	err := s.d.Work.Write(ctx, public(in.Channel), func(tx seawall.Tx) error {
		mine, err := s.reach(ctx, tx, in.Key)
		if err != nil {
			return err
		}
		r, err := mine.measure(in.Restriction, tx.Now())
		if err != nil {
			return err
		}
		a, err := s.file(ctx, tx, r, in.NewAppeal, code)
		if err != nil {
			return err
		}
		out, err = s.myAppeal(ctx, tx, a)
		return err
	})
	out.Code = code
	return out, seawall.Wrap(op, err)
}

// FileAppeal files an objection on somebody's behalf, as told by telephone or at
// the counter.
func (s *Service) FileAppeal(ctx context.Context, who Who, in NewAppeal) (MyAppeal, error) {
	const op = "response.FileAppeal"
	if in.Channel == "" {
		in.Channel = relief.Desk
	}
	if err := in.check(op); err != nil {
		return MyAppeal{}, err
	}
	code := relief.Code(s.d.LinkKey, "A", string(who.Principal.ID)+" "+in.Request)
	var out MyAppeal
	err := s.write(ctx, who, op, func(tx seawall.Tx) error {
		r, err := s.d.Loops.Restriction(ctx, tx, in.Restriction)
		if err != nil {
			return err
		}
		at, err := s.measureArea(ctx, tx, r)
		if err != nil {
			return err
		}
		if err := s.allow(who, auth.AppealFile, auth.Resource{Kind: seawall.KindRestriction, ID: string(r.ID), Area: at}); err != nil {
			return err
		}
		a, err := s.file(ctx, tx, r, in, code)
		if err != nil {
			return err
		}
		out, err = s.myAppeal(ctx, tx, a)
		return err
	})
	out.Code = code
	return out, err
}

// check names what is wrong with an objection.
func (in NewAppeal) check(op string) error {
	bad := relief.CheckAppeal(in.Reason, in.Words)
	if len(in.Request) < shortestRequest {
		bad = append(bad, seawall.FieldError{Field: "request", Code: "request_id_short", Args: map[string]string{"min": itoa(shortestRequest)}})
	}
	return invalid(op, "appeal_invalid", bad)
}

// measureArea is where the record lies that a measure's duty is about.
func (s *Service) measureArea(ctx context.Context, tx seawall.Tx, r loop.Restriction) (seawall.AreaPath, error) {
	l, err := s.d.Loops.Loop(ctx, tx, r.Loop)
	if err != nil {
		return "", err
	}
	return s.subjectArea(ctx, tx, l)
}

// file keeps an objection and opens its duty. The same request gives what it made
// before.
func (s *Service) file(ctx context.Context, tx seawall.Tx, r loop.Restriction, in NewAppeal, code string) (relief.Appeal, error) {
	const op = "response.file"
	secret := relief.Secret(s.d.LinkKey, code)
	old, err := s.d.Relief.AppealBySecret(ctx, tx, secret)
	if err == nil && casebook.PersonRef(old.Person) != r.Subject && old.Restriction != r.ID {
		return relief.Appeal{}, seawall.E(op, seawall.NotFound, "appeal_no_measure") // another one's request opens nothing
	}
	if err == nil || !seawall.Is(err, seawall.NotFound) {
		return old, err
	}
	if r.State != loop.RestrictionActive {
		return relief.Appeal{}, seawall.E(op, seawall.Conflict, "appeal_measure_ended")
	}
	a, err := s.newAppeal(ctx, tx, r, in)
	if err != nil {
		return a, err
	}
	a.Secret = secret
	if err := s.d.Relief.SaveAppeal(ctx, tx, a); err != nil {
		return a, err
	}
	l, err := s.openAppeal(ctx, tx, a, r)
	if err != nil {
		return a, err
	}
	if err := s.engine.StartTimer(ctx, tx, l, loop.KindAppeal, string(a.ID), a.DecideBy); err != nil {
		return a, err
	}
	if a, err = s.d.Relief.Appeal(ctx, tx, a.ID); err != nil {
		return a, err
	}
	err = s.record(ctx, tx, "appeal.filed", a.Ref(), a.Area, a.Person, map[string]string{"no": a.No, "reason": a.Reason, "channel": a.Channel,
		"decideBy": a.DecideBy.UTC().Format(time.RFC3339)}, r.Ref(), seawall.Ref{Kind: seawall.KindLoop, ID: string(r.Loop)})
	if err != nil || a.Owner == "" {
		return a, err
	}
	return a, s.tell(ctx, tx, seawall.Ref{Kind: seawall.KindPrincipal, ID: string(a.Owner)}, a.Ref(), true, seawall.Text{
		ZH: a.Mask + "对限制措施提出申诉（" + a.No + "），请在 " + s.clockTime(a.DecideBy) + " 前作出决定。",
		EN: a.Mask + " objects to a measure (" + a.No + "). Decide by " + s.clockTime(a.DecideBy) + "."})
}

// clockTime writes an instant as people of the city read it: "3-28 18:40".
func (s *Service) clockTime(t time.Time) string { return t.In(s.d.Zone).Format("1-02 15:04") }

// newAppeal makes the row of an objection: its level, who is barred from it, its
// clocks.
func (s *Service) newAppeal(ctx context.Context, tx seawall.Tx, r loop.Restriction, in NewAppeal) (relief.Appeal, error) {
	const op = "response.newAppeal"
	l, err := s.d.Loops.Loop(ctx, tx, r.Loop)
	if err != nil {
		return relief.Appeal{}, err
	}
	at, err := s.subjectArea(ctx, tx, l)
	if err != nil {
		return relief.Appeal{}, err
	}
	if at, err = s.deciding(ctx, tx, at); err != nil {
		return relief.Appeal{}, err
	}
	hours := time.Duration(r.AppealHours) * time.Hour
	a := relief.Appeal{ID: seawall.AppealID(tx.NewID()), Level: 1, Restriction: r.ID, Measure: r.Kind, Duty: r.Loop, Subject: l.Subject,
		Person: l.Person, Mask: l.Mask, Area: at, Reason: in.Reason, Words: strings.TrimSpace(in.Words), Channel: in.Channel,
		FiledBy: tx.Actor().Name, At: tx.Now(), Hours: r.AppealHours, DecideBy: tx.Now().Add(hours), Ceiling: tx.Now().Add(s.ceilingLevels() * hours),
		Barred: []seawall.PrincipalID{r.DecidedBy}, State: relief.Pending, Version: 1}
	before, err := s.d.Relief.AppealsAgainst(ctx, tx, r.ID)
	if err != nil {
		return a, err
	}
	for _, b := range before {
		switch b.State {
		case relief.Pending:
			return a, seawall.E(op, seawall.Conflict, "appeal_pending", "no", b.No)
		case relief.Rejected:
			if b.Area == s.d.City {
				return a, seawall.E(op, seawall.Conflict, "appeal_exhausted", "no", b.No)
			}
			a.Level, a.Prior, a.Barred = b.Level+1, b.ID, append(a.Barred, b.DecidedBy)
			if a.Area, err = s.above(ctx, tx, b.Area); err != nil {
				return a, err
			}
		}
	}
	n, err := s.d.Cases.NextNo(ctx, tx, fmt.Sprintf("appeal/%d", tx.Now().In(s.d.Zone).Year()))
	a.No = fmt.Sprintf("A-%d-%04d", tx.Now().In(s.d.Zone).Year(), n)
	a.Trail = []relief.Mark{{At: tx.Now(), What: "filed", Text: seawall.Text{
		ZH: "申诉已收到，编号 " + a.No + "。", EN: "Your objection has arrived. Its number is " + a.No + "."}}}
	return a, err
}

// deciding gives the county above a place, the city where there is none: below the
// county nobody decides whether a measure stands. Source: the law's own order
// (isolation is decided by county governments and above; requirements §2.11).
func (s *Service) deciding(ctx context.Context, tx seawall.Tx, at seawall.AreaPath) (seawall.AreaPath, error) {
	chain, err := s.d.Roster.Chain(ctx, tx, s.answering(at))
	for _, a := range chain {
		if a.Level == area.County && a.Path.Within(s.d.City) {
			return a.Path, err
		}
	}
	return s.d.City, err
}

// above gives the area one level up, the city at the top.
func (s *Service) above(ctx context.Context, tx seawall.Tx, at seawall.AreaPath) (seawall.AreaPath, error) {
	up, ok, err := s.d.Roster.Up(ctx, tx, at)
	if err != nil || !ok || !up.Within(s.d.City) {
		return s.d.City, err
	}
	return up, nil
}

// openAppeal opens the duty to decide an objection. Its owner is whoever answers
// at the place of the measure, and never one who is barred.
func (s *Service) openAppeal(ctx context.Context, tx seawall.Tx, a relief.Appeal, r loop.Restriction) (loop.Loop, error) {
	e, err := s.evidence(ctx, tx, r.Fact)
	if err != nil {
		return loop.Loop{}, err
	}
	rule, _ := s.d.Rules.ByID(r.Regime)
	return s.openLoop(ctx, tx, string(appealKind), dutyAbout{Subject: a.Ref(), Fact: r.Fact, Person: a.Person, No: a.No, Mask: a.Mask,
		Regime: rule, Rule: r.Rule, Area: a.Area, Places: []loop.Place{{Path: a.Area, Why: "area"}},
		Given: protocol.Subject{Facts: map[string]any{"level": a.Level, "reason": a.Reason, "measure": a.Measure, "confirmed": e != relief.Unconfirmed},
			Events:  map[string]time.Time{"filed": a.At, "decide_by": a.DecideBy, "ceiling": a.Ceiling},
			Figures: map[string]int{"decide_hours": a.Hours}}})
}

// barred names who may never own a duty: those whose own decision an objection
// is about.
func (s *Service) barred(ctx context.Context, tx seawall.Tx, l loop.Loop) ([]seawall.PrincipalID, error) {
	if l.Subject.Kind != seawall.KindAppeal {
		return nil, nil
	}
	a, err := s.d.Relief.Appeal(ctx, tx, seawall.AppealID(l.Subject.ID))
	return a.Barred, err
}

// mirrorAppeal keeps an objection's row in step with its duty. A duty that ended
// without a decision, because the fact behind the measure was taken back, leaves
// nothing to decide.
func (s *Service) mirrorAppeal(ctx context.Context, tx seawall.Tx, l loop.Loop) error {
	a, err := s.d.Relief.Appeal(ctx, tx, seawall.AppealID(l.Subject.ID))
	if err != nil {
		return err
	}
	was := a
	a.Loop, a.Owner, a.OwnerName, a.Area = l.ID, l.Owner, l.OwnerName, l.Area
	if l.State != loop.Open && a.State == relief.Pending {
		a.State, a.DecidedAt = relief.Moot, tx.Now()
		a.Answer = seawall.Text{ZH: "该限制措施已因其他原因结束，无需再作决定。", EN: "The measure has ended for another reason; there is nothing left to decide."}
		a.Trail = append(slices.Clone(a.Trail), relief.Mark{At: tx.Now(), What: relief.Moot, Text: a.Answer})
	}
	if was.Loop == a.Loop && was.Owner == a.Owner && was.OwnerName == a.OwnerName && was.Area == a.Area && was.State == a.State {
		return nil
	}
	a.Version++
	return s.d.Relief.SaveAppeal(ctx, tx, a)
}

// evidence says who confirmed the fact that a measure rests on. A fact that was
// taken back, an antigen test and a suspicion confirm nothing.
func (s *Service) evidence(ctx context.Context, tx seawall.Tx, fact seawall.Ref) (relief.Evidence, error) {
	switch fact.Kind {
	case seawall.KindResult:
		r, err := s.d.Cases.Result(ctx, tx, seawall.ResultID(fact.ID))
		if err != nil || !proves(r) {
			return relief.Unconfirmed, err
		}
		return relief.Laboratory, nil
	case seawall.KindCase:
		c, err := s.d.Cases.Case(ctx, tx, seawall.CaseID(fact.ID))
		if err != nil || c.State == casebook.CaseRetracted {
			return relief.Unconfirmed, err
		}
		rs, err := s.d.Cases.ResultsOfPerson(ctx, tx, c.Person)
		if err != nil {
			return relief.Unconfirmed, err
		}
		if slices.ContainsFunc(rs, func(r casebook.Result) bool { return r.Disease == c.Disease && proves(r) }) {
			return relief.Laboratory, nil
		}
		if c.Class == casebook.Confirmed || c.Class == casebook.Probable || c.Class == casebook.Asymptomatic {
			return relief.Clinician, nil
		}
	}
	return relief.Unconfirmed, nil
}

// proves reports whether a result is a laboratory's word for an infection.
func proves(r casebook.Result) bool {
	return r.State == casebook.Valid && r.Outcome == positive && r.Kind != antigen
}
