package story

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/response"
)

// Stage is what a story is told on.
type Stage struct {
	Main *response.Service
	Zone *time.Location
	// SetClock puts the story's clock to an instant; instants only grow.
	SetClock func(t time.Time)
	// Account creates a post and gives who acts as it.
	Account func(ctx context.Context, a Account) (response.Who, error)
	// Place puts a post on the roster, Means notes a capacity.
	Place func(ctx context.Context, p Post, holder response.Who) error
	Means func(ctx context.Context, c CapacityLine) error
	// People invents n people for a seed, with ages between from and to.
	People func(seed int64, n, from, to int) []response.Identity
	// Progress is told each beat's number of all; nil for nobody.
	Progress func(done, of int)
}

// teller is a story being told.
type teller struct {
	Stage
	story *Story
	who   map[string]response.Who
	cases map[string]casebook.Case
	// groups are those who came, by their key.
	groups map[string]group
	// trips and carriers are the freight of the story, by their keys.
	trips    map[string]driven
	carriers map[string]seawall.CarrierID
	drivers  int64
	held     held
	made     int64 // groups of people invented so far
	seq      int
}

// beatAt is a beat at its instant; daily beats are one for each day.
type beatAt struct {
	at   time.Time
	beat Beat
	day  seawall.Day
}

// Tell runs a story from its first beat to its start: facts and duties arise
// as they would have, clocks fire on the way. Afterwards the clock stands at
// Start. A story is told once, on an empty city.
func (s *Story) Tell(ctx context.Context, st Stage) error {
	t := &teller{Stage: st, story: s, who: map[string]response.Who{}, cases: map[string]casebook.Case{}, groups: map[string]group{},
		trips: map[string]driven{}, carriers: map[string]seawall.CarrierID{}}
	freight, err := freightOf(s.ID)
	if err != nil {
		return err
	}
	goods, err := goodsOf(s.ID)
	if err != nil {
		return err
	}
	beats := t.flatten(append(freight.Beats, goods.Beats...))
	if len(beats) > 0 {
		t.SetClock(beats[0].at.Add(-time.Hour))
	}
	if err := t.people(ctx); err != nil {
		return err
	}
	if err := t.sampled(ctx, goods.Points); err != nil {
		return err
	}
	for i, b := range beats {
		if err := t.until(ctx, b.at); err != nil {
			return err
		}
		if err := t.play(ctx, b); err != nil {
			return fmt.Errorf("story %s, beat %d at %s: %w", s.ID, i+1, b.at.Format("2006-01-02 15:04"), err)
		}
		if t.Progress != nil {
			t.Progress(i+1, len(beats))
		}
	}
	return t.until(ctx, s.Start.In(t.Zone))
}

// flatten gives every beat its instants and puts them in order.
func (t *teller) flatten(more []Beat) []beatAt {
	var out []beatAt
	for _, b := range append(slices.Clone(t.story.Beats), more...) {
		if b.Daily == nil {
			out = append(out, beatAt{at: b.At.In(t.Zone), beat: b})
			continue
		}
		clock, err := time.Parse("15:04", b.Daily.At)
		if err != nil {
			clock = time.Date(0, 1, 1, 18, 0, 0, 0, time.UTC)
		}
		for d := b.Daily.From.Day(); d <= b.Daily.To.Day(); d++ {
			at := d.Start(t.Zone).Add(time.Duration(clock.Hour())*time.Hour + time.Duration(clock.Minute())*time.Minute)
			out = append(out, beatAt{at: at, beat: b, day: d})
		}
	}
	slices.SortStableFunc(out, func(a, b beatAt) int { return a.at.Compare(b.at) })
	return out
}

// people creates the posts, the roster and the means.
func (t *teller) people(ctx context.Context) error {
	for _, a := range t.story.Accounts {
		who, err := t.Account(ctx, a)
		if err != nil {
			return fmt.Errorf("account %s: %w", a.Login, err)
		}
		t.who[a.Login] = who
	}
	for _, p := range t.story.Roster {
		if err := t.Place(ctx, p, t.who[p.Login]); err != nil {
			return fmt.Errorf("roster %s: %w", p.Login, err)
		}
	}
	for _, c := range t.story.Capacity {
		if err := t.Means(ctx, c); err != nil {
			return fmt.Errorf("capacity %s: %w", c.Area, err)
		}
	}
	if err := t.sites(ctx); err != nil {
		return err
	}
	return t.roads(ctx)
}

// sites enters the gates and other transport sites of the city of the story.
func (t *teller) sites(ctx context.Context) error {
	lines, err := Sites(t.story.ID)
	if err != nil || len(t.story.Accounts) == 0 {
		return err
	}
	return Seed(ctx, t.Main, t.who[t.story.Accounts[0].Login], lines)
}

// until moves the clock on, firing what becomes due at each midnight on the way
// so that steps climb on the evening they should.
func (t *teller) until(ctx context.Context, at time.Time) error {
	for {
		next, err := t.Main.NextClock(ctx)
		if err != nil {
			return err
		}
		if next.IsZero() || next.After(at) {
			break
		}
		t.SetClock(next)
		if _, err := t.Main.Tick(ctx); err != nil {
			return err
		}
	}
	t.SetClock(at)
	_, err := t.Main.Tick(ctx)
	return err
}

func (t *teller) by(b Beat) response.Who {
	if b.By != "" {
		return t.who[b.By]
	}
	return t.who[t.story.First().Login]
}

func (t *teller) play(ctx context.Context, b beatAt) error {
	who := t.by(b.beat)
	switch {
	case b.beat.Case != nil:
		return t.record(ctx, who, b.beat.Case)
	case b.beat.Contacts != nil:
		return t.expose(ctx, who, b.beat.Contacts)
	case b.beat.Done != nil:
		return t.close(ctx, who, b.beat.Done)
	case b.beat.Daily != nil:
		return t.workDay(ctx, who, b.beat.Daily, b.day, b.at)
	case b.beat.Grades != nil:
		return t.publish(ctx, who, b.beat.Grades)
	case b.beat.Arrivals != nil:
		return t.come(ctx, who, b.beat.Arrivals)
	case b.beat.Feed != nil:
		return t.feed(ctx, who, b.beat.Feed)
	case b.beat.Trip != nil:
		return t.declare(ctx, who, b.beat.Trip)
	case b.beat.Drive != nil:
		return t.drive(ctx, who, b.beat.Drive)
	case b.beat.Goods != nil:
		return t.goods(ctx, who, b.beat.Goods)
	case b.beat.Queue != nil:
		return t.queue(ctx, who, b.beat.Queue, b.at)
	case b.beat.Retract != nil:
		c := t.cases[b.beat.Retract.Case]
		_, err := t.Main.Retract(ctx, who, response.Retraction{
			Ref: seawall.Ref{Kind: seawall.KindCase, ID: string(c.ID)}, Reason: b.beat.Retract.Reason})
		return err
	}
	return nil
}

// request gives a request id of the story's own, so that telling it after a
// crash in the middle makes no second person.
func (t *teller) request() string {
	t.seq++
	return fmt.Sprintf("story/%s/%06d", t.story.ID, t.seq)
}

func (t *teller) invent(n, from, to int) []response.Identity {
	t.made++
	return t.People(t.story.Seed*1000+t.made, n, from, to)
}

func (t *teller) record(ctx context.Context, who response.Who, c *CaseBeat) error {
	id := t.invent(1, 20, 70)[0]
	if c.Person.Name != "" {
		id = response.Identity{Name: c.Person.Name, Sex: c.Person.Sex, Birth: c.Person.Birth.Day(), Phone: id.Phone}
	}
	in := response.NewCase{Subject: response.Subject{Request: t.request(), Identity: id}, Disease: t.story.Disease,
		Class: c.Class, Onset: c.Onset.Day(), Sampled: c.Sampled.Day(), Exposed: seawall.NoDay, Diagnosed: seawall.NoDay,
		OutcomeDay: seawall.NoDay, Channel: c.Channel, Home: c.Home, Stay: c.Stay, Exposure: c.Exposure,
		Setting: c.Setting, Facility: c.Facility}
	for _, s := range c.Stays {
		in.Stays = append(in.Stays, response.NewStay{Place: s.Place, Kind: s.Kind, Area: s.Area,
			From: s.From.In(t.Zone), To: s.To.In(t.Zone), Note: s.Note})
	}
	out, err := t.Main.RecordCase(ctx, who, in)
	if err == nil {
		t.cases[c.Key] = out.Case
	}
	return err
}

func (t *teller) expose(ctx context.Context, who response.Who, c *ContactsBeat) error {
	in := response.Proposal{Case: t.cases[c.Case].ID}
	for _, g := range c.Groups {
		from, to := g.Ages[0], g.Ages[1]
		if to == 0 {
			from, to = 18, 70
		}
		for i, id := range t.invent(g.Count, from, to) {
			in.Contacts = append(in.Contacts, response.NewContact{
				Subject: response.Subject{Request: t.request(), Identity: id}, Class: g.Class,
				FirstExposure: g.First.Day(), LastExposure: g.Last.Day(), Setting: g.Setting, Relation: g.Relation,
				Place: g.Place, Home: g.Homes[i%len(g.Homes)], Extra: g.Extra})
		}
	}
	out, err := t.Main.ProposeContacts(ctx, who, in)
	if err != nil || !c.Confirm {
		return err
	}
	cut := response.Cut{}
	for _, x := range out.Contacts {
		cut.IDs = append(cut.IDs, x.ID)
	}
	// Candidates are confirmed by an epidemiologist, whoever proposed them.
	res, err := t.Main.ConfirmContacts(ctx, t.who[t.story.First().Login], cut)
	if err == nil && res.Refused > 0 {
		err = fmt.Errorf("%d of %d contacts refused: %+v", res.Refused, len(cut.IDs), res.Outcomes)
	}
	return err
}

func (t *teller) close(ctx context.Context, who response.Who, d *DoneBeat) error {
	v, err := t.Main.CaseView(ctx, who, t.cases[d.Case].ID)
	if err != nil {
		return err
	}
	for _, key := range d.Steps {
		i := slices.IndexFunc(v.Steps, func(s loop.Step) bool { return s.Key == key && s.State == loop.Open })
		if i < 0 {
			return fmt.Errorf("no open step %s", key)
		}
		if _, err := t.Main.CompleteStep(ctx, who, v.Steps[i].ID, response.NewEvidence{Kind: "note", Text: d.Note}); err != nil {
			return err
		}
	}
	return nil
}

// workDay works off, for everybody in follow-up, what is due on the day.
func (t *teller) workDay(ctx context.Context, who response.Who, d *DailyBeat, day seawall.Day, at time.Time) error {
	filter := response.ContactFilter{States: []casebook.ContactState{casebook.Following}, Sort: "no"}
	n, page := 0, seawall.Page{Limit: 200}
	for {
		list, err := t.Main.Contacts(ctx, who, filter, page)
		if err != nil {
			return err
		}
		for _, c := range list.Items {
			if n++; d.Leave > 0 && n%d.Leave == 0 {
				continue
			}
			if err := t.workContact(ctx, who, c, day, at, d.Note); err != nil {
				return fmt.Errorf("contact %s: %w", c.No, err)
			}
		}
		if list.Next == "" {
			return nil
		}
		page.Cursor = list.Next
	}
}

func (t *teller) workContact(ctx context.Context, who response.Who, c casebook.Contact, day seawall.Day, at time.Time, note string) error {
	v, err := t.Main.ContactView(ctx, who, c.ID)
	if err != nil || v.Loop == nil {
		return err
	}
	for _, s := range v.Loop.Steps {
		if s.State != loop.Open || s.Day.Known() && s.Day > day {
			continue
		}
		switch {
		case s.Needs == "result":
			_, err = t.Main.RecordResult(ctx, who, response.NewResult{Contact: c.ID, Disease: c.Disease, Kind: "nat", Outcome: "negative",
				Accession: fmt.Sprintf("YC%s%s", day, c.No), Collected: at.Add(-7 * time.Hour), Resulted: at.Add(-30 * time.Minute), Lab: "市疾控中心"})
		case s.Series:
			_, err = t.Main.RecordFollowUp(ctx, who, c.ID, response.NewFollowUp{Day: day, Status: "well", Temperature: 36.5})
		case s.Key != "release":
			_, err = t.Main.CompleteStep(ctx, who, s.ID, response.NewEvidence{Kind: "note", Text: note})
		}
		if err != nil {
			return fmt.Errorf("step %s: %w", s.Key, err)
		}
	}
	return nil
}

// Begins gives an instant shortly before anything in the story happens: a new
// database of a demonstration starts there.
func (s *Story) Begins(zone *time.Location) time.Time {
	t := &teller{Stage: Stage{Zone: zone}, story: s}
	begin := s.Start.In(zone)
	if beats := t.flatten(nil); len(beats) > 0 && beats[0].at.Before(begin) {
		begin = beats[0].at
	}
	return begin.Add(-2 * time.Hour)
}
