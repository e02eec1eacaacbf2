package store_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	mrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/store"
	"github.com/seawall-city/seawall/internal/store/postgres"
	"github.com/seawall-city/seawall/internal/store/sqlite"
	"github.com/seawall-city/seawall/internal/store/storetest"
)

// The child process of the kill proof finds its database and its prefix here.
const (
	envKillDB     = "SEAWALL_KILL_DB"
	envKillKeys   = "SEAWALL_KILL_KEYS"
	envKillPrefix = "SEAWALL_KILL_PREFIX"
	envKills      = "SEAWALL_PROOF_KILLS"
)

const killWriters = 4

// openPlace opens the database of a kill proof: a path or a postgres:// URL.
func openPlace(t *testing.T, place, keys string) *logbook {
	t.Helper()
	var d store.Driver
	var err error
	if strings.HasPrefix(place, "postgres://") {
		d, err = postgres.Open(place, 0)
	} else {
		d, err = sqlite.Open(place)
	}
	must(t, err)
	clock := storetest.NewClock(time.Now())
	db := store.New(d, store.Options{Clock: clock, IDs: storetest.NewIDs(clock)})
	must(t, db.Migrate(context.Background()))
	root, err := ledger.LoadOrCreateRootKey(keys, rand.Reader)
	must(t, err)
	signer, err := ledger.LoadOrCreateSigner(keys, ledger.Origin("test"), rand.Reader)
	must(t, err)
	b := &logbook{Log: db.OpenLog(root, rand.Reader), db: db, clock: clock, signer: signer, feed: ledger.NewFeed()}
	b.seq = ledger.NewSequencer(db, b.Log, signer, "node-"+strconv.Itoa(os.Getpid()), b.feed, func(err error) { t.Error("sequencer:", err) })
	b.OnCommit(b.seq.Wake)
	return b
}

// TestKillChild is the process that gets killed: it commits a row and its event
// and says so on standard output, until it dies.
func TestKillChild(t *testing.T) {
	place := os.Getenv(envKillDB)
	if place == "" {
		t.Skip("runs as the child of TestProofKills only")
	}
	b := openPlace(t, place, os.Getenv(envKillKeys))
	go b.seq.Run(context.Background())
	errs := make(chan error)
	for w := range killWriters {
		go func() {
			for n := 0; ; n++ {
				token := fmt.Sprintf("%s-%d-%d", os.Getenv(envKillPrefix), w, n)
				err := b.db.Write(context.Background(), officer(), func(tx seawall.Tx) error {
					p := casebook.Person{No: seawall.PersonNo(token), CreatedAt: tx.Now()}
					if err := b.db.SavePerson(context.Background(), tx, p); err != nil {
						return err
					}
					return b.Record(context.Background(), tx, ledger.Event{Type: "person.recorded", Person: p.No, Data: map[string]string{"n": token}})
				})
				if err != nil {
					errs <- err
					return
				}
				fmt.Println("ack", token)
			}
		}()
	}
	t.Fatal(<-errs)
}

// kills gives how often to kill; SEAWALL_PROOF_KILLS sets it.
func kills(usual int) int {
	if n, err := strconv.Atoi(os.Getenv(envKills)); err == nil {
		return n
	}
	return usual
}

// A process that appends is killed with SIGKILL at random points. After each
// kill everything it acknowledged is there once, with its row, nothing is there
// in part, and the log continues its last checkpoint.
func TestProofKills(t *testing.T) {
	if os.Getenv(envProof) == "" {
		t.Skipf("set %s=1 to kill processes", envProof)
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := mrand.New(mrand.NewPCG(seed, 2))
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			k := killProof{place: filepath.Join(t.TempDir(), "kill.db"), keys: t.TempDir(), acked: map[string]bool{}}
			if kind == "postgres" {
				k.place = storetest.PostgresURL(t, "")
			}
			rounds := kills(12)
			for n := range rounds {
				k.round(t, n, time.Duration(r.IntN(400_000))*time.Microsecond)
				k.check(t, n == rounds-1)
			}
			t.Logf("%d kills, %d acknowledged transactions", rounds, len(k.acked))
		})
	}
}

// killProof is the state of the proof on one database.
type killProof struct {
	place, keys string
	acked       map[string]bool
	earlier     string
}

// round starts the child, kills it some time after its first acknowledgement and
// notes what it acknowledged.
func (k *killProof) round(t *testing.T, n int, after time.Duration) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestKillChild$")
	cmd.Env = append(os.Environ(), envKillDB+"="+k.place, envKillKeys+"="+k.keys, fmt.Sprintf("%s=%d", envKillPrefix, n))
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	first := make(chan struct{})
	lines := make(chan []string)
	go func() {
		var acked []string
		in := bufio.NewScanner(out)
		for in.Scan() {
			token, ok := strings.CutPrefix(in.Text(), "ack ")
			if !ok {
				t.Log("child: ", in.Text())
				continue
			}
			if acked = append(acked, token); len(acked) == 1 {
				close(first)
			}
		}
		lines <- acked
	}()
	select {
	case <-first:
	case <-time.After(30 * time.Second):
		cmd.Process.Kill()
		t.Fatal("the child acknowledged nothing in 30 s")
	}
	kill := time.NewTimer(after)
	<-kill.C
	must(t, cmd.Process.Kill())
	for _, token := range <-lines {
		k.acked[token] = true
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("the child ended by itself")
	}
}

// check looks at what the killed process left.
func (k *killProof) check(t *testing.T, last bool) {
	t.Helper()
	b := openPlace(t, k.place, k.keys)
	defer b.db.Close()
	b.clock.Advance(time.Minute) // the killed process held the lease
	b.place(t)
	if r := b.verify(t, k.earlier); !r.OK() || r.Waiting != 0 {
		t.Fatalf("the log after a kill: %+v", r)
	}
	k.earlier = b.checkpoint(t).Note
	seen := map[string]int{}
	for after := int64(0); ; {
		page := b.events(t, ledger.Query{After: after, Limit: 1000})
		if len(page) == 0 {
			break
		}
		for _, ev := range page {
			seen[ev.Data["n"]]++
			after = ev.Seq
		}
	}
	for token := range k.acked {
		if seen[token] != 1 {
			t.Fatalf("%s was acknowledged and is there %d times", token, seen[token])
		}
	}
	for token, n := range seen {
		if n != 1 {
			t.Fatalf("%s is there %d times", token, n)
		}
	}
	if last {
		b.sameAfterRefold(t)
	}
}
