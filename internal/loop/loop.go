// Package loop is the typed core of every duty: the loop with its steps,
// clocks, hand-overs, evidence and series, its escalation at the cut-off, and
// the restriction with its one constructor. Kinds of loop are protocol files
// (package protocol); this package runs what they plan and knows none of them.
package loop

import (
	"context"
	"time"

	"github.com/seawall-city/seawall"
)

// Kind names a kind of loop: the id of its protocol.
type Kind string

// The kinds of loop that the main path itself opens; files ship with them.
const (
	Investigation Kind = "investigation"
	FollowUp      Kind = "followup"
)

// State is where a loop or step stands.
type State string

// The states of loops and steps.
const (
	Open      State = "open"
	Done      State = "done"
	Cancelled State = "cancelled" // by a person with a reason
	Withdrawn State = "withdrawn" // the fact behind it was retracted
	Waiting   State = "waiting"   // a step whose turn has not come
)

// Parties are the four responsible parties (四方责任) named on every loop.
type Parties struct {
	Territory  string `json:"territory"`  // 属地
	Department string `json:"department"` // 部门
	Unit       string `json:"unit"`       // 单位
	Individual string `json:"individual"` // 个人
}

// Loop is one duty about one subject, open until its closing evidence is in.
type Loop struct {
	ID   seawall.LoopID `json:"id"`
	Kind Kind           `json:"kind"`
	// Protocol is the file that it runs under, "id@version".
	Protocol string `json:"protocol,omitempty"`
	// Parent is the loop whose step opened this one and waits for it.
	Parent seawall.LoopID `json:"parent,omitempty"`
	// Subject is the thing that the duty is about.
	Subject seawall.Ref      `json:"subject"`
	Person  seawall.PersonNo `json:"person,omitempty"`
	// Mask is the subject person's mask, for lists; No the subject's visible number.
	Mask string `json:"mask"`
	No   string `json:"no,omitempty"`
	// Fact is what the duty hangs on; retracting it withdraws the duty.
	Fact    seawall.Ref `json:"fact"`
	Disease string      `json:"disease"`
	// Regime and Rule say why: "CN-COVID-8@sha" and the rule's key.
	Regime string       `json:"regime"`
	Rule   string       `json:"rule"`
	Title  seawall.Text `json:"title"`
	// Area is where it is owned; Level how many times it has climbed.
	Area      seawall.AreaPath    `json:"area"`
	Level     int                 `json:"level"`
	Owner     seawall.PrincipalID `json:"owner,omitempty"`
	OwnerName string              `json:"ownerName"`
	OwnerWhy  string              `json:"ownerWhy"` // home, stay, exposure, desk; roster, deputy, ancestor
	Parties   Parties             `json:"parties"`
	State     State               `json:"state"`
	OpenedAt  time.Time           `json:"openedAt"`
	ClosedAt  time.Time           `json:"closedAt"`
	// ReopenedAt is when it was last opened again after its end.
	ReopenedAt time.Time `json:"reopenedAt,omitzero"`
	// Outcome of a closed loop in one word: "done", "became_case", "lost", …
	Outcome string `json:"outcome,omitempty"`
	Version int    `json:"version"`
}

// Step is one thing to be done in a loop. It carries what a list shows, so that
// the work-list is one query.
type Step struct {
	ID     seawall.StepID `json:"id"`
	Loop   seawall.LoopID `json:"loop"`
	Kind   Kind           `json:"kind"`
	Key    string         `json:"key"` // "report", "core", "full", "transfer", "test-4", "monitor", "release"
	Order  int            `json:"order"`
	Title  seawall.Text   `json:"title"`
	State  State          `json:"state"`
	Opened time.Time      `json:"opened"`
	// Due is the instant it must be done by.
	Due    time.Time   `json:"due"`
	Day    seawall.Day `json:"day"` // the day it belongs to (a test day, a monitoring day)
	DoneAt time.Time   `json:"doneAt"`
	DoneBy string      `json:"doneBy,omitempty"`
	// Escalations counts how often this step climbed; EscalatedAt is the last.
	Escalations int       `json:"escalations"`
	EscalatedAt time.Time `json:"escalatedAt"`
	// Series marks a step that a series makes anew for each day.
	Series bool `json:"series,omitempty"`
	// Needs names the evidence that closes it: "note", "result", "report", "form", "".
	Needs string `json:"needs,omitempty"`
	// Form is the form of the protocol that closes it where Needs is "form".
	Form string `json:"form,omitempty"`
	Rule string `json:"rule"`
	// After are the keys of the steps that must be settled before its turn comes.
	After []string `json:"after,omitempty"`
	// Child is the protocol of the loop it opens, ChildLoop that loop.
	Child     string         `json:"child,omitempty"`
	ChildLoop seawall.LoopID `json:"childLoop,omitempty"`
	// Required says that the loop cannot end by itself unless this step is done;
	// it cannot be declared impossible.
	Required bool `json:"required,omitempty"`
	// Denormalised from the loop for lists.
	Subject   seawall.Ref         `json:"subject"`
	Mask      string              `json:"mask"`
	Disease   string              `json:"disease"`
	Area      seawall.AreaPath    `json:"area"`
	Owner     seawall.PrincipalID `json:"owner,omitempty"`
	OwnerName string              `json:"ownerName"`
	Version   int                 `json:"version"`
}

// Series makes one step a day between two days (daily monitoring).
type Series struct {
	ID    string         `json:"id"`
	Loop  seawall.LoopID `json:"loop"`
	Key   string         `json:"key"`
	Title seawall.Text   `json:"title"`
	From  seawall.Day    `json:"from"`
	To    seawall.Day    `json:"to"`
	// Next is the day whose step has not been made yet; NoDay when finished.
	Next    seawall.Day `json:"next"`
	DueHour int         `json:"dueHour"` // local hour by which the day's step is due
	PerDay  int         `json:"perDay"`  // 1 or 2 reports a day
	Needs   string      `json:"needs,omitempty"`
	Form    string      `json:"form,omitempty"`
	Rule    string      `json:"rule"`
	State   State       `json:"state"`
	Version int         `json:"version"`
}

// Clock is a leased row that fires once: a step's escalation or a series' next
// day.
type Clock struct {
	ID   seawall.ClockID `json:"id"`
	Loop seawall.LoopID  `json:"loop"`
	Step seawall.StepID  `json:"step,omitempty"`
	// Series is set when the clock makes the next day's step.
	Series string `json:"series,omitempty"`
	// Kind: one of the Kind… constants ("escalate", "series", "custody", …).
	Kind    string    `json:"kind"`
	Target  string    `json:"target,omitempty"` // the restriction or hand-over, where Kind asks for one
	FireAt  time.Time `json:"fireAt"`
	FiredAt time.Time `json:"firedAt"`
	State   State     `json:"state"` // open, done (fired) or cancelled
	Version int       `json:"version"`
}

// HandOver is the passing of a loop from one owner to another.
type HandOver struct {
	ID       string              `json:"id"`
	Loop     seawall.LoopID      `json:"loop"`
	From     seawall.PrincipalID `json:"from"`
	FromName string              `json:"fromName"`
	To       seawall.PrincipalID `json:"to"`
	ToName   string              `json:"toName"`
	At       time.Time           `json:"at"`
	// Accepted is when the receiver took it; zero while it is offered. Until
	// then the giver answers.
	Accepted time.Time `json:"accepted"`
	// GapAt is when the offer had not been accepted in time and the level above
	// was told.
	GapAt   time.Time `json:"gapAt,omitzero"`
	Note    string    `json:"note,omitempty"`
	Why     string    `json:"why"` // "handover", "escalation", "roster"
	Version int       `json:"version"`
}

// Evidence is what shows that something was done.
type Evidence struct {
	ID   string         `json:"id"`
	Loop seawall.LoopID `json:"loop"`
	Step seawall.StepID `json:"step,omitempty"`
	// Kind: "note", "result", "report", "form", "loop", "check", "reason".
	Kind string      `json:"kind"`
	Text string      `json:"text,omitempty"`
	Ref  seawall.Ref `json:"ref"`
	// Data are the values of a form, already checked by its protocol.
	Data map[string]any `json:"data,omitempty"`
	By   string         `json:"by"`
	At   time.Time      `json:"at"`
}

// StepQuery selects steps for the first page and the work-lists.
type StepQuery struct {
	Scope  seawall.Scope
	States []State // default: Open
	Owner  seawall.PrincipalID
	Kind   Kind
	// Keys, together with Kind, selects steps with any of these keys.
	Keys    []string
	Disease string
	// DueFrom and DueTo bound the due instant (µs, half-open); 0 is open.
	DueFrom, DueTo int64
	Subject        seawall.Ref
	Escalated      bool // only steps that have climbed
	// NoTotal leaves the total at 0 for a caller that knows it already; counting
	// takes longer than reading a page.
	NoTotal bool
	Page    seawall.Page
}

// StepCounts are the figures of the first sentence; always true, never sampled.
type StepCounts struct {
	Open      int `json:"open"`      // open steps due before the end of tonight, late ones included
	Late      int `json:"late"`      // due in the past
	Soon      int `json:"soon"`      // due within two hours
	Tonight   int `json:"tonight"`   // due later tonight
	Later     int `json:"later"`     // open and due after tonight, or without a due instant
	Mine      int `json:"mine"`      // of Open, owned by the asking principal
	Escalated int `json:"escalated"` // open and climbed at least once
	Loops     int `json:"loops"`     // open loops in scope
}

// Store is what this package needs of the database; the rules of
// casebook.Store hold (versions, hand-over of rows to the next event).
type Store interface {
	Many
	SaveLoop(ctx context.Context, tx seawall.Tx, l Loop) error
	Loop(ctx context.Context, tx seawall.Tx, id seawall.LoopID) (Loop, error)
	// LoopsOfFact gives the loops that hang on a fact; LoopsAbout those about a subject.
	LoopsOfFact(ctx context.Context, tx seawall.Tx, fact seawall.Ref) ([]Loop, error)
	LoopsAbout(ctx context.Context, tx seawall.Tx, subject seawall.Ref) ([]Loop, error)

	SaveStep(ctx context.Context, tx seawall.Tx, s Step) error
	Step(ctx context.Context, tx seawall.Tx, id seawall.StepID) (Step, error)
	StepsOf(ctx context.Context, tx seawall.Tx, id seawall.LoopID) ([]Step, error)
	Steps(ctx context.Context, tx seawall.Tx, q StepQuery) ([]Step, string, int, error)
	// CountSteps counts open steps against now, the end of tonight and owner.
	CountSteps(ctx context.Context, tx seawall.Tx, scope seawall.Scope, owner seawall.PrincipalID, now, soon, tonight time.Time) (StepCounts, error)

	SaveSeries(ctx context.Context, tx seawall.Tx, s Series) error
	SeriesOf(ctx context.Context, tx seawall.Tx, id seawall.LoopID) ([]Series, error)

	SaveClock(ctx context.Context, tx seawall.Tx, c Clock) error
	ClocksOf(ctx context.Context, tx seawall.Tx, id seawall.LoopID) ([]Clock, error)
	// ClaimClocks leases up to limit open clocks due at or before now to worker
	// until the lease ends; a clock is claimed by one worker at a time. It runs
	// in its own short transaction and records no event.
	ClaimClocks(ctx context.Context, tx seawall.Tx, worker string, now, leaseUntil time.Time, limit int) ([]Clock, error)
	// Clock gives the clock as it is now, for the idempotence check when firing.
	Clock(ctx context.Context, tx seawall.Tx, id seawall.ClockID) (Clock, error)
	// NextClock gives the earliest open FireAt, zero if none.
	NextClock(ctx context.Context, tx seawall.Tx) (time.Time, error)

	SaveHandOver(ctx context.Context, tx seawall.Tx, h HandOver) error
	HandOversOf(ctx context.Context, tx seawall.Tx, id seawall.LoopID) ([]HandOver, error)
	SaveEvidence(ctx context.Context, tx seawall.Tx, e Evidence) error
	EvidenceOf(ctx context.Context, tx seawall.Tx, id seawall.LoopID) ([]Evidence, error)

	SaveRestriction(ctx context.Context, tx seawall.Tx, r Restriction) error
	Restriction(ctx context.Context, tx seawall.Tx, id seawall.RestrictionID) (Restriction, error)
	RestrictionsOfFact(ctx context.Context, tx seawall.Tx, fact seawall.Ref) ([]Restriction, error)
	RestrictionsOn(ctx context.Context, tx seawall.Tx, subject seawall.Ref) ([]Restriction, error)

	// SaveNotice keeps a notice for those concerned (a withdrawn duty, an
	// escalation); NoticesFor lists them newest first.
	SaveNotice(ctx context.Context, tx seawall.Tx, n Notice) error
	NoticesFor(ctx context.Context, tx seawall.Tx, to seawall.Ref, p seawall.Page) ([]Notice, string, error)
	Notice(ctx context.Context, tx seawall.Tx, id string) (Notice, error)
}

// Notice tells somebody concerned what changed for them and why.
type Notice struct {
	ID string `json:"id"`
	// To is a principal or a person (a resident reads it on their own page).
	To      seawall.Ref  `json:"to"`
	About   seawall.Ref  `json:"about"`
	Text    seawall.Text `json:"text"`
	At      time.Time    `json:"at"`
	ReadAt  time.Time    `json:"readAt"`
	Urgent  bool         `json:"urgent,omitempty"`
	Version int          `json:"version"`
}
