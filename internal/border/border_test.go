package border

import (
	"strings"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
)

func day(s string) seawall.Day {
	d, err := seawall.ParseDay(s)
	if err != nil {
		panic(err)
	}
	return d
}

// IMP-09: the grade of a place on a day is that of the most specific area around
// it, of two of the same area the one published last; no grade is no level.
func TestTheMostSpecificGradeWins(t *testing.T) {
	gs := Grading{
		{Disease: "x", Code: "31", Level: "low", From: day("2022-03-01"), To: seawall.NoDay},
		{Disease: "x", Code: "310115", Level: "medium", From: day("2022-03-10"), To: seawall.NoDay},
		{Disease: "x", Code: "310115", Level: "high", From: day("2022-03-15"), To: day("2022-03-20")},
		{Disease: "x", Code: "310115002", Level: "cluster", From: day("2022-03-12"), To: seawall.NoDay},
		{Disease: "x", Code: "3101", Level: "gone", From: day("2022-03-01"), To: seawall.NoDay, Withdrawn: true},
		{Disease: "y", Code: "310115", Level: "other", From: day("2022-03-01"), To: seawall.NoDay},
		{Disease: "x", Code: "KR", Level: "abroad", From: day("2022-03-01"), To: seawall.NoDay}}
	for _, c := range []struct{ code, on, want string }{
		{"310115", "2022-03-09", "low"}, {"310115", "2022-03-10", "medium"}, {"310115", "2022-03-15", "high"}, {"310115", "2022-03-20", "high"},
		{"310115", "2022-03-21", "medium"}, {"310115002", "2022-03-15", "cluster"}, {"310115002001", "2022-03-15", "cluster"}, {"310101", "2022-03-15", "low"},
		{"3101", "2022-03-15", "low"}, {"32", "2022-03-15", ""}, {"310115", "2022-02-28", ""}, {"KR", "2022-03-15", "abroad"}, {"K", "2022-03-15", ""}} {
		g, ok := gs.At("x", c.code, day(c.on))
		if ok != (c.want != "") || g.Level != c.want {
			t.Errorf("%s on %s: %q %v, want %q", c.code, c.on, g.Level, ok, c.want)
		}
	}
	if n := len(gs.InForce(day("2022-03-15"))); n != 6 {
		t.Errorf("%d grades in force", n)
	}
	if w := gs.Within("x", "31", day("2022-03-15")); len(w) != 3 {
		t.Errorf("below the province: %v", w)
	}
}

// IMP-09: the table of origins is found by the beginning of name, pinyin and code.
func TestOrigins(t *testing.T) {
	o, err := LoadOrigins()
	if err != nil {
		t.Fatal(err)
	}
	if o.Len() < 3500 {
		t.Errorf("%d places", o.Len())
	}
	for q, want := range map[string]string{"上海": "31", "shanghai": "31", "江苏": "32", "3209": "3209", "yancheng": "3209", "重庆": "50", "chongqing": "50",
		"浦东": "310115", "pudong": "310115", "韩国": "KR", "south korea": "KR", "KR": "KR", "changchun": "2201", "xiamen": "3502", "新疆": "65", "Inner": "15",
		"香港": "81", "恩施": "4228", "江苏省盐城": "3209"} {
		if got := o.Search(q, 5); len(got) == 0 || got[0].Code != want {
			t.Errorf("%s finds %v, want %s", q, got, want)
		}
	}
	if got := o.Search("", 5); len(got) != 0 {
		t.Errorf("nothing finds %v", got)
	}
	if p, ok := o.Place("310115002001"); !ok || p.Code != "310115002001" || !strings.Contains(p.Full.ZH, "上海市") {
		t.Errorf("below the county: %+v %v", p, ok)
	}
	if p, _ := o.Place("422801"); !strings.Contains(p.Full.EN, "Tujia and Miao Autonomous Prefecture") {
		t.Errorf("English of 恩施: %s", p.Full.EN)
	}
	for _, e := range o.places {
		if e.Name.ZH == "" || e.Name.EN == "" || strings.ContainsFunc(e.Name.EN, func(r rune) bool { return r > 0x2000 }) {
			t.Errorf("%s has no English: %q", e.Code, e.Name.EN)
		}
	}
}

// IMP-04: a check keeps its first time, opens again when what it stood on has
// changed, and is late after its hours from the arrival.
func TestChecks(t *testing.T) {
	at := time.Date(2022, 3, 28, 8, 0, 0, 0, time.UTC)
	a := Arrival{Arrived: at, Checks: NewChecks(), State: Arrived}.SetDue(map[string]int{Headcount: 4, Identity: 4, Location: 12, Measure: 24})
	if a.Missing != 4 && a.FirstDue() != at.Add(4*time.Hour) || a.Late(at) || !a.Late(at.Add(5*time.Hour)) || !a.Complete().IsZero() {
		t.Errorf("at first: %+v", a)
	}
	b := a
	for i, k := range Keys() {
		b = b.Make(k, at.Add(time.Duration(i+1)*time.Hour), "x", ByStaff, "")
	}
	if b.Missing != 0 || b.Complete() != at.Add(4*time.Hour) || b.Late(at.Add(99*time.Hour)) || a.Check(Headcount).Made() {
		t.Errorf("all made: %+v", b)
	}
	if c := b.Make(Headcount, at.Add(9*time.Hour), "y", ByStaff, ""); c.Check(Headcount).Done != at.Add(time.Hour) {
		t.Error("a check lost its first time")
	}
	if c := b.Unmake(Headcount); c.Missing != 1 || c.FirstDue() != at.Add(4*time.Hour) {
		t.Errorf("opened again: %+v", c)
	}
	feed := Arrival{State: Arrived, Person: "p", Channels: []string{Feed}}
	for _, c := range []struct {
		g    Group
		n    int
		want bool
	}{{Group{Size: 1}, 1, true}, {Group{Size: 2}, 1, false}, {Group{Size: 2, Declared: 1}, 2, false}, {Group{Size: 2, Declared: 2}, 2, true}} {
		people := []Arrival{feed, feed}[:c.n]
		if Counted(c.g, people) != c.want {
			t.Errorf("%+v with %d", c.g, c.n)
		}
	}
}

// IMP-05: a chain of custody has an owner at every instant, and shows its holes.
func TestCustody(t *testing.T) {
	at := time.Date(2022, 3, 28, 8, 0, 0, 0, time.UTC)
	h := func(n int) time.Time { return at.Add(time.Duration(n) * time.Hour) }
	chain := []Custody{{Holder: "a", Accepted: h(0), Ended: h(2)}, {Holder: "b", Accepted: h(2)}, {Holder: "c", Offered: h(3)}}
	if now, ok := Holding(chain); !ok || now.Holder != "b" || len(Gaps(chain)) != 0 {
		t.Errorf("%+v %v", now, Gaps(chain))
	}
	if o, ok := Offered(chain); !ok || o.Holder != "c" {
		t.Errorf("offered: %+v", o)
	}
	chain[1].Accepted = h(5)
	if g := Gaps(chain); len(g) != 1 || g[0] != (Gap{From: h(2), To: h(5)}) {
		t.Errorf("gaps: %+v", g)
	}
}

// IMP-04: two reports are one coming for the same person within three days, or for
// the same seat where one side has no name; never for two known people.
func TestSameComing(t *testing.T) {
	a := Arrival{State: Arrived, Person: "p1", Vehicle: "D5521", Seat: "01A"}
	for _, c := range []struct {
		told Told
		want string
	}{{Told{Person: "p1", Day: 103}, "person"}, {Told{Person: "p1", Day: 104}, ""}, {Told{Person: "p2", Day: 100, Vehicle: "d 5521", Seat: "01A"}, ""},
		{Told{Day: 100, Vehicle: "d-5521", Seat: "01A"}, "seat"}, {Told{Day: 101, Vehicle: "D5521", Seat: "01A"}, ""}, {Told{Day: 100, Vehicle: "D5521"}, ""}} {
		if why, ok := Same(a, c.told, 100); ok != (c.want != "") || ok && why != c.want {
			t.Errorf("%+v: %q %v", c.told, why, ok)
		}
	}
	a.State = Retracted
	if _, ok := Same(a, Told{Person: "p1", Day: 100}, 100); ok {
		t.Error("a report finds what was taken back")
	}
}

// A file of grades: a bad line is named and stops no other.
func TestReadGrades(t *testing.T) {
	rows, bad, err := ReadGrades(strings.NewReader("\xef\xbb\xbf区划代码,风险等级,生效日期,来源\n310115,高风险,2022-03-15,某通告\n31011,高,2022-03-15,某通告\n3101,中,15.3.2022,某通告\n3101,中,2022-03-15,\nKR,high,2022-03-15,x\n1,2\n"), "covid-19")
	if err != nil || len(rows) != 2 || len(bad) != 4 || rows[0].Grade.Level != "high" || rows[1].Grade.Code != "KR" {
		t.Errorf("%+v %+v %v", rows, bad, err)
	}
	if _, _, err := ReadGrades(strings.NewReader("a,b\n"), "x"); !seawall.Is(err, seawall.Invalid) {
		t.Errorf("no columns: %v", err)
	}
}
