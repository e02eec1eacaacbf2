package response

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/border"
)

// mostTogether bounds how many travel in one group; a coach holds fewer. Source:
// our own choice against slips of the keyboard.
const mostTogether = 100

// sooner and later bound the days a journey may lie from today. Source: our own
// choice; a plan of more than 60 days ago is over under every rule known.
const (
	sooner = 60
	later  = 60
)

// journey is a Journey that has been read: places resolved, days known.
type journey struct {
	disease                                 string
	origins                                 []border.Origin
	mode, vehicle, booking, entry, stayText string
	expected                                seawall.Day
	arrived                                 time.Time
	stay                                    seawall.AreaPath
	size                                    int
}

// day is the day of the arrival as the journey tells it.
func (j journey) day(zone *time.Location) seawall.Day {
	if j.arrived.IsZero() {
		return j.expected
	}
	return seawall.DayOf(j.arrived, zone)
}

// readJourney checks a journey and resolves its places, gathering every fault.
func (s *Service) readJourney(ctx context.Context, tx seawall.Tx, in Journey) (journey, []seawall.FieldError, error) {
	now := s.d.Clock.Now()
	j := journey{disease: strings.TrimSpace(in.Disease), mode: in.Mode, vehicle: border.NormalVehicle(in.Vehicle),
		booking: strings.TrimSpace(in.Booking), entry: strings.TrimSpace(in.Entry), stayText: strings.TrimSpace(in.StayText),
		expected: known(in.Expected), arrived: micros(in.Arrived), size: in.Size}
	var bad []seawall.FieldError
	fault := func(field, code string, args ...string) {
		e := seawall.FieldError{Field: field, Code: code}
		for i := 0; i+1 < len(args); i += 2 {
			if e.Args == nil {
				e.Args = map[string]string{}
			}
			e.Args[args[i]] = args[i+1]
		}
		bad = append(bad, e)
	}
	if j.mode == "" {
		j.mode = "other"
	}
	today := seawall.DayOf(now, s.d.Zone)
	switch day := j.day(s.d.Zone); {
	case !day.Known():
		fault("expected", "required")
	case day < today.Add(-sooner), day > today.Add(later):
		fault("expected", "journey_far_day", "days", fmt.Sprint(sooner))
	}
	if j.arrived.After(now) {
		fault("arrived", "in_future")
	}
	if j.size < 0 || j.size > mostTogether {
		fault("size", "group_size", "max", fmt.Sprint(mostTogether))
	}
	if len(in.Origins) == 0 {
		fault("origins", "required")
	}
	for i, o := range in.Origins {
		got, code, args := s.readOrigin(o, j.day(s.d.Zone))
		if code != "" {
			fault(fmt.Sprintf("origins[%d].%s", i, args[0]), code, args[1:]...)
			continue
		}
		j.origins = append(j.origins, got)
	}
	p := places{s: s, ctx: ctx, tx: tx}
	j.stay = p.path(in.Stay, "stay")
	bad = append(bad, p.bad...)
	if p.err != nil {
		return j, bad, p.err
	}
	if j.disease == "" {
		j.disease = s.arrivalDisease(j.day(s.d.Zone))
	}
	if _, ok := s.d.Rules.Disease(j.disease); !ok {
		fault("disease", "regime_disease_unknown", "disease", j.disease)
	}
	if len(bad) > 0 {
		return j, bad, nil
	}
	return j, nil, s.gradeOrigins(ctx, tx, &j)
}

// readOrigin reads one place of origin: code "" says that it is sound, else the
// message and, in args, the field and what the message needs.
func (s *Service) readOrigin(in NewOrigin, arrive seawall.Day) (o border.Origin, code string, args []string) {
	o = border.Origin{Code: strings.ToUpper(strings.TrimSpace(in.Code)), Left: known(in.Left), Crossing: in.Crossing}
	p, ok := s.d.Origins.Place(o.Code)
	if !ok {
		return o, "origin_code", []string{"code", "value", in.Code}
	}
	o.Name, o.Abroad = p.Full, p.Abroad
	if !o.Left.Known() {
		return o, "required", []string{"left"}
	}
	if arrive.Known() && o.Left > arrive {
		return o, "left_after_arrival", []string{"left", "left", o.Left.String(), "arrived", arrive.String()}
	}
	return o, "", nil
}

// arrivalDisease is the disease whose arrival matrix is in force on a day, the
// first by name where several are; "" where none is.
func (s *Service) arrivalDisease(day seawall.Day) string {
	for _, d := range s.d.Rules.Diseases() {
		if _, ok := s.d.Rules.ArrivalsInForce(d.ID, s.d.Jurisdiction, day); ok {
			return d.ID
		}
	}
	return ""
}

// gradeOrigins writes to each origin the level that was in force there on the day
// it was left, with the document that gave it.
func (s *Service) gradeOrigins(ctx context.Context, tx seawall.Tx, j *journey) error {
	for i := range j.origins {
		o := &j.origins[i]
		if o.Abroad {
			continue
		}
		g, ok, err := s.gradeAt(ctx, tx, j.disease, o.Code, o.Left)
		if err != nil {
			return err
		}
		o.Grade, o.GradeCode, o.GradeSource = "", "", ""
		if ok {
			o.Grade, o.GradeCode, o.GradeSource = g.Level, g.Code, g.Source
		}
	}
	return nil
}

// gradeAt gives the level of a place on a day, the most specific area first.
func (s *Service) gradeAt(ctx context.Context, tx seawall.Tx, disease, code string, day seawall.Day) (border.Grade, bool, error) {
	rows, err := s.d.Border.GradesOf(ctx, tx, border.Lineage(code))
	if err != nil {
		return border.Grade{}, false, err
	}
	g, ok := border.Grading(rows).At(disease, code, day)
	return g, ok, nil
}

// SearchOrigins gives places somebody may come from by the beginning of a name,
// its pinyin or its code; limit 0 means 20.
func (s *Service) SearchOrigins(q string, limit int) []border.Place {
	return s.d.Origins.Search(q, limit)
}
