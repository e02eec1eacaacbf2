package response

import (
	"context"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/freight"
)

// NewClosure is an order that closes a road as it is entered.
type NewClosure struct {
	Kind      string         `json:"kind" doc:"segment, gate, service_area, port, station or airport"`
	Name      string         `json:"name"`
	Ref       string         `json:"ref,omitempty" doc:"the service area's or gate's id"`
	Area      seawall.AreaID `json:"area,omitempty"`
	Basis     string         `json:"basis" doc:"the legal basis"`
	Document  string         `json:"document" doc:"the number of the approval"`
	Level     string         `json:"level" doc:"province, city or county: who approved"`
	Announced time.Time      `json:"announced" doc:"when it was made public, before it begins"`
	From      time.Time      `json:"from"`
	Until     time.Time      `json:"until"`
	Reason    seawall.Text   `json:"reason"`
	Detour    string         `json:"detour,omitempty"`
	Keeps     []string       `json:"keeps,omitempty" doc:"services that stay open"`
}

// ClosureLine is a closure with its state.
type ClosureLine struct {
	freight.Closure
	State string `json:"state" doc:"announced, in_force, ended or lifted"`
}

// OrderClosure records an order that closes a road or a place on it. It must name
// its legal basis, who approved, until when, and have been announced; a service
// area, port, station or airport is closed by the province alone and keeps fuel and
// toilets open; a checkpoint on a main line is refused (requirements §2.7).
func (s *Service) OrderClosure(ctx context.Context, who Who, in NewClosure) (ClosureLine, error) {
	const op = "response.OrderClosure"
	var out ClosureLine
	err := s.write(ctx, who, op, func(tx seawall.Tx) error {
		p := places{s: s, ctx: ctx, tx: tx}
		at := s.answering(p.path(in.Area, "area"))
		if p.err != nil {
			return p.err
		}
		if err := s.allow(who, auth.ClosureOrder, auth.Resource{Kind: seawall.KindClosure, Area: at}); err != nil {
			return err
		}
		c := freight.Closure{ID: seawall.ClosureID(tx.NewID()), Kind: in.Kind, Name: strings.TrimSpace(in.Name), Ref: in.Ref, Area: at,
			Basis: strings.TrimSpace(in.Basis), Document: strings.TrimSpace(in.Document), Level: in.Level, Announced: micros(in.Announced),
			From: micros(in.From), Until: micros(in.Until), Reason: in.Reason, Detour: in.Detour, Keeps: in.Keeps, By: tx.Actor().Name, Version: 1}
		if c.From.IsZero() {
			c.From = tx.Now()
		}
		if c.Keeps == nil {
			c.Keeps = []string{}
		}
		if c.Announced.After(tx.Now()) {
			p.bad = append(p.bad, seawall.FieldError{Field: "announced", Code: "in_future"})
		}
		if err := invalid(op, "closure_invalid", append(p.bad, freight.CheckClosure(c)...)); err != nil {
			return err
		}
		var err error
		if c.No, err = s.trips.Number(ctx, tx, "R", "closure"); err != nil {
			return err
		}
		if err := s.d.Freight.SaveClosure(ctx, tx, c); err != nil {
			return err
		}
		out = ClosureLine{Closure: c, State: c.State(tx.Now())}
		return s.trips.Record(ctx, tx, "closure.ordered", c.Self(), c.Area, map[string]string{"no": c.No, "kind": c.Kind, "name": c.Name,
			"level": c.Level, "document": c.Document, "until": c.Until.UTC().Format(time.RFC3339)})
	})
	return out, err
}

// LiftClosure ends a closure before its time.
func (s *Service) LiftClosure(ctx context.Context, who Who, id seawall.ClosureID, version int, reason string) (ClosureLine, error) {
	const op = "response.LiftClosure"
	if err := reasonGiven(op, reason); err != nil {
		return ClosureLine{}, err
	}
	var out ClosureLine
	err := s.write(ctx, who, op, func(tx seawall.Tx) error {
		c, err := s.d.Freight.Closure(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := s.allow(who, auth.ClosureOrder, auth.Resource{Kind: seawall.KindClosure, ID: string(id), Area: c.Area}); err != nil {
			return err
		}
		if version != 0 && version != c.Version {
			return seawall.E(op, seawall.Conflict, "changed_meanwhile", "kind", string(seawall.KindClosure), "id", c.No)
		}
		if st := c.State(tx.Now()); st == "lifted" || st == "ended" {
			return seawall.E(op, seawall.Conflict, "closure_over")
		}
		c.Lifted, c.Why, c.Version = tx.Now(), strings.TrimSpace(reason), c.Version+1
		if err := s.d.Freight.SaveClosure(ctx, tx, c); err != nil {
			return err
		}
		out = ClosureLine{Closure: c, State: c.State(tx.Now())}
		return s.trips.Record(ctx, tx, "closure.lifted", c.Self(), c.Area, map[string]string{"no": c.No, "reason": c.Why})
	})
	return out, err
}

// pastClosures is how long an ended closure stays in the list.
const pastClosures = 30 * 24 * time.Hour

// Closures lists the closures: announced, in force and recently ended.
func (s *Service) Closures(ctx context.Context, who Who) (List[ClosureLine], error) {
	const op = "response.Closures"
	out := List[ClosureLine]{Items: []ClosureLine{}}
	if err := s.allow(who, auth.ClosureRead, auth.Resource{Kind: seawall.KindClosure}); err != nil {
		return out, err
	}
	err := s.read(ctx, op, func(tx seawall.Tx) error {
		rows, err := s.d.Freight.Closures(ctx, tx, tx.Now().Add(-pastClosures))
		for _, c := range rows {
			out.Items = append(out.Items, ClosureLine{Closure: c, State: c.State(tx.Now())})
		}
		out.Total = len(out.Items)
		return err
	})
	return out, err
}
