package vaultdb_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/store/postgres"
	"github.com/seawall-city/seawall/internal/store/sqlite"
	"github.com/seawall-city/seawall/internal/store/storetest"
	"github.com/seawall-city/seawall/internal/store/vaultdb"
	"github.com/seawall-city/seawall/internal/vault"
	"github.com/seawall-city/seawall/internal/vault/vaulttest"
)

func officer() seawall.Actor { return seawall.Actor{Kind: seawall.ActorUser, Principal: "desk"} }

func TestSealIsIdempotentByRequest(t *testing.T) {
	each(t, func(t *testing.T, v *rig) {
		ctx, city := context.Background(), vaulttest.City{Seed: 1}
		reqs := []vault.Request{city.Request(0), city.Request(1), city.Request(0), city.Request(2)}
		first := must(v.Seal(ctx, reqs))
		if first[0].Person != first[2].Person || !first[0].Created || first[2].Created {
			t.Fatalf("one request twice in a batch: %+v and %+v", first[0], first[2])
		}
		reqs = append(reqs, city.Request(3))
		again := must(v.Seal(ctx, reqs))
		for i := range first {
			if again[i].Person != first[i].Person || again[i].Created || again[i].Mask != first[i].Mask {
				t.Errorf("request %d again: %+v, first %+v", i, again[i], first[i])
			}
		}
		if !again[4].Created {
			t.Error("the new request of a half-known batch was not created")
		}
		if n := must(v.Count(ctx)); n != 4 {
			t.Errorf("%d identities kept, want 4", n)
		}
	})
}

// Whatever batches the requests come in, each request is one person.
func TestAnyBatchesGiveOnePersonARequest(t *testing.T) {
	each(t, func(t *testing.T, v *rig) {
		ctx, city, known := context.Background(), vaulttest.City{Seed: 2}, map[string]seawall.PersonNo{}
		rapid.Check(t, func(rt *rapid.T) {
			var reqs []vault.Request
			for _, i := range rapid.SliceOfN(rapid.IntRange(0, 60), 1, 12).Draw(rt, "requests") {
				reqs = append(reqs, city.Request(i))
			}
			for i, s := range must(v.Seal(ctx, reqs)) {
				was, seen := known[reqs[i].ID]
				if seen == s.Created || seen && was != s.Person {
					rt.Fatalf("%s: %+v, known %v as %s", reqs[i].ID, s, seen, was)
				}
				known[reqs[i].ID] = s.Person
			}
		})
		if n := must(v.Count(ctx)); n != len(known) {
			t.Errorf("%d identities for %d requests", n, len(known))
		}
	})
}

func TestConcurrentSealsOfTheSameRequests(t *testing.T) {
	each(t, func(t *testing.T, v *rig) {
		ctx, city := context.Background(), vaulttest.City{Seed: 3}
		var mu sync.Mutex
		var wg sync.WaitGroup
		people, created := map[string]map[seawall.PersonNo]bool{}, 0
		for n := range 6 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				reqs := make([]vault.Request, 40)
				for i := range reqs { // half of them in the opposite order
					reqs[i] = city.Request(i)
					if n%2 == 1 {
						reqs[i] = city.Request(len(reqs) - 1 - i)
					}
				}
				out, err := v.Seal(ctx, reqs)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				defer mu.Unlock()
				for i, s := range out {
					if people[reqs[i].ID] == nil {
						people[reqs[i].ID] = map[seawall.PersonNo]bool{}
					}
					people[reqs[i].ID][s.Person] = true
					if s.Created {
						created++
					}
				}
			}()
		}
		wg.Wait()
		for id, nos := range people {
			if len(nos) != 1 {
				t.Errorf("%s became %d people", id, len(nos))
			}
		}
		if n := must(v.Count(ctx)); created != 40 || n != 40 {
			t.Errorf("%d said created, %d kept, want 40", created, n)
		}
	})
}

func TestSealRefusesAndNamesTheField(t *testing.T) {
	each(t, func(t *testing.T, v *rig) {
		ctx, city := context.Background(), vaulttest.City{Seed: 4}
		long := vault.Request{ID: "long", Identity: vault.Identity{Name: string(bytes.Repeat([]byte("x"), 201)), Sex: "both"}}
		_, err := v.Seal(ctx, []vault.Request{city.Request(0), long})
		var e *seawall.Error
		for errors.As(err, &e) && len(e.Fields) == 0 {
			err = e.Err
		}
		if e == nil || len(e.Fields) != 2 || e.Fields[0].Field != "name" || e.Fields[1].Field != "sex" {
			t.Fatalf("got %v, want the fields name and sex refused", err)
		}
		if n := must(v.Count(ctx)); n != 0 {
			t.Errorf("a refused batch left %d identities", n)
		}
	})
}

func TestOpenGivesBackWhatWasSealed(t *testing.T) {
	each(t, func(t *testing.T, v *rig) {
		ctx := context.Background()
		want := vault.Identity{Name: "王小明", Sex: "m", Birth: day("1980-01-01"), DocType: "cn-id", DocNumber: "32092419800101123x",
			Phone: "+86 154 0000 1234", Address: "解放小区3号101室"}
		no := v.sealOne(t, "r1", want)
		got := must(v.Open(ctx, officer(), no, "investigation", "case/1"))
		if got != want {
			t.Errorf("opened %+v, want %+v", got, want)
		}
		if len(v.witness.seen) != 1 || v.witness.seen[0] != "desk "+string(no)+" investigation case/1" {
			t.Errorf("the log shows %q", v.witness.seen)
		}
	})
}

// AUD: no opening without its log entry, and none without a purpose.
func TestWithoutWitnessNothingOpens(t *testing.T) {
	each(t, func(t *testing.T, v *rig) {
		ctx := context.Background()
		no := v.sealOne(t, "r1", vault.Identity{Name: "王小明", Phone: "15400001234"})
		v.witness.err = seawall.E("test", seawall.Unavailable, "database_away")
		if id, err := v.Open(ctx, officer(), no, "investigation", "case/1"); !seawall.Is(err, seawall.Unavailable) || id != (vault.Identity{}) {
			t.Errorf("the log failed, yet Open gave %+v, %v", id, err)
		}
		v.witness.err = nil
		if id, err := v.Open(ctx, officer(), no, "", "case/1"); !seawall.Is(err, seawall.Invalid) || id != (vault.Identity{}) {
			t.Errorf("without a purpose Open gave %+v, %v", id, err)
		}
		if _, err := v.Open(ctx, officer(), "01NOBODY", "investigation", ""); !seawall.Is(err, seawall.NotFound) {
			t.Errorf("an unknown number: %v", err)
		}
		if len(v.witness.seen) != 0 {
			t.Errorf("openings that did not happen are on the log: %q", v.witness.seen)
		}
		// Forgotten between the log entry and the reading: stays forgotten.
		v.witness.before = func() { ok(t, v.Forget(ctx, no)) }
		if id, err := v.Open(ctx, officer(), no, "investigation", "case/1"); !seawall.Is(err, seawall.Gone) || id != (vault.Identity{}) {
			t.Errorf("forgotten meanwhile, yet Open gave %+v, %v", id, err)
		}
	})
}

func TestAmendMovesTheTokens(t *testing.T) {
	each(t, func(t *testing.T, v *rig) {
		ctx := context.Background()
		no := v.sealOne(t, "r1", vault.Identity{}) // known as the end of a link only
		s := must(v.Amend(ctx, no, vault.Identity{Name: "张伟", Sex: "m", Birth: seawall.NoDay, Phone: "15400001234"}, 2022))
		if s.Person != no || s.Mask != "张*·男" {
			t.Errorf("amended: %+v", s)
		}
		must(v.Amend(ctx, no, vault.Identity{Name: "李娜", Sex: "f", Birth: seawall.NoDay, Phone: "15400005678"}, 2022))
		for text, want := range map[string]int{"张伟": 0, "15400001234": 0, "1234": 0, "李娜": 1, "15400005678": 1, "lina": 1} {
			if got := must(v.Find(ctx, text, 5)); len(got) != want {
				t.Errorf("Find(%q) gives %d people, want %d", text, len(got), want)
			}
		}
		if _, err := v.Amend(ctx, "01NOBODY", vault.Identity{}, 2022); !seawall.Is(err, seawall.NotFound) {
			t.Errorf("amending nobody: %v", err)
		}
	})
}

func TestForgetShreds(t *testing.T) {
	each(t, func(t *testing.T, v *rig) {
		ctx := context.Background()
		no := v.sealOne(t, "r1", vault.Identity{Name: "欧阳震华", Phone: "15400001234"})
		ok(t, v.Forget(ctx, no))
		ok(t, v.Forget(ctx, no))
		if _, err := v.Open(ctx, officer(), no, "investigation", ""); !seawall.Is(err, seawall.Gone) {
			t.Errorf("a forgotten identity: %v", err)
		}
		if _, err := v.Amend(ctx, no, vault.Identity{}, 2022); !seawall.Is(err, seawall.Gone) {
			t.Errorf("amending a forgotten identity: %v", err)
		}
		if got := must(v.Find(ctx, "欧阳震华", 5)); len(got) != 0 {
			t.Errorf("forgotten, yet found: %+v", got)
		}
		if n := must(v.Count(ctx)); n != 0 {
			t.Errorf("%d identities kept", n)
		}
		recs := must(v.db.ByNo(ctx, []seawall.PersonNo{no}))
		if len(recs) != 1 || len(recs[0].Key)+len(recs[0].Sealed)+len(recs[0].Tokens)+len(recs[0].Mask) != 0 {
			t.Errorf("the row still holds %+v", recs)
		}
		if again := must(v.Seal(ctx, []vault.Request{{ID: "r1"}})); again[0].Person != no || again[0].Created {
			t.Errorf("the request of a forgotten person made %+v", again[0])
		}
	})
}

// What SQLite deletes is overwritten in the file, not only unlinked.
func TestForgottenBytesLeaveTheFile(t *testing.T) {
	d := must(sqlite.Open(t.TempDir() + "/vault.db"))
	v, ctx := newRig(t, d), context.Background()
	no := v.sealOne(t, "r1", vault.Identity{Name: "王小明"})
	v.sealOne(t, "r2", vault.Identity{Name: "李娜"})
	key := must(v.db.ByNo(ctx, []seawall.PersonNo{no}))[0].Key
	flush := func() []byte {
		if _, err := d.Writer().ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
			t.Fatal(err)
		}
		return must(os.ReadFile(d.Path()))
	}
	if !bytes.Contains(flush(), key) {
		t.Fatal("the wrapped key is not in the file before: the test looks in the wrong place")
	}
	ok(t, v.Forget(ctx, no))
	if bytes.Contains(flush(), key) {
		t.Error("the wrapped key of a forgotten person is still in the file")
	}
}

func TestSweepTakesOnlyOrphans(t *testing.T) {
	each(t, func(t *testing.T, v *rig) {
		ctx, city := context.Background(), vaulttest.City{Seed: 5}
		var reqs []vault.Request
		for i := range 700 {
			reqs = append(reqs, city.Request(i))
		}
		must(v.Seal(ctx, reqs))
		var used []string
		for _, r := range reqs[:50] {
			used = append(used, r.ID)
		}
		ok(t, v.Commit(ctx, append(used, "unknown request")))
		v.clock.Advance(time.Hour)
		late := v.sealOne(t, "late", city.At(9000))
		if n := must(v.Sweep(ctx, v.clock.Now())); n != 650 {
			t.Errorf("swept %d, want 650", n)
		}
		if n := must(v.Count(ctx)); n != 51 {
			t.Errorf("%d kept, want the 50 committed and the late one", n)
		}
		for i, want := range map[int]int{10: 1, 600: 0, 9000: 1} {
			if got := must(v.Find(ctx, city.At(i).DocNumber, 5)); len(got) != want {
				t.Errorf("identity %d is found %d times, want %d", i, len(got), want)
			}
		}
		// A committed identity never becomes an orphan again.
		ok(t, v.Commit(ctx, []string{"late"}))
		v.clock.Advance(100 * time.Hour)
		if n := must(v.Sweep(ctx, v.clock.Now())); n != 0 {
			t.Errorf("swept %d committed identities, %s among them", n, late)
		}
	})
}

func TestKeysetsRotateAndBelongToTheirRoot(t *testing.T) {
	each(t, func(t *testing.T, v *rig) {
		ctx := context.Background()
		other := v.open(t) // a second node, opened before the rotation
		before := v.sealOne(t, "before", vault.Identity{Name: "王小明"})
		ok(t, v.RotateDataKey(ctx))
		after := v.sealOne(t, "after", vault.Identity{Name: "李娜"})
		keyID := func(no seawall.PersonNo) []byte { return must(v.db.ByNo(ctx, []seawall.PersonNo{no}))[0].Key[:5] }
		if bytes.Equal(keyID(before), keyID(after)) {
			t.Error("after the rotation the old key still wraps")
		}
		for name, node := range map[string]*vault.Service{"this node": v.Service, "the other node": other, "a new node": v.open(t)} {
			for no, want := range map[seawall.PersonNo]string{before: "王小明", after: "李娜"} {
				if id, err := node.Open(ctx, officer(), no, "investigation", ""); err != nil || id.Name != want {
					t.Errorf("%s opens %q, %v, want %s", name, id.Name, err, want)
				}
			}
		}
		strange := must(vault.LoadOrCreateKeys(t.TempDir(), bytes.NewReader(bytes.Repeat([]byte{7}, 64))))
		if _, err := vault.New(ctx, v.db, strange, vault.Options{Clock: v.clock}); !seawall.Is(err, seawall.Corrupt) {
			t.Errorf("another root key: %v", err)
		}
	})
}

// What lies in the coffer opens under its name only, on every node, also after a
// rotation; prints are equal for equal texts and tell nothing else.
func TestCoffer(t *testing.T) {
	each(t, func(t *testing.T, v *rig) {
		ctx, other := context.Background(), v.open(t)
		file := []byte("姓名,电话\n王小明,15400001234\n")
		before := must(v.SealBytes(ctx, "import/1", file))
		ok(t, v.RotateDataKey(ctx))
		after := must(v.SealBytes(ctx, "import/1", file))
		for _, node := range []*vault.Service{v.Service, other} {
			for _, sealed := range [][]byte{before, after} {
				if got := must(node.OpenBytes(ctx, "import/1", sealed)); !bytes.Equal(got, file) {
					t.Errorf("opened %q", got)
				}
			}
		}
		if got, err := v.OpenBytes(ctx, "import/2", after); !seawall.Is(err, seawall.Corrupt) {
			t.Errorf("under another name: %q, %v", got, err)
		}
		if bytes.Contains(after, []byte("15400001234")) {
			t.Error("the content can be read in the ciphertext")
		}
		a, b := must(v.Prints(ctx, []string{"x", "y"})), must(other.Prints(ctx, []string{"y", "x"}))
		if a[0] != b[1] || a[1] != b[0] || a[0] == a[1] {
			t.Errorf("prints %q and %q", a, b)
		}
	})
}

// A ciphertext moved to another person's row does not open there.
func TestCiphertextsAreTiedToTheirRow(t *testing.T) {
	each(t, func(t *testing.T, v *rig) {
		ctx := context.Background()
		a, b := v.sealOne(t, "a", vault.Identity{Name: "王小明"}), v.sealOne(t, "b", vault.Identity{Name: "李娜"})
		stmt := "UPDATE vault_person SET wrapped = (SELECT wrapped FROM vault_person WHERE no = '%s'), sealed = (SELECT sealed FROM vault_person WHERE no = '%s') WHERE no = '%s'"
		if _, err := v.db.Driver().Writer().ExecContext(ctx, fmt.Sprintf(stmt, a, a, b)); err != nil {
			t.Fatal(err)
		}
		if id, err := v.Open(ctx, officer(), b, "investigation", ""); !seawall.Is(err, seawall.Corrupt) {
			t.Errorf("a moved ciphertext opened as %+v, %v", id, err)
		}
	})
}

func TestPostgresKeepsTheVaultInItsOwnSchema(t *testing.T) {
	url := must(vaultdb.PostgresURL(storetest.PostgresURL(t, "")))
	d := must(postgres.Open(url, 0))
	v := newRig(t, d)
	no := v.sealOne(t, "r1", vault.Identity{Name: "王小明"})
	if v.sealOne(t, "r1", vault.Identity{}) != no {
		t.Error("the request is not known")
	}
	var tables int
	ok(t, d.Writer().QueryRow("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").Scan(&tables))
	if tables != 0 {
		t.Errorf("%d tables lie in the public schema", tables)
	}
}

func TestErrorsNameNobody(t *testing.T) {
	// Errors reach logs, so neither a name nor a number belongs in them.
	ctx, v := context.Background(), newRig(t, storetest.Driver(t, "sqlite"))
	no := v.sealOne(t, "r1", vault.Identity{Name: "王小明", Phone: "15400001234"})
	ok(t, v.Forget(ctx, no))
	_, err := v.Open(ctx, officer(), no, "investigation", "")
	for _, secret := range []string{"王", "15400001234"} {
		if bytes.Contains([]byte(err.Error()), []byte(secret)) {
			t.Errorf("the error shows %q: %v", secret, err)
		}
	}
}
