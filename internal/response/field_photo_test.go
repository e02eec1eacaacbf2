package response_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/device"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/response"
)

// A picture comes in parts, in any order and twice, lies sealed, is evidence, and is
// destroyed when its time is over. NF-04.
func TestAPictureComesInParts(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c := o.positive(grid1)
		ks := o.candidates(c.Case, 1, "close", "")
		o.confirm(ks)
		p := o.phone(o.grid, "手机")
		st := p.step(p.day(), "transfer")
		whole := bytes.Repeat([]byte("a picture of a door "), 50000)
		parts := [][]byte{whole[:500_000], whole[500_000:]}
		in := response.NewPhoto{ID: "photo-0123456789", Device: p.device.ID, Step: st.Step, Hash: device.Hash(string(whole)), Type: "image/jpeg",
			Size: len(whole), Parts: 2, Taken: o.clock.Now()}
		bad := in
		bad.Type, bad.Hash, bad.Parts = "text/html", "xyz", 0
		_, err := o.main.AnnouncePhoto(o.ctx, o.grid, bad)
		o.refuse(err, seawall.Invalid, "photo_type")
		_, err = o.main.AnnouncePhoto(o.ctx, o.grid, in)
		o.ok(err)
		put := func(n int, hash string) (device.Photo, error) {
			return o.main.PutPhotoPart(o.ctx, o.grid, in.ID, n, response.PhotoPart{Device: p.device.ID, Hash: hash, Data: parts[n]})
		}
		_, err = put(1, device.Hash("other"))
		o.refuse(err, seawall.Invalid, "photo_hash")
		for range 2 {
			got, err := put(1, device.Hash(string(parts[1])))
			o.ok(err)
			if got.State != device.Coming || len(got.Got) != 1 {
				t.Fatalf("%+v", got)
			}
		}
		p.op(device.PhotoOf, "step/"+string(st.Step), "", "", map[string]any{"photo": in.ID})
		p.only(device.Refused, "photo_coming")
		if got, err := o.main.AnnouncePhoto(o.ctx, o.grid, in); err != nil || len(got.Got) != 1 || got.Got[0] != 1 {
			t.Fatalf("what has come is not told: %+v %v", got, err)
		}
		got, err := put(0, device.Hash(string(parts[0])))
		o.ok(err)
		files := o.deps.Field.Files.(heldFiles)
		if got.State != device.Whole || len(files) != 1 {
			t.Fatalf("%+v with %d files", got, len(files))
		}
		for name, b := range files {
			if bytes.Contains(b, []byte("door")) {
				t.Errorf("%s lies open", name)
			}
		}
		p.op(device.PhotoOf, "step/"+string(st.Step), "", "", map[string]any{"photo": in.ID, "text": "门口"})
		p.only(device.Done, "")
		open, err := o.main.OpenPhoto(o.ctx, o.countyDesk, in.ID)
		o.ok(err)
		if !bytes.Equal(open.Data, whole) {
			t.Errorf("the picture differs")
		}
		o.clock.Set(got.Until.AddDate(0, 0, 1))
		if n, err := o.main.SweepPhotos(o.ctx); err != nil || n != 1 || len(files) != 0 {
			t.Errorf("destroyed %d, %v, %d files left", n, err, len(files))
		}
		_, err = o.main.OpenPhoto(o.ctx, o.countyDesk, in.ID)
		o.refuse(err, seawall.Gone, "photo_gone")
	})
}

// A paper form prints with a code, is keyed in with the desk's checks, and dies with
// its step. NF-04.
func TestAPaperForm(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c := o.positive(grid1)
		ks := o.candidates(c.Case, 1, "close", "")
		o.confirm(ks)
		steps := o.steps(ks[0].ID)
		f, err := o.main.PrintPaper(o.ctx, o.grid, steps["monitor@2022-03-28"].ID, "zh")
		o.ok(err)
		if len(f.Code) != 11 || f.Step.Report == nil || f.Step.Place == (seawall.Text{}) {
			t.Fatalf("%+v", f)
		}
		again, err := o.main.PrintPaper(o.ctx, o.countyDesk, f.Step.Step, "en")
		o.ok(err)
		if again.Code != f.Code {
			t.Errorf("the same step has the codes %s and %s", f.Code, again.Code)
		}
		for i := range f.Code { // every single wrong character shows
			if f.Code[i] == '-' {
				continue
			}
			for _, r := range "0123456789ABCDEFGHJKMNPQRSTVWXYZ" {
				typo := f.Code[:i] + string(r) + f.Code[i+1:]
				if typo == f.Code {
					continue
				}
				_, err := o.main.PaperByCode(o.ctx, o.grid, typo)
				o.refuse(err, seawall.Invalid, "paper_typo")
			}
		}
		typed := strings.ToLower(strings.ReplaceAll(f.Code, "-", " "))
		k, err := o.main.PaperByCode(o.ctx, o.grid, typed)
		o.ok(err)
		if k.State != string(loop.Open) || k.Step.Step != f.Step.Step {
			t.Errorf("%+v", k)
		}
		_, err = o.main.KeyPaper(o.ctx, o.grid, typed, response.PaperAnswers{Report: &response.NewFollowUp{Status: "fine"}})
		o.refuse(err, seawall.Invalid, "followup_invalid")
		_, err = o.main.KeyPaper(o.ctx, o.lab, typed, response.PaperAnswers{Report: &response.NewFollowUp{Status: "well"}})
		o.refuse(err, seawall.Denied, "")
		k, err = o.main.KeyPaper(o.ctx, o.grid, typed, response.PaperAnswers{Report: &response.NewFollowUp{Status: "well", Temperature: 36.4}})
		o.ok(err)
		if k.State != string(loop.Done) || k.Paper.UsedBy == "" {
			t.Errorf("keyed in: %+v", k)
		}
		_, err = o.main.KeyPaper(o.ctx, o.grid, typed, response.PaperAnswers{Report: &response.NewFollowUp{Status: "well"}})
		o.refuse(err, seawall.Gone, "paper_dead")
		f, err = o.main.PrintPaper(o.ctx, o.grid, steps["transfer"].ID, "en")
		o.ok(err)
		k, err = o.main.KeyPaper(o.ctx, o.grid, f.Code, response.PaperAnswers{Text: "已转运"})
		o.ok(err)
		if fmt.Sprint(k.State) != "done" {
			t.Errorf("%+v", k)
		}
	})
}
