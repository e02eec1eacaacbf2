package store_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/store"
	"github.com/seawall-city/seawall/internal/store/storetest"
)

// fill commits n events, a transaction each hundred.
func (b *logbook) fill(t testing.TB, n int) {
	t.Helper()
	for n > 0 {
		batch := make([]ledger.Event, min(n, 100))
		for i := range batch {
			batch[i] = ledger.Event{Type: "step.done", Area: town, Data: map[string]string{"n": fmt.Sprint(n - i)}}
		}
		b.record(t, batch...)
		n -= len(batch)
	}
}

// sql runs a statement past the store, as somebody with the database's password
// might.
func (b *logbook) sql(t testing.TB, q string, args ...any) {
	t.Helper()
	res, err := b.db.Driver().Writer().Exec(store.Render(b.db.Driver(), q), args...)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		t.Fatalf("%s touched %d rows, %v", q, n, err)
	}
}

// What verification must find, however it was done.
func TestVerifyFindsTampering(t *testing.T) {
	type attack struct {
		name, code string
		do         func(t *testing.T, b *logbook, early ledger.Checkpoint)
	}
	statement := func(q string, args ...any) func(*testing.T, *logbook, ledger.Checkpoint) {
		return func(t *testing.T, b *logbook, _ ledger.Checkpoint) { b.sql(t, q, args...) }
	}
	const at5 = " WHERE id = (SELECT event_id FROM log_entry WHERE seq = 5)"
	attacks := []attack{
		{"entry altered", "log_event_altered", statement("UPDATE event SET entry = $1"+at5, make([]byte, 32))},
		{"payload altered", "log_event_broken", statement("UPDATE event SET sealed = $1"+at5, make([]byte, 80))},
		{"payload moved", "log_event_broken", statement("UPDATE event SET sealed = (SELECT sealed FROM event WHERE id = (SELECT event_id FROM log_entry WHERE seq = 6))" + at5)},
		{"area altered", "log_envelope_altered", statement("UPDATE event SET area = '32/'" + at5)},
		{"actor altered", "log_envelope_altered", statement("UPDATE event SET principal = 'p9'" + at5)},
		{"time altered", "log_envelope_altered", statement("UPDATE event SET at = at + 1" + at5)},
		{"place removed", "log_place_missing", statement("DELETE FROM log_entry WHERE seq = 5")},
		{"event removed", "log_place_missing", statement("DELETE FROM event" + at5)},
		{"event added", "log_count_differs", statement(`INSERT INTO event SELECT 'x', at, type, subject_kind, subject_id, refs, person,
			area, actor_kind, principal, key_id, entry, sealed FROM event` + at5)},
		{"places swapped", "log_inconsistent", func(t *testing.T, b *logbook, _ ledger.Checkpoint) {
			for _, step := range [][2]int{{5, -1}, {6, 5}, {-1, 6}} {
				b.sql(t, "UPDATE log_entry SET seq = $2 WHERE seq = $1", step[0], step[1])
			}
		}},
		{"tile altered", "log_tile_broken", statement("UPDATE log_tile SET hashes = $1 WHERE level = 0 AND n = 0", make([]byte, 256*32))},
		{"upper tile altered", "log_tile_broken", statement("UPDATE log_tile SET hashes = $1 WHERE level = 1", make([]byte, 32))},
		{"key destroyed quietly", "log_tombstone_missing", statement("DELETE FROM event_key")},
		{"checkpoint of another key", "log_checkpoint_invalid", func(t *testing.T, b *logbook, _ ledger.Checkpoint) {
			b.sql(t, "UPDATE log_state SET checkpoint = $1", forged(t))
		}},
		{"log cut short", "log_checkpoint_ahead", func(t *testing.T, b *logbook, _ ledger.Checkpoint) {
			b.sql(t, "UPDATE log_state SET size = 250")
		}},
		{"earlier state of the log put back", "log_checkpoint_size", func(t *testing.T, b *logbook, early ledger.Checkpoint) {
			b.sql(t, "UPDATE log_state SET checkpoint = $1", early.Note)
		}},
	}
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		for n, a := range attacks {
			// The check is the same Go code for both; a share of the attacks
			// shows that PostgreSQL's rows reach it as SQLite's do.
			if db.Driver().Name() == "postgres" && n%4 != 0 {
				continue
			}
			t.Run(a.name, func(t *testing.T) {
				b := openLog(t, empty(t, db, clock), clock)
				b.fill(t, 200)
				b.place(t)
				early := b.checkpoint(t)
				b.fill(t, 100)
				b.place(t)
				if r := b.verify(t, early.Note); !r.OK() || r.Opened != 300 || r.Checkpoints < 2 {
					t.Fatalf("before the attack: %+v", r)
				}
				a.do(t, b, early)
				r := b.verify(t, early.Note)
				for _, p := range r.Problems {
					if p.Code == a.code {
						return
					}
				}
				t.Fatalf("report %+v, want %s", r, a.code)
			})
		}
	})
}

// forged signs another log's checkpoint of the same origin.
func forged(t *testing.T) string {
	t.Helper()
	clock := storetest.NewClock(storetest.Start())
	db := store.New(storetest.Driver(t, "sqlite"), store.Options{Clock: clock, IDs: storetest.NewIDs(clock)})
	t.Cleanup(func() { db.Close() })
	if err := db.Migrate(context.Background()); err != nil {
		t.Fatal(err)
	}
	b := openLog(t, db, clock)
	b.fill(t, 300)
	b.place(t)
	return b.checkpoint(t).Note
}

// Proofs made from the stored tiles satisfy the checkpoints, at sizes around
// the borders of tiles.
func TestProofs(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		b := openLog(t, db, clock)
		var kept []ledger.Checkpoint
		for _, n := range []int{1, 2, 252, 1, 1, 255, 300} {
			b.fill(t, n)
			b.place(t)
			kept = append(kept, b.checkpoint(t))
		}
		newest := kept[len(kept)-1]
		read(t, db, func(tx seawall.Tx) error {
			entries, err := b.Entries(t.Context(), tx, 1, int(newest.Size))
			must(t, err)
			for _, cp := range kept {
				proof, err := ledger.Consistency(t.Context(), tx, b.Log, cp.Size, newest.Size)
				must(t, err)
				must(t, ledger.CheckConsistency(proof, cp, newest))
				for _, seq := range []int64{1, cp.Size/2 + 1, cp.Size} {
					proof, err := ledger.Inclusion(t.Context(), tx, b.Log, seq, cp.Size)
					must(t, err)
					must(t, ledger.CheckInclusion(proof, entries[seq-1], seq, cp))
					if ledger.CheckInclusion(proof, ledger.Hash{1}, seq, cp) == nil {
						t.Errorf("a foreign entry passes for entry %d of %d", seq, cp.Size)
					}
				}
			}
			for _, s := range [][2]int64{{0, 5}, {6, 5}, {5, newest.Size + 1}} {
				if _, err := ledger.Inclusion(t.Context(), tx, b.Log, s[0], s[1]); !seawall.Is(err, seawall.Invalid) {
					t.Errorf("inclusion of %d in %d: %v, want Invalid", s[0], s[1], err)
				}
			}
			return nil
		})
	})
}

// The published form is there path by path, and nothing else is.
func TestTileServer(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		b := openLog(t, db, clock)
		srv := ledger.NewTileServer(db, b.Log)
		if _, err := srv.Serve(t.Context(), "checkpoint"); !seawall.Is(err, seawall.NotFound) {
			t.Errorf("checkpoint of an empty log: %v, want NotFound", err)
		}
		b.fill(t, 300)
		b.place(t)
		for path, size := range map[string]int{"tile/0/000": 256 * 32, "tile/0/000.p/200": 200 * 32, "tile/0/001.p/44": 44 * 32,
			"tile/1/000.p/1": 32, "tile/entries/000": 256 * 34, "tile/entries/001.p/44": 44 * 34} {
			res, err := srv.Serve(t.Context(), path)
			if err != nil || len(res.Data) != size || !res.Immutable {
				t.Errorf("%s: %d bytes, %v, want %d", path, len(res.Data), err, size)
			}
		}
		for _, path := range []string{"tile/0/001", "tile/0/001.p/45", "tile/1/000", "tile/2/000.p/1", "tile/entries/002", "tile/0/000.p/256", "x"} {
			if _, err := srv.Serve(t.Context(), path); !seawall.Is(err, seawall.NotFound) {
				t.Errorf("%s: %v, want NotFound", path, err)
			}
		}
		cp, err := srv.Serve(t.Context(), "checkpoint")
		if err != nil || cp.Immutable || string(cp.Data) != b.checkpoint(t).Note {
			t.Errorf("checkpoint %q, %v", cp.Data, err)
		}
	})
}

// envProof switches on the tests that take long or need the network's cache.
const envProof = "SEAWALL_PROOF"

// fsckVersion is the release of the independent checker.
const fsckVersion = "v1.0.4"

// An independent program accepts the export of a real log, before and after it
// grew, and refuses it once a byte was changed.
func TestProofTesseraFsck(t *testing.T) {
	if os.Getenv(envProof) == "" {
		t.Skipf("set %s=1 to build and run tessera's fsck", envProof)
	}
	bin := t.TempDir()
	install := exec.Command("go", "install", "github.com/transparency-dev/tessera/cmd/fsck@"+fsckVersion)
	install.Env = append(os.Environ(), "GOBIN="+bin, "GOFLAGS=")
	if out, err := install.CombinedOutput(); err != nil {
		t.Fatalf("building fsck: %v\n%s", err, out)
	}
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		b := openLog(t, db, clock)
		dir := filepath.Join(t.TempDir(), "log")
		fsck := func() string {
			t.Helper()
			cmd := exec.Command(filepath.Join(bin, "fsck"), "-ui=false", "-storage_url=file://"+dir,
				"-public_key="+filepath.Join(dir, "log-sign.pub"), "-N=4")
			// It says on standard error what it found and always exits with 0.
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("fsck: %v\n%s", err, out)
			}
			return string(out)
		}
		for _, n := range []int{1, 299, 66000} {
			b.fill(t, n)
			b.place(t)
			cp, err := ledger.Export(t.Context(), db, b.Log, b.signer.Key(), dir)
			must(t, err)
			if out := fsck(); !strings.Contains(out, fmt.Sprintf("Successfully fsck'd log with size %d", cp.Size)) {
				t.Fatalf("fsck refuses the export of %d events:\n%s", cp.Size, out)
			}
		}
		path := filepath.Join(dir, "tile", "entries", "017")
		data, err := os.ReadFile(path)
		must(t, err)
		data[100] ^= 1
		must(t, os.WriteFile(path, data, 0o644))
		if out := fsck(); strings.Contains(out, "Successfully") {
			t.Fatalf("fsck accepts an altered entry:\n%s", out)
		}
	})
}

// Appending at full speed, and what the sequencer does with it.
func BenchmarkAppend(b *testing.B) {
	for _, kind := range []string{"sqlite", "postgres"} {
		for _, writers := range []int{1, 16} {
			b.Run(fmt.Sprintf("%s/writers=%d", kind, writers), func(b *testing.B) { benchmarkAppend(b, kind, writers) })
		}
	}
}

func benchmarkAppend(b *testing.B, kind string, writers int) {
	clock := storetest.NewClock(time.Now())
	db := store.New(storetest.Driver(b, kind), store.Options{Clock: clock, IDs: storetest.NewIDs(clock)})
	defer db.Close()
	if err := db.Migrate(context.Background()); err != nil {
		b.Fatal(err)
	}
	log := openLog(b, db, clock)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { log.seq.Run(ctx); close(ended) }()
	row := bytes.Repeat([]byte("x"), 400)
	b.ResetTimer()
	work := make(chan int)
	errs := make(chan error, writers)
	for range writers {
		go func() {
			var err error
			for n := range work {
				if err != nil {
					continue
				}
				err = db.Write(ctx, officer(), func(tx seawall.Tx) error {
					return log.Record(ctx, tx, ledger.Event{Type: "step.done", Area: town,
						Subject: seawall.Ref{Kind: seawall.KindStep, ID: fmt.Sprint(n)},
						Related: []seawall.Ref{{Kind: seawall.KindLoop, ID: fmt.Sprint(n / 8)}},
						Person:  seawall.PersonNo(fmt.Sprint("P", n%5000)), Data: map[string]string{"row": string(row)}})
				})
			}
			errs <- err
		}()
	}
	for n := range b.N {
		work <- n
	}
	close(work)
	for range writers {
		if err := <-errs; err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "tx/s")
	late := time.Now()
	if _, err := log.feed.Wait(ctx, int64(b.N)-1); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(time.Since(late).Seconds(), "s-until-placed")
	stop()
	<-ended
}

// How fast events get their places when a crowd of them waits.
func BenchmarkSequence(b *testing.B) {
	for _, kind := range []string{"sqlite", "postgres"} {
		b.Run(kind, func(b *testing.B) {
			clock := storetest.NewClock(storetest.Start())
			db := store.New(storetest.Driver(b, kind), store.Options{Clock: clock, IDs: storetest.NewIDs(clock)})
			defer db.Close()
			if err := db.Migrate(context.Background()); err != nil {
				b.Fatal(err)
			}
			log := openLog(b, db, clock)
			log.fill(b, b.N)
			b.ResetTimer()
			log.place(b)
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}
