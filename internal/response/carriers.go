package response

import (
	"context"
	"encoding/base64"
	"io"
	"strings"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/freight"
)

// NewCarrier is a haulage firm as it is entered.
type NewCarrier struct {
	Name     string         `json:"name"`
	Area     seawall.AreaID `json:"area,omitempty"`
	Post     string         `json:"post,omitempty" doc:"the post to call there, not a person"`
	Invented bool           `json:"invented,omitempty"`
}

// MadeCarrier is a carrier with its key, which is shown once.
type MadeCarrier struct {
	Carrier freight.Carrier `json:"carrier"`
	Key     string          `json:"key" doc:"goes into the header X-Carrier-Key"`
}

// WhiteList approves a carrier, or takes the approval back.
type WhiteList struct {
	Version int         `json:"version,omitempty"`
	Reason  string      `json:"reason,omitempty" doc:"food, medicine, energy, spring_ploughing, relief or key_parts: what it brings, never how large it is"`
	Words   string      `json:"words,omitempty"`
	Until   seawall.Day `json:"until,omitempty"`
	Remove  bool        `json:"remove,omitempty"`
}

// shownCarrier is a carrier without the hash of its key.
func shownCarrier(c freight.Carrier) freight.Carrier {
	c.Key = ""
	return c
}

// AddCarrier enters a carrier and gives the key of its system. Any firm may have
// one: nothing is asked about its size.
func (s *Service) AddCarrier(ctx context.Context, who Who, in NewCarrier) (MadeCarrier, error) {
	const op = "response.AddCarrier"
	if strings.TrimSpace(in.Name) == "" {
		return MadeCarrier{}, invalid(op, "carrier_invalid", []seawall.FieldError{{Field: "name", Code: "required"}})
	}
	raw := make([]byte, 20)
	if _, err := io.ReadFull(s.d.Random, raw); err != nil {
		return MadeCarrier{}, seawall.Wrap(op, err)
	}
	key := base64.RawURLEncoding.EncodeToString(raw)
	var c freight.Carrier
	err := s.write(ctx, who, op, func(tx seawall.Tx) error {
		p := places{s: s, ctx: ctx, tx: tx}
		at := s.answering(p.path(in.Area, "area"))
		if p.err != nil {
			return p.err
		}
		if err := invalid(op, "carrier_invalid", p.bad); err != nil {
			return err
		}
		if err := s.allow(who, auth.CarrierManage, auth.Resource{Kind: seawall.KindCarrier, Area: at}); err != nil {
			return err
		}
		c = freight.Carrier{ID: seawall.CarrierID(tx.NewID()), Name: strings.TrimSpace(in.Name), Area: at, Post: strings.TrimSpace(in.Post),
			Key: s.carrierHash(key), Invented: in.Invented, CreatedAt: tx.Now(), Version: 1}
		if err := s.d.Freight.SaveCarrier(ctx, tx, c); err != nil {
			return err
		}
		return s.trips.Record(ctx, tx, "carrier.added", c.Ref(), c.Area, map[string]string{"name": c.Name})
	})
	return MadeCarrier{Carrier: shownCarrier(c), Key: key}, err
}

// carrierHash is what is kept of a carrier's key. Unlike a code that people write
// down, every sign of it counts.
func (s *Service) carrierHash(key string) string { return s.tokenOf("carrier", strings.TrimSpace(key)) }

// Carriers lists the carriers.
func (s *Service) Carriers(ctx context.Context, who Who) (List[freight.Carrier], error) {
	const op = "response.Carriers"
	out := List[freight.Carrier]{Items: []freight.Carrier{}}
	if err := s.allow(who, auth.TripRead, auth.Resource{Kind: seawall.KindCarrier}); err != nil {
		return out, err
	}
	err := s.read(ctx, op, func(tx seawall.Tx) error {
		rows, err := s.d.Freight.Carriers(ctx, tx)
		for _, c := range rows {
			out.Items = append(out.Items, shownCarrier(c))
		}
		out.Total = len(out.Items)
		return err
	})
	return out, err
}

// Whitelist approves a carrier for some days, with the reason: its trips get their
// permits at once. Somebody by name stands for it, which the command line is not.
// Errors: Invalid for a reason that is not on the list, or that speaks of the
// firm's size.
func (s *Service) Whitelist(ctx context.Context, who Who, id seawall.CarrierID, in WhiteList) (freight.Carrier, error) {
	const op = "response.Whitelist"
	var out freight.Carrier
	err := s.write(ctx, who, op, func(tx seawall.Tx) error {
		c, err := s.d.Freight.Carrier(ctx, tx, id)
		if err != nil {
			return err
		}
		if who.Principal.ID == "" {
			return seawall.E(op, seawall.Denied, "whitelist_named")
		}
		if err := s.allow(who, auth.CarrierWhitelist, auth.Resource{Kind: seawall.KindCarrier, ID: string(id), Area: c.Area}); err != nil {
			return err
		}
		if in.Version != 0 && in.Version != c.Version {
			return seawall.E(op, seawall.Conflict, "changed_meanwhile", "kind", string(seawall.KindCarrier), "id", string(id))
		}
		w := freight.White{}
		event, data := "carrier.unlisted", map[string]string{"name": c.Name}
		if !in.Remove {
			w = freight.White{Reason: in.Reason, Words: strings.TrimSpace(in.Words), From: s.today(tx), Until: in.Until, By: tx.Actor().Name, At: tx.Now()}
			if err := invalid(op, "carrier_invalid", freight.CheckWhite(w, s.today(tx))); err != nil {
				return err
			}
			event, data = "carrier.whitelisted", map[string]string{"name": c.Name, "reason": w.Reason, "until": w.Until.String()}
		}
		c.White, c.Version = w, c.Version+1
		if err := s.d.Freight.SaveCarrier(ctx, tx, c); err != nil {
			return err
		}
		out = shownCarrier(c)
		return s.trips.Record(ctx, tx, event, c.Ref(), c.Area, data)
	})
	return out, err
}

// CarrierTrips takes trips from a carrier's system, each in a transaction of its
// own: a row that is wrong loses no other, and one sent again is the same trip.
// Errors: Denied for a key that nobody has.
func (s *Service) CarrierTrips(ctx context.Context, key string, rows []NewTrip) (TripBatch, error) {
	const op = "response.CarrierTrips"
	var c freight.Carrier
	err := s.read(ctx, op, func(tx seawall.Tx) (err error) {
		c, err = s.d.Freight.CarrierByKey(ctx, tx, s.carrierHash(key))
		return err
	})
	if key == "" || seawall.Is(err, seawall.NotFound) {
		return TripBatch{}, seawall.E(op, seawall.Unauthenticated, "carrier_key")
	}
	if err != nil {
		return TripBatch{}, err
	}
	who := Who{Actor: seawall.Actor{Kind: seawall.ActorPublic, Name: "carrier " + c.Name}}
	return s.takeTrips(ctx, who, c, freight.ByCarrier, rows, nil)
}

// mostRows bounds the trips of one batch.
const mostRows = 500

// takeTrips records the rows of a carrier one by one. bad are the rows that could
// not be read, by their place.
func (s *Service) takeTrips(ctx context.Context, who Who, c freight.Carrier, channel string, rows []NewTrip, bad map[int]error) (TripBatch, error) {
	const op = "response.CarrierTrips"
	out := TripBatch{Rows: len(rows), Items: []TripRow{}}
	if len(rows) > mostRows {
		return out, seawall.E(op, seawall.Invalid, "trip_too_many", "max", itoa(mostRows))
	}
	for i, in := range rows {
		row := TripRow{Row: i + 1, External: in.External}
		made, fresh, err := s.takeTrip(ctx, who, c, channel, in, bad[i])
		if err != nil && !seawall.Is(err, seawall.Invalid) && !seawall.Is(err, seawall.NotFound) && !seawall.Is(err, seawall.Conflict) {
			return out, err // a later try may not meet it
		}
		switch {
		case err != nil:
			row.Fate, row.Code = "rejected", codeOf(err)
			row.Args = argsOf(err)
			out.Rejected++
		case fresh:
			row.Fate, row.Trip, row.No, row.Card = "new", made.Trip.ID, made.Trip.No, made.Code
			out.New++
			out.Accepted++
		default:
			row.Fate, row.Trip, row.No = "unchanged", made.Trip.ID, made.Trip.No
			out.Unchanged++
			out.Accepted++
		}
		out.Items = append(out.Items, row)
	}
	return out, nil
}

// takeTrip records one row; fresh is false for one that was taken before.
func (s *Service) takeTrip(ctx context.Context, who Who, c freight.Carrier, channel string, in NewTrip, bad error) (out DeclaredTrip, fresh bool, err error) {
	const op = "response.CarrierTrips"
	if bad != nil {
		return out, false, bad
	}
	if strings.TrimSpace(in.External) == "" {
		return out, false, invalid(op, "trip_invalid", []seawall.FieldError{{Field: "external", Code: "required"}})
	}
	err = s.read(ctx, op, func(tx seawall.Tx) (err error) {
		out.Trip, err = s.d.Freight.TripByExternal(ctx, tx, c.ID, in.External)
		return err
	})
	if err == nil {
		return out, false, nil
	}
	if !seawall.Is(err, seawall.NotFound) {
		return out, false, err
	}
	for i := range in.Crew {
		in.Crew[i].Person = ""
	}
	in.Invented = false
	d := declaring{in: in, channel: channel, request: "carrier " + string(c.ID) + " " + in.External}
	out, err = s.declareTrip(ctx, who, op, d, c.ID)
	return out, true, err
}
