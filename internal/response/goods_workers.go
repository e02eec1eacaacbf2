package response

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/goods"
)

// mostWorkers bounds the workers of one request.
const mostWorkers = 200

// LotWorkers names those who worked on a lot; who it was is sealed in the vault.
// Where a positive stands they become candidates at once.
func (s *Service) LotWorkers(ctx context.Context, who Who, id seawall.LotID, in NewWorkers) (NamedWorkers, error) {
	return s.nameWorkers(ctx, who, "response.LotWorkers", seawall.Ref{Kind: seawall.KindLot, ID: string(id)}, in)
}

// PointWorkers names those who worked at a place that is sampled.
func (s *Service) PointWorkers(ctx context.Context, who Who, id seawall.PointID, in NewWorkers) (NamedWorkers, error) {
	return s.nameWorkers(ctx, who, "response.PointWorkers", seawall.Ref{Kind: seawall.KindPoint, ID: string(id)}, in)
}

func (s *Service) nameWorkers(ctx context.Context, who Who, op string, about seawall.Ref, in NewWorkers) (NamedWorkers, error) {
	out := NamedWorkers{}
	if err := s.checkWorkers(ctx, who, op, about, in); err != nil {
		return out, err
	}
	var people []*traveller
	for i, w := range in.Workers {
		people = append(people, &traveller{in: DeclaredPerson{Person: w.Person, Identity: w.Identity}, day: seawall.DayOf(s.d.Clock.Now(), s.d.Zone),
			request: fmt.Sprintf("worker %s %s %s/%d", who.Principal.ID, about.String(), in.Request, i)})
	}
	if err := s.identify(ctx, people); err != nil {
		return out, seawall.Wrap(op, err)
	}
	err := s.write(ctx, who, op, func(tx seawall.Tx) error {
		out = NamedWorkers{Workers: []goods.Worker{}, Candidates: []casebook.Contact{}}
		return s.keepWorkers(ctx, tx, op, about, in, people, &out)
	})
	if err != nil {
		return out, err
	}
	for _, c := range people {
		out.Duplicates = append(out.Duplicates, c.doubles...)
	}
	return out, seawall.Wrap(op, s.commitSealed(ctx, people))
}

// checkWorkers checks a request before the vault keeps anybody.
func (s *Service) checkWorkers(ctx context.Context, who Who, op string, about seawall.Ref, in NewWorkers) error {
	var bad []seawall.FieldError
	if len(in.Request) < shortestRequest {
		bad = append(bad, seawall.FieldError{Field: "request", Code: "request_id_short", Args: map[string]string{"min": itoa(shortestRequest)}})
	}
	if len(in.Workers) == 0 || len(in.Workers) > mostWorkers {
		bad = append(bad, seawall.FieldError{Field: "workers", Code: "lot_number", Args: map[string]string{"max": itoa(mostWorkers)}})
	}
	for i, w := range in.Workers {
		if t := (traveller{in: DeclaredPerson{Person: w.Person, Identity: w.Identity}}); w.Person == "" && !t.named() {
			bad = append(bad, seawall.FieldError{Field: fmt.Sprintf("workers[%d].identity.name", i), Code: "required"})
		}
		if strings.TrimSpace(w.Work) == "" || len([]rune(w.Work)) > longestGoods || len([]rune(w.Unit)) > longestGoods {
			bad = append(bad, seawall.FieldError{Field: fmt.Sprintf("workers[%d].work", i), Code: "required"})
		}
	}
	if err := invalid(op, "lot_invalid", bad); err != nil {
		return err
	}
	return s.read(ctx, op, func(tx seawall.Tx) error {
		area, err := s.goodsArea(ctx, tx, about)
		if err != nil {
			return err
		}
		return s.allow(who, auth.LotRecord, auth.Resource{Kind: about.Kind, ID: about.ID, Area: area})
	})
}

// keepWorkers keeps those who worked on goods; somebody named for the same day
// again stays one row.
func (s *Service) keepWorkers(ctx context.Context, tx seawall.Tx, op string, about seawall.Ref, in NewWorkers, people []*traveller, out *NamedWorkers) error {
	rows, err := s.d.Goods.WorkersOf(ctx, tx, about)
	if err != nil {
		return err
	}
	area, err := s.goodsArea(ctx, tx, about)
	if err != nil {
		return err
	}
	first := tx.Now()
	for i, x := range people {
		p, err := s.person(ctx, tx, x.person)
		if err != nil {
			return err
		}
		at, err := whenGiven(op, in.Workers[i].At, tx)
		if err != nil {
			return err
		}
		if at.Before(first) {
			first = at
		}
		w := goods.Worker{About: about, Person: p.No, Mask: p.Mask, Work: strings.TrimSpace(in.Workers[i].Work), Unit: strings.TrimSpace(in.Workers[i].Unit),
			On: seawall.DayOf(at, s.d.Zone), Version: 1}
		k := slices.IndexFunc(rows, func(o goods.Worker) bool { return o.Person == w.Person && o.On == w.On })
		if k >= 0 {
			out.Workers = append(out.Workers, rows[k])
			continue
		}
		w.ID = tx.NewID()
		if err := s.d.Goods.SaveWorker(ctx, tx, w); err != nil {
			return err
		}
		if err := s.record(ctx, tx, "worker.named", w.Ref(), area, p.No, map[string]string{"work": w.Work}, about); err != nil {
			return err
		}
		rows, out.Workers = append(rows, w), append(out.Workers, w)
	}
	sample, err := s.touch(ctx, tx, about, first)
	if err != nil || sample == "" {
		return err
	}
	sm, err := s.d.Goods.Sample(ctx, tx, sample)
	if err != nil {
		return err
	}
	f, err := s.foundAt(ctx, tx, sm)
	if err != nil {
		return err
	}
	out.Candidates, err = s.proposeWorkers(ctx, tx, f, out.Workers)
	return err
}

// touch keeps the first contact of a lot with people, and gives the positive sample
// that stands against a lot or a place, "" for none.
func (s *Service) touch(ctx context.Context, tx seawall.Tx, about seawall.Ref, at time.Time) (string, error) {
	if about.Kind == seawall.KindPoint {
		p, err := s.d.Goods.Point(ctx, tx, seawall.PointID(about.ID))
		return p.Positive, err
	}
	l, err := s.d.Goods.Lot(ctx, tx, seawall.LotID(about.ID))
	if err != nil || !l.TouchedAt.IsZero() && !at.Before(l.TouchedAt) {
		return l.Positive, err
	}
	l.TouchedAt = at
	_, err = s.goods.ChangeLot(ctx, tx, l, "lot.touched", map[string]string{"no": l.No})
	return l.Positive, err
}

// workedIn gives the areas where somebody worked on goods.
func (s *Service) workedIn(ctx context.Context, tx seawall.Tx, no seawall.PersonNo) ([]seawall.AreaPath, error) {
	rows, err := s.d.Goods.WorkersOfPerson(ctx, tx, no)
	if err != nil {
		return nil, err
	}
	var out []seawall.AreaPath
	for _, w := range rows {
		a, err := s.goodsArea(ctx, tx, w.About)
		if err != nil {
			return nil, err
		}
		out = append(out, s.answering(a))
	}
	return out, nil
}

// moveWorkers repoints the work of one person to another and lists the rows it
// touched; only, when not nil, names the rows to move.
func (s *Service) moveWorkers(ctx context.Context, tx seawall.Tx, from, to casebook.Person, only []seawall.Ref) ([]seawall.Ref, error) {
	rows, err := s.d.Goods.WorkersOfPerson(ctx, tx, from.No)
	if err != nil {
		return nil, err
	}
	var moved []seawall.Ref
	for _, w := range rows {
		if only != nil && !slices.Contains(only, w.Ref()) {
			continue
		}
		w.Person, w.Mask, w.Version = to.No, to.Mask, w.Version+1
		if err := s.d.Goods.SaveWorker(ctx, tx, w); err != nil {
			return nil, err
		}
		moved = append(moved, w.Ref())
	}
	return moved, nil
}
