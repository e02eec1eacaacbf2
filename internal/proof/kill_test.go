package proof

import (
	"context"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/seawall-city/seawall/internal/store/storetest"
)

// How often the server is killed: every day's share, and in full (issue 2).
const (
	killsShare = 60
	killsFull  = 200
	// killsPerSite bounds what one city gathers, so that looking at it stays quick.
	killsPerSite = 20
	// longest is the longest time that the server works before it is killed.
	longest = 3 * time.Second
)

// The server is killed with SIGKILL at random points while it imports files, does
// bulk work and fires clocks. After each kill: everything acknowledged is there,
// nothing is there twice, no clock fired twice, the log verifies and continues
// its last checkpoint. At the end every import has ended with each of its rows,
// and the state is what the log says. One city in four runs on PostgreSQL.
func TestProofKillTheServer(t *testing.T) {
	if os.Getenv("SEAWALL_PROOF") == "" {
		t.Skip("set SEAWALL_PROOF=1 to kill servers")
	}
	seed, err := strconv.ParseUint(os.Getenv("SEAWALL_PROOF_SEED"), 10, 64)
	if err != nil {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("seed %d", seed)
	kills := killsShare
	if os.Getenv("SEAWALL_PROOF_FULL") != "" {
		kills = killsFull
	}
	if n, err := strconv.Atoi(os.Getenv("SEAWALL_PROOF_KILLS")); err == nil {
		kills = n
	}
	bin := binary(t)
	for n := 0; kills > 0; n++ {
		share := min(kills, killsPerSite)
		kills -= share
		kind := "sqlite"
		if n%4 == 1 {
			kind = "postgres"
		}
		t.Run(kind+strconv.Itoa(n), func(t *testing.T) {
			database := ""
			if kind == "postgres" {
				database = storetest.PostgresURL(t, "")
			}
			killSite(t, newSite(t, bin, database), share, rand.New(rand.NewPCG(seed, uint64(n+1))))
		})
	}
}

// killSite kills one city's server some times and looks at it after each.
func killSite(t *testing.T, s *site, kills int, rnd *rand.Rand) {
	ctx := context.Background()
	p := &promises{}
	checkpoint := ""
	s.start(t)
	if err := s.login(ctx); err != nil {
		t.Fatal(err)
	}
	for n := range kills {
		killOnce(t, s, &round{t: t, s: s, p: p, name: "r" + strconv.Itoa(n)}, rnd)
		left := s.open(t)
		left.kept(p)
		if n%5 == 4 {
			checkpoint = left.placed(checkpoint)
		}
		left.db.Close()
		if t.Failed() {
			t.Fatalf("after kill %d; the server said:\n%s", n+1, s.said)
		}
		s.start(t)
		if err := s.goesOn(ctx, p); err != nil {
			t.Fatalf("after kill %d: %v", n+1, err)
		}
	}
	for _, i := range p.imports {
		if err := waitImport(ctx, s, i.id); err != nil {
			t.Fatalf("import %s does not end: %v", i.id, err)
		}
	}
	s.kill(t)
	left := s.open(t)
	defer left.db.Close()
	left.placed(checkpoint)
	left.kept(p)
	left.whole(p)
	left.once()
	left.same()
	t.Logf("%d kills; acknowledged: %d imports, %d contacts in bulk, %d steps", kills, len(p.imports), len(p.confirmed), len(p.done))
}

// killOnce lets the server work for a random time and kills it.
func killOnce(t *testing.T, s *site, r *round, rnd *rand.Rand) {
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	after := time.NewTimer(time.Duration(rnd.Int64N(int64(longest))))
	ended := make(chan struct{})
	go func() { r.run(ctx, rnd); close(ended) }()
	<-after.C
	s.kill(t)
	<-ended
}

// goesOn checks that the restarted server stands where it said it was.
func (s *site) goesOn(ctx context.Context, p *promises) error {
	var clock struct {
		Now time.Time `json:"now"`
	}
	if err := s.call(ctx, "GET", "/demo/clock", nil, &clock); err != nil {
		return err
	}
	if clock.Now.Before(p.clock) {
		return &refusal{Code: "clock", Detail: "the clock went back from " + p.clock.String() + " to " + clock.Now.String()}
	}
	return nil
}
