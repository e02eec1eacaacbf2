package vaultdb_test

import (
	"context"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/store"
	"github.com/seawall-city/seawall/internal/store/storetest"
	"github.com/seawall-city/seawall/internal/vault"
	"github.com/seawall-city/seawall/internal/vault/vaulttest"
)

func TestTheSyntheticCityIsSound(t *testing.T) {
	city, numbers, names := vaulttest.City{Seed: 7}, map[string]bool{}, map[string]int{}
	const n = 50_000
	for i := range n {
		id := city.At(i)
		d := vault.CheckDocument(id.DocType, id.DocNumber)
		if d.State != vault.DocValid || d.Birth != id.Birth || d.Sex != id.Sex {
			t.Fatalf("identity %d: %+v, its document says %+v", i, id, d)
		}
		numbers[id.DocNumber], names[id.Name] = true, names[id.Name]+1
	}
	if len(numbers) != n {
		t.Errorf("%d document numbers for %d people", len(numbers), n)
	}
	if city.At(42) != (vaulttest.City{Seed: 7}).At(42) || city.At(42) == (vaulttest.City{Seed: 8}).At(42) {
		t.Error("an identity depends on more, or less, than seed and index")
	}
	if len(names) < n/10 || names["王伟"] < 5 {
		t.Errorf("%d different names, %d of the most common: names are drawn too evenly or too narrowly", len(names), names["王伟"])
	}
}

// A bulk load leaves the same vault as sealing one after the other.
func TestBulkLoadEqualsSealing(t *testing.T) {
	each(t, func(t *testing.T, v *rig) {
		ctx, city := context.Background(), vaulttest.City{Seed: 8}
		const n = 5000
		told := make([]vault.Sealed, 0, n)
		ok(t, v.BulkLoad(ctx, n, city.Request, func(i int, s vault.Sealed) error {
			if i != len(told) {
				t.Fatalf("told of %d after %d", i, len(told)-1)
			}
			told = append(told, s)
			return nil
		}))
		if got := must(v.Count(ctx)); got != n {
			t.Fatalf("%d kept, want %d", got, n)
		}
		slow := newRig(t, storetest.Driver(t, "sqlite"))
		for _, i := range []int{0, 1, 1999, 2000, n - 1} {
			want := must(slow.Seal(ctx, []vault.Request{city.Request(i)}))[0]
			if again := must(v.Seal(ctx, []vault.Request{city.Request(i)}))[0]; again.Created || again.Person != told[i].Person || again.Mask != want.Mask || again.Pinyin != want.Pinyin {
				t.Errorf("request %d after the load: %+v, want %s and what sealing shows, %+v", i, again, told[i].Person, want)
			}
			if id := must(v.Open(ctx, officer(), told[i].Person, "investigation", "")); id != city.At(i) {
				t.Errorf("identity %d opens as %+v", i, id)
			}
			if got := must(v.Find(ctx, city.At(i).DocNumber, 5)); len(got) != 1 || got[0].Person != told[i].Person {
				t.Errorf("identity %d is found as %+v", i, got)
			}
		}
		if extra := v.sealOne(t, "extra", city.At(n)); extra <= told[n-1].Person {
			t.Errorf("sealing goes on after the load with %s, before %s", extra, told[n-1].Person)
		}
		if n := must(v.Sweep(ctx, v.clock.Now())); n != 0 {
			t.Errorf("%d loaded identities were swept as orphans", n)
		}
		if err := v.BulkLoad(ctx, 1, city.Request, func(int, vault.Sealed) error { return nil }); err == nil {
			t.Error("a vault in use was loaded over")
		}
	})
}

// driver opens a benchmark's database.
func driver(b *testing.B, kind string) store.Driver { b.Helper(); return storetest.Driver(b, kind) }

func BenchmarkSeal10k(b *testing.B) {
	for _, kind := range []string{"sqlite", "postgres"} {
		b.Run(kind, func(b *testing.B) {
			v, city, n := newRig(b, driver(b, kind)), vaulttest.City{Seed: 9}, 0
			reqs := make([]vault.Request, 10_000)
			for b.Loop() {
				for i := range reqs {
					reqs[i] = city.Request(n)
					n++
				}
				must(v.Seal(context.Background(), reqs))
			}
		})
	}
}

// BenchmarkAmong110k looks people up in a vault of 110,000 identities, about a
// million tokens.
func BenchmarkAmong110k(b *testing.B) {
	for _, kind := range []string{"sqlite", "postgres"} {
		b.Run(kind, func(b *testing.B) {
			v, city, ctx := newRig(b, driver(b, kind)), vaulttest.City{Seed: 10}, context.Background()
			ok(b, v.BulkLoad(ctx, 110_000, city.Request, func(int, vault.Sealed) error { return nil }))
			for name, f := range map[string]func(i int){
				"candidates":    func(i int) { must(v.Candidates(ctx, city.At(i), 5)) },
				"candidates-64": func(i int) { must(v.CandidatesOf(ctx, many(city, i, 64), 5)) },
				"match-500":     func(i int) { must(v.Match(ctx, many(city, i, 500))) },
				"find-document": func(i int) { must(v.Find(ctx, city.At(i).DocNumber, 20)) },
				"find-name":     func(i int) { must(v.Find(ctx, "王伟", 20)) },
				"find-last4":    func(i int) { must(v.Find(ctx, city.At(i).Phone[7:], 20)) },
			} {
				b.Run(name, func(b *testing.B) {
					i := 0
					for b.Loop() {
						f(i * 7919 % 110_000)
						i++
					}
				})
			}
		})
	}
}

func many(city vaulttest.City, from, n int) []vault.Identity {
	out := make([]vault.Identity, n)
	for i := range out {
		out[i] = city.At(from + i)
	}
	return out
}

// BenchmarkBulkLoad fills an empty vault; SEAWALL_BENCH_PEOPLE says with how
// many (default 100,000), 6,710,000 being all of Yancheng. It then measures
// looking up in what it filled.
func BenchmarkBulkLoad(b *testing.B) {
	n := 100_000
	if s := os.Getenv("SEAWALL_BENCH_PEOPLE"); s != "" {
		n = must(strconv.Atoi(s))
	}
	for _, kind := range []string{"sqlite", "postgres"} {
		b.Run(kind, func(b *testing.B) {
			ctx, city := context.Background(), vaulttest.City{Seed: 11}
			for range b.N {
				v, start := newRig(b, driver(b, kind)), time.Now()
				ok(b, v.BulkLoad(ctx, n, city.Request, func(int, vault.Sealed) error { return nil }))
				b.ReportMetric(float64(n)/time.Since(start).Seconds(), "people/s")
				start = time.Now()
				for i := range 200 {
					must(v.Candidates(ctx, city.At(i*7919%n), 5))
				}
				b.ReportMetric(float64(time.Since(start).Microseconds())/200, "µs/candidates")
				start = time.Now()
				must(v.Candidates(ctx, vault.Identity{Name: "王伟", Sex: "m", Birth: seawall.NoDay, Phone: "1234"}, 5))
				b.ReportMetric(float64(time.Since(start).Microseconds()), "µs/common-name")
			}
		})
	}
}
