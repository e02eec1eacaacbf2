package story

import (
	"bytes"
	"cmp"
	"context"
	"embed"
	"fmt"

	"github.com/goccy/go-yaml"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/response"
)

//go:embed goods/*.yaml
var goodsFiles embed.FS

// GoodsStory is the goods and the sampled places of a demonstration city. All of it
// is invented.
type GoodsStory struct {
	Points []PointLine `yaml:"points"`
	Beats  []Beat      `yaml:"beats"`
}

// PointLine is one place that is sampled every so many days.
type PointLine struct {
	Key   string         `yaml:"key"`
	Kind  string         `yaml:"kind"`
	Name  string         `yaml:"name"`
	Area  seawall.AreaID `yaml:"area"`
	Every int            `yaml:"every"`
}

// GoodsBeat is something that happens to a lot, a new one (Kind) or one by its mark
// (Lot), or at a place (Point). Without a Place a new lot is announced only.
type GoodsBeat struct {
	Lot       string         `yaml:"lot"`
	Point     string         `yaml:"point"`
	Kind      string         `yaml:"kind"`
	Name      string         `yaml:"name"`
	Origin    string         `yaml:"origin"`
	Mark      string         `yaml:"mark"`
	Area      seawall.AreaID `yaml:"area"`
	Place     string         `yaml:"place"`
	Workers   int            `yaml:"workers"`
	Disinfect bool           `yaml:"disinfect"`
	Sample    string         `yaml:"sample"`
	Spots     int            `yaml:"spots"`
	Result    string         `yaml:"result"`
	Outcome   string         `yaml:"outcome"`
	Release   bool           `yaml:"release"`
}

// held are the lots and places of a story, by mark and by key.
type held struct {
	lots   map[string]seawall.LotID
	points map[string]seawall.PointID
}

// goodsOf reads the goods of a shipped demonstration city; none for one that has no
// such file.
func goodsOf(id string) (GoodsStory, error) {
	var g GoodsStory
	b, err := goodsFiles.ReadFile("goods/" + id + ".yaml")
	if err != nil {
		return g, nil
	}
	if err := yaml.NewDecoder(bytes.NewReader(b), yaml.Strict()).Decode(&g); err != nil {
		return g, &seawall.Error{Op: "story.goodsOf", Kind: seawall.Invalid, Err: err}
	}
	return g, nil
}

// sampled enters the places that are sampled.
func (t *teller) sampled(ctx context.Context, lines []PointLine) error {
	t.held = held{lots: map[string]seawall.LotID{}, points: map[string]seawall.PointID{}}
	if len(t.story.Accounts) == 0 {
		return nil
	}
	who := t.who[t.story.First().Login]
	for _, l := range lines {
		p, err := t.Main.AddPoint(ctx, who, response.NewPoint{Kind: l.Kind, Name: l.Name, Area: l.Area, EveryDays: l.Every, Invented: true})
		if err != nil {
			return fmt.Errorf("place %s: %w", l.Key, err)
		}
		t.held.points[l.Key] = p.ID
	}
	return nil
}

// goods does what happens to a lot or at a place.
func (t *teller) goods(ctx context.Context, who response.Who, b *GoodsBeat) error {
	if b.Point != "" {
		return t.atPoint(ctx, who, b)
	}
	if b.Kind != "" {
		made, err := t.Main.RecordLot(ctx, who, response.NewLot{Kind: b.Kind, Name: b.Name, Origin: b.Origin, Mark: b.Mark, Area: b.Area, Invented: true})
		if err != nil {
			return fmt.Errorf("lot %s: %w", b.Mark, err)
		}
		t.held.lots[b.Mark] = made.ID
	}
	id := t.held.lots[cmp.Or(b.Lot, b.Mark)]
	for _, step := range t.lotSteps(who, id, b) {
		if err := step(ctx); err != nil {
			return fmt.Errorf("lot %s: %w", cmp.Or(b.Lot, b.Mark), err)
		}
	}
	return nil
}

// lotSteps are what a beat does with a lot, in the order in which it may be done.
func (t *teller) lotSteps(who response.Who, id seawall.LotID, b *GoodsBeat) []func(ctx context.Context) error {
	var out []func(ctx context.Context) error
	do := func(is bool, fn func(ctx context.Context) error) {
		if is {
			out = append(out, fn)
		}
	}
	do(b.Kind != "" && b.Place != "", func(ctx context.Context) error {
		_, err := t.Main.ArriveLot(ctx, who, id, response.LotArrival{Place: b.Place})
		return err
	})
	do(b.Disinfect, func(ctx context.Context) error {
		_, err := t.Main.DisinfectLot(ctx, who, id, response.NewTreatment{What: "outer", Agent: "含氯消毒剂", Strength: 500, Minutes: 30})
		return err
	})
	do(b.Workers > 0, func(ctx context.Context) error {
		t.drivers++
		in := response.NewWorkers{Request: fmt.Sprintf("story/%s/workers/%s", t.story.ID, b.Mark)}
		for _, p := range t.People(t.story.Seed+freightSeed+t.drivers, b.Workers, 22, 50) {
			in.Workers = append(in.Workers, response.NewWorker{Identity: p, Work: "分拣", Unit: b.Place})
		}
		_, err := t.Main.LotWorkers(ctx, who, id, in)
		return err
	})
	do(b.Sample != "", func(ctx context.Context) error {
		_, err := t.Main.SampleLot(ctx, who, id, response.NewSample{Accession: b.Sample, What: "outer", Spots: b.Spots})
		return err
	})
	do(b.Result != "", func(ctx context.Context) error {
		_, err := t.Main.LotResult(ctx, who, id, response.GoodsResult{Accession: b.Result, Outcome: b.Outcome, Lab: "市疾控中心"})
		return err
	})
	do(b.Release, func(ctx context.Context) error {
		_, err := t.Main.ReleaseLot(ctx, who, id, response.LotDecision{})
		return err
	})
	return out
}

// atPoint does what happens at a place.
func (t *teller) atPoint(ctx context.Context, who response.Who, b *GoodsBeat) error {
	id := t.held.points[b.Point]
	var err error
	if b.Sample != "" {
		_, err = t.Main.SamplePoint(ctx, who, id, response.NewSample{Accession: b.Sample, What: "surface", Spots: b.Spots})
	}
	if err == nil && b.Result != "" {
		_, err = t.Main.PointResult(ctx, who, id, response.GoodsResult{Accession: b.Result, Outcome: b.Outcome, Lab: "市疾控中心"})
	}
	if err != nil {
		return fmt.Errorf("place %s: %w", b.Point, err)
	}
	return nil
}
