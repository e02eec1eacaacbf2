package casebook

import (
	"testing"
	"time"

	"github.com/seawall-city/seawall"
)

const today = seawall.Day(19079) // 2022-03-28

func now() time.Time { return time.Date(2022, 3, 28, 8, 0, 0, 0, time.UTC) }

// has reports whether faults name exactly these fields with these codes.
func has(t *testing.T, what string, got []seawall.FieldError, want ...string) {
	t.Helper()
	seen := map[string]bool{}
	for _, f := range got {
		seen[f.Field+" "+f.Code] = true
	}
	for _, w := range want {
		if !seen[w] {
			t.Errorf("%s: %v lacks %q", what, got, w)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func soundCase() Case {
	return Case{Person: "P1", Disease: "measles", Class: Confirmed, Onset: today - 3, Exposed: today - 13, Sampled: today - 2,
		Diagnose: today - 1, OutcomeDay: seawall.NoDay, Reported: now()}
}

func TestCaseFaultsComeAllAtOnce(t *testing.T) {
	has(t, "sound", soundCase().Check(today))
	has(t, "empty", Case{Onset: seawall.NoDay, Exposed: seawall.NoDay, Sampled: seawall.NoDay, Diagnose: seawall.NoDay, OutcomeDay: seawall.NoDay}.Check(today),
		"person required", "disease required", "class required")
	c := soundCase()
	c.Class, c.Onset, c.OutcomeDay = "certain", today+1, today+2
	has(t, "future", c.Check(today), "class not_a_choice", "onset in_future", "outcomeDay in_future")
}

// Implausible days are warnings: a source may be right against plausibility.
func TestImplausibleDaysAreWarnings(t *testing.T) {
	has(t, "sound", soundCase().Warnings())
	c := soundCase()
	c.OutcomeDay, c.Exposed, c.Diagnose = c.Onset-1, c.Onset+1, c.Onset-2
	has(t, "backwards", c.Warnings(), "outcomeDay outcome_before_onset", "onset onset_before_exposure", "diagnosed diagnosed_before_onset")
	if len(c.Check(today)) != 0 {
		t.Error("a warning is an error")
	}
}

// A result cannot exist without a sample number (requirements §2.11, ghost
// reports).
func TestResultNeedsItsSample(t *testing.T) {
	r := Result{Person: "P1", Disease: "covid-19", Kind: "nat", Accession: "A-1", Collected: now().Add(-2 * time.Hour),
		Resulted: now().Add(-time.Hour), Outcome: "negative"}
	has(t, "sound", r.Check(now()))
	r.Accession = "  "
	has(t, "without a sample", r.Check(now()), "accession required")
	r.Accession, r.Resulted = "A-1", time.Time{}
	has(t, "negative without a result time", r.Check(now()), "resulted required")
	r.Outcome = "pending"
	has(t, "pending", r.Check(now()))
	r.Outcome, r.Kind, r.Resulted = "maybe", "guess", now().Add(-3*time.Hour)
	has(t, "unknown words", r.Check(now()), "kind not_a_choice", "outcome not_a_choice", "resulted resulted_before_collected")
	r = Result{Person: "P1", Disease: "x", Kind: "nat", Accession: "A", Outcome: "negative", Collected: now().Add(time.Hour), Resulted: now().Add(time.Hour)}
	has(t, "future", r.Check(now()), "collected in_future", "resulted in_future")
}

func TestContactStayLinkFollowUp(t *testing.T) {
	c := Contact{Person: "P1", Disease: "x", Class: "close", FirstExposure: today - 1, LastExposure: today - 2}
	has(t, "contact", c.Check(today), "lastExposure last_before_first")
	has(t, "contact without class", Contact{Person: "P1", Disease: "x", FirstExposure: seawall.NoDay, LastExposure: today + 1}.Check(today),
		"class required", "lastExposure in_future")
	s := Stay{Person: "P1", Place: "射阳服务区", During: seawall.Interval{From: now(), To: now().Add(-time.Minute)}}
	has(t, "stay", s.Check(now()), "to ends_before_start")
	has(t, "empty stay", Stay{}.Check(now()), "person required", "place required", "from required")
	has(t, "link", Link{From: "P1", Kind: "love"}.Check(), "to required", "disease required", "kind not_a_choice")
	has(t, "follow-up", FollowUp{Contact: "k", Day: today + 1, Status: "fine", Temperature: 99}.Check(today),
		"day in_future", "status not_a_choice", "temperature out_of_range")
	has(t, "sound follow-up", FollowUp{Contact: "k", Day: today, Status: "well", Temperature: 36.6}.Check(today))
}
