package response

import (
	"context"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/border"
	"github.com/seawall-city/seawall/internal/loop"
)

// byStranger reports whether a report is a public declaration and the coming that
// it seems to be about stands in another group. A name and a document number are
// known to many: such a declaration neither changes nor opens what others told,
// and its answer is the same as if nobody had told anything.
func (c coming) byStranger(known border.Arrival) bool {
	return c.group != nil && c.group.Secret != "" && known.Group != c.group.ID
}

// claim keeps what a public declaration says of somebody of whom others have told:
// a row of its own that says no more than its declarer said, counts nowhere and
// waits until staff who see the person confirm it. The owner of the coming reads
// that it is there.
func (s *Service) claim(ctx context.Context, tx seawall.Tx, of border.Arrival, c coming) (border.Arrival, error) {
	people, err := s.d.Border.ArrivalsOfGroup(ctx, tx, c.group.ID)
	if err != nil {
		return of, err
	}
	for _, p := range people {
		if p.State == border.Claimed && p.SameAs == of.ID {
			return p, nil
		}
	}
	a := s.arrivalOf(c, *c.group)
	a.State, a.SameAs = border.Claimed, of.ID
	if a, err = s.applyTier(ctx, tx, a); err != nil {
		return a, err
	}
	if !a.Arrived.IsZero() {
		a = s.dues(a)
	}
	if a, err = s.border.Add(ctx, tx, a, "arrival.claimed"); err != nil {
		return a, err
	}
	told := map[string]string{"channel": c.channel, "changed": "nothing", "claim": c.group.No}
	if err := s.border.Note(ctx, tx, of, "arrival.reported", told, a.Ref()); err != nil || of.Owner == "" {
		return a, err
	}
	return a, s.tell(ctx, tx, seawall.Ref{Kind: seawall.KindPrincipal, ID: string(of.Owner)}, of.Ref(), false, seawall.Text{
		ZH: "有人以" + of.Mask + "（" + of.No + "）的姓名证件提交了申报 " + c.group.No + "，内容未并入。见到本人核实身份时请核对其凭条。",
		EN: "Somebody declared a journey (" + c.group.No + ") in the name of " + of.Mask + " (" + of.No + "). Nothing was merged; ask for the slip when you check their identity."})
}

// asDeclared gives a claim in the state that its declarer gave it.
func asDeclared(a border.Arrival) border.Arrival {
	if a.State != border.Claimed {
		return a
	}
	if a.State = border.Expected; !a.Arrived.IsZero() {
		a.State = border.Arrived
	}
	return a
}

// claimDuties are the duties that a declaration is answered with while staff have
// not seen the person: the ones that it would have opened.
func (s *Service) claimDuties(ctx context.Context, tx seawall.Tx, a border.Arrival) ([]MyDuty, error) {
	out := []MyDuty{}
	add := func(a border.Arrival, state loop.State) error {
		o, err := s.arrivalSteps(ctx, tx, a, nil)
		for _, p := range o.Steps {
			out = append(out, MyDuty{Key: p.Key, Title: p.Title, Due: p.Due.UTC(), Day: p.Day, State: state})
		}
		return err
	}
	if a.Arrived.After(a.CreatedAt) { // declared before, reported here since
		before := a
		before.State, before.Arrived = border.Expected, time.Time{}
		if err := add(before, loop.Done); err != nil {
			return out, err
		}
	}
	return out, add(asDeclared(a), loop.Open)
}

// claimsOf gives the claims of an arrival that still wait.
func (s *Service) claimsOf(ctx context.Context, tx seawall.Tx, id seawall.ArrivalID) ([]border.Arrival, error) {
	rows, err := s.d.Border.ClaimsOf(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	var out []border.Arrival
	for _, c := range rows {
		if c.State == border.Claimed {
			out = append(out, c)
		}
	}
	return out, nil
}

// shownClaims are the waiting claims of an arrival as its page shows them.
func (s *Service) shownClaims(ctx context.Context, tx seawall.Tx, who Who, id seawall.ArrivalID) ([]Claim, error) {
	rows, err := s.claimsOf(ctx, tx, id)
	out := []Claim{}
	for _, c := range rows {
		g, err := s.d.Border.Group(ctx, tx, c.Group)
		if err != nil {
			return nil, err
		}
		if !s.scope(who).Contains(c.Area) {
			c = elsewhere(c)
		}
		out = append(out, Claim{Declaration: g.No, Arrival: c})
	}
	return out, err
}

// confirmClaim brings the declaration whose slip the person holds together with
// what others told of them: from here on its code opens the one coming. Errors:
// NotFound where that declaration is not about them.
func (s *Service) confirmClaim(ctx context.Context, tx seawall.Tx, a border.Arrival, no string) (border.Arrival, error) {
	rows, err := s.claimsOf(ctx, tx, a.ID)
	if err != nil {
		return a, err
	}
	for _, c := range rows {
		g, err := s.d.Border.Group(ctx, tx, c.Group)
		if err != nil {
			return a, err
		}
		if !strings.EqualFold(g.No, strings.TrimSpace(no)) {
			continue
		}
		if err := s.endArrival(ctx, tx, c, outcomeMoved, "核实为同一人 the same person: "+a.No); err != nil {
			return a, err
		}
		if c, err = s.d.Border.Arrival(ctx, tx, c.ID); err != nil {
			return a, err
		}
		c.State, c.Reason = border.Retracted, "核实为同一人 the same person: "+a.No
		if c, err = s.border.Change(ctx, tx, c, "arrival.merged", map[string]string{"into": a.No}, a.Ref()); err != nil {
			return a, err
		}
		j := journey{disease: c.Disease, origins: c.Origins, mode: c.Mode, vehicle: c.Vehicle, entry: c.Entry, stayText: c.StayText,
			expected: c.Expected, arrived: a.Arrived, stay: c.Stay}
		if a, err = s.knownComing(ctx, tx, a, coming{journey: j, who: &traveller{document: a.Document, in: DeclaredPerson{Seat: c.Seat}}, channel: border.Declared}); err != nil {
			return a, err
		}
		if a, err = s.joinGroup(ctx, tx, a, &g); err != nil {
			return a, err
		}
		return a, s.countGroup(ctx, tx, g.ID, 0, "")
	}
	return a, seawall.E("response.confirmClaim", seawall.NotFound, "claim_unknown", "declaration", no)
}

// standAlone makes the claims of an arrival that is none any more comings of their
// own: of whom it told wrongly, somebody else told too.
func (s *Service) standAlone(ctx context.Context, tx seawall.Tx, of seawall.ArrivalID) error {
	rows, err := s.claimsOf(ctx, tx, of)
	if err != nil {
		return err
	}
	for _, c := range rows {
		c = asDeclared(c)
		c.SameAs = ""
		if c, err = s.border.Change(ctx, tx, c, "arrival.reported", map[string]string{"channel": border.Declared}); err != nil {
			return err
		}
		if _, err = s.openArrival(ctx, tx, c); err != nil {
			return err
		}
	}
	return nil
}
