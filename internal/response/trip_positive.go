package response

import (
	"context"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/freight"
)

// TripPositive does what follows when one of a crew is found positive after the
// vehicle has passed (即采即走即追): its stays in service areas become stays of the
// case, the public reads place and time, the next node is told ahead. Nobody reads
// a name, and what a gate decided stays as it was decided: no vehicle is called
// back, and none is held for having been let through. Errors: Invalid for a case of
// somebody else.
func (s *Service) TripPositive(ctx context.Context, who Who, id seawall.TripID, in NewPositive) (TripPositive, error) {
	const op = "response.TripPositive"
	var out TripPositive
	_, err := s.changeTrip(ctx, who, op, id, in.Version, auth.TripPositive, func(tx seawall.Tx, t freight.Trip) error {
		out = TripPositive{Stays: []casebook.Stay{}, Told: []TripTold{}, Notices: []ExposureNotice{}}
		if t.State == freight.Cancelled || t.State == freight.Retracted {
			return seawall.E(op, seawall.Conflict, "trip_ended", "state", t.State)
		}
		c, err := s.caseOfCrew(ctx, tx, t, in.Case)
		if err != nil {
			return err
		}
		found, err := whenGiven(op, in.Found, tx)
		if err != nil {
			return err
		}
		t.Positive, t.FoundAt = c.ID, found
		if t, err = s.trips.Change(ctx, tx, t, "trip.positive", map[string]string{"case": c.No, "letter": in.Letter, "found": found.UTC().Format(time.RFC3339)},
			c.Ref()); err != nil {
			return err
		}
		if err := s.exposeVisits(ctx, tx, t, c, &out); err != nil {
			return err
		}
		if err := s.tellAhead(ctx, tx, t, &out); err != nil {
			return err
		}
		out.Trip = shownTrip(t)
		return nil
	})
	return out, err
}

// caseOfCrew reads the case of one of a crew.
func (s *Service) caseOfCrew(ctx context.Context, tx seawall.Tx, t freight.Trip, id seawall.CaseID) (casebook.Case, error) {
	const op = "response.TripPositive"
	c, err := s.d.Cases.Case(ctx, tx, id)
	if err != nil {
		return c, err
	}
	if c.State == casebook.CaseRetracted {
		return c, seawall.E(op, seawall.Conflict, "already_retracted")
	}
	crew, err := s.d.Freight.CrewOf(ctx, tx, t.ID)
	if err != nil {
		return c, err
	}
	for _, m := range crew {
		p, err := s.book.Person(ctx, tx, m.Person) // follows merges
		if err != nil {
			return c, err
		}
		if p.No == c.Person {
			return c, nil
		}
	}
	return c, invalid(op, "trip_invalid", []seawall.FieldError{{Field: "case", Code: "trip_case_crew"}})
}

// exposeVisits makes the trip's visits to service areas stays of the case and
// tells who answers there.
func (s *Service) exposeVisits(ctx context.Context, tx seawall.Tx, t freight.Trip, c casebook.Case, out *TripPositive) error {
	visits, err := s.d.Freight.VisitsOfTrip(ctx, tx, t.ID)
	if err != nil {
		return err
	}
	for _, v := range visits {
		told, err := s.toldOf(ctx, tx, v, c)
		if err != nil {
			return err
		}
		if told == c.ID {
			continue
		}
		to := v.Out
		if to.IsZero() {
			to = tx.Now()
		}
		st, err := s.book.RecordStay(ctx, tx, casebook.Stay{Person: c.Person, Case: c.ID, Place: v.Name.ZH, Kind: "service_area", Area: v.Area,
			During: seawall.Interval{From: v.In, To: to}, Note: v.Where})
		if err != nil {
			return err
		}
		out.Stays = append(out.Stays, st)
		if told != "" {
			continue // another of the crew: the place has been told already
		}
		v.Case, v.Stay, v.Told, v.Version = c.ID, st.ID, tx.Now(), v.Version+1
		if v.Out.IsZero() && !freight.Running(t.State) {
			v.Out = to
		}
		if err := s.d.Freight.SaveVisit(ctx, tx, v); err != nil {
			return err
		}
		n := s.exposure(v)
		if err := s.trips.Record(ctx, tx, "visit.exposed", v.Ref(), v.Area, map[string]string{"place": v.Name.ZH}, t.Ref(), c.Ref()); err != nil {
			return err
		}
		out.Notices = append(out.Notices, n)
		post, err := s.tellPlace(ctx, tx, t, v.Area, v.Name.ZH, n.Text)
		if err != nil {
			return err
		}
		out.Told = append(out.Told, post)
	}
	return nil
}

// toldOf gives the case because of which a visit has been told, "" where it is to be
// told: a case that was taken back since told nobody. It is c where c has its stay.
func (s *Service) toldOf(ctx context.Context, tx seawall.Tx, v freight.Visit, c casebook.Case) (seawall.CaseID, error) {
	if v.Case == "" || v.Case == c.ID {
		return v.Case, nil
	}
	first, err := s.d.Cases.Case(ctx, tx, v.Case)
	if err != nil || first.State == casebook.CaseRetracted {
		return "", err
	}
	stays, err := s.d.Cases.StaysOfCase(ctx, tx, c.ID)
	for _, st := range stays {
		if st.Kind == "service_area" && st.Place == v.Name.ZH && st.During.From.Equal(v.In) {
			return c.ID, err
		}
	}
	return v.Case, err
}

// exposure is what the public reads of a visit.
func (s *Service) exposure(v freight.Visit) ExposureNotice {
	to := v.Out
	if to.IsZero() {
		to = v.Told
	}
	n := ExposureNotice{Place: v.Name, Where: v.Where, From: v.In, To: to, Told: v.Told}
	span := s.clockTime(v.In) + "–" + to.In(s.d.Zone).Format("15:04")
	n.Text = seawall.Text{ZH: span + " 在" + v.Name.ZH + v.Where + "停留过的人员，请主动报告社区并做一次核酸；当时在岗人员由服务区逐一联系。",
		EN: "Whoever was at " + v.Name.EN + " on " + span + ": please report to your community and have one test. Staff on duty then are called one by one."}
	return n
}

// tellPlace tells who answers at a place. Nobody answering there, the post is "".
func (s *Service) tellPlace(ctx context.Context, tx seawall.Tx, t freight.Trip, at seawall.AreaPath, place string, text seawall.Text) (TripTold, error) {
	a, err := s.d.Roster.WhoAnswers(ctx, tx, s.answering(at, t.Area), string(tripLoop), tx.Now())
	told := TripTold{Place: place, Post: a.WorkName, Text: text}
	if err != nil || a.Principal == "" {
		return told, err
	}
	return told, s.tell(ctx, tx, seawall.Ref{Kind: seawall.KindPrincipal, ID: string(a.Principal)}, t.Ref(), true, text)
}

// tellAhead tells the next node of a trip that goes on: the gate, service area or
// consignee that the vehicle has not come to yet.
func (s *Service) tellAhead(ctx context.Context, tx seawall.Tx, t freight.Trip, out *TripPositive) error {
	if !freight.Running(t.State) {
		return nil
	}
	next, ok := t.NextStop()
	if !ok && !t.Transit && t.Consignee != "" {
		next, ok = freight.Stop{Kind: freight.StopConsignee, Name: t.Consignee, Area: t.ConsigneeArea}, true
	}
	if !ok {
		return nil
	}
	told, err := s.tellPlace(ctx, tx, t, next.Area, next.Name, seawall.Text{
		ZH: "预告：货车 " + t.PlateMask + "（" + t.No + "）将到" + next.Name + "，车上一人检测阳性。请备好单独通道、防护和采样，不拒收、不原路劝返，先保障就医和食宿。",
		EN: "Ahead: lorry " + t.PlateMask + " (" + t.No + ") is coming to " + next.Name + "; somebody on board has tested positive. Have a separate lane, protection and a sampler ready; do not turn it back; care, food and rest come first."})
	if err != nil {
		return err
	}
	told.Ahead = true
	out.Told = append(out.Told, told)
	return s.trips.Note(ctx, tx, t, "trip.told_ahead", map[string]string{"place": next.Name, "post": told.Post})
}

// noticeDays is how long a notice of a place and time is shown. Source: the longest
// incubation of the rules of March 2022 (requirements §2.1).
const noticeDays = 14

// Exposures gives the places and times that the public is told of.
func (s *Service) Exposures(ctx context.Context) (List[ExposureNotice], error) {
	out := List[ExposureNotice]{Items: []ExposureNotice{}}
	err := s.read(ctx, "response.Exposures", func(tx seawall.Tx) error {
		rows, err := s.d.Freight.ExposedVisits(ctx, tx, tx.Now().Add(-noticeDays*24*time.Hour))
		for _, v := range rows {
			c, err := s.d.Cases.Case(ctx, tx, v.Case)
			if err != nil {
				return err
			}
			if c.State == casebook.CaseRetracted {
				continue // the positive was none
			}
			if v.Trip != "" {
				t, err := s.d.Freight.Trip(ctx, tx, v.Trip)
				if err != nil {
					return err
				}
				if t.State == freight.Retracted {
					continue // the lorry was another
				}
			}
			out.Items = append(out.Items, s.exposure(v))
		}
		out.Total = len(out.Items)
		return err
	})
	return out, err
}
