// Package protocol reads the files that say how a kind of loop runs: what it is
// about, its forms, its steps with their order, repetition and clocks, who owns
// it, what evidence it needs, and what follows when it closes. It turns a file,
// a subject and the regime in force into the plan of one loop; the engine
// (internal/loop) runs that plan. No disease and no kind of duty is compiled in.
package protocol

import "github.com/seawall-city/seawall"

// The subjects that a protocol may be about. Each is a typed fact that a domain
// package owns; an entry is a form filled in for a kind of duty that has no typed
// fact of its own (a rabies bite).
const (
	SubjectCase    = "case"
	SubjectContact = "contact"
	SubjectArrival = "arrival"
	SubjectAppeal  = "appeal"
	SubjectHelp    = "help"
	SubjectTrip    = "trip"
	SubjectSite    = "site"
	SubjectLot     = "lot"
	SubjectEntry   = "entry"
)

// Protocol is one file. It is read-only once loaded and safe for concurrent use.
type Protocol struct {
	ID string `json:"id"`
	// Version is the first 12 hex digits of the SHA-256 of the file's bytes.
	Version string       `json:"version"`
	File    string       `json:"file"`
	Title   seawall.Text `json:"title"`
	// Name is the title of each loop; "{no}" stands for the subject's number.
	Name    seawall.Text `json:"name"`
	Subject string       `json:"subject"`
	// Theme is the duty roster's theme; the id where the file gives none.
	Theme string `json:"theme"`
	// Disease that an entry's loops carry; subjects with a disease bring their own.
	Disease string `json:"disease,omitempty"`
	// Places are where an owner is looked for, in order: "home", "stay",
	// "exposure", "area".
	Places []string `json:"places"`
	// Department, Unit and Individual are the parties beside the territory; ""
	// takes the subject's own (its facility, its mask).
	Parties PartyRule `json:"parties"`
	// Entry is the form that opens a loop of this protocol by hand, "" for none.
	Entry string `json:"entry,omitempty"`
	// Figures are the numbers that the file itself gives (see OwnFigures).
	Figures map[string]int `json:"figures,omitempty"`
	Forms   []Form         `json:"forms"`
	Steps   []Step         `json:"steps"`
	Close   Close          `json:"close"`
	// Custody says how soon an offered hand-over must be accepted before the gap
	// alarms the level above; nil for no alarm.
	Custody *Custody     `json:"custody,omitempty"`
	Reopen  *Reopen      `json:"reopen,omitempty"`
	Cancel  *Cancel      `json:"cancel,omitempty"`
	Notices []NoticeRule `json:"notices"`
	Source  seawall.Text `json:"source"`
	Notes   seawall.Text `json:"notes,omitzero"`

	// rules are the compiled conditions by the path of their key.
	rules map[string]*condition
}

// Ref names the protocol with its version as loops keep it: "id@version".
func (p *Protocol) Ref() string { return p.ID + "@" + p.Version }

// PartyRule names the parties beside the territory (属地 comes from the area).
type PartyRule struct {
	Department seawall.Text `json:"department"`
	Unit       seawall.Text `json:"unit,omitzero"`
	Individual seawall.Text `json:"individual,omitzero"`
}

// Form is a typed, bilingual form.
type Form struct {
	Key    string       `json:"key"`
	Title  seawall.Text `json:"title"`
	Fields []Field      `json:"fields"`

	// rules are the compiled conditions of fields by their key.
	rules map[string]*condition
}

// The types of a field.
const (
	FieldText    = "text"    // one line
	FieldLong    = "long"    // several lines
	FieldNumber  = "number"  // a decimal number
	FieldInteger = "integer" // a whole number
	FieldChoice  = "choice"  // one of the options
	FieldMany    = "many"    // any of the options
	FieldYes     = "yes_no"  // true or false
	FieldDate    = "date"    // 2006-01-02
	FieldTime    = "time"    // RFC 3339 instant
	FieldArea    = "area"    // an area id
	FieldPhoto   = "photo"   // a picture's reference
)

// Field is one question.
type Field struct {
	Key      string       `json:"key"`
	Type     string       `json:"type"`
	Label    seawall.Text `json:"label"`
	Help     seawall.Text `json:"help,omitzero"`
	Unit     string       `json:"unit,omitempty"`
	Required bool         `json:"required,omitempty"`
	Options  []Option     `json:"options,omitempty"`
	Min      *float64     `json:"min,omitempty"`
	Max      *float64     `json:"max,omitempty"`
	MaxLen   int          `json:"maxLen,omitempty"`
	// NotFuture and NotBefore bound dates: no later than today, no earlier than
	// another date field of the form.
	NotFuture bool   `json:"notFuture,omitempty"`
	NotBefore string `json:"notBefore,omitempty"`
	// When is a CEL condition over the form's own fields; the field is asked only
	// where it holds.
	When string `json:"when,omitempty"`
}

// Option is one answer of a choice.
type Option struct {
	Key  string       `json:"key"`
	Text seawall.Text `json:"text"`
}

// Step is a step of the protocol, or, with Each, one for every item of a list
// that the regime gives.
type Step struct {
	Key string `json:"key"`
	// Title may hold {no}, {class}, {disease} and, with Each, {text}, {n}, {kind}.
	Title seawall.Text `json:"title"`
	// TitleIf are other titles; the first whose condition holds is taken.
	TitleIf []TitleRule `json:"titleIf,omitempty"`
	// Help tells whoever does it how.
	Help seawall.Text `json:"help,omitzero"`
	// Each repeats the step over a list of the regime: see Lists. The item brings its own due time; its key is added to Key.
	Each string `json:"each,omitempty"`
	// InTurn makes each item wait for the one before it.
	InTurn bool `json:"inTurn,omitempty"`
	// Daily makes a series: one or more a day over the days of Series.
	Daily *Daily `json:"daily,omitempty"`
	Due   *Due   `json:"due,omitempty"`
	// After are the steps that must be settled before this one's turn comes.
	After []string `json:"after,omitempty"`
	// When is a CEL condition; the step exists only where it holds.
	When string `json:"when,omitempty"`
	// Needs is the evidence that closes it: "", "note", "result", "report", "form";
	// for an arrival also "check" (one of the four, of the step's key) and
	// "receipt" (whoever takes over says so).
	Needs string `json:"needs,omitempty"`
	// Form is filled in to close the step where Needs is "form".
	Form string `json:"form,omitempty"`
	// Child is the protocol of a loop that the step opens about the same subject
	// and waits for.
	Child string `json:"child,omitempty"`
	// Restrict limits somebody while the loop is open.
	Restrict *Restrict `json:"restrict,omitempty"`
}

// TitleRule is a title for where a CEL condition holds.
type TitleRule struct {
	When  string       `json:"when"`
	Title seawall.Text `json:"title"`
}

// Due says when a step is due. Exactly one of Minutes, Hours, Days, Figure counts
// from After; EndOfDay moves it to 23:59 of that day.
type Due struct {
	// After names the event: see Events; "form.FIELD" is a day of the entry form,
	// "step.KEY" the moment a step was done, "step.KEY.FIELD" a day its form gave.
	After   string `json:"after"`
	Minutes *int   `json:"minutes,omitempty"`
	Hours   *int   `json:"hours,omitempty"`
	Days    *int   `json:"days,omitempty"`
	Figure  string `json:"figure,omitempty"` // a figure of the regime in hours: see Figures
	// ElseHours stands in where the regime in force gives no such figure.
	ElseHours *int `json:"elseHours,omitempty"`
	// EndOfDay makes it due at the end of the local day it falls on.
	EndOfDay bool `json:"endOfDay,omitempty"`
	// DayShift moves the day that the step belongs to away from that of its due
	// time, in days: -1 is the day before.
	DayShift int `json:"dayShift,omitempty"`
}

// Restrict limits somebody. With Plan kinds, days, reasons and the hours for
// objections are those of the regime's plan, one restriction for each stretch that
// limits movement; else they stand here, and whoever ends the step confirms it:
// before that nothing restricts. Nothing restricts without an end, a reason and an
// appeal, nor longer than the loop is open.
type Restrict struct {
	Plan bool `json:"plan,omitempty"`
	// Kind is a kind of stay of the regime: "home", "home_monitoring"; a place in a
	// facility is the plan's alone.
	Kind string `json:"kind,omitempty"`
	// After is the event that it counts from, MaxDays its last day from there.
	After   string       `json:"after,omitempty"`
	MaxDays int          `json:"maxDays,omitempty"`
	Reason  seawall.Text `json:"reason,omitzero"`
	// AppealHours is how soon an objection is decided.
	AppealHours int `json:"appealHours"`
}

// Daily is a series of steps.
type Daily struct {
	// From and To are days, both inclusive: an event of Due's kinds, with "+N" for
	// N days later ("form.bitten_on+10"), or "plan.monitor_from", "plan.monitor_to".
	From   string `json:"from"`
	To     string `json:"to"`
	PerDay string `json:"perDay"` // a figure of the plan or a number
	Hour   int    `json:"hour"`   // local hour by which the day's last report is due
}

// Close says when a loop ends by itself.
type Close struct {
	// Rule: "all_done" (nothing left to do) or "release" (every condition of the
	// regime's release rule holds).
	Rule string `json:"rule"`
	// Outcome is the word the loop keeps.
	Outcome string `json:"outcome"`
	// Needs are steps that must be done, not only settled, before it closes: a
	// loop that cannot show them stays open.
	Needs []string `json:"needs,omitempty"`
}

// Custody bounds the gap between giver and receiver.
type Custody struct {
	AcceptWithinHours int          `json:"acceptWithinHours"`
	Text              seawall.Text `json:"text"`
}

// Reopen says until when an ended loop may be opened again.
type Reopen struct {
	WithinDays int `json:"withinDays"`
}

// Cancel says who may cancel, by action on the loop; the reason is always needed.
type Cancel struct {
	Reasons []Option `json:"reasons,omitempty"`
}

// NoticeRule tells somebody when something happens to a loop.
type NoticeRule struct {
	On   string       `json:"on"` // "opened", "escalated", "closed", "reopened", "cancelled", "gap"
	To   string       `json:"to"` // "owner", "person", "role:NAME" (its holders over the area), "area" (who answers one level up)
	Text seawall.Text `json:"text"`
}
