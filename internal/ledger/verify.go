package ledger

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/seawall-city/seawall"
)

// Problem is one thing that verification found wrong. Code is a message key.
type Problem struct {
	Code string            `json:"code"`
	Args map[string]string `json:"args,omitempty"`
}

// Report is what verification found.
type Report struct {
	// Size and Root are those recomputed from the stored events.
	Size int64  `json:"size"`
	Root string `json:"root"`
	// Opened counts payloads that hash to their leaf, Forgotten those whose key
	// was shredded under a tombstone, Waiting events without a place yet.
	Opened    int64 `json:"opened"`
	Forgotten int64 `json:"forgotten"`
	Waiting   int64 `json:"waiting"`
	// Checkpoints counts the signed checkpoints that the log agrees with.
	Checkpoints int `json:"checkpoints"`
	// Problems lists at most 100 problems; Wrong counts all.
	Problems []Problem `json:"problems"`
	Wrong    int       `json:"wrong"`
}

// OK reports whether nothing was wrong.
func (r *Report) OK() bool { return r.Wrong == 0 }

func (r *Report) problem(code string, args ...string) {
	r.Wrong++
	if len(r.Problems) < 100 {
		r.Problems = append(r.Problems, Problem{Code: code, Args: seawall.E("", 0, code, args...).Args})
	}
}

// verifyPage is how many events one read transaction checks.
const verifyPage = 500

// Verify recomputes the log from the stored events: every payload must hash to
// its entry and agree with the columns kept in clear, no place may be missing or
// held twice, the tiles must hold the hashes that follow, and every kept
// checkpoint must bear a valid signature and the root the log had at its size.
// earlier is a checkpoint that somebody kept elsewhere ("" for none): the log
// must be a continuation of it. progress (may be nil) is told how far it is.
// An error means that the check could not be done; what is wrong stands in the
// report.
func Verify(ctx context.Context, work seawall.UnitOfWork, store Store, key, earlier string, progress func(done, size int64)) (*Report, error) {
	v := &verification{ctx: ctx, work: work, store: store, key: key, report: &Report{Problems: []Problem{}},
		edge: &edge{}, expect: map[int64][]Hash{}, keys: map[string]int64{}, progress: progress}
	if err := v.begin(earlier); err != nil {
		return nil, seawall.Wrap("ledger.Verify", err)
	}
	for v.edge.size < v.size {
		n, err := v.page()
		if err != nil {
			return nil, seawall.Wrap("ledger.Verify", err)
		}
		if n == 0 {
			v.report.problem("log_place_missing", "seq", fmt.Sprint(v.edge.size+1))
			break
		}
	}
	if err := v.end(); err != nil {
		return nil, seawall.Wrap("ledger.Verify", err)
	}
	return v.report, nil
}

// verification is one run of Verify.
type verification struct {
	ctx      context.Context
	work     seawall.UnitOfWork
	store    Store
	key      string
	report   *Report
	size     int64
	edge     *edge
	progress func(done, size int64)
	// expect holds the roots that checkpoints state, by size.
	expect map[int64][]Hash
	// keys holds the shredded keys met, with the first place of each.
	keys map[string]int64
}

func (v *verification) begin(earlier string) error {
	var kept []string
	var newest string
	err := v.work.Read(v.ctx, func(tx seawall.Tx) (err error) {
		if v.size, newest, err = v.store.Size(v.ctx, tx); err != nil {
			return err
		}
		if kept, err = v.store.Checkpoints(v.ctx, tx); err != nil {
			return err
		}
		var events int64
		events, v.report.Waiting, err = v.store.Counts(v.ctx, tx)
		if err == nil && events != v.size+v.report.Waiting {
			v.report.problem("log_count_differs", "events", fmt.Sprint(events),
				"size", fmt.Sprint(v.size), "waiting", fmt.Sprint(v.report.Waiting))
		}
		return err
	})
	if err != nil {
		return err
	}
	if newest != "" {
		if cp, ok := v.checkpoint(newest); ok && cp.Size != v.size {
			v.report.problem("log_checkpoint_size", "size", fmt.Sprint(cp.Size), "log", fmt.Sprint(v.size))
		}
	}
	if earlier != "" {
		v.checkpoint(earlier)
	}
	for _, text := range kept {
		if text != newest {
			v.checkpoint(text)
		}
	}
	return nil
}

// checkpoint checks a signature and notes the root to be met at its size.
func (v *verification) checkpoint(text string) (Checkpoint, bool) {
	cp, err := OpenCheckpoint(text, v.key)
	if err != nil {
		v.report.problem("log_checkpoint_invalid")
		return cp, false
	}
	if cp.Size > v.size {
		v.report.problem("log_checkpoint_ahead", "size", fmt.Sprint(cp.Size), "log", fmt.Sprint(v.size))
		return cp, false
	}
	v.expect[cp.Size] = append(v.expect[cp.Size], cp.Root)
	return cp, true
}

// page checks the next stretch of events and gives how many there were.
func (v *verification) page() (n int, err error) {
	err = v.work.Read(v.ctx, func(tx seawall.Tx) error {
		stored, err := v.store.Stored(v.ctx, tx, v.edge.size, verifyPage)
		if err != nil {
			return err
		}
		for _, s := range stored {
			if v.edge.size == v.size {
				break
			}
			if s.Envelope.Seq != v.edge.size+1 {
				v.report.problem("log_place_missing", "seq", fmt.Sprint(v.edge.size+1))
				return nil
			}
			n++
			v.event(s)
			if err := v.tiles(tx, v.edge.grow([]Hash{Leaf(s.Entry)})); err != nil {
				return err
			}
			v.roots()
		}
		return nil
	})
	if v.progress != nil {
		v.progress(v.edge.size, v.size)
	}
	return n, err
}

// event checks a payload against its entry and the columns in clear.
func (v *verification) event(s Stored) {
	seq := fmt.Sprint(s.Envelope.Seq)
	switch {
	case s.Forgotten:
		v.report.Forgotten++
		if _, met := v.keys[s.Key]; !met {
			v.keys[s.Key] = s.Envelope.Seq
		}
		return
	case s.Broken != nil:
		v.report.problem("log_event_broken", "seq", seq)
		return
	case Entry(s.Salt, s.Canonical) != s.Entry:
		v.report.problem("log_event_altered", "seq", seq)
		return
	}
	ev, err := Decode(s.Canonical)
	if err != nil {
		v.report.problem("log_event_broken", "seq", seq)
		return
	}
	e := s.Envelope
	if ev.ID != e.ID || !ev.At.Equal(e.At) || ev.Type != e.Type || ev.Subject != e.Subject || ev.Person != e.Person ||
		ev.Area != e.Area || ev.Actor.Kind != e.Actor.Kind || ev.Actor.Principal != e.Actor.Principal {
		v.report.problem("log_envelope_altered", "seq", seq)
		return
	}
	v.report.Opened++
}

// tiles compares the tiles that the last leaf completed with the stored ones;
// unfinished ones are compared at the end.
func (v *verification) tiles(tx seawall.Tx, grown []Tile) error {
	for _, t := range grown {
		if len(t.Hashes) < tileWidth {
			continue
		}
		if err := v.tile(tx, t); err != nil {
			return err
		}
	}
	return nil
}

func (v *verification) tile(tx seawall.Tx, t Tile) error {
	have, err := v.store.Tile(v.ctx, tx, t.Level, t.N)
	if err != nil && !seawall.Is(err, seawall.NotFound) {
		return err
	}
	if !bytes.HasPrefix(have, t.Bytes()) { // it may have grown meanwhile
		v.report.problem("log_tile_broken", "tile", fmt.Sprintf("%d/%d", t.Level, t.N))
	}
	return nil
}

// roots compares the root at this size with the checkpoints that state one.
func (v *verification) roots() {
	for _, root := range v.expect[v.edge.size] {
		if root == v.edge.root() {
			v.report.Checkpoints++
		} else {
			v.report.problem("log_inconsistent", "size", fmt.Sprint(v.edge.size))
		}
	}
}

// end compares the unfinished tiles and checks that every forgotten payload has
// its tombstone.
func (v *verification) end() error {
	v.report.Size, v.report.Root = v.edge.size, v.edge.root().String()
	return v.work.Read(v.ctx, func(tx seawall.Tx) error {
		for level, hashes := range v.edge.levels {
			if len(hashes) == 0 {
				continue
			}
			n := v.edge.size >> (tileHeight * (level + 1))
			if err := v.tile(tx, Tile{Level: level, N: n, Hashes: hashes}); err != nil {
				return err
			}
		}
		return v.tombstones(tx)
	})
}

func (v *verification) tombstones(tx seawall.Tx) error {
	if len(v.keys) == 0 {
		return nil
	}
	stones, err := v.store.Tombstones(v.ctx, tx)
	if err != nil {
		return err
	}
	for _, ev := range stones {
		for _, id := range strings.Fields(ev.Data["keys"]) {
			delete(v.keys, id)
		}
	}
	for _, seq := range v.keys {
		v.report.problem("log_tombstone_missing", "seq", fmt.Sprint(seq))
	}
	return nil
}
