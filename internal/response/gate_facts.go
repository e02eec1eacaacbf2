package response

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/border"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/freight"
	"github.com/seawall-city/seawall/internal/gate"
)

// testHours is how old a result may be to be looked up at all: older ones say
// nothing at a gate under any rule.
const testHours = 14 * 24

// gateCase is one vehicle at a site while it is decided about.
type gateCase struct {
	site  gate.Site
	rules *gate.Rules
	ask   GateAsk
	// stated are the facts as an officer or a phone gave them, facts those that the
	// decision is made by.
	stated, facts gate.Facts
	at            time.Time
	// group and people are those whose declaration's code was shown.
	group   border.Group
	people  []border.Arrival
	persons []seawall.PersonNo
	trip    tripKnown
	why     []GateWhy
}

// gateTable is what all cases of one transaction share, read when first needed.
type gateTable struct {
	grades border.Grading
	day    seawall.Day
	read   bool
	// trips are the plates that stand on a trip; nil where nobody asked yet.
	trips map[string]bool
}

// gateFacts reads what the server knows itself and puts the facts together. It may
// run again for the same case: a transaction that has to be retried does.
func (s *Service) gateFacts(ctx context.Context, tx seawall.Tx, c *gateCase, t *gateTable) error {
	c.group, c.people, c.persons, c.trip, c.why = border.Group{}, nil, nil, tripKnown{}, nil
	c.facts = gate.Facts{Emergency: c.stated.Emergency, Exemption: c.stated.Exemption, Declared: c.stated.Declared, Test: c.stated.Test,
		Origin: c.stated.Origin, RiskStop: c.stated.RiskStop, Transit: c.stated.Transit, Symptoms: c.stated.Symptoms,
		People: max(1, c.stated.People), HeldMinutes: c.stated.HeldMinutes, CanSample: c.site.CanSample, Mode: c.stated.Mode}
	for _, look := range []func(context.Context, seawall.Tx, *gateCase, *gateTable) error{s.knownDeclaration, s.knownTrip, s.knownOrigin, s.knownTest} {
		if err := look(ctx, tx, c, t); err != nil {
			return err
		}
	}
	return nil
}

// holdsCount is how far back an earlier hold of the same vehicle at a site counts.
// Source: our own choice, twice the longest hold: who comes back later comes anew.
const holdsCount = 2 * gate.MaxHold * time.Minute

// heldSoFar counts how long a vehicle that is about to be held was held here before,
// so that no second record of it begins the longest wait anew. to is what an officer
// decides against the rule, "" where nobody does. Who is not held costs no question.
func (s *Service) heldSoFar(ctx context.Context, tx seawall.Tx, c *gateCase, to string) error {
	plate := s.plateToken(c.ask.Plate)
	if plate == "" || to != gate.Hold && c.rules.Decide(c.facts).Outcome != gate.Hold {
		return nil
	}
	rows, err := s.d.Gates.PassesOfPlate(ctx, tx, plate, c.at.Add(-holdsCount))
	var held time.Duration
	for _, p := range rows {
		if p.Site != c.site.ID || p.HoldState == "" || p.Decided.After(c.at) {
			continue
		}
		end := c.at
		if !p.HoldEnded.IsZero() && p.HoldEnded.Before(end) {
			end = p.HoldEnded
		}
		held += end.Sub(p.Decided)
	}
	if n := int(held.Minutes()); n > c.facts.HeldMinutes {
		c.facts.HeldMinutes = n
		c.because("heldMinutes", "此前已在本站等候 "+itoa(n)+" 分钟", "held here for "+itoa(n)+" minutes before")
	}
	return err
}

// overriddenTo is what an officer decides against the rule, "" where nobody does.
func overriddenTo(p *passing) string {
	if p.in.Override == nil {
		return ""
	}
	return p.in.Override.To
}

// because notes where a fact comes from.
func (c *gateCase) because(fact, zh, en string) {
	c.why = append(c.why, GateWhy{Fact: fact, Text: seawall.Text{ZH: zh, EN: en}})
}

// knownDeclaration finds the people whose code was shown. A code that opens nothing
// is no fault: the officer goes on with what stands before them.
func (s *Service) knownDeclaration(ctx context.Context, tx seawall.Tx, c *gateCase, _ *gateTable) error {
	if strings.TrimSpace(c.ask.Code) == "" {
		return nil
	}
	g, err := s.declared(ctx, tx, c.ask.Code)
	if seawall.Is(err, seawall.NotFound) || seawall.Is(err, seawall.Gone) {
		c.because("declared", "出示的编号查无申报", "the code that was shown opens no declaration")
		return nil
	}
	if err != nil {
		return err
	}
	c.group = g
	rows, err := s.d.Border.ArrivalsOfGroup(ctx, tx, g.ID)
	if err != nil {
		return err
	}
	for _, a := range rows {
		if !border.Standing(a.State) {
			continue
		}
		c.people = append(c.people, a)
		if a.Person != "" {
			c.persons = append(c.persons, a.Person)
		}
	}
	c.facts.Declared = true
	c.facts.People = max(c.facts.People, g.Size)
	c.because("declared", "已申报，编号 "+g.No, "declared as "+g.No)
	return nil
}

// knownTrip finds the trip and the permit. An officer who sees that crew, vehicle
// or route differ may say so; nobody can state a permit that is not there.
func (s *Service) knownTrip(ctx context.Context, tx seawall.Tx, c *gateCase, t *gateTable) error {
	plate := s.plateToken(c.ask.Plate)
	if t.trips != nil && !t.trips[plate] && c.ask.Ticket == "" && c.ask.Code == "" {
		return nil
	}
	known, err := s.tripAtGate(ctx, tx, tripAsk{Ticket: c.ask.Ticket, Code: c.ask.Code, Shown: freight.Shown{
		Plate: plate, Crew: s.docTokens(c.ask.Docs), Gate: []string{string(c.site.ID), c.site.Name.ZH, c.site.Name.EN}, At: c.at}})
	if err != nil {
		return err
	}
	c.trip = known
	c.facts.Permit, c.facts.Trip, c.facts.Whitelisted = known.Fit, known.Word(), known.Whitelisted
	if known.Fit == freight.PermitForged {
		c.because("permit", "通行证验签不符", "the signature of the permit does not hold")
	}
	if slices.Contains([]string{freight.PermitCrew, freight.PermitVehicle, freight.PermitRoute}, c.stated.Permit) && known.Fit == freight.PermitValid {
		c.facts.Permit = c.stated.Permit
		c.because("permit", "值守员核对与通行证不符", "the officer finds that it differs from the permit")
	}
	if known.Trip == nil {
		return nil
	}
	trip := *known.Trip
	c.facts.Declared = c.facts.Declared || known.Word() != "cancelled"
	c.facts.Transit = c.facts.Transit || trip.Transit
	if c.facts.Mode == "" {
		c.facts.Mode = gate.Freight
	}
	c.facts.People = max(c.facts.People, trip.People)
	c.because("trip", "行程 "+trip.No, "trip "+trip.No)
	if known.Permit.No != "" {
		c.because("permit", "通行证 "+known.Permit.No, "permit "+known.Permit.No)
	}
	crew, err := s.d.Freight.CrewOf(ctx, tx, trip.ID)
	for _, m := range crew {
		if m.Person != "" {
			c.persons = append(c.persons, m.Person)
		}
	}
	return err
}

// docTokens gives the tokens of the documents that were shown.
func (s *Service) docTokens(docs []string) (out []string) {
	for _, d := range docs {
		if strings.TrimSpace(d) != "" {
			out = append(out, s.crewToken(Identity{DocNumber: d}))
		}
	}
	return out
}

// knownOrigin grades the places that somebody comes from and stopped at, by the
// grades in force on the day.
func (s *Service) knownOrigin(ctx context.Context, tx seawall.Tx, c *gateCase, t *gateTable) error {
	from := slices.Clone(c.ask.From)
	for _, a := range c.people {
		for _, o := range a.Origins {
			from = append(from, o.Code)
		}
	}
	if c.trip.Trip != nil && c.trip.Trip.Origin != "" {
		from = append(from, c.trip.Trip.Origin)
	}
	if len(from)+len(c.ask.Stops) == 0 {
		return nil
	}
	if err := s.readGrades(ctx, tx, c.at, t); err != nil {
		return err
	}
	worst := c.rules.Worst(t.levels(s, from))
	if worst != "" || c.stated.Origin == "" {
		c.facts.Origin = worst
	}
	if worst != "" {
		c.because("origin", "来源地风险等级（"+t.day.String()+"）", "the grade of where they come from, on "+t.day.String())
	}
	if len(t.levels(s, c.ask.Stops)) > 0 {
		c.facts.RiskStop = true
		c.because("riskStop", "途中停留地在风险地区内（"+t.day.String()+"）", "a place of a stop is graded on "+t.day.String())
	}
	return nil
}

// readGrades reads the grades of the day, once for a transaction and day.
func (s *Service) readGrades(ctx context.Context, tx seawall.Tx, at time.Time, t *gateTable) (err error) {
	day := seawall.DayOf(at, s.d.Zone)
	if t.read && t.day == day {
		return nil
	}
	t.grades, err = s.d.Border.Grades(ctx, tx, day)
	t.day, t.read = day, err == nil
	return err
}

// levels gives the grades of places; what is not graded has none.
func (t *gateTable) levels(s *Service, codes []string) (out []string) {
	disease := s.arrivalDisease(t.day)
	for _, code := range codes {
		if g, ok := t.grades.At(disease, strings.ToUpper(strings.TrimSpace(code)), t.day); ok {
			out = append(out, g.Level)
		}
	}
	return out
}

// knownTest looks up the results of the people who are known. Of several the worst
// counts: a positive one, then the oldest. Where one of them has none, what the
// officer saw counts.
func (s *Service) knownTest(ctx context.Context, tx seawall.Tx, c *gateCase, _ *gateTable) error {
	var worst gate.Test
	all := len(c.persons) > 0
	for _, no := range c.persons {
		rows, err := s.d.Cases.ResultsOfPerson(ctx, tx, no)
		if err != nil {
			return err
		}
		test, ok := newestTest(rows, c.at)
		all = all && ok
		if ok && worse(test, worst) {
			worst = test
		}
	}
	if worst.Result == "positive" || all && worst.Kind != "" && (c.stated.Test.Kind == "" || worst.AgeHours <= c.stated.Test.AgeHours) {
		c.facts.Test = worst
		c.because("test", "本系统登记的检测结果", "a result on record here")
	}
	return nil
}

// newestTest gives the newest test of a person that counts at a gate. A sample whose
// result is not known yet takes nothing back: a positive one before it counts.
func newestTest(rows []casebook.Result, at time.Time) (gate.Test, bool) {
	var best, told casebook.Result
	for _, r := range rows {
		if r.State == "retracted" || r.Collected.After(at) || at.Sub(r.Collected) > testHours*time.Hour || r.Kind != "nat" && r.Kind != "antigen" ||
			!slices.Contains([]string{"negative", "positive", "pending"}, r.Outcome) {
			continue
		}
		if !r.Collected.Before(best.Collected) {
			best = r
		}
		if r.Outcome != "pending" && !r.Collected.Before(told.Collected) {
			told = r
		}
	}
	if told.Outcome == "positive" {
		best = told
	}
	return gate.Test{Kind: best.Kind, Result: best.Outcome, AgeHours: hoursBetween(best.Collected, at)}, best.Kind != ""
}

// hoursBetween gives hours to the second decimal: what a phone would compute from
// the same slip of paper.
func hoursBetween(from, to time.Time) float64 {
	if from.IsZero() {
		return 0
	}
	return float64(to.Sub(from)/(36*time.Second)) / 100
}

// worse reports whether a test says more against passing than another.
func worse(a, b gate.Test) bool {
	if (a.Result == "positive") != (b.Result == "positive") {
		return a.Result == "positive"
	}
	return b.Kind == "" || a.AgeHours > b.AgeHours
}
