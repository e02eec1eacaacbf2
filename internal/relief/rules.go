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

// Clocks are how long calling back and being there may take.
type Clocks struct {
	Answer, Help time.Duration
}

// Urgent reports whether the clocks run in minutes: nobody waits for the cut-off.
func (c Clocks) Urgent() bool { return c.Answer < time.Hour }

// MostClimbs bounds how often one request goes up by itself; the cut-off goes on
// from there. Source: our own choice; one more than a city has levels.
const MostClimbs = 6

// ClocksOf gives the clocks of a kind of help. Source: requirements §2.10 (medical
// emergencies at once; the hotline's two hours for urgent and 24 hours for
// ordinary requests); the minutes are our own choice.
func ClocksOf(kind string) Clocks {
	switch kind {
	case Medical:
		return Clocks{Answer: 10 * time.Minute, Help: time.Hour}
	case Medicine, Care, Stuck:
		return Clocks{Answer: 2 * time.Hour, Help: 12 * time.Hour}
	case Food:
		return Clocks{Answer: 2 * time.Hour, Help: 24 * time.Hour}
	}
	return Clocks{Answer: 24 * time.Hour, Help: 72 * time.Hour}
}
