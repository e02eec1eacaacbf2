package area_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/area"
)

const (
	yandu = seawall.AreaPath("32/3209/320903/")
	xindu = seawall.AreaPath("32/3209/320903/320903050/")
	hede  = seawall.AreaPath("32/3209/320924/320924100/")
	grid7 = seawall.AreaPath("32/3209/320924/320924100/320924100001/320924100001-07/")
	zone  = seawall.AreaPath("32/3209/3209-yannan/")
)

// code gives the message code of an error.
func code(err error) string {
	var e *seawall.Error
	for errors.As(err, &e) {
		if e.Code != "" {
			return e.Code
		}
		err = e.Err
	}
	return ""
}

func TestSeed(t *testing.T) {
	b, m := seeded(t)
	ctx := context.Background()
	if empty, err := b.Empty(ctx, m); err != nil || empty {
		t.Fatal(empty, err)
	}
	n := 0
	for _, e := range m.events {
		if e.Type != "area.seeded" {
			t.Errorf("event %s", e.Type)
		}
		var k int
		if _, err := fmt.Sscan(e.Data["areas"], &k); err != nil || k > 500 {
			t.Errorf("%v %v", e.Data, err)
		}
		n += k
	}
	if n != len(m.areas) {
		t.Errorf("events tell of %d areas, %d are there", n, len(m.areas))
	}
	kids, err := b.Children(ctx, m, area.YannanZone, area.Command)
	if err != nil || len(kids) != 5 {
		t.Errorf("the zone runs %d areas: %v", len(kids), err)
	}
	if kids, err := b.Children(ctx, m, "3209", area.Command); err != nil || len(kids) != 11 {
		t.Errorf("9 county-level units and 2 zones answer to the city, got %d: %v", len(kids), err)
	}
	if got, err := b.Search(ctx, m, " Hede ", seawall.Scope{"32/3209/320924/"}, 1); err != nil || len(got) != 1 || got[0].ID != "320924100" {
		t.Errorf("%v %v", got, err)
	}
	if got, err := b.Search(ctx, m, "hede", seawall.Scope{yandu}, 5); err != nil || len(got) != 0 {
		t.Errorf("found outside the scope: %v %v", got, err)
	}
}

// The way up follows command: a sub-district of the zone climbs past its district.
func TestUp(t *testing.T) {
	b, m := seeded(t)
	climb := func(p seawall.AreaPath) string {
		var steps []string
		for range 12 {
			next, more, err := b.Up(context.Background(), m, p)
			if err != nil {
				t.Fatal(err)
			}
			if !more {
				break
			}
			p = next
			steps = append(steps, string(p.Leaf()))
		}
		return strings.Join(steps, " ")
	}
	for from, want := range map[seawall.AreaPath]string{
		grid7:                   "320924100001 320924100 320924 3209",
		grid7 + "no-such-home/": "320924100001-07 320924100001 320924100 320924 3209",
		xindu + "320903050001/": "320903050 3209-yannan 3209",
		"32/3209/320971/":       "3209",
		"32/3209/":              "",
		"nowhere/":              "",
	} {
		if got := climb(from); got != want {
			t.Errorf("%s climbs %q, want %q", from, got, want)
		}
	}
}

func TestScopes(t *testing.T) {
	b, m := seeded(t)
	scope := func(id seawall.AreaID, h area.Hierarchy) seawall.Scope {
		s, err := b.ScopeOf(context.Background(), m, id, h)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	if s := scope("320903", area.Statistical); !slices.Equal(s, seawall.Scope{yandu}) {
		t.Errorf("statistical: %v", s)
	}
	if s := scope("320924", area.Command); !slices.Equal(s, seawall.Scope{"32/3209/320924/"}) {
		t.Errorf("a county without zones: %v", s)
	}
	if s := scope("3209", area.Command); !slices.Equal(s, seawall.Scope{"32/3209/"}) {
		t.Errorf("the city: %v", s)
	}
	s := scope("320903", area.Command)
	for p, want := range map[seawall.AreaPath]bool{
		yandu: true, xindu: false, xindu + "320903050001/": false,
		yandu + "320903100/": true, yandu + "320903100/320903100001/": true,
		"32/3209/": false, "32/3209/320902/": false,
	} {
		if s.Contains(p) != want {
			t.Errorf("盐都区 answers for %s: %v", p, !want)
		}
	}
	if len(s) != 15 {
		t.Errorf("盐都区: %d parts, want itself and 14 towns: %v", len(s), s)
	}
	s = scope(area.YannanZone, area.Command)
	for p, want := range map[seawall.AreaPath]bool{
		zone: true, xindu: true, xindu + "320903050001/": true, "32/3209/320902/320902050/": true, yandu: false, "32/3209/": false,
	} {
		if s.Contains(p) != want {
			t.Errorf("盐南 answers for %s: %v", p, !want)
		}
	}
	// Every town answers to exactly one of the eleven.
	for _, a := range m.areas {
		n := 0
		for _, top := range []seawall.AreaID{"320902", "320903", "320904", "320921", "320922", "320923", "320924", "320925", "320971", "320981", area.YannanZone} {
			if a.Level == area.Town && scope(top, area.Command).Contains(a.Path) {
				n++
			}
		}
		if a.Level == area.Town && n != 1 {
			t.Errorf("%s %s answers to %d", a.ID, a.Name.ZH, n)
		}
	}
	if _, err := b.ScopeOf(context.Background(), m, "999999", area.Command); code(err) != "area_not_found" || !seawall.Is(err, seawall.NotFound) {
		t.Errorf("unknown area: %v", err)
	}
}

// rota is a city with a few people on duty; day is 28 March 2022, midnight.
type rota struct {
	t      *testing.T
	b      *area.Book
	m      *memory
	day    time.Time
	worker string // the row of the grid's own worker by day
}

func newRota(t *testing.T) *rota {
	b, m := seeded(t)
	r := &rota{t: t, b: b, m: m, day: time.Date(2022, 3, 28, 0, 0, 0, 0, china())}
	r.put(area.DutyRow{Area: "3209", Principal: "city-desk"})
	r.put(area.DutyRow{Area: area.YannanZone, Principal: "zone-desk"})
	r.put(area.DutyRow{Area: "320924100", Theme: "followup", Principal: "town-followup"})
	r.put(area.DutyRow{Area: "320924100", Principal: "town"})
	r.worker = r.put(area.DutyRow{Area: "320924100001-07", Principal: "grid", FromHour: 8, ToHour: 20})
	r.put(area.DutyRow{Area: "320924100001-07", Principal: "grid-night", FromHour: 20, ToHour: 8})
	r.put(area.DutyRow{Area: "320924100001-07", Principal: "grid-deputy", Rank: 1, FromHour: 8, ToHour: 20})
	r.put(area.DutyRow{Area: "320924", Principal: "county-later", During: seawall.Interval{From: r.day.AddDate(0, 0, 2)}})
	return r
}

// put assigns a row, by default since a month ago, and gives its id.
func (r *rota) put(d area.DutyRow) string {
	r.t.Helper()
	d.WorkName = string(d.Principal)
	if d.During == (seawall.Interval{}) {
		d.During.From = r.day.AddDate(0, 0, -30)
	}
	got, err := r.b.Assign(context.Background(), r.m, d)
	if err != nil {
		r.t.Fatal(err)
	}
	return got.ID
}

// answers asks who answers at an hour of the day and compares.
func (r *rota) answers(what string, p seawall.AreaPath, theme string, hour int, want string) {
	r.t.Helper()
	a, err := r.b.WhoAnswers(context.Background(), r.m, p, theme, r.day.Add(time.Duration(hour)*time.Hour))
	if err != nil {
		r.t.Fatal(err)
	}
	if got := fmt.Sprintf("%s %s %s", a.Principal, a.Why, a.Area.Leaf()); got != want {
		r.t.Errorf("%s: %q, want %q", what, got, want)
	}
}

// GOV-06: who answers for an area and theme at an hour.
func TestWhoAnswers(t *testing.T) {
	r := newRota(t)
	r.answers("by day", grid7, "followup", 10, "grid roster 320924100001-07")
	r.answers("by night", grid7, "followup", 23, "grid-night roster 320924100001-07")
	r.answers("before dawn", grid7, "followup", 3, "grid-night roster 320924100001-07")
	r.answers("at the hour", grid7, "followup", 20, "grid-night roster 320924100001-07")
	r.answers("theme before every theme", hede, "followup", 10, "town-followup roster 320924100")
	r.answers("every theme", hede, "investigation", 10, "town roster 320924100")
	r.answers("ancestor", hede+"320924100002/", "followup", 10, "town-followup ancestor 320924100")
	r.answers("unregistered leaf", grid7+"x/", "followup", 10, "grid ancestor 320924100001-07")
	r.answers("not yet on duty", "32/3209/320924/320924101/", "followup", 10, "city-desk ancestor 3209")
	r.answers("in time", "32/3209/320924/320924101/", "followup", 50, "county-later ancestor 320924")
	r.answers("command, not district", xindu, "followup", 10, "zone-desk ancestor 3209-yannan")
}

func TestAbsence(t *testing.T) {
	r, ctx := newRota(t), context.Background()
	if _, err := r.b.Absence(ctx, r.m, r.worker, seawall.Interval{From: r.day.Add(9 * time.Hour), To: r.day.Add(12 * time.Hour)}); err != nil {
		t.Fatal(err)
	}
	r.answers("absent", grid7, "followup", 10, "grid-deputy deputy 320924100001-07")
	r.answers("back", grid7, "followup", 12, "grid roster 320924100001-07")
	if _, err := r.b.Absence(ctx, r.m, r.worker, seawall.Interval{From: r.day, To: r.day}); !seawall.Is(err, seawall.Invalid) {
		t.Errorf("an empty absence: %v", err)
	}
	if _, err := r.b.Absence(ctx, r.m, r.worker, seawall.Interval{}); err != nil {
		t.Fatal(err)
	}
	r.answers("absence taken back", grid7, "followup", 10, "grid roster 320924100001-07")
}

// Nobody has two holders or none at any instant of a hand-over.
func TestHandOver(t *testing.T) {
	r, ctx := newRota(t), context.Background()
	at := r.day.Add(11 * time.Hour)
	ended, opened, err := r.b.HandOver(ctx, r.m, r.worker, "grid-2", "接班网格员", at)
	if err != nil || !ended.During.To.Equal(at) || !opened.During.From.Equal(at) || opened.WorkName != "接班网格员" {
		t.Fatalf("%+v %+v %v", ended, opened, err)
	}
	r.answers("before the hand-over", grid7, "followup", 10, "grid roster 320924100001-07")
	r.answers("from the hand-over", grid7, "followup", 11, "grid-2 roster 320924100001-07")
	if _, _, err := r.b.HandOver(ctx, r.m, r.worker, "grid-3", "", r.day.Add(12*time.Hour)); code(err) != "duty_not_running" {
		t.Errorf("a row that has ended is handed over: %v", err)
	}
	if err := r.b.Remove(ctx, r.m, opened.ID); err != nil {
		t.Fatal(err)
	}
	r.answers("removed", grid7, "followup", 12, "grid-deputy deputy 320924100001-07")
}

func TestNobodyAnswers(t *testing.T) {
	b, m := seeded(t)
	a, err := b.WhoAnswers(context.Background(), m, grid7, "followup", m.now)
	if err != nil || a.Principal != "" || a.Why != "none" || a.Area != "32/3209/" {
		t.Errorf("%+v %v", a, err)
	}
}

func TestAssignChecks(t *testing.T) {
	b, m := seeded(t)
	ctx := context.Background()
	good := area.DutyRow{Area: "320924100", Principal: "p", WorkName: "岗位"}
	for field, spoil := range map[string]func(*area.DutyRow){
		"area":      func(d *area.DutyRow) { d.Area = "" },
		"principal": func(d *area.DutyRow) { d.Principal = "" },
		"workName":  func(d *area.DutyRow) { d.WorkName = " " },
		"theme":     func(d *area.DutyRow) { d.Theme = strings.Repeat("x", 41) },
		"rank":      func(d *area.DutyRow) { d.Rank = -1 },
		"fromHour":  func(d *area.DutyRow) { d.FromHour = 25 },
		"toHour":    func(d *area.DutyRow) { d.ToHour = -1 },
		"during":    func(d *area.DutyRow) { d.During = seawall.Interval{From: m.now, To: m.now} },
	} {
		d := good
		spoil(&d)
		_, err := b.Assign(ctx, m, d)
		if !seawall.Is(err, seawall.Invalid) || !strings.Contains(err.Error(), "["+field+":") {
			t.Errorf("%s: %v", field, err)
		}
	}
	if _, err := b.Assign(ctx, m, area.DutyRow{Area: "nowhere", Principal: "p", WorkName: "x"}); code(err) != "area_not_found" {
		t.Errorf("unknown area: %v", err)
	}
	d, err := b.Assign(ctx, m, good)
	if err != nil || d.Path != hede || !d.During.From.Equal(m.now) {
		t.Fatalf("%+v %v", d, err)
	}
	d.WorkName = "新岗位"
	if _, err := b.Assign(ctx, m, d); err != nil || len(m.duties) != 1 {
		t.Errorf("%d rows: %v", len(m.duties), err)
	}
	d.Area = "320924101"
	if _, err := b.Assign(ctx, m, d); !seawall.Is(err, seawall.Invalid) || !strings.Contains(err.Error(), "duty_area_fixed") {
		t.Errorf("a row drawn into another area: %v", err)
	}
	d.ID = "no-such-row"
	if _, err := b.Assign(ctx, m, d); code(err) != "duty_not_found" {
		t.Errorf("unknown row: %v", err)
	}
}

func TestMove(t *testing.T) {
	b, m := seeded(t)
	ctx := context.Background()
	today := seawall.DayOf(m.now, china())
	duty, err := b.Assign(ctx, m, area.DutyRow{Area: "320924100001-07", Principal: "grid", WorkName: "网格员"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.SetCapacity(ctx, m, area.Capacity{Area: "320924100", Kind: area.Rooms, Total: 4}); err != nil {
		t.Fatal(err)
	}
	before := len(m.areas)
	a, err := b.Move(ctx, m, "320924100", area.Statistical, "320922", today)
	if err != nil || a.Path != "32/3209/320922/320924100/" {
		t.Fatalf("%+v %v", a, err)
	}
	const moved = seawall.AreaPath("32/3209/320922/320924100/320924100001/320924100001-07/")
	if g := m.areas["320924100001-07"]; g.Path != moved || g.Parent != "320924100001" {
		t.Errorf("the grid did not follow: %+v", g)
	}
	if d := m.duties[duty.ID]; d.Path != moved {
		t.Errorf("the roster did not follow: %+v", d)
	}
	if c := m.capacities["320924100:rooms"]; c.Path != a.Path {
		t.Errorf("the capacity did not follow: %+v", c)
	}
	for _, x := range m.areas {
		if x.Path.Within(hede) {
			t.Errorf("%s still has the old path", x.ID)
		}
	}
	if len(m.areas) != before {
		t.Errorf("%d areas, were %d", len(m.areas), before)
	}
	for day, want := range map[seawall.Day]seawall.AreaID{today.Add(-1): "320924", today: "320922", today.Add(100): "320922"} {
		if got, err := b.ParentOn(ctx, m, "320924100", area.Statistical, day); err != nil || got != want {
			t.Errorf("parent on %v: %s %v", day, got, err)
		}
	}
	if got, err := b.ParentOn(ctx, m, "320924101", area.Command, today); err != nil || got != "320924" {
		t.Errorf("an area that never moved: %s %v", got, err)
	}
	for what, c := range map[string]struct {
		id, to seawall.AreaID
		day    seawall.Day
		code   string
	}{
		"into its own subtree": {"320922", "320924100", today, "area_parent_lower"},
		"beside itself":        {"320922", "320922", today, "area_cycle"},
		"where it is":          {"320924100", "320922", today, "area_move_nothing"},
		"tomorrow":             {"320924101", "320922", today.Add(1), "area_move_day"},
		"on no day":            {"320924101", "320922", seawall.NoDay, "area_move_day"},
		"before the last move": {"320924100", "320923", today, "area_move_day"},
		"under a village":      {"320924101", "320924102001", today, "area_parent_lower"},
		"unknown":              {"nothing", "320922", today, "area_not_found"},
		"unknown parent":       {"320924101", "nothing", today, "area_not_found"},
	} {
		if _, err := b.Move(ctx, m, c.id, area.Statistical, c.to, c.day); code(err) != c.code {
			t.Errorf("%s: %v, want %s", what, err, c.code)
		}
	}
}

// A change of command leaves the statistical place alone.
func TestMoveCommand(t *testing.T) {
	b, m := seeded(t)
	ctx := context.Background()
	today := seawall.DayOf(m.now, china())
	if _, err := b.Move(ctx, m, "320903100", area.Command, area.YannanZone, today); err != nil {
		t.Fatal(err)
	}
	if a := m.areas["320903100"]; a.Path != yandu+"320903100/" || a.CommandParent != area.YannanZone {
		t.Errorf("%+v", a)
	}
	s, err := b.ScopeOf(ctx, m, area.YannanZone, area.Command)
	if err != nil || !s.Contains(yandu+"320903100/") {
		t.Errorf("%v %v", s, err)
	}
	if got, err := b.ParentOn(ctx, m, "320903100", area.Command, today.Add(-1)); err != nil || got != "320903" {
		t.Errorf("before: %s %v", got, err)
	}
	m.now = m.now.AddDate(0, 0, 1)
	if a, err := b.Move(ctx, m, "320903100", area.Command, "320903", today+1); err != nil || a.CommandParent != "" {
		t.Errorf("back home: %+v %v", a, err)
	}
	if _, err := b.Move(ctx, m, area.YannanZone, area.Command, "320903050", today); code(err) != "area_parent_lower" {
		t.Errorf("a zone under its own sub-district: %v", err)
	}
}

// What the page of an area shows.
func TestDetail(t *testing.T) {
	r, ctx := newRota(t), context.Background()
	if _, err := r.b.SetCapacity(ctx, r.m, area.Capacity{Area: "320924100", Kind: area.Rooms, Total: 7}); err != nil {
		t.Fatal(err)
	}
	r.m.now = r.day.Add(10 * time.Hour)
	d, err := r.b.Detail(ctx, r.m, "320924100", []string{"followup", "investigation"})
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Chain) != 4 || len(d.Roster) != 2 || len(d.Capacity) != 1 || d.Counts[area.Village] == 0 || d.Counts[area.Town] != 1 ||
		d.Answering["followup"].Principal != "town-followup" || d.Answering["investigation"].Principal != "town" {
		t.Errorf("%+v", d)
	}
	if d, err := r.b.Detail(ctx, r.m, "320924", nil); err != nil || len(d.Capacity) != 0 {
		t.Errorf("a county shows its towns' rooms as its own: %+v %v", d.Capacity, err)
	}
	if d, err := r.b.Detail(ctx, r.m, area.YannanZone, nil); err != nil || d.Counts[area.Town] != 5 || len(d.Parents) != 1 {
		t.Errorf("the zone: %+v %v", d, err)
	}
}

func TestBalances(t *testing.T) {
	b, m := seeded(t)
	ctx := context.Background()
	for _, c := range []area.Capacity{
		{Area: "320924", Kind: area.Rooms, Total: 10, Used: 4}, {Area: area.YannanZone, Kind: area.Rooms, Total: 5},
		{Area: "3209", Kind: area.Teams, Total: 3, Used: 1},
	} {
		if _, err := b.SetCapacity(ctx, m, c); err != nil {
			t.Fatal(err)
		}
	}
	got, err := b.Balances(ctx, m, []area.Demand{
		{grid7, area.Rooms, 4}, {hede, area.Rooms, 5}, {xindu, area.Rooms, 2}, {grid7, area.Teams, 1}, {xindu, area.Teams, 2},
		{"32/3209/320921/", area.Rooms, 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []area.Balance{
		{Area: "32/3209/", Kind: area.Teams, Need: 3, Total: 3, Used: 1, Free: 2, Short: 1, Known: true},
		{Area: zone, Kind: area.Rooms, Need: 2, Total: 5, Free: 5, Known: true},
		{Area: "32/3209/320921/", Kind: area.Rooms, Need: 1},
		{Area: "32/3209/320924/", Kind: area.Rooms, Need: 9, Total: 10, Used: 4, Free: 6, Short: 3, Known: true},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if _, err := b.SetCapacity(ctx, m, area.Capacity{Area: "320924", Kind: area.Rooms, Total: 3, Used: 4}); !seawall.Is(err, seawall.Invalid) {
		t.Errorf("more used than there is: %v", err)
	}
}
