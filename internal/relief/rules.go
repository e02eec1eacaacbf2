package relief

import (
	"slices"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
)

// Evidence says who confirmed the fact that a measure rests on.
type Evidence string

// Who may have confirmed a fact.
const (
	Unconfirmed Evidence = ""
	Laboratory  Evidence = "laboratory"
	Clinician   Evidence = "clinician"
)

// Fate is what becomes of an objection whose time has run out undecided.
type Fate struct {
	// Lapse ends the measure; else the objection climbs one level and is decided
	// there by DecideBy.
	Lapse    bool
	DecideBy time.Time
}

// Undecided says what becomes of an objection that nobody decided by DecideBy:
// where nobody confirmed the evidence, the measure ends; where a laboratory or a
// clinician did, the next level has as long again, but never beyond the ceiling.
// Source: design §6.
func (a Appeal) Undecided(e Evidence, now time.Time) Fate {
	if e == Unconfirmed || !now.Before(a.Ceiling) {
		return Fate{Lapse: true}
	}
	next := now.Add(time.Duration(a.Hours) * time.Hour)
	if next.After(a.Ceiling) {
		next = a.Ceiling
	}
	return Fate{DecideBy: next}
}

// MayDecide reports whether somebody may decide the objection: a named account
// that neither made the measure nor rejected it before.
func (a Appeal) MayDecide(id seawall.PrincipalID) bool {
	return id != "" && !slices.Contains(a.Barred, id)
}

// CheckAppeal names what is wrong with an objection as it is filed: the reason
// from the list, words where the reason says nothing by itself, their length.
func CheckAppeal(reason, words string) []seawall.FieldError {
	var bad []seawall.FieldError
	if !slices.Contains(Reasons(), reason) {
		bad = append(bad, seawall.FieldError{Field: "reason", Code: "appeal_reason"})
	}
	said := strings.TrimSpace(words)
	if said == "" && (reason == OtherReason || reason == Hardship) {
		bad = append(bad, seawall.FieldError{Field: "words", Code: "required"})
	}
	return append(bad, tooLong("words", words)...)
}

// longest bounds in characters what somebody may write. Source: our own choice;
// it fits a long message, not a document.
const longest = 2000

func tooLong(field, text string) []seawall.FieldError {
	if len([]rune(text)) <= longest {
		return nil
	}
	return []seawall.FieldError{{Field: field, Code: "words_too_long", Args: map[string]string{"most": "2000"}}}
}

// CheckHelp names what is wrong with a request for help. Somebody in danger is
// never refused: an unknown kind counts as the widest one, and too many words
// are cut, so only other kinds can fail.
func CheckHelp(kind, words string) []seawall.FieldError {
	if kind == Medical {
		return nil
	}
	var bad []seawall.FieldError
	if !slices.Contains(Kinds(), kind) {
		bad = append(bad, seawall.FieldError{Field: "kind", Code: "help_kind"})
	}
	if kind == Other && strings.TrimSpace(words) == "" {
		bad = append(bad, seawall.FieldError{Field: "words", Code: "required"})
	}
	return append(bad, tooLong("words", words)...)
}

// Cut gives a text without more characters than a row keeps.
func Cut(text string) string {
	r := []rune(strings.TrimSpace(text))
	return string(r[:min(len(r), longest)])
}

// StateAfter is where a request stands by the steps that are done.
func StateAfter(answered, helped bool) string {
	switch {
	case helped:
		return HelpDone
	case answered:
		return HelpAnswered
	}
	return HelpOpen
}

// Figures are the numbers of the protocol "help", by their key: the unit stands in
// it. No clock of help is compiled in.
type Figures map[string]int

// Clocks are how long calling back and being there may take.
type Clocks struct {
	Answer, Help time.Duration
	// Urgent says that nobody waits for the cut-off.
	Urgent bool
}

// ClocksOf gives the clocks of a kind of help; those of a kind that the protocol
// does not name are the ordinary ones.
func (f Figures) ClocksOf(kind string) Clocks {
	if f[kind+"_answer_minutes"] == 0 {
		kind = Other
	}
	answer := f[kind+"_answer_minutes"]
	return Clocks{Answer: time.Duration(answer) * time.Minute, Help: time.Duration(f[kind+"_help_minutes"]) * time.Minute,
		Urgent: answer < f["urgent_below_minutes"]}
}

// MostClimbs bounds how often one request goes up by itself; the cut-off goes on
// from there.
func (f Figures) MostClimbs() int { return f["most_climbs"] }
