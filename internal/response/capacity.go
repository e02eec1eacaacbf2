package response

import (
	"context"
	"sort"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/area"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/regime"
)

// The kinds of capacity that a cut takes.
const (
	rooms = "rooms"
	teams = "teams"
)

// peoplePerTeam is how many people under follow-up one field team serves.
// Source: our own choice, of the order of the default of 30 close contacts a
// case (requirements §2.9).
const peoplePerTeam = 30

// stock is the city's capacity during one transaction: rooms are taken and given
// back in memory and each row is saved once. It is read when it is first needed,
// because reading it locks it for other writers.
type stock struct {
	read  func() ([]area.Capacity, error)
	rows  []area.Capacity
	dirty map[string]bool
}

// stock gives the city's capacity, not yet read.
func (s *Service) stock(ctx context.Context, tx seawall.Tx) *stock {
	return &stock{dirty: map[string]bool{}, read: func() ([]area.Capacity, error) {
		return s.d.Areas.Capacities(ctx, tx, seawall.Scope{s.d.City})
	}}
}

// fill reads the capacity once.
func (k *stock) fill() (err error) {
	if k.read == nil {
		return nil
	}
	k.rows, err = k.read()
	k.read = nil
	return err
}

// nearest gives the index of the row of a kind that serves a place: its own
// area's, else the next one above. -1 where nobody has told a figure.
func (k *stock) nearest(kind string, at seawall.AreaPath) int {
	best := -1
	for i, c := range k.rows {
		if c.Kind == kind && at.Within(c.Path) && (best < 0 || len(c.Path) > len(k.rows[best].Path)) {
			best = i
		}
	}
	return best
}

// take takes one unit and gives the row it came from, "" where no row serves.
// A row may go over its total: the shortage is then on view, and nobody goes
// without a duty because a figure is old.
func (k *stock) take(kind string, at seawall.AreaPath) (string, error) {
	if err := k.fill(); err != nil {
		return "", err
	}
	i := k.nearest(kind, at)
	if i < 0 {
		return "", nil
	}
	k.rows[i].Used++
	k.dirty[k.rows[i].ID] = true
	return k.rows[i].ID, nil
}

// giveBack returns one unit to its row.
func (k *stock) giveBack(id string) error {
	if err := k.fill(); err != nil {
		return err
	}
	for i := range k.rows {
		if k.rows[i].ID == id && k.rows[i].Used > 0 {
			k.rows[i].Used--
			k.dirty[id] = true
		}
	}
	return nil
}

// keepStock saves what changed and leaves the event to the caller.
func (s *Service) keepStock(ctx context.Context, tx seawall.Tx, k *stock) error {
	for _, c := range k.rows {
		if !k.dirty[c.ID] {
			continue
		}
		if err := s.d.Areas.SaveCapacity(ctx, tx, c); err != nil {
			return err
		}
	}
	k.dirty = map[string]bool{}
	return nil
}

// freeRoom gives a contact's room back once no central quarantine of its loop is
// active any more.
func (s *Service) freeRoom(ctx context.Context, tx seawall.Tx, l loop.Loop, c *casebook.Contact) error {
	if c.Room == "" {
		return nil
	}
	rs, err := s.d.Loops.RestrictionsOn(ctx, tx, casebook.PersonRef(c.Person))
	if err != nil {
		return err
	}
	for _, r := range rs {
		if r.Loop == l.ID && r.Kind == string(regime.Central) && r.State == loop.RestrictionActive {
			return nil
		}
	}
	k := s.stock(ctx, tx)
	if err := k.giveBack(c.Room); err != nil {
		return err
	}
	c.Room = ""
	return s.keepStock(ctx, tx, k)
}

// needs compares what people at places need with what the places have.
func (s *Service) needs(ctx context.Context, tx seawall.Tx, k *stock, inRooms, inTeams map[seawall.AreaPath]int) ([]Need, error) {
	var out []Need
	if err := k.fill(); err != nil {
		return nil, err
	}
	add := func(kind string, by map[seawall.AreaPath]int, per int) {
		sums := map[int]int{}
		for at, n := range by {
			sums[k.nearest(kind, at)] += n
		}
		for i, n := range sums {
			need := Need{Kind: kind, Need: (n + per - 1) / per, Area: s.d.City}
			if i >= 0 {
				need.Area, need.Free, need.Known = k.rows[i].Path, k.rows[i].Total-k.rows[i].Used, true
			}
			out = append(out, need)
		}
	}
	add(rooms, inRooms, 1)
	add(teams, inTeams, peoplePerTeam)
	sort.Slice(out, func(i, j int) bool {
		return out[i].Kind < out[j].Kind || out[i].Kind == out[j].Kind && out[i].Area < out[j].Area
	})
	for i := range out {
		name, err := s.areaName(ctx, tx, out[i].Area)
		if err != nil {
			return nil, err
		}
		out[i].Name = name
	}
	return out, nil
}

// record puts an event about a thing on the log.
func (s *Service) record(ctx context.Context, tx seawall.Tx, kind string, subject seawall.Ref, at seawall.AreaPath, person seawall.PersonNo, data map[string]string, related ...seawall.Ref) error {
	return s.d.Log.Record(ctx, tx, ledger.Event{Type: kind, Subject: subject, Related: related, Person: person, Area: at, Data: data})
}
