package response

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/border"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/relief"
)

// codeLength is how many signs a code has: 80 bits, which nobody guesses.
const codeLength = 16

// travellerSelf is the hand of somebody who declares their own journey.
func travellerSelf() Who {
	return Who{Actor: seawall.Actor{Kind: seawall.ActorPublic, Name: "declaration"}}
}

// DeclareTravel records a journey as travellers declare it, before or after it,
// without an account. It makes no check and restricts nobody; what applies is
// told at once. Of whom others have told already it says nothing different (see
// claim). The answer carries the code that opens the declaration again; only
// its keyed hash is kept. The same request gives the same group and code.
func (s *Service) DeclareTravel(ctx context.Context, in NewDeclaration) (Declaration, error) {
	const op = "response.DeclareTravel"
	for i := range in.People {
		in.People[i].Person = "" // a number is no proof of being somebody
	}
	j, err := s.checkArrivals(ctx, op, in.Request, in.Journey, in.People)
	if err != nil {
		return Declaration{}, err
	}
	code := s.codeFor(in.Request)
	secret := s.codeHash(code) // the request gives the code, so the request itself is kept nowhere
	g := border.Group{Channel: border.Declared, Request: "public/" + secret, Secret: secret}
	rec, err := s.recordGroup(ctx, travellerSelf(), op, g, j, in.People)
	if err != nil {
		return Declaration{}, err
	}
	var out Declaration
	err = s.read(ctx, op, func(tx seawall.Tx) (err error) {
		made, err := s.d.Border.Group(ctx, tx, rec.Group.ID)
		if err != nil {
			return err
		}
		out, err = s.declaration(ctx, tx, made)
		return err
	})
	out.Code = code
	return out, err
}

// codeFor gives the code of a request, in groups of four: the same request sent
// again, because a network died before the answer, gets the same code.
func (s *Service) codeFor(request string) string {
	return strings.TrimPrefix(relief.Code(s.d.LinkKey, "G", request), "G-")
}

// codeHash is what is kept of a code. Case, hyphens, blanks and look-alikes do not
// matter.
func (s *Service) codeHash(code string) string {
	code = strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1", "U", "V").Replace(strings.ToUpper(strings.TrimSpace(code)))
	if len(code) != codeLength {
		return ""
	}
	mac := hmac.New(sha256.New, s.d.LinkKey)
	mac.Write([]byte("seawall declaration 1\x00" + code))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// declared finds the group of a code. Errors: NotFound for a code that was never
// given, Gone for one whose measures ended a while ago.
func (s *Service) declared(ctx context.Context, tx seawall.Tx, code string) (border.Group, error) {
	const op = "response.declared"
	hash := s.codeHash(code)
	if hash == "" {
		return border.Group{}, seawall.E(op, seawall.NotFound, "declaration_unknown")
	}
	g, err := s.d.Border.GroupBySecret(ctx, tx, hash)
	if seawall.Is(err, seawall.NotFound) {
		return g, seawall.E(op, seawall.NotFound, "declaration_unknown")
	}
	return g, err
}

// MyDeclaration shows a declaration to whoever holds its code: the people by their
// masks, what applies to each, what each has to do, until when and why.
func (s *Service) MyDeclaration(ctx context.Context, code string) (Declaration, error) {
	const op = "response.MyDeclaration"
	var out Declaration
	err := s.read(ctx, op, func(tx seawall.Tx) error {
		g, err := s.declared(ctx, tx, code)
		if err != nil {
			return err
		}
		out, err = s.declaration(ctx, tx, g)
		return err
	})
	return out, err
}

// declaration builds what a code opens.
func (s *Service) declaration(ctx context.Context, tx seawall.Tx, g border.Group) (Declaration, error) {
	out := Declaration{No: g.No, Size: g.Size, Known: g.Known, At: g.At, Version: g.Version, Mode: g.Mode, Vehicle: g.Vehicle,
		Expected: seawall.NoDay, Origins: []border.Origin{}, People: []DeclaredOne{}}
	people, err := s.d.Border.ArrivalsOfGroup(ctx, tx, g.ID)
	if err != nil {
		return out, err
	}
	for _, a := range people {
		if a.State == border.Retracted || !slices.Contains(a.Channels, border.Declared) {
			continue // companions whom others found are not the declarer's to read
		}
		a = asDeclared(a)
		if len(out.People) == 0 || a.Head {
			out.State, out.Expected, out.Arrived, out.Entry = a.State, a.Expected, a.Arrived, a.Entry
			out.Stay, out.StayText, out.Origins, out.CallArea, out.Mode, out.Vehicle = a.Stay.Leaf(), a.StayText, a.Origins, a.Area, a.Mode, a.Vehicle
		}
		one, err := s.declaredOne(ctx, tx, a)
		if err != nil {
			return out, err
		}
		out.People = append(out.People, one)
	}
	out.Known = len(out.People)
	out.Size = max(min(g.Declared, g.Size), out.Known)
	if out.StayName, err = s.areaName(ctx, tx, s.answering(out.CallArea)); err != nil {
		return out, err
	}
	out.CallPlace = out.StayName
	return out, nil
}

// declaredOne is one traveller as their own page shows them.
func (s *Service) declaredOne(ctx context.Context, tx seawall.Tx, a border.Arrival) (DeclaredOne, error) {
	one := DeclaredOne{ID: a.ID, No: a.No, Person: a.Person, Loop: a.Loop, Mask: a.Mask, State: a.State, Checks: slices.Clone(a.Checks),
		Duties: []MyDuty{}, Restrictions: []loop.Restriction{}}
	for i := range one.Checks { // what staff wrote for staff stays with them
		one.Checks[i].By, one.Checks[i].Note = "", ""
	}
	one.Applies, _ = s.measureView(a)
	if a.SameAs != "" && a.Loop == "" {
		var err error
		one.Duties, err = s.claimDuties(ctx, tx, a)
		return one, err
	}
	if a.Loop != "" {
		steps, err := s.d.Loops.StepsOf(ctx, tx, a.Loop)
		if err != nil {
			return one, err
		}
		for _, st := range steps {
			if st.State == loop.Withdrawn {
				continue
			}
			one.Duties = append(one.Duties, MyDuty{Key: st.Key, Title: st.Title, Due: st.Due, Day: st.Day, State: st.State,
				Self: st.Key == stepMonitor && st.State == loop.Open})
		}
	}
	if a.Person == "" {
		return one, nil
	}
	rs, err := s.d.Loops.RestrictionsOn(ctx, tx, casebook.PersonRef(a.Person))
	for _, r := range rs {
		if r.Loop == a.Loop {
			r.DecidedBy, r.EndedBy = "", ""
			one.Restrictions = append(one.Restrictions, r)
		}
	}
	return one, err
}

// ChangeDeclaration changes a declaration by its code: the day, the stay, the
// vehicle, companions, or that nobody comes. What staff or a feed have established
// since stays as it is; a measure that was confirmed is not changed from here.
func (s *Service) ChangeDeclaration(ctx context.Context, code string, ch DeclarationChange) (Declaration, error) {
	const op = "response.ChangeDeclaration"
	var head border.Arrival
	var out Declaration
	if err := checkNamed(op, ch.Request, ch.Add); len(ch.Add) > 0 && err != nil {
		return out, err
	}
	err := s.write(ctx, travellerSelf(), op, func(tx seawall.Tx) error {
		g, err := s.declared(ctx, tx, code)
		if err != nil {
			return err
		}
		if ch.Version != 0 && ch.Version != g.Version {
			return seawall.E(op, seawall.Conflict, "changed_meanwhile", "kind", "group", "id", g.No)
		}
		people, err := s.d.Border.ArrivalsOfGroup(ctx, tx, g.ID)
		if err != nil {
			return err
		}
		if ch.NotComing && !slices.ContainsFunc(people, func(a border.Arrival) bool { return asDeclared(a).State == border.Expected }) {
			return seawall.E(op, seawall.Conflict, "arrival_here_already")
		}
		for _, a := range people {
			if !border.Standing(a.State) && a.State != border.Claimed {
				continue
			}
			if err := s.changeOne(ctx, tx, a, ch); err != nil {
				return err
			}
			if head.ID == "" || a.Head {
				head = a
			}
		}
		if ch.Size != nil && *ch.Size > 0 && *ch.Size <= mostTogether {
			if err := s.countGroup(ctx, tx, g.ID, *ch.Size, border.Declared); err != nil {
				return err
			}
		}
		if g, err = s.d.Border.Group(ctx, tx, g.ID); err != nil {
			return err
		}
		if head.ID != "" {
			if g, err = s.border.KeepGroup(ctx, tx, g); err != nil { // whoever read it before reads it again
				return err
			}
			if err := s.border.Note(ctx, tx, head, "arrival.declared", map[string]string{"by": "declaration", "group": g.No}); err != nil {
				return err
			}
		}
		out, err = s.declaration(ctx, tx, g)
		return err
	})
	if err != nil || len(ch.Add) == 0 || head.ID == "" {
		return out, err
	}
	for i := range ch.Add {
		ch.Add[i].Person = ""
	}
	if _, err := s.addTo(ctx, travellerSelf(), op, head, "public/"+ch.Request, border.Declared, ch.Add); err != nil {
		return out, err
	}
	return s.MyDeclaration(ctx, code)
}

// changeOne changes one traveller of a declaration.
func (s *Service) changeOne(ctx context.Context, tx seawall.Tx, a border.Arrival, ch DeclarationChange) error {
	const op = "response.ChangeDeclaration"
	if ch.NotComing {
		if !a.Arrived.IsZero() {
			return nil // who is here stays here; the others do not come
		}
		return s.notComing(ctx, tx, a, "本人申报不再前来 declared as not coming")
	}
	was := a
	in := Journey{Disease: a.Disease, Origins: ch.Origins, Mode: a.Mode, Vehicle: a.Vehicle, Expected: a.Expected, Arrived: a.Arrived,
		Stay: a.Stay.Leaf(), StayText: a.StayText, Entry: a.Entry}
	if len(ch.Origins) == 0 {
		for _, o := range a.Origins {
			in.Origins = append(in.Origins, NewOrigin{Code: o.Code, Left: o.Left, Crossing: o.Crossing})
		}
	}
	set(&in.Expected, ch.Expected)
	set(&in.Stay, ch.Stay)
	set(&in.StayText, ch.StayText)
	set(&in.Vehicle, ch.Vehicle)
	set(&in.Mode, ch.Mode)
	if ch.Arrived != nil && a.Arrived.IsZero() {
		in.Arrived = *ch.Arrived
	}
	j, bad, err := s.readJourney(ctx, tx, in)
	if err != nil {
		return err
	}
	if err := invalid(op, "arrival_invalid", bad); err != nil {
		return err
	}
	alone := len(a.Channels) == 1 && a.Channels[0] == border.Declared
	if a.Expected = j.expected; alone {
		a.Mode, a.Vehicle = j.mode, j.vehicle
	}
	if len(ch.Origins) > 0 && a.ConfirmedBy == "" {
		if a.Origins = j.origins; !alone { // what a feed or staff have told is not taken back from here
			a.Origins = withOrigins(was.Origins, j.origins)
		}
	}
	if !a.Check(border.Location).Made() { // what the community has seen counts more
		a.Stay, a.StayText, a.Area = j.stay, j.stayText, s.answering(j.stay)
	}
	if a, err = s.applyTier(ctx, tx, a); err != nil {
		return err
	}
	if a.State == border.Claimed && a.Arrived.IsZero() && !j.arrived.IsZero() {
		a.Arrived = j.arrived
		a = s.dues(a)
	}
	if a, err = s.border.Change(ctx, tx, a, "arrival.declared", map[string]string{"by": "declaration"}); err != nil {
		return err
	}
	if a, err = s.relocate(ctx, tx, was, a); err != nil {
		return err
	}
	if was.Arrived.IsZero() && !j.arrived.IsZero() && a.State != border.Claimed {
		_, err = s.here(ctx, tx, a, j.arrived)
	}
	return err
}

// set puts a value in where one is given.
func set[T any](to *T, v *T) {
	if v != nil {
		*to = *v
	}
}

// ReportMyDay records what somebody in a declaration says about themselves today.
// Feeling well closes today's report; symptoms or fever put them before staff.
func (s *Service) ReportMyDay(ctx context.Context, code string, id seawall.ArrivalID, in SelfReport) (Declaration, error) {
	const op = "response.ReportMyDay"
	var out Declaration
	err := s.write(ctx, travellerSelf(), op, func(tx seawall.Tx) error {
		g, err := s.declared(ctx, tx, code)
		if err != nil {
			return err
		}
		people, err := s.d.Border.ArrivalsOfGroup(ctx, tx, g.ID)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(people, func(a border.Arrival) bool { return a.ID == id })
		if at < 0 || people[at].Loop == "" && people[at].State != border.Claimed {
			return seawall.E(op, seawall.NotFound, "declaration_unknown")
		}
		a := people[at]
		if a.Loop == "" && in.sick() { // somebody is not well: that is a duty, whoever they turn out to be
			if a, err = s.startArrival(ctx, tx, asDeclared(a)); err != nil {
				return err
			}
		}
		if a.Loop == "" {
			out, err = s.declaration(ctx, tx, g)
			return err
		}
		if err := s.reportDay(ctx, tx, a, in); err != nil {
			return err
		}
		out, err = s.declaration(ctx, tx, g)
		return err
	})
	return out, err
}

// sick reports whether somebody says that they are not well.
func (in SelfReport) sick() bool {
	return !in.Well || in.Temperature >= feverFrom || strings.TrimSpace(in.Symptoms) != ""
}

// reportDay closes the day's report of an arrival under a measure, and opens an
// urgent step where somebody is not well.
func (s *Service) reportDay(ctx context.Context, tx seawall.Tx, a border.Arrival, in SelfReport) error {
	const op = "response.reportDay"
	l, err := s.d.Loops.Loop(ctx, tx, a.Loop)
	if err != nil {
		return err
	}
	if l.State != loop.Open {
		return seawall.E(op, seawall.Conflict, "loop_ended", "state", string(l.State))
	}
	text := strings.TrimSpace(in.Symptoms)
	sick := in.sick()
	steps, err := s.d.Loops.StepsOf(ctx, tx, l.ID)
	if err != nil {
		return err
	}
	today := s.today(tx)
	if sick && (stepOf(steps, stepSymptoms) == nil || stepOf(steps, stepSymptoms).State != loop.Open) {
		due := tx.Now().Add(urgentHours * time.Hour)
		if _, err := s.engine.AddStep(ctx, tx, l.ID, loop.StepPlan{Key: stepSymptoms, Title: seawall.Text{ZH: "有症状，立即处置", EN: "Symptoms: act now"},
			Needs: "note", Rule: l.Rule, Due: due, Day: today}); err != nil {
			return err
		}
	}
	for _, st := range steps {
		if st.Key == stepMonitor && st.State == loop.Open && st.Day <= today {
			said := "自报：正常 well"
			if sick {
				said = "自报：不适 unwell " + text
			}
			_, err := s.engine.Complete(ctx, tx, st.ID, 0, loop.Evidence{Kind: "report", Text: said, Ref: a.Ref()})
			return err
		}
	}
	return nil
}
