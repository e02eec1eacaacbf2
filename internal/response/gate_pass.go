package response

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/freight"
	"github.com/seawall-city/seawall/internal/gate"
)

// LookAtGate says what the server knows about what stands at a gate, and what
// would be decided with it. Nothing is kept.
func (s *Service) LookAtGate(ctx context.Context, who Who, id seawall.SiteID, ask GateAsk, stated gate.Facts) (GateLook, error) {
	const op = "response.LookAtGate"
	var out GateLook
	err := s.read(ctx, op, func(tx seawall.Tx) error {
		site, err := s.siteFor(ctx, tx, who, auth.GateDecide, id)
		if err != nil {
			return err
		}
		c := gateCase{site: site, ask: ask, stated: stated, at: tx.Now()}
		if c.rules, err = s.rulesAt(op, c.at); err != nil {
			return err
		}
		if err := invalid(op, "gate_invalid", c.rules.CheckFacts("facts.", stated)); err != nil {
			return err
		}
		if err := s.gateFacts(ctx, tx, &c, &gateTable{}); err != nil {
			return err
		}
		if err := s.heldSoFar(ctx, tx, &c, ""); err != nil {
			return err
		}
		out = GateLook{Facts: c.facts, Decision: c.rules.Decide(c.facts), Mask: freight.MaskPlate(ask.Plate), Why: c.why, People: []string{}}
		if c.trip.Trip != nil {
			out.Trip, out.Permit = string(c.trip.Trip.ID), string(c.trip.Permit.ID)
			out.People = append(out.People, c.trip.Trip.Mask)
		}
		for i, a := range c.people {
			if i == 0 {
				out.Arrival = a.ID
			}
			out.People = append(out.People, a.Mask)
		}
		out.Before, err = s.before(ctx, tx, s.plateToken(ask.Plate))
		return err
	})
	return out, err
}

// before gives the last pass of a plate within a day.
func (s *Service) before(ctx context.Context, tx seawall.Tx, plate string) (*GateBefore, error) {
	if plate == "" {
		return nil, nil
	}
	rows, err := s.d.Gates.PassesOfPlate(ctx, tx, plate, tx.Now().Add(-24*time.Hour))
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	p := rows[len(rows)-1]
	return &GateBefore{Site: p.Site, At: p.Decided, Decision: p.Decision}, nil
}

// rulesAt gives the rules of an instant. Errors: Unavailable where none hold.
func (s *Service) rulesAt(op string, at time.Time) (*gate.Rules, error) {
	day := seawall.DayOf(at, s.d.Zone)
	if r, ok := s.gateRules(day); ok {
		return r, nil
	}
	return nil, seawall.E(op, seawall.Unavailable, "gate_no_rules", "day", day.String())
}

// passing is one pass on its way into the records.
type passing struct {
	who    Who
	in     NewPass
	site   gate.Site
	second string // the second officer's work name
	// device is set for a pass that was decided without a network.
	device string
	row    gate.Pass
	told   gate.Decision // what was decided, by the rule or by an officer
	ruled  gate.Decision // what the server's facts give
	c      gateCase
	old    bool // it was there already
}

// Pass records one vehicle's pass and answers with the decision. The same id sent
// twice is one pass. Errors: Invalid with every fault, Conflict where the id
// belongs to another vehicle or site, NotFound for an unknown site.
func (s *Service) Pass(ctx context.Context, who Who, id seawall.SiteID, in NewPass) (Passed, error) {
	const op = "response.Pass"
	p := &passing{who: who, in: in}
	site, err := s.siteAtHand(ctx, who, id)
	if p.site = site; err == nil && in.Override != nil {
		err = s.read(ctx, op, func(tx seawall.Tx) error { return s.secondOfficer(ctx, tx, p) })
	}
	if err == nil {
		err = s.checkPassing(op, p, s.d.Clock.Now())
	}
	if err != nil {
		return Passed{}, err
	}
	if p.in.Override != nil {
		// Somebody's decision against the rule stands under their own name.
		err = s.write(ctx, who, op, func(tx seawall.Tx) error { return s.keepPassings(ctx, tx, []*passing{p}) })
	} else {
		err = seawall.Wrap(op, s.gates.keep(ctx, p))
	}
	return Passed{Pass: p.row, Decision: p.told, Repeated: p.old}, err
}

// siteKept is how long a site is taken as it was read: what changes on another node
// is known here after it.
const siteKept = time.Second

// siteCache keeps the sites at which vehicles pass now, so that thousands of passes
// a second do not each read the same row.
type siteCache struct {
	mu   sync.Mutex
	rows map[seawall.SiteID]siteRead
}

// siteRead is a site and when it was read.
type siteRead struct {
	site gate.Site
	at   time.Time
}

// get gives a site that was read lately.
func (c *siteCache) get(id seawall.SiteID, now time.Time) (gate.Site, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	r, ok := c.rows[id]
	return r.site, ok && now.Sub(r.at) < siteKept && !now.Before(r.at)
}

// put keeps a site as it was read; the zero instant forgets it.
func (c *siteCache) put(site gate.Site, at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.rows == nil || len(c.rows) > 1000 {
		c.rows = map[seawall.SiteID]siteRead{}
	}
	c.rows[site.ID] = siteRead{site: site, at: at}
}

// siteAtHand gives a site at which somebody may decide.
func (s *Service) siteAtHand(ctx context.Context, who Who, id seawall.SiteID) (gate.Site, error) {
	now := s.d.Clock.Now()
	site, ok := s.sites.get(id, now)
	if !ok {
		err := s.read(ctx, "response.Pass", func(tx seawall.Tx) (err error) {
			site, err = s.d.Gates.Site(ctx, tx, id)
			return err
		})
		if err != nil {
			return site, err
		}
		s.sites.put(site, now)
	}
	return site, s.allow(who, auth.GateDecide, auth.Resource{Kind: seawall.KindSite, ID: string(id), Area: site.Area})
}

// secondOfficer looks up who else decides against a rule.
func (s *Service) secondOfficer(ctx context.Context, tx seawall.Tx, p *passing) error {
	o := p.in.Override
	if o == nil || o.Second == "" {
		return nil
	}
	who, err := s.d.Accounts.Principal(ctx, tx, o.Second)
	if seawall.Is(err, seawall.NotFound) || err == nil && who.Disabled {
		return invalid("response.Pass", "gate_invalid", []seawall.FieldError{{Field: "override.second", Code: "gate_override_same"}})
	}
	if err == nil && p.device == "" { // what a phone decided has happened
		err = s.maySecond(who, p.site, "override.second")
	}
	p.second = who.WorkName
	return err
}

// maySecond lets an account stand beside another's decision at a site: one that may
// decide there itself. Errors: Invalid for field.
func (s *Service) maySecond(p auth.Principal, site gate.Site, field string) error {
	if s.allow(Asked(p), auth.GateDecide, auth.Resource{Kind: seawall.KindSite, ID: string(site.ID), Area: site.Area}) == nil {
		return nil
	}
	return invalid("response.maySecond", "gate_invalid", []seawall.FieldError{{Field: field, Code: "gate_override_right"}})
}

// checkPassing names every fault of a pass before anything is read for it.
func (s *Service) checkPassing(op string, p *passing, now time.Time) error {
	if p.site.Closed {
		return seawall.E(op, seawall.Conflict, "gate_closed", "site", string(p.site.ID))
	}
	in := p.in
	p.row = gate.Pass{ID: in.ID, Site: p.site.ID, Area: p.site.Area, Lane: in.Lane, Arrived: micros(in.Arrived), Served: micros(in.Served), Left: micros(in.Left),
		Plate: s.plateToken(in.Plate), Mask: freight.MaskPlate(in.Plate), Note: strings.TrimSpace(in.Note), Next: in.Next,
		Officer: p.who.Principal.ID, By: p.who.Actor.Name, Complaint: gate.ComplaintCode(in.ID), Version: 1}
	if p.device != "" {
		p.row.Decided, p.row.Offline, p.row.Device = micros(in.Decided), true, p.device
	}
	at := p.row.Decided
	if at.IsZero() {
		at = now
	}
	rules, err := s.rulesAt(op, at)
	if err != nil {
		return err
	}
	p.c = gateCase{site: p.site, rules: rules, ask: in.GateAsk, stated: in.Facts, at: at}
	bad := append(p.row.Faults(p.site, now), rules.CheckFacts("facts.", in.Facts)...)
	if len(in.Note) > 500 || len(in.Plate) > 40 {
		bad = append(bad, seawall.FieldError{Field: "note", Code: "too_long", Args: map[string]string{"max": "500"}})
	}
	if p.device != "" {
		bad = append(bad, p.offlineFaults()...)
	}
	return invalid(op, "gate_invalid", bad)
}

// keepPassings decides and keeps passes in one transaction. The ones of an officer
// who decided against a rule come alone, so that their event has that officer.
func (s *Service) keepPassings(ctx context.Context, tx seawall.Tx, ps []*passing) error {
	fresh, err := s.known(ctx, tx, ps)
	if err != nil {
		return err
	}
	t, err := s.gateTableFor(ctx, tx, fresh)
	if err != nil {
		return err
	}
	for _, p := range fresh {
		if p.c.at = p.row.Decided; p.c.at.IsZero() {
			p.c.at = tx.Now()
		}
		if err := s.gateFacts(ctx, tx, &p.c, t); err != nil {
			return err
		}
		if err := s.heldSoFar(ctx, tx, &p.c, overriddenTo(p)); err != nil {
			return err
		}
		if err := s.decide(tx, p); err != nil {
			return err
		}
		if err := s.follow(ctx, tx, p); err != nil {
			return err
		}
	}
	return s.savePassings(ctx, tx, fresh)
}

// gateTableFor reads what many passes share, so that a vehicle without a trip costs
// no question of its own.
func (s *Service) gateTableFor(ctx context.Context, tx seawall.Tx, ps []*passing) (*gateTable, error) {
	t := &gateTable{}
	if len(ps) < 2 {
		return t, nil
	}
	var plates []string
	for _, p := range ps {
		if p.row.Plate != "" {
			plates = append(plates, p.row.Plate)
		}
	}
	on, err := s.d.Gates.PlatesOnTrips(ctx, tx, plates)
	t.trips = make(map[string]bool, len(on))
	for _, plate := range on {
		t.trips[plate] = true
	}
	return t, err
}

// known gives the passes that are not there yet; the others get what is.
func (s *Service) known(ctx context.Context, tx seawall.Tx, ps []*passing) ([]*passing, error) {
	ids := make([]seawall.PassID, len(ps))
	for i, p := range ps {
		ids[i] = p.row.ID
	}
	rows, err := s.d.Gates.PassesByID(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	there := make(map[seawall.PassID]gate.Pass, len(rows))
	for _, r := range rows {
		there[r.ID] = r
	}
	seen := map[seawall.PassID]*passing{}
	var fresh []*passing
	for _, p := range ps {
		old, ok := there[p.row.ID]
		first := seen[p.row.ID]
		switch {
		case ok && (old.Site != p.row.Site || old.Plate != p.row.Plate), first != nil && (first.row.Site != p.row.Site || first.row.Plate != p.row.Plate):
			return nil, seawall.E("response.known", seawall.Conflict, "gate_pass_used")
		case ok:
			p.row, p.old, p.told = old, true, s.toldBefore(old)
		case first != nil:
			return nil, seawall.E("response.known", seawall.Conflict, "already_there") // alone it finds the first one
		default:
			p.old = false
			seen[p.row.ID] = p
			fresh = append(fresh, p)
		}
	}
	return fresh, nil
}

// toldBefore gives the decision of a pass that is on record, in the words of its
// rule.
func (s *Service) toldBefore(p gate.Pass) gate.Decision {
	d := gate.Decision{Outcome: p.Decision, Rule: p.Rule, Rules: p.Rules}
	if rules, ok := s.d.GateRules.ByID(p.Rules); ok {
		if r, ok := rules.Rule(p.Rule); ok {
			d.Reason, d.Source, d.Log, d.Trace = r.Reason, r.Source, r.Log, r.Trace
		}
	}
	if p.HoldState == gate.Held {
		d.HoldMinutes = int(p.HoldUntil.Sub(p.Decided).Minutes())
	}
	return d
}

// decide applies the rules, then what an officer or a phone decided.
func (s *Service) decide(tx seawall.Tx, p *passing) error {
	p.ruled = p.c.rules.Decide(p.c.facts)
	p.told = p.ruled
	r := &p.row
	r.Facts, r.Override, r.Ruled = p.c.facts, gate.Override{}, ""
	if p.device != "" {
		p.told = p.offlineDecision()
	}
	if o := p.in.Override; o != nil {
		told, bad := gate.Overridden(p.told, p.c.facts, *o, p.who.Principal.ID)
		if err := invalid("response.Pass", "gate_invalid", bad); err != nil {
			return err
		}
		if told.Outcome != p.told.Outcome {
			r.Ruled, r.Override = p.told.Outcome, gate.Override{To: o.To, Reason: strings.TrimSpace(o.Reason), Second: o.Second, SecondName: p.second}
		}
		p.told = told
	}
	r.Decision, r.Rule, r.Rules = p.told.Outcome, p.told.Rule, p.told.Rules
	if r.Decided.IsZero() {
		r.Decided = tx.Now()
	}
	r.Received = tx.Now()
	if p.c.trip.Trip != nil {
		r.Trip, r.Permit = string(p.c.trip.Trip.ID), string(p.c.trip.Permit.ID)
	}
	if len(p.c.people) > 0 {
		r.Arrival = p.c.people[0].ID
	}
	if r.Next == "" && p.told.Trace == gate.NextNode {
		r.Next = p.site.Next
	}
	r.HoldState, r.HoldUntil, r.HoldEnded, r.Trace = "", time.Time{}, time.Time{}, ""
	if p.told.Outcome == gate.Hold {
		r.HoldState, r.HoldUntil = gate.Held, r.Decided.Add(time.Duration(p.told.HoldMinutes)*time.Minute)
	}
	return nil
}
