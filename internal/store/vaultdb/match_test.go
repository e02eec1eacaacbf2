package vaultdb_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/vault"
	"github.com/seawall-city/seawall/internal/vault/vaulttest"
)

// docA and docB are valid numbers of two invented people born on one day.
const (
	docA = "32092419800101123X"
	docB = "320924198001012347"
)

// show writes candidates as "number-of-person score codes" for comparing.
func show(names map[seawall.PersonNo]string, cs []vault.Candidate) string {
	var out []string
	for _, c := range cs {
		var codes []string
		for _, r := range c.Reasons {
			codes = append(codes, r.Code)
		}
		out = append(out, fmt.Sprintf("%s %d %s", names[c.Person], c.Score, strings.Join(codes, "+")))
	}
	return strings.Join(out, "; ")
}

func TestCandidates(t *testing.T) {
	each(t, func(t *testing.T, v *rig) {
		ctx, born, none := context.Background(), day("1980-01-01"), seawall.NoDay
		names := map[seawall.PersonNo]string{}
		for name, id := range map[string]vault.Identity{
			"xiao":   {Name: "王小明", Sex: "m", Birth: born, Phone: "15400001234", DocNumber: docA},
			"weiA":   {Name: "张伟", Sex: "m"},
			"weiB":   {Name: "张伟", Sex: "m", BirthYear: 1975},
			"mother": {Name: "李娜", Sex: "f", Phone: "15400005678"},
			"oldID":  {Name: "单丹", DocNumber: "320923751231002"},
		} {
			names[v.sealOne(t, name, id)] = name
		}
		for _, c := range []struct {
			name string
			id   vault.Identity
			want string
		}{
			{"another writing of the same person", vault.Identity{Name: "王晓明", Sex: "m", Birth: born}, "xiao 50 pinyin+birth"},
			{"in Latin letters, with the phone", vault.Identity{Name: "Xiaoming WANG", Birth: none, Phone: "+86-154-0000-1234"}, "xiao 60 phone+pinyin"},
			{"the document alone", vault.Identity{DocNumber: strings.ToLower(docA), Birth: none}, "xiao 95 document+birth"},
			{"a common name alone is no candidate", vault.Identity{Name: "张伟", Sex: "m", Birth: none}, ""},
			{"nor with an age", vault.Identity{Name: "张伟", Sex: "m", Birth: none, BirthYear: 1975}, ""},
			{"a child on the mother's phone", vault.Identity{Name: "张玮", Birth: none, Phone: "15400005678"}, ""},
			{"a document in its old form", vault.Identity{Name: "单丹", Birth: none, DocNumber: "320923197512310023"}, ""},
			{"the last four of document and phone, by ear", vault.Identity{Name: "王小明", Birth: none, DocNumber: "123x", Phone: "1234"}, "xiao 70 name+last4"},
			{"a number that fails its checksum is no document", vault.Identity{Name: "王小明", Birth: none, DocNumber: "320924198001011239"}, ""},
			{"nobody", vault.Identity{Birth: none}, ""},
		} {
			t.Run(c.name, func(t *testing.T) {
				if got := show(names, must(v.Candidates(ctx, c.id, 5))); got != c.want {
					t.Errorf("got %q, want %q", got, c.want)
				}
			})
		}
		for _, s := range must(v.Seal(ctx, []vault.Request{{ID: "bad", Identity: vault.Identity{DocNumber: "320924198001011239"}}, {ID: "good", Identity: vault.Identity{DocNumber: docB}}})) {
			if want := s.Person == must(v.Seal(ctx, []vault.Request{{ID: "bad"}}))[0].Person; s.DocFailed != want {
				t.Errorf("%+v: marked as failed %v, want %v", s, s.DocFailed, want)
			}
		}
	})
}

func TestCandidatesAreSymmetric(t *testing.T) {
	each(t, func(t *testing.T, v *rig) {
		ctx := context.Background()
		a := vault.Identity{Name: "王小明", Sex: "m", Birth: day("1980-01-01"), Phone: "15400001234"}
		b := vault.Identity{Name: "Wang Xiaoming", Sex: "", Birth: day("1980-01-01"), Phone: "154****1234"}
		v.sealOne(t, "a", a)
		ba := must(v.Candidates(ctx, b, 5))
		ok(t, v.Forget(ctx, ba[0].Person))
		v.sealOne(t, "b", b)
		ab := must(v.Candidates(ctx, a, 5))
		if len(ab) != 1 || len(ba) != 1 || ab[0].Score != ba[0].Score || fmt.Sprint(ab[0].Reasons) != fmt.Sprint(ba[0].Reasons) {
			t.Errorf("one way %+v, the other %+v", ab, ba)
		}
	})
}

// "Millions of people are called Chinedu": neither the answer nor the work grows
// with them, and the one meant is found by what else is known.
func TestACommonNameIsBounded(t *testing.T) {
	each(t, func(t *testing.T, v *rig) {
		ctx := context.Background()
		reqs := make([]vault.Request, 5000)
		for i := range reqs {
			reqs[i] = vault.Request{ID: fmt.Sprintf("wei/%d", i), Identity: vault.Identity{Name: "张伟", Sex: "m",
				Birth: seawall.NoDay, Phone: fmt.Sprintf("154%08d", i*7919)}}
		}
		out := must(v.Seal(ctx, reqs))
		if got := must(v.Candidates(ctx, vault.Identity{Name: "张伟", Sex: "m", Birth: seawall.NoDay}, 10)); len(got) != 0 {
			t.Errorf("a common name alone offers %d people", len(got))
		}
		last := reqs[4999].Identity
		got := must(v.Candidates(ctx, last, 10))
		if len(got) == 0 || got[0].Person != out[4999].Person || got[0].Score != 65 {
			t.Errorf("by name and phone: %+v, want %s with 65", got, out[4999].Person)
		}
		hits := must(v.db.Hits(ctx, must(v.db.ByNo(ctx, []seawall.PersonNo{out[0].Person}))[0].Tokens, 2000))
		for token, rows := range hits {
			if len(rows) > 2000 {
				t.Errorf("token %d gives %d rows", token, len(rows))
			}
		}
		if got := must(v.Find(ctx, "张伟", 20)); len(got) != 20 || got[0].Person != out[0].Person {
			t.Errorf("the search gives %d people, first %+v", len(got), got[0])
		}
	})
}

func TestMatchTakesOnlyDocumentAndName(t *testing.T) {
	each(t, func(t *testing.T, v *rig) {
		ctx, none := context.Background(), seawall.NoDay
		a := v.sealOne(t, "a", vault.Identity{Name: "王小明", DocNumber: docA})
		p := v.sealOne(t, "p", vault.Identity{Name: "Kwame Addo", DocType: "passport", DocNumber: "G-1234567"})
		got := must(v.Match(ctx, []vault.Identity{
			{Name: "王 小 明", DocNumber: strings.ToLower(docA), Birth: none},                 // the same
			{Name: "王晓明", DocNumber: docA, Birth: none},                                    // another name: for a human
			{Name: "王小明", DocNumber: docB, Birth: none},                                    // another document
			{Name: "王小明", Phone: "15400001234", Birth: none},                               // no document
			{DocNumber: docA, Birth: none},                                                 // no name
			{Name: "ADDO, Kwame", DocType: "passport", DocNumber: "g1234567", Birth: none}, // the same
			{Name: "王小明", DocNumber: "32092419800101123", Birth: none},                     // a digit is missing
		}))
		if want := fmt.Sprint([]seawall.PersonNo{a, "", "", "", "", p, ""}); fmt.Sprint(got) != want {
			t.Errorf("got %v, want %v", got, want)
		}
		winner := v.sealOne(t, "w", vault.Identity{Name: "王小明"})
		ok(t, v.Merge(ctx, a, winner))
		if got := must(v.Match(ctx, []vault.Identity{{Name: "王小明", DocNumber: docA, Birth: none}})); got[0] != winner {
			t.Errorf("after the merge %s matches, want %s", got[0], winner)
		}
	})
}

func TestMergeLeadsToTheWinner(t *testing.T) {
	each(t, func(t *testing.T, v *rig) {
		ctx := context.Background()
		a := v.sealOne(t, "a", vault.Identity{Name: "王小明", Phone: "15400001111"})
		b := v.sealOne(t, "b", vault.Identity{Name: "欧阳震华", Phone: "15400002222"})
		c := v.sealOne(t, "c", vault.Identity{Name: "李娜", Phone: "15400003333"})
		find := func(text string) seawall.PersonNo {
			got := must(v.Find(ctx, text, 5))
			if len(got) != 1 {
				t.Fatalf("Find(%q) gives %+v", text, got)
			}
			return got[0].Person
		}
		ok(t, v.Merge(ctx, a, b))
		ok(t, v.Merge(ctx, a, b)) // again: no error
		ok(t, v.Merge(ctx, b, c))
		if got := find("15400001111"); got != c {
			t.Errorf("through two merges %s is found, want %s", got, c)
		}
		if got := must(v.Candidates(ctx, vault.Identity{Name: "王小明", Phone: "15400001111", Birth: seawall.NoDay}, 5)); len(got) != 1 || got[0].Person != c || got[0].Mask != "李*" {
			t.Errorf("candidates after the merge: %+v", got)
		}
		if id := must(v.Open(ctx, officer(), a, "investigation", "")); id.Name != "王小明" {
			t.Errorf("the loser's number opens %q, want its own identity", id.Name)
		}
		for name, err := range map[string]error{"elsewhere": v.Merge(ctx, a, c), "in a circle": v.Merge(ctx, c, a), "into a loser": v.Merge(ctx, c, b)} {
			if !seawall.Is(err, seawall.Conflict) {
				t.Errorf("merging %s: %v", name, err)
			}
		}
		if err := v.Merge(ctx, c, c); !seawall.Is(err, seawall.Invalid) {
			t.Errorf("merging with oneself: %v", err)
		}
		if err := v.Merge(ctx, "01NOBODY", c); !seawall.Is(err, seawall.NotFound) {
			t.Errorf("merging nobody: %v", err)
		}
		ok(t, v.Unmerge(ctx, a))
		if got := find("15400001111"); got != a {
			t.Errorf("after the un-merge %s is found, want %s", got, a)
		}
	})
}

func TestFindByEverything(t *testing.T) {
	each(t, func(t *testing.T, v *rig) {
		ctx := context.Background()
		city := vaulttest.City{Seed: 6}
		var reqs []vault.Request
		for i := range 500 {
			reqs = append(reqs, city.Request(i))
		}
		must(v.Seal(ctx, reqs))
		homophone := v.sealOne(t, "h", vault.Identity{Name: "司馬懿", Phone: "0515-8888 1234"})
		no := v.sealOne(t, "n", vault.Identity{Name: "司马懿", Phone: "+86 154 9999 8765", DocNumber: docA, Birth: day("1980-01-01")})
		for _, text := range []string{docA, strings.ToLower(docA), "154 9999 8765", "8615499998765", "8765", "123x", "司马懿", " 司马 懿 ", "simayi", "Sima Yi", "YI Sima"} {
			got := must(v.Find(ctx, text, 5))
			found := false
			for _, s := range got {
				found = found || s.Person == no && s.Mask == "司*·男·42" || s.Person == no && s.Mask == "司马*·男·42"
			}
			if !found {
				t.Errorf("Find(%q) misses the person: %+v", text, got)
			}
		}
		if got := must(v.Find(ctx, "司马懿", 5)); len(got) != 2 || got[0].Person != no || got[1].Person != homophone {
			t.Errorf("the exact name comes first, then its sound: %+v", got)
		}
		for _, text := range []string{"", "  ", "司", "12", "%", "nobody at all", "3209"} {
			for _, s := range must(v.Find(ctx, text, 5)) {
				if s.Person == no {
					t.Errorf("Find(%q) gives the person", text)
				}
			}
		}
		masks := must(v.Masks(ctx, []seawall.PersonNo{no, "01NOBODY"}))
		if masks[0].Pinyin != "sima" || masks[1] != (vault.Sealed{}) {
			t.Errorf("masks: %+v", masks)
		}
	})
}
