package gate

import (
	"context"
	"time"

	"github.com/seawall-city/seawall"
)

// Wait is what is kept about the waits at one site: the plan of lanes in force, and
// the alarm while one is open.
type Wait struct {
	Site seawall.SiteID   `json:"site"`
	Area seawall.AreaPath `json:"area"`
	// Plan is how many lanes open in each hour from PlanFrom on; empty where the
	// shifts alone say. PlanFor is the kind of lane it is about.
	Plan     []int     `json:"plan"`
	PlanFor  string    `json:"planFor,omitempty"`
	PlanFrom time.Time `json:"planFrom"`
	PlanBy   string    `json:"planBy,omitempty"`
	// Watching is set while a clock looks at the site again and again.
	Watching bool `json:"watching"`
	// Loop is that of the open alarm, Since when it began. P95 and Target are in
	// minutes, as they were found; Hopeless says that not even all lanes keep the
	// longest wait.
	Loop     seawall.LoopID `json:"loop,omitempty"`
	Since    time.Time      `json:"since"`
	P95      int            `json:"p95"`
	Target   int            `json:"target"`
	Hopeless bool           `json:"hopeless"`
	Version  int            `json:"version"`
}

// Ref points to the row.
func (w Wait) Ref() seawall.Ref { return seawall.Ref{Kind: seawall.KindWait, ID: string(w.Site)} }

// Planned gives the lanes that the plan opens in the hour of an instant, false where
// it says nothing about it.
func (w Wait) Planned(lane string, at time.Time) (int, bool) {
	i := int(at.Sub(w.PlanFrom) / time.Hour)
	if lane != w.PlanFor || at.Before(w.PlanFrom) || i >= len(w.Plan) {
		return 0, false
	}
	return w.Plan[i], true
}

// Stamp is when one vehicle came, was served and was told.
type Stamp struct {
	Lane     int
	Declared bool // it belonged to a trip that was declared
	Arrived  time.Time
	Served   time.Time
	Decided  time.Time
}

// Came is when it joined the queue, as well as that is known.
func (s Stamp) Came() time.Time {
	for _, t := range []time.Time{s.Arrived, s.Served} {
		if !t.IsZero() {
			return t
		}
	}
	return s.Decided
}

// Wait is how long it waited for its lane, false where nobody noted it.
func (s Stamp) Wait() (time.Duration, bool) {
	if s.Arrived.IsZero() || s.Served.IsZero() {
		return 0, false
	}
	return max(0, s.Served.Sub(s.Arrived)), true
}

// Service is how long it took in its lane, false where nobody noted it.
func (s Stamp) Service() (time.Duration, bool) {
	if s.Served.IsZero() || !s.Decided.After(s.Served) {
		return 0, false
	}
	return s.Decided.Sub(s.Served), true
}

// WaitStore keeps waits.
type WaitStore interface {
	SaveWait(ctx context.Context, tx seawall.Tx, w Wait) error
	// Wait errors: NotFound where nothing was ever kept about a site.
	Wait(ctx context.Context, tx seawall.Tx, id seawall.SiteID) (Wait, error)
	// Stamps gives when the vehicles of a site came and went, of those decided since
	// an instant, oldest first.
	Stamps(ctx context.Context, tx seawall.Tx, id seawall.SiteID, since time.Time) ([]Stamp, error)
}
