package story

import (
	"context"
	"fmt"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/border"
	"github.com/seawall-city/seawall/internal/response"
)

// GradesBeat publishes grades of areas, as the lines of a CSV file.
type GradesBeat struct {
	CSV string `yaml:"csv"`
}

// ArrivalsBeat records a group that comes from one place.
type ArrivalsBeat struct {
	// Key names the group for a feed that tells of it too.
	Key      string         `yaml:"key"`
	Channel  string         `yaml:"channel"` // "declared", "gate" or "found"
	Origin   string         `yaml:"origin"`
	Left     Date           `yaml:"left"`
	Crossing bool           `yaml:"crossing"`
	Mode     string         `yaml:"mode"`
	Vehicle  string         `yaml:"vehicle"`
	Booking  string         `yaml:"booking"`
	Entry    string         `yaml:"entry"`
	Expected Date           `yaml:"expected"`
	Arrived  Instant        `yaml:"arrived"`
	Stay     seawall.AreaID `yaml:"stay"`
	StayText string         `yaml:"stay_text"`
	// Count people are invented, of ages between the two; Size travel.
	Count int    `yaml:"count"`
	Ages  [2]int `yaml:"ages"`
	Size  int    `yaml:"size"`
	// From is another city that hands them over, with its letter.
	From   string `yaml:"from"`
	Letter string `yaml:"letter"`
	// Checks are made for everybody of the group, in this order.
	Checks []string `yaml:"checks"`
}

// FeedBeat lets a feed tell of a group that was declared, and of companions on the
// same order whom nobody declared.
type FeedBeat struct {
	Feed    string  `yaml:"feed"`
	Of      string  `yaml:"of"`
	Extra   int     `yaml:"extra"`
	Arrived Instant `yaml:"arrived"`
}

// group is a group of a story with its people, for a feed that tells of it.
type group struct {
	beat   *ArrivalsBeat
	people []response.Identity
}

// journey is what the people of a beat have in common.
func (t *teller) journey(b *ArrivalsBeat) response.Journey {
	j := response.Journey{Disease: t.story.Disease, Origins: []response.NewOrigin{{Code: b.Origin, Left: b.Left.Day(), Crossing: b.Crossing}},
		Mode: b.Mode, Vehicle: b.Vehicle, Booking: b.Booking, Entry: b.Entry, Expected: b.Expected.Day(), Arrived: b.Arrived.In(t.Zone),
		Stay: b.Stay, StayText: b.StayText, Size: b.Size}
	return j
}

// publish takes grades in.
func (t *teller) publish(ctx context.Context, who response.Who, b *GradesBeat) error {
	rep, err := t.Main.ImportGrades(ctx, who, t.story.Disease, b.CSV, false)
	if err == nil && rep.Rejected > 0 {
		err = fmt.Errorf("%d grades rejected: %+v", rep.Rejected, rep.Rejects)
	}
	return err
}

// come records a group and makes its checks.
func (t *teller) come(ctx context.Context, who response.Who, b *ArrivalsBeat) error {
	from, to := b.Ages[0], b.Ages[1]
	if to == 0 {
		from, to = 20, 68
	}
	ids := t.invent(max(b.Count, 1), from, to)
	in := response.NewArrivals{Request: t.request(), Journey: t.journey(b), Channel: b.Channel, From: b.From, Letter: b.Letter}
	for _, id := range ids {
		in.People = append(in.People, response.DeclaredPerson{Identity: id})
	}
	out, err := t.Main.RecordArrivals(ctx, who, in)
	if err != nil {
		return err
	}
	if b.Key != "" {
		t.groups[b.Key] = group{beat: b, people: ids}
	}
	for _, a := range out.Items {
		for _, key := range b.Checks {
			if err := t.check(ctx, who, a.ID, key); err != nil {
				return fmt.Errorf("check %s of %s: %w", key, a.No, err)
			}
		}
	}
	return nil
}

// check makes a check that is not made yet; the measure's is the first account's.
func (t *teller) check(ctx context.Context, who response.Who, id seawall.ArrivalID, key string) error {
	v, err := t.Main.ArrivalView(ctx, who, id)
	if err != nil || v.Arrival.Check(key).Made() {
		return err
	}
	in := response.NewCheck{Check: key, Note: "现场核实"}
	if key == border.Measure {
		who, in.Told, in.Note = t.who[t.story.First().Login], true, "已当面告知"
	}
	_, err = t.Main.RecordCheck(ctx, who, id, in)
	return err
}

// feed lets a feed tell of a group.
func (t *teller) feed(ctx context.Context, who response.Who, b *FeedBeat) error {
	g := t.groups[b.Of]
	people := append([]response.Identity(nil), g.people...)
	if b.Extra > 0 {
		people = append(people, t.invent(b.Extra, 20, 60)...)
	}
	batch := response.FeedBatch{Feed: b.Feed}
	for i, id := range people {
		j := t.journey(g.beat)
		j.Arrived, j.Stay, j.StayText, j.Size = b.Arrived.In(t.Zone), "", "", 0
		batch.Rows = append(batch.Rows, response.FeedRow{External: fmt.Sprintf("%s-%s-%d", t.story.ID, b.Of, i+1), At: b.Arrived.In(t.Zone), Identity: id, Journey: j})
	}
	rep, err := t.Main.ReceiveFeed(ctx, who, batch)
	if err == nil && rep.Rejected > 0 {
		err = fmt.Errorf("%d rows rejected: %+v", rep.Rejected, rep.Fates)
	}
	return err
}
