// Package story tells the demonstration: a story is a file of people, duties
// and beats that runs through the same use cases as real work, on a clock that
// it moves. Everything in it is invented.
package story

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
)

//go:embed stories/*.yaml
var shipped embed.FS

// Story is one demonstration.
type Story struct {
	ID    string       `yaml:"id"`
	Title seawall.Text `yaml:"title"`
	// Start is where the clock stands when the story has been told, local time.
	Start    Instant        `yaml:"start"`
	Disease  string         `yaml:"disease"`
	Seed     int64          `yaml:"seed"` // of the invented people
	Accounts []Account      `yaml:"accounts"`
	Roster   []Post         `yaml:"roster"`
	Capacity []CapacityLine `yaml:"capacity"`
	Beats    []Beat         `yaml:"beats"`
}

// Account is one post of the demonstration. All have the same first password.
type Account struct {
	Login string         `yaml:"login"`
	Post  seawall.Text   `yaml:"post"`
	Roles []string       `yaml:"roles"`
	Area  seawall.AreaID `yaml:"area"`
	// First marks the login that is printed at the start.
	First bool `yaml:"first"`
}

// Post puts an account on the duty roster of an area for a theme ("" = all).
type Post struct {
	Login string         `yaml:"login"`
	Area  seawall.AreaID `yaml:"area"`
	Theme string         `yaml:"theme"`
	Rank  int            `yaml:"rank"`
}

// CapacityLine is what an area has of something.
type CapacityLine struct {
	Area  seawall.AreaID `yaml:"area"`
	Kind  string         `yaml:"kind"`
	Total int            `yaml:"total"`
	Used  int            `yaml:"used"`
}

// Beat is one thing that happens, at an instant, by somebody. Exactly one of
// the parts is set.
type Beat struct {
	At Instant `yaml:"at"`
	By string  `yaml:"by"` // a login; default the first account
	// Case records a case.
	Case *CaseBeat `yaml:"case"`
	// Contacts proposes candidates and, with Confirm, confirms them.
	Contacts *ContactsBeat `yaml:"contacts"`
	// Done closes steps of a case's investigation.
	Done *DoneBeat `yaml:"done"`
	// Daily works off what is due on each day of a stretch.
	Daily *DailyBeat `yaml:"daily"`
	// Retract takes a case back.
	Retract *RetractBeat `yaml:"retract"`
	// Grades publishes grades of areas, Arrivals records who comes from there, and
	// Feed lets a feed tell of them.
	Grades   *GradesBeat   `yaml:"grades"`
	Arrivals *ArrivalsBeat `yaml:"arrivals"`
	Feed     *FeedBeat     `yaml:"feed"`
	// Trip declares a lorry's trip, Drive is what it does next.
	Trip  *TripBeat  `yaml:"trip"`
	Drive *DriveBeat `yaml:"drive"`
	// Goods is something that happens to a lot or at a sampled place.
	Goods *GoodsBeat `yaml:"goods"`
	// Queue is the day so far at a gate.
	Queue *QueueBeat `yaml:"queue"`
}

// Person describes somebody in a story; without a name one is invented.
type Person struct {
	Name  string `yaml:"name"`
	Sex   string `yaml:"sex"`
	Birth Date   `yaml:"birth"`
}

// CaseBeat is a case as a story tells it.
type CaseBeat struct {
	Key      string         `yaml:"key"`
	Person   Person         `yaml:"person"`
	Class    casebook.Class `yaml:"class"`
	Onset    Date           `yaml:"onset"`
	Sampled  Date           `yaml:"sampled"`
	Channel  string         `yaml:"channel"`
	Home     seawall.AreaID `yaml:"home"`
	Stay     seawall.AreaID `yaml:"stay"`
	Exposure seawall.AreaID `yaml:"exposure"`
	Setting  string         `yaml:"setting"`
	Facility string         `yaml:"facility"`
	Stays    []StayLine     `yaml:"stays"`
}

// StayLine is one stay of a case.
type StayLine struct {
	Place string         `yaml:"place"`
	Kind  string         `yaml:"kind"`
	Area  seawall.AreaID `yaml:"area"`
	From  Instant        `yaml:"from"`
	To    Instant        `yaml:"to"`
	Note  string         `yaml:"note"`
}

// ContactsBeat lays people down as candidates of a case.
type ContactsBeat struct {
	Case    string         `yaml:"case"`
	Groups  []ContactGroup `yaml:"groups"`
	Confirm bool           `yaml:"confirm"`
}

// ContactGroup is a number of people with the same exposure, spread over homes.
type ContactGroup struct {
	Count    int              `yaml:"count"`
	Class    string           `yaml:"class"`
	Homes    []seawall.AreaID `yaml:"homes"`
	First    Date             `yaml:"first"`
	Last     Date             `yaml:"last"`
	Setting  string           `yaml:"setting"`
	Relation string           `yaml:"relation"`
	Place    string           `yaml:"place"`
	// Ages bounds the invented ages.
	Ages [2]int `yaml:"ages"`
	// Extra goes onto each contact ("susceptible": "yes").
	Extra map[string]string `yaml:"extra"`
}

// DoneBeat closes steps of an investigation by key.
type DoneBeat struct {
	Case  string   `yaml:"case"`
	Steps []string `yaml:"steps"`
	Note  string   `yaml:"note"`
}

// DailyBeat works off, on each day From..To at the local hour At, what is due
// on that day for everybody in follow-up: transfers, tests (negative), reports
// (well). Leave keeps every n-th contact undone (0: none).
type DailyBeat struct {
	From  Date   `yaml:"from"`
	To    Date   `yaml:"to"`
	At    string `yaml:"at"`
	Leave int    `yaml:"leave"`
	Note  string `yaml:"note"`
}

// RetractBeat takes a case back.
type RetractBeat struct {
	Case   string `yaml:"case"`
	Reason string `yaml:"reason"`
}

// Instant is a local date and time "2006-01-02 15:04".
type Instant struct{ Y, M, D, H, Min int }

// UnmarshalText reads the form.
func (i *Instant) UnmarshalText(b []byte) error {
	t, err := time.Parse("2006-01-02 15:04", string(b))
	if err != nil {
		return fmt.Errorf("%q is not of the form 2006-01-02 15:04", b)
	}
	*i = Instant{t.Year(), int(t.Month()), t.Day(), t.Hour(), t.Minute()}
	return nil
}

// In gives the instant in a zone; the zero Instant stays zero.
func (i Instant) In(loc *time.Location) time.Time {
	if i == (Instant{}) {
		return time.Time{}
	}
	return time.Date(i.Y, time.Month(i.M), i.D, i.H, i.Min, 0, 0, loc)
}

// Date is a day "2006-01-02"; unlike seawall.Day its zero value is "unknown".
type Date struct {
	day   seawall.Day
	known bool
}

// UnmarshalText reads the form.
func (d *Date) UnmarshalText(b []byte) error {
	v, err := seawall.ParseDay(string(b))
	if err != nil || !v.Known() {
		return fmt.Errorf("%q is not a day of the form 2006-01-02", b)
	}
	*d = Date{v, true}
	return nil
}

// Day gives the day, NoDay when unknown.
func (d Date) Day() seawall.Day {
	if !d.known {
		return seawall.NoDay
	}
	return d.day
}

// IDs lists the shipped stories.
func IDs() []string {
	names, err := fs.Glob(shipped, "stories/*.yaml")
	if err != nil {
		panic(err) // the pattern is a constant
	}
	for i, n := range names {
		names[i] = strings.TrimSuffix(path.Base(n), ".yaml")
	}
	return names
}

// Load reads a shipped story. Errors: NotFound lists the ones there are.
func Load(id string) (*Story, error) {
	b, err := shipped.ReadFile("stories/" + id + ".yaml")
	if err != nil {
		return nil, seawall.E("story.Load", seawall.NotFound, "story_not_found", "id", id, "known", strings.Join(IDs(), ", "))
	}
	return Parse(b)
}

// Parse reads a story strictly and checks what refers to what.
func Parse(b []byte) (*Story, error) {
	var s Story
	d := yaml.NewDecoder(bytes.NewReader(b), yaml.Strict(), yaml.DisallowUnknownField())
	if err := d.Decode(&s); err != nil {
		return nil, invalid(yaml.FormatError(err, false, true))
	}
	if problem := s.check(); problem != "" {
		return nil, invalid(problem)
	}
	return &s, nil
}

func invalid(detail string) error {
	return seawall.E("story.Parse", seawall.Invalid, "story_invalid", "detail", detail)
}

// check gives the first thing that does not fit, "" when all does.
func (s *Story) check() string {
	firsts, keys := 0, map[string]bool{}
	for _, a := range s.Accounts {
		keys["login:"+a.Login] = true
		if a.First {
			firsts++
		}
	}
	if firsts != 1 {
		return "exactly one account is marked first"
	}
	for _, p := range s.Roster {
		if !keys["login:"+p.Login] {
			return "roster: no account " + p.Login
		}
	}
	var last time.Time
	for i, b := range s.Beats {
		at := b.At.In(time.UTC)
		if b.Daily == nil && at.Before(last) {
			return fmt.Sprintf("beat %d happens before the one above it", i+1)
		}
		if b.Daily == nil {
			last = at
		}
		if b.By != "" && !keys["login:"+b.By] {
			return fmt.Sprintf("beat %d: no account %s", i+1, b.By)
		}
		if b.Case != nil {
			keys["case:"+b.Case.Key] = true
		}
		if c := b.about(); c != "" && !keys["case:"+c] {
			return fmt.Sprintf("beat %d: no case %s above it", i+1, c)
		}
	}
	return ""
}

// about is the key of the case that a beat refers to.
func (b Beat) about() string {
	switch {
	case b.Contacts != nil:
		return b.Contacts.Case
	case b.Done != nil:
		return b.Done.Case
	case b.Retract != nil:
		return b.Retract.Case
	}
	return ""
}

// First gives the account that is printed at the start.
func (s *Story) First() Account {
	return s.Accounts[slices.IndexFunc(s.Accounts, func(a Account) bool { return a.First })]
}
