package relief

import (
	"strings"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
)

// What is undecided in time ends the measure where nobody confirmed the evidence;
// where somebody did it climbs, and never beyond the ceiling. Safeguards (design
// §6), requirements §2.10.
func TestUndecided(t *testing.T) {
	filed := time.Date(2022, 3, 28, 10, 0, 0, 0, time.UTC)
	a := Appeal{Hours: 8, DecideBy: filed.Add(8 * time.Hour), Ceiling: filed.Add(20 * time.Hour)}
	for _, c := range []struct {
		name  string
		e     Evidence
		after time.Duration
		lapse bool
		next  time.Duration
	}{
		{"nobody confirmed it", Unconfirmed, 8 * time.Hour, true, 0},
		{"a laboratory did", Laboratory, 8 * time.Hour, false, 16 * time.Hour},
		{"a clinician did", Clinician, 8 * time.Hour, false, 16 * time.Hour},
		{"the next level is cut by the ceiling", Laboratory, 16 * time.Hour, false, 20 * time.Hour},
		{"at the ceiling it ends whatever the evidence", Laboratory, 20 * time.Hour, true, 0},
		{"long after it too", Clinician, 90 * time.Hour, true, 0},
	} {
		got := a.Undecided(c.e, filed.Add(c.after))
		want := Fate{Lapse: c.lapse}
		if !c.lapse {
			want.DecideBy = filed.Add(c.next)
		}
		if got != want {
			t.Errorf("%s: %+v, want %+v", c.name, got, want)
		}
	}
}

// Nobody decides on their own measure, and nobody decides without a name.
func TestWhoMayDecide(t *testing.T) {
	a := Appeal{Barred: []seawall.PrincipalID{"epi", "county"}}
	for id, may := range map[seawall.PrincipalID]bool{"epi": false, "county": false, "": false, "city": true} {
		if a.MayDecide(id) != may {
			t.Errorf("%q may decide: %v", id, !may)
		}
	}
}

// A code is the same for the same request, differs otherwise, survives sloppy
// writing, and its hash does not tell it.
func TestCodes(t *testing.T) {
	key := []byte(strings.Repeat("k", 32))
	code := Code(key, "A", "request-000000000001")
	if again := Code(key, "A", "request-000000000001"); again != code {
		t.Errorf("the same request got %s and %s", code, again)
	}
	seen := map[string]bool{code: true, Code(key, "H", "request-000000000001"): true,
		Code(key, "A", "request-000000000002"): true, Code([]byte(strings.Repeat("j", 32)), "A", "request-000000000001"): true}
	if len(seen) != 4 {
		t.Errorf("%d different codes of four", len(seen))
	}
	if len(Plain(code)) != 1+codeLength || strings.Count(code, "-") != 4 {
		t.Errorf("form of %s", code)
	}
	sloppy := " " + strings.ToLower(strings.ReplaceAll(strings.ReplaceAll(code, "-", " "), "0", "o")) + " "
	if Secret(key, sloppy) != Secret(key, code) {
		t.Errorf("%q and %q are not the same code", sloppy, code)
	}
	if strings.Contains(Secret(key, code), Plain(code)) {
		t.Error("the hash tells the code")
	}
}

func TestWhatIsRefused(t *testing.T) {
	long := strings.Repeat("字", longest+1)
	for _, c := range []struct {
		got  []seawall.FieldError
		want string
	}{
		{CheckAppeal(WrongPerson, ""), ""},
		{CheckAppeal("dislike", ""), "reason"},
		{CheckAppeal(OtherReason, " "), "words"},
		{CheckAppeal(Hardship, ""), "words"},
		{CheckAppeal(WrongTest, long), "words"},
		{CheckHelp(Food, ""), ""},
		{CheckHelp(Other, ""), "words"},
		{CheckHelp("company", "x"), "kind"},
		{CheckHelp(Medical, long), ""},
	} {
		fields := ""
		for _, f := range c.got {
			fields += f.Field
		}
		if fields != c.want {
			t.Errorf("refused %q, want %q", fields, c.want)
		}
	}
	if n := len([]rune(Cut(long))); n != longest {
		t.Errorf("cut to %d", n)
	}
}

// No clock of help is compiled in: other numbers in the file are other clocks, and
// a kind that the file does not name has the ordinary ones. SVC-01.
func TestClocksAreTheFiles(t *testing.T) {
	f := Figures{"medical_answer_minutes": 5, "medical_help_minutes": 45, "other_answer_minutes": 600, "other_help_minutes": 900,
		"urgent_below_minutes": 30, "most_climbs": 3}
	if c := f.ClocksOf(Medical); c.Answer != 5*time.Minute || c.Help != 45*time.Minute || !c.Urgent {
		t.Errorf("medical: %+v", c)
	}
	if c := f.ClocksOf("unheard of"); c.Answer != 10*time.Hour || c.Urgent || f.MostClimbs() != 3 {
		t.Errorf("unknown: %+v", c)
	}
}
