package response

import (
	"context"
	"slices"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/regime"
)

// mostListed is how many of the people affected by a change are listed; the
// counts are of all of them.
const mostListed = 500

// RuleHead names one of the two rules of a change.
type RuleHead struct {
	ID    string       `json:"id"`
	Ref   string       `json:"ref"`
	Title seawall.Text `json:"title"`
	From  seawall.Day  `json:"from"`
	To    seawall.Day  `json:"to"`
	// Source is the document; Secondary marks a copy not yet verified.
	Source    seawall.Text `json:"source"`
	Secondary bool         `json:"secondary,omitempty"`
}

func headOf(r *regime.Regime) RuleHead {
	return RuleHead{ID: r.ID, Ref: r.Ref(), Title: r.Title, From: r.From, To: r.To, Source: r.Source.Title, Secondary: r.Source.Secondary}
}

// AffectedOne is somebody under the old rule and what the new one would change.
type AffectedOne struct {
	// Ref is the contact or arrival.
	Ref  seawall.Ref      `json:"ref"`
	No   string           `json:"no"`
	Mask string           `json:"mask"`
	Area seawall.AreaPath `json:"area"`
	// Was and Now are the keys of class or row under the two rules; Now is ""
	// where the new rule asks nothing of them.
	Was string `json:"was"`
	Now string `json:"now,omitempty"`
	// OldEnd is the last day under the old rule, NewEnd under the new one, MinEnd
	// under neither longer than the other; NoDay where nothing is asked.
	OldEnd seawall.Day `json:"oldEnd"`
	NewEnd seawall.Day `json:"newEnd"`
	MinEnd seawall.Day `json:"minEnd"`
	// Days is NewEnd minus OldEnd; the restriction of the coming days is Change:
	// "same", "milder", "stricter" or "mixed".
	Days   int    `json:"days"`
	Change string `json:"change"`
	// Decided marks somebody for whom the old rule was kept already.
	Decided bool `json:"decided,omitempty"`

	loop seawall.LoopID
}

// RuleChange says who is affected by a new version of a rule, and what changes.
type RuleChange struct {
	From RuleHead `json:"from"`
	To   RuleHead `json:"to"`
	// Rules are the differences rule by rule, Origins those of a matrix.
	Rules   []regime.DiffRow       `json:"rules"`
	Origins []regime.ArrivalChange `json:"origins,omitempty"`
	// People are the first of those affected, the ones with the greatest change
	// first; Total counts all, the others by direction.
	People   []AffectedOne `json:"people"`
	Total    int           `json:"total"`
	Shorter  int           `json:"shorter"`
	Longer   int           `json:"longer"`
	Same     int           `json:"same"`
	Released int           `json:"released"` // of Shorter: nothing is asked any more
}

// pair reads the two rules of a change. Errors: NotFound, Invalid where they are
// not two versions of one thing.
func (s *Service) pair(from, to string) (a, b *regime.Regime, err error) {
	const op = "response.pair"
	for _, x := range []struct {
		id string
		r  **regime.Regime
	}{{from, &a}, {to, &b}} {
		r, ok := s.d.Rules.ByID(x.id)
		if !ok {
			return nil, nil, seawall.E(op, seawall.NotFound, "regime_not_found", "id", x.id)
		}
		*x.r = r
	}
	if a.ID == b.ID || a.Scope != b.Scope || a.Disease.ID != b.Disease.ID {
		return nil, nil, seawall.E(op, seawall.Invalid, "rule_change_pair", "from", a.ID, "to", b.ID)
	}
	return a, b, nil
}

// Affected says who is under the rule from and what the rule to would change for
// them. Nothing is changed. Errors: as pair; Forbidden.
func (s *Service) Affected(ctx context.Context, who Who, from, to string) (RuleChange, error) {
	const op = "response.Affected"
	a, b, err := s.pair(from, to)
	if err != nil {
		return RuleChange{}, err
	}
	if err := s.allow(who, auth.ContactRead, auth.Resource{Kind: seawall.KindContact}); err != nil {
		return RuleChange{}, err
	}
	out := RuleChange{From: headOf(a), To: headOf(b), Rules: regime.DiffRows(a, b), People: []AffectedOne{}}
	if a.Scope == regime.ScopeArrivals {
		out.Origins = regime.DiffArrivals(a, b)
	}
	err = s.read(ctx, op, func(tx seawall.Tx) error {
		err := s.eachUnder(ctx, tx, who, a, func(x subject) error {
			one, err := s.affectedOne(tx, x, a, b)
			if err == nil {
				out.add(one)
			}
			return err
		})
		if err != nil {
			return err
		}
		slices.SortStableFunc(out.People, func(x, y AffectedOne) int { return max(y.Days, -y.Days) - max(x.Days, -x.Days) })
		if len(out.People) > mostListed {
			out.People = out.People[:mostListed]
		}
		for i, p := range out.People {
			if out.People[i].Decided, err = s.keptBefore(ctx, tx, p.loop, b); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// add counts one.
func (c *RuleChange) add(one AffectedOne) {
	c.Total++
	switch {
	case !one.NewEnd.Known():
		c.Released++
		c.Shorter++
	case one.Days < 0:
		c.Shorter++
	case one.Days > 0:
		c.Longer++
	default:
		c.Same++
	}
	c.People = append(c.People, one)
}

// subject is somebody under a rule, as a change of it sees them.
type subject struct {
	ref    seawall.Ref
	no     string
	mask   string
	area   seawall.AreaPath
	person seawall.PersonNo
	loop   seawall.LoopID
	// row is the class or tier, until the last day now.
	row   string
	until seawall.Day
	// plans computes what a rule asks of them from now on; ok is false where it
	// asks nothing.
	plans func(r *regime.Regime, now planTime) (regime.Plan, bool, error)
}

// eachUnder visits everybody in somebody's areas who is under a rule, in the
// order of their numbers.
func (s *Service) eachUnder(ctx context.Context, tx seawall.Tx, who Who, r *regime.Regime, visit func(subject) error) error {
	if r.Scope == regime.ScopeArrivals {
		return s.eachArrivalUnder(ctx, tx, who, r, visit)
	}
	q := casebook.ContactQuery{Scope: s.scope(who), Disease: r.Disease.ID, States: []casebook.ContactState{casebook.Following}, Sort: "no",
		Page: seawall.Page{Limit: mostListed}}
	for {
		cs, next, _, err := s.d.Cases.Contacts(ctx, tx, q)
		if err != nil {
			return err
		}
		for _, c := range cs {
			if !isUnder(s.d.Rules, c.Regime, r) {
				continue
			}
			if err := visit(s.contactSubject(c)); err != nil {
				return err
			}
		}
		if next == "" {
			return nil
		}
		q.Page.Cursor = next
	}
}

// isUnder reports whether a cited rule is r, in whatever version of its text.
func isUnder(rules *regime.Set, ref string, r *regime.Regime) bool {
	cited, ok := rules.ByID(ref)
	return ok && ref != "" && cited.ID == r.ID
}

// affectedOne computes what changes for somebody.
func (s *Service) affectedOne(tx seawall.Tx, x subject, a, b *regime.Regime) (AffectedOne, error) {
	one := AffectedOne{Ref: x.ref, No: x.no, Mask: x.mask, Area: x.area, Was: x.row, OldEnd: x.until, NewEnd: seawall.NoDay, MinEnd: seawall.NoDay, loop: x.loop}
	was, now, err := x.both(a, b, planTime{now: tx.Now(), zone: s.d.Zone, counting: true})
	if err != nil {
		return one, err
	}
	least := regime.MinPlan(was, now)
	one.NewEnd, one.MinEnd = lastDay(now.Plan), lastDay(least)
	if now.Plan.Class != "" && one.NewEnd.Known() {
		one.Now = now.Plan.Class
	}
	if !one.OldEnd.Known() { // no measure is confirmed yet: what the old rule would ask
		one.OldEnd = lastDay(was.Plan)
	}
	today := s.today(tx)
	old, next := max(one.OldEnd, today), today
	if one.NewEnd.Known() {
		next = one.NewEnd
	}
	one.Days = int(next - old)
	one.Change = regime.Compare(was.Plan, now.Plan)
	return one, nil
}

// both computes the plans of two rules as of one instant.
func (x subject) both(a, b *regime.Regime, now planTime) (was, next regime.Ruled, err error) {
	for _, p := range []struct {
		r   *regime.Regime
		out *regime.Ruled
	}{{a, &was}, {b, &next}} {
		plan, ok, err := x.plans(p.r, now)
		if err != nil {
			return was, next, err
		}
		if !ok {
			plan = regime.Plan{Class: x.row, Over: true, Release: seawall.NoDay, MonitorFrom: seawall.NoDay, MonitorTo: seawall.NoDay,
				Base: seawall.NoDay, Why: regime.Citation{Regime: p.r.ID, Version: p.r.Version, Rule: "abolished." + x.row, Source: p.r.Source.Title.ZH}}
		}
		*p.out = regime.Ruled{Regime: p.r, Plan: plan}
	}
	return was, next, nil
}

// lastDay is the last day of what is left of a plan, NoDay where nothing is.
func lastDay(p regime.Plan) seawall.Day {
	if p.Over || !p.Release.Known() {
		return seawall.NoDay
	}
	return p.Release.Add(-1)
}
