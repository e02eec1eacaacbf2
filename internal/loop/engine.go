package loop

import (
	"context"
	"slices"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/regime"
)

// Answer is who answers for something at a place: the account with its work name,
// the area it answers in, and why it is that one ("roster", "deputy", "ancestor",
// "none" without an account). It is what the duty roster says, in words of our own
// so that the engine knows no roster.
type Answer struct {
	Area      seawall.AreaPath
	Principal seawall.PrincipalID
	WorkName  string
	Why       string
}

// Assigner says who answers for a theme at a place at an instant; the duty
// roster is behind it (area.Book.WhoAnswers).
type Assigner func(ctx context.Context, tx seawall.Tx, at seawall.AreaPath, theme string, now time.Time) (Answer, error)

// Climber gives the area one level up in the chain of command, false at the top
// (area.Book.Up).
type Climber func(ctx context.Context, tx seawall.Tx, from seawall.AreaPath) (seawall.AreaPath, bool, error)

// Watcher is called inside every change of a loop with its steps, before the
// event is recorded, so that the subject's own row can mirror owner and next due.
type Watcher func(ctx context.Context, tx seawall.Tx, l Loop, steps []Step) error

// Config is what an Engine works with.
type Config struct {
	Store  Store
	Log    ledger.Recorder
	Assign Assigner
	Up     Climber
	// City is the top of every climb: above it nobody is asked.
	City seawall.AreaPath
	// CutOff gives the no-overnight rule of a cited regime ("id@version").
	CutOff func(regime string) regime.CutOff
	// Zone is the city's time zone.
	Zone *time.Location
	// Watch may be nil.
	Watch Watcher
	// Rules gives what the protocol of a loop ("id@version") says beyond its
	// steps; nil gives the zero Rule for all.
	Rules func(ctx context.Context, tx seawall.Tx, protocol string) (Rule, error)
	// Again plans a loop anew after one of its steps ended, for protocols whose Rule
	// asks for it; only the steps and series of the answer count. May be nil.
	Again func(ctx context.Context, tx seawall.Tx, l Loop, steps []Step) (Opening, error)
	// Child plans the loop that a step opens and waits for; nil where no protocol
	// has such steps.
	Child func(ctx context.Context, tx seawall.Tx, parent Loop, step Step) (Opening, error)
	// Holders names the accounts that have a role over an area, for notices; may
	// be nil.
	Holders func(ctx context.Context, tx seawall.Tx, role string, at seawall.AreaPath) ([]seawall.PrincipalID, error)
	// Stays reports whether a loop that climbed may still be worked on where it
	// opened; its steps stay in the lists there. nil lets them climb with it.
	Stays func(l Loop) bool
	// Barred names who may never own a loop, such as the one whose own decision
	// it is about; nil bars nobody.
	Barred func(ctx context.Context, tx seawall.Tx, l Loop) ([]seawall.PrincipalID, error)
}

// Engine runs loops. It keeps no state of its own; every method works inside
// the caller's transaction and records its events there.
type Engine struct{ Config }

// New makes an engine.
func New(c Config) *Engine { return &Engine{c} }

// Place is one place where an owner may be looked for, and why there: "home",
// "stay" or "exposure".
type Place struct {
	Path seawall.AreaPath
	Why  string
}

// StepPlan is one step of a loop to be opened.
type StepPlan struct {
	Key   string
	Title seawall.Text
	// Due is the instant it must be done by.
	Due time.Time
	Day seawall.Day
	// Needs is the kind of evidence that closes it, "" for none.
	Needs string
	Rule  string
	// Waiting opens the step as one whose turn has not come; it has no clock.
	Waiting bool
	// Form is the form of the protocol that closes it where Needs is "form".
	Form string
	// After are the keys of the steps that must be settled before its turn comes;
	// keys that the loop does not have are ignored.
	After []string
	// Required: the loop cannot end by itself unless this step is done.
	Required bool
	// Child is the protocol of the loop that it opens and waits for.
	Child  string
	series bool
}

// SeriesPlan is one series of daily steps to be opened.
type SeriesPlan struct {
	Key      string
	Title    seawall.Text
	From, To seawall.Day
	// DueHour is the local hour by which the day's last report is due.
	DueHour int
	PerDay  int
	Needs   string
	Rule    string
	// Form is the form of the protocol that closes each step where Needs is "form".
	Form string
}

// Opening says what duty opens, about whom, because of which fact and rule.
type Opening struct {
	// ID is minted when empty; a caller gives it where restrictions that the
	// loop holds are made before it.
	ID   seawall.LoopID
	Kind Kind
	// Protocol is the file behind the kind, "id@version"; Parent the loop that
	// waits for this one.
	Protocol string
	Parent   seawall.LoopID
	Subject  seawall.Ref
	Person   seawall.PersonNo
	Mask     string
	// No is the subject's visible number, for notices.
	No      string
	Fact    seawall.Ref
	Disease string
	Regime  string
	Rule    string
	Title   seawall.Text
	// Places are tried in order; the first one inside the city answers, else
	// the city's own desk.
	Places  []Place
	Parties Parties
	Steps   []StepPlan
	Series  []SeriesPlan
	// Gone are, in a plan made anew, the steps that answers did away with; open ones
	// are withdrawn.
	Gone []string
}

// Open opens a loop with its steps, series and clocks and finds its owner.
// Errors: Invalid, with every missing thing at once.
func (e *Engine) Open(ctx context.Context, tx seawall.Tx, o Opening) (Loop, error) {
	const op = "loop.Open"
	if o.ID == "" {
		o.ID = seawall.LoopID(tx.NewID())
	}
	l := Loop{ID: o.ID, Kind: o.Kind, Protocol: o.Protocol, Parent: o.Parent, Subject: o.Subject, Person: o.Person, Mask: o.Mask, No: o.No,
		Fact: o.Fact, Disease: o.Disease, Regime: o.Regime, Rule: o.Rule, Title: o.Title, Parties: o.Parties,
		State: Open, OpenedAt: tx.Now(), Version: 1}
	if err := e.own(ctx, tx, &l, o.Places); err != nil {
		return Loop{}, seawall.Wrap(op, err)
	}
	if l.Parties.Territory == "" {
		l.Parties.Territory = l.OwnerName
	}
	if err := o.check(l.Parties); err != nil {
		return Loop{}, err
	}
	if err := e.Store.SaveLoop(ctx, tx, l); err != nil {
		return Loop{}, seawall.Wrap(op, err)
	}
	steps, opened, err := e.openSteps(ctx, tx, l, o)
	if err != nil {
		return Loop{}, seawall.Wrap(op, err)
	}
	if err := e.notify(ctx, tx, l, happening{on: OnOpened}); err != nil {
		return Loop{}, seawall.Wrap(op, err)
	}
	if err := e.record(ctx, tx, l, steps, "loop.opened", l.Ref(), nil); err != nil {
		return Loop{}, seawall.Wrap(op, err)
	}
	return l, seawall.Wrap(op, e.openChildren(ctx, tx, l, steps, opened))
}

// openSteps makes the steps and series of an opening. A step waits for those of
// its After that the loop has.
func (e *Engine) openSteps(ctx context.Context, tx seawall.Tx, l Loop, o Opening) (steps []Step, opened []seawall.StepID, err error) {
	keys := map[string]bool{}
	for _, p := range o.Steps {
		keys[p.Key] = true
	}
	for _, p := range o.Series {
		keys[p.Key] = true
	}
	for i, p := range o.Steps {
		p.After = slices.DeleteFunc(slices.Clone(p.After), func(k string) bool { return !keys[k] || k == p.Key })
		p.Waiting = p.Waiting || len(p.After) > 0
		s, err := e.makeStep(ctx, tx, l, p, i)
		if err != nil {
			return nil, nil, err
		}
		steps, opened = append(steps, s), append(opened, s.ID)
	}
	for _, p := range o.Series {
		made, err := e.openSeries(ctx, tx, l, p, len(o.Steps))
		if err != nil {
			return nil, nil, err
		}
		steps = append(steps, made...)
	}
	return steps, opened, nil
}

// own finds the owner: the first place inside the city, else the city's desk.
func (e *Engine) own(ctx context.Context, tx seawall.Tx, l *Loop, places []Place) error {
	at, why := e.City, "desk"
	for _, p := range places {
		if p.Path.Within(e.City) {
			at, why = p.Path, p.Why
			break
		}
	}
	a, err := e.answers(ctx, tx, *l, at)
	if err != nil {
		return err
	}
	l.Area, l.Owner, l.OwnerName, l.OwnerWhy = a.Area, a.Principal, a.WorkName, why+":"+a.Why
	if !l.Area.Within(e.City) { // the search went above the city: its desk keeps it
		l.Area = e.City
	}
	if l.OwnerName == "" {
		l.OwnerName = string(l.Area.Leaf())
	}
	return nil
}

// check names everything that an opening lacks.
func (o Opening) check(p Parties) error {
	var bad []seawall.FieldError
	need := func(ok bool, field string) {
		if !ok {
			bad = append(bad, seawall.FieldError{Field: field, Code: "required"})
		}
	}
	need(o.Kind != "", "kind")
	need(!o.Subject.IsZero(), "subject")
	need(!o.Fact.IsZero(), "fact")
	need(o.Regime != "" || o.Protocol != "", "regime")
	need(o.Rule != "", "rule")
	need(o.Title.ZH != "" && o.Title.EN != "", "title")
	need(len(o.Steps)+len(o.Series) > 0, "steps")
	need(p.Territory != "", "parties.territory")
	need(p.Department != "", "parties.department")
	need(p.Unit != "", "parties.unit")
	need(p.Individual != "", "parties.individual")
	if len(bad) == 0 {
		return nil
	}
	return &seawall.Error{Op: "loop.Open", Kind: seawall.Invalid, Code: "loop_incomplete", Fields: bad}
}

// AddStep opens one more step in an open loop. Errors: Conflict when the loop
// has ended.
func (e *Engine) AddStep(ctx context.Context, tx seawall.Tx, id seawall.LoopID, p StepPlan) (Step, error) {
	const op = "loop.AddStep"
	l, steps, err := e.load(ctx, tx, id)
	if err != nil {
		return Step{}, seawall.Wrap(op, err)
	}
	series, err := e.Store.SeriesOf(ctx, tx, id)
	if err != nil {
		return Step{}, seawall.Wrap(op, err)
	}
	p.Waiting = p.Waiting || !settled(p.After, steps, series)
	s, err := e.makeStep(ctx, tx, l, p, len(steps))
	if err != nil {
		return Step{}, seawall.Wrap(op, err)
	}
	steps = append(steps, s)
	if err := e.record(ctx, tx, l, steps, "step.opened", s.Ref(), map[string]string{"key": s.Key}); err != nil {
		return Step{}, seawall.Wrap(op, err)
	}
	return s, seawall.Wrap(op, e.openChildren(ctx, tx, l, steps, []seawall.StepID{s.ID}))
}

// makeStep saves a new step and, unless it waits, its escalation clock.
func (e *Engine) makeStep(ctx context.Context, tx seawall.Tx, l Loop, p StepPlan, order int) (Step, error) {
	at, err := e.listedAt(ctx, tx, l)
	if err != nil {
		return Step{}, err
	}
	s := Step{ID: seawall.StepID(tx.NewID()), Loop: l.ID, Kind: l.Kind, Key: p.Key, Order: order, Title: p.Title,
		State: Open, Opened: tx.Now(), Due: p.Due, Day: p.Day, Needs: p.Needs, Rule: p.Rule, Series: p.series,
		Form: p.Form, After: p.After, Required: p.Required, Child: p.Child,
		Subject: l.Subject, Mask: l.Mask, Disease: l.Disease, Area: at, Owner: l.Owner, OwnerName: l.OwnerName, Version: 1}
	switch {
	case p.Waiting:
		s.State = Waiting
	case p.Child != "":
		s.ChildLoop = seawall.LoopID(tx.NewID())
	}
	if err := e.Store.SaveStep(ctx, tx, s); err != nil {
		return Step{}, err
	}
	if s.State != Open {
		return s, nil
	}
	return s, e.arm(ctx, tx, l, s, tx.Now())
}

// arm starts the escalation clock of an open step: the cut-off at or after its
// due time, and never one that passed before the step was open.
func (e *Engine) arm(ctx context.Context, tx seawall.Tx, l Loop, s Step, opened time.Time) error {
	due := s.Due
	if due.Before(opened) {
		due = opened
	}
	return e.startClock(ctx, tx, Clock{Loop: l.ID, Step: s.ID, Kind: KindEscalate,
		FireAt: e.CutOff(l.Regime).EscalateAt(opened, due, e.Zone)})
}

// startClock saves a new open clock.
func (e *Engine) startClock(ctx context.Context, tx seawall.Tx, c Clock) error {
	c.ID, c.State, c.Version = seawall.ClockID(tx.NewID()), Open, 1
	return e.Store.SaveClock(ctx, tx, c)
}

// load reads an open loop with its steps. Errors: Conflict when it has ended.
func (e *Engine) load(ctx context.Context, tx seawall.Tx, id seawall.LoopID) (Loop, []Step, error) {
	l, err := e.Store.Loop(ctx, tx, id)
	if err != nil {
		return Loop{}, nil, err
	}
	if l.State != Open {
		return Loop{}, nil, seawall.E("loop.load", seawall.Conflict, "loop_ended", "state", string(l.State))
	}
	steps, err := e.Store.StepsOf(ctx, tx, id)
	return l, steps, err
}

// record lets the watcher mirror the loop and then puts the event on the log.
func (e *Engine) record(ctx context.Context, tx seawall.Tx, l Loop, steps []Step, kind string, subject seawall.Ref, data map[string]string) error {
	if e.Watch != nil {
		if err := e.Watch(ctx, tx, l, steps); err != nil {
			return err
		}
	}
	return e.event(ctx, tx, l, kind, subject, data)
}

// event puts an event about a loop on the log.
func (e *Engine) event(ctx context.Context, tx seawall.Tx, l Loop, kind string, subject seawall.Ref, data map[string]string) error {
	related := []seawall.Ref{l.Subject}
	if subject != l.Ref() {
		related = append(related, l.Ref())
	}
	if l.Fact != l.Subject {
		related = append(related, l.Fact)
	}
	return e.Log.Record(ctx, tx, ledger.Event{Type: kind, Subject: subject, Related: related,
		Person: l.Person, Area: l.Area, Data: data})
}

// Ref points to the loop.
func (l Loop) Ref() seawall.Ref { return seawall.Ref{Kind: seawall.KindLoop, ID: string(l.ID)} }

// Ref points to the step.
func (s Step) Ref() seawall.Ref { return seawall.Ref{Kind: seawall.KindStep, ID: string(s.ID)} }

// Ref points to the restriction.
func (r Restriction) Ref() seawall.Ref {
	return seawall.Ref{Kind: seawall.KindRestriction, ID: string(r.ID)}
}

// The kinds of clock.
const (
	KindEscalate    = "escalate"    // a step is still open at the cut-off
	KindSeries      = "series"      // the next day of a series begins
	KindRestriction = "restriction" // a restriction ends
	KindRelease     = "release"     // the plan of a follow-up is over
)
