package story

import (
	"bytes"
	"context"
	"embed"
	"fmt"

	"github.com/goccy/go-yaml"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/response"
)

//go:embed freight/*.yaml
var freightFiles embed.FS

// FreightStory is the freight of a demonstration city: its service areas, some
// carriers and what their lorries do. All names are invented.
type FreightStory struct {
	Areas    []AreaLine    `yaml:"areas"`
	Carriers []CarrierLine `yaml:"carriers"`
	Beats    []Beat        `yaml:"beats"`
}

// AreaLine is one motorway service area.
type AreaLine struct {
	ID     seawall.ServiceAreaID `yaml:"id"`
	Name   seawall.Text          `yaml:"name"`
	Road   string                `yaml:"road"`
	Area   seawall.AreaID        `yaml:"area"`
	Spaces int                   `yaml:"spaces"`
	Open   []string              `yaml:"open"`
}

// CarrierLine is one haulage firm; White names the reason of its approval.
type CarrierLine struct {
	Key   string         `yaml:"key"`
	Name  string         `yaml:"name"`
	Area  seawall.AreaID `yaml:"area"`
	White string         `yaml:"white"`
	Until Date           `yaml:"until"`
}

// TripBeat declares a trip.
type TripBeat struct {
	Key           string         `yaml:"key"`
	Carrier       string         `yaml:"carrier"`
	Plate         string         `yaml:"plate"`
	People        int            `yaml:"people"`
	Cargo         string         `yaml:"cargo"`
	Kind          string         `yaml:"kind"`
	Consignee     string         `yaml:"consignee"`
	ConsigneeArea seawall.AreaID `yaml:"consigneeArea"`
	Origin        string         `yaml:"origin"`
	Left          Date           `yaml:"left"`
	Planned       Instant        `yaml:"planned"`
	Short         string         `yaml:"short"`
	Transit       bool           `yaml:"transit"`
	Seal          string         `yaml:"seal"`
	Route         []RouteLine    `yaml:"route"`
	Permit        bool           `yaml:"permit"`
}

// RouteLine is one stop of a trip.
type RouteLine struct {
	Kind string         `yaml:"kind"`
	Ref  string         `yaml:"ref"`
	Name string         `yaml:"name"`
	Area seawall.AreaID `yaml:"area"`
}

// DriveBeat is something that a declared trip does: Move names the movement, Visit
// the service area it stops at, Need what its driver asks for, To who takes over,
// Cancel why it does not come.
type DriveBeat struct {
	Trip   string                `yaml:"trip"`
	Move   string                `yaml:"move"`
	Place  string                `yaml:"place"`
	Area   seawall.AreaID        `yaml:"area"`
	Visit  seawall.ServiceAreaID `yaml:"visit"`
	Need   string                `yaml:"need"`
	Words  string                `yaml:"words"`
	To     string                `yaml:"to"`
	Role   string                `yaml:"role"`
	Cancel string                `yaml:"cancel"`
}

// driven is a trip of the story: its id, and the code of its card.
type driven struct {
	id   seawall.TripID
	code string
}

// freightOf reads the freight of a shipped demonstration city; none for one that
// has no such file.
func freightOf(id string) (FreightStory, error) {
	var f FreightStory
	b, err := freightFiles.ReadFile("freight/" + id + ".yaml")
	if err != nil {
		return f, nil
	}
	if err := yaml.NewDecoder(bytes.NewReader(b), yaml.Strict()).Decode(&f); err != nil {
		return f, &seawall.Error{Op: "story.freightOf", Kind: seawall.Invalid, Err: err}
	}
	return f, nil
}

// roads enters the service areas and carriers of the city of the story.
func (t *teller) roads(ctx context.Context) error {
	f, err := freightOf(t.story.ID)
	if err != nil || len(t.story.Accounts) == 0 {
		return err
	}
	who := t.who[t.story.First().Login]
	for _, a := range f.Areas {
		if _, err := t.Main.SetServiceArea(ctx, who, response.NewServiceArea{ID: a.ID, Name: a.Name, Road: a.Road, Area: a.Area, Spaces: a.Spaces,
			Open: a.Open, Invented: true}); err != nil {
			return fmt.Errorf("service area %s: %w", a.ID, err)
		}
		if _, err := t.Main.SetAreaStatus(ctx, who, a.ID, response.AreaStatus{Open: a.Open, Control: "no_dine_in"}); err != nil {
			return fmt.Errorf("service area %s: %w", a.ID, err)
		}
	}
	for _, c := range f.Carriers {
		made, err := t.Main.AddCarrier(ctx, who, response.NewCarrier{Name: c.Name, Area: c.Area, Post: "调度室", Invented: true})
		if err == nil && c.White != "" {
			_, err = t.Main.Whitelist(ctx, who, made.Carrier.ID, response.WhiteList{Reason: c.White, Until: c.Until.Day()})
		}
		if err != nil {
			return fmt.Errorf("carrier %s: %w", c.Name, err)
		}
		t.carriers[c.Key] = made.Carrier.ID
	}
	return nil
}

// freightSeed sets the invented drivers apart from everybody else's.
const freightSeed = 90000

// declare declares a trip.
func (t *teller) declare(ctx context.Context, who response.Who, b *TripBeat) error {
	t.drivers++
	in := response.NewTrip{Request: fmt.Sprintf("story/%s/trip/%s", t.story.ID, b.Key), Plate: b.Plate, Cargo: b.Cargo, CargoKind: b.Kind,
		Consignee: b.Consignee, ConsigneeArea: b.ConsigneeArea, Origin: b.Origin, Left: b.Left.Day(), Planned: b.Planned.In(t.Zone), Short: b.Short,
		Transit: b.Transit, Seal: b.Seal, Invented: true}
	for _, id := range t.People(t.story.Seed+freightSeed+t.drivers, max(b.People, 1), 28, 58) {
		in.Crew = append(in.Crew, response.NewCrew{Identity: id})
	}
	for _, r := range b.Route {
		in.Route = append(in.Route, response.NewStop(r))
	}
	made, err := t.Main.RecordTrip(ctx, who, t.carriers[b.Carrier], in)
	if err != nil {
		return fmt.Errorf("trip %s: %w", b.Key, err)
	}
	t.trips[b.Key] = driven{made.Trip.ID, made.Code}
	if b.Permit && made.Permit == nil {
		_, err = t.Main.IssuePermit(ctx, who, made.Trip.ID, response.NewPermit{})
	}
	return err
}

// drive does what a trip of the story does next.
func (t *teller) drive(ctx context.Context, who response.Who, b *DriveBeat) error {
	d := t.trips[b.Trip]
	var err error
	switch {
	case b.Move != "":
		_, err = t.Main.RecordMove(ctx, who, d.id, response.NewMove{Kind: b.Move, Place: b.Place, Area: b.Area})
	case b.Visit != "":
		_, err = t.Main.RecordVisit(ctx, who, b.Visit, response.NewVisit{Trip: d.id})
	case b.Need != "":
		_, err = t.Main.AskByCard(ctx, d.code, response.CardRequest{Request: t.request(), Kind: b.Need, Words: b.Words})
	case b.Cancel != "":
		_, err = t.Main.CancelTrip(ctx, who, d.id, response.TripEnd{Reason: b.Cancel})
	case b.Role == "consignee" && b.Place == "":
		_, err = t.Main.AcceptTrip(ctx, who, d.id, response.TakeLeg{By: b.To})
	case b.To != "":
		if _, err = t.Main.OfferTrip(ctx, who, d.id, response.NewLeg{Receiver: b.To, Role: b.Role, Place: b.Place, Area: b.Area}); err == nil {
			_, err = t.Main.AcceptTrip(ctx, who, d.id, response.TakeLeg{By: b.To})
		}
	}
	if err != nil {
		return fmt.Errorf("trip %s: %w", b.Trip, err)
	}
	return nil
}
