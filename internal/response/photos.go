package response

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/device"
	"github.com/seawall-city/seawall/internal/ledger"
)

// The bounds of a picture: one of a phone's camera, scaled down, is below 1 MB.
const (
	photoMost = 12 << 20
	partMost  = 512 << 10
	partsMost = 64
)

// sweepPhotos is how many pictures one sweep destroys.
const sweepPhotos = 200

// AnnouncePhoto begins a picture that comes in parts. Announced again, what has
// come so far is told, so that a phone goes on where the network broke.
func (s *Service) AnnouncePhoto(ctx context.Context, who Who, in NewPhoto) (device.Photo, error) {
	const op = "response.AnnouncePhoto"
	if err := photoFaults(op, in); err != nil {
		return device.Photo{}, err
	}
	d, err := s.contact(ctx, who, in.Device, time.Time{}, false)
	if err != nil {
		return device.Photo{}, seawall.Wrap(op, err)
	}
	var out device.Photo
	err = s.write(ctx, who, op, func(tx seawall.Tx) error {
		old, err := s.d.Field.Store.Photo(ctx, tx, in.ID)
		if err == nil {
			if old.Device != d.ID || old.Hash != in.Hash {
				return seawall.E(op, seawall.Conflict, "request_reused")
			}
			out = old
			return nil
		}
		if !seawall.Is(err, seawall.NotFound) {
			return err
		}
		st, l, err := s.stepFor(ctx, tx, who, in.Step, auth.StepRead)
		if err != nil {
			return err
		}
		out = device.Photo{ID: in.ID, Device: d.ID, Owner: who.Principal.ID, About: st.Ref(), Area: l.Area, Hash: in.Hash, Type: in.Type, Size: in.Size,
			Parts: in.Parts, Got: []int{}, State: device.Coming, TakenAt: device.Corrected(in.Taken, d.Offset, tx.Now()), At: tx.Now(),
			Until: tx.Now().AddDate(0, 0, s.d.Field.PhotoDays), Version: 1}
		return s.savePhoto(ctx, tx, out, "photo.announced")
	})
	return out, err
}

// photoFaults says what is wrong with an announcement.
func photoFaults(op string, in NewPhoto) error {
	var bad []seawall.FieldError
	add := func(field, code string) { bad = append(bad, seawall.FieldError{Field: field, Code: code}) }
	if !plainID(string(in.ID)) {
		add("id", "op_id")
	}
	if sum, err := hex.DecodeString(in.Hash); err != nil || len(sum) != sha256.Size {
		add("hash", "photo_hash")
	}
	if !slices.Contains([]string{"image/jpeg", "image/png", "image/webp"}, in.Type) {
		add("type", "photo_type")
	}
	if in.Size <= 0 || in.Size > photoMost {
		add("size", "photo_size")
	}
	if in.Parts <= 0 || in.Parts > partsMost || in.Parts*partMost < in.Size {
		add("parts", "photo_size")
	}
	return invalid(op, "photo_invalid", bad)
}

// plainID reports an id that a phone may mint and a file may be named after.
func plainID(id string) bool {
	if len(id) < 16 || len(id) > 64 {
		return false
	}
	for _, r := range id {
		if !(r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r == '-') {
			return false
		}
	}
	return true
}

func (s *Service) savePhoto(ctx context.Context, tx seawall.Tx, p device.Photo, event string) error {
	if err := s.d.Field.Store.SavePhoto(ctx, tx, p); err != nil {
		return err
	}
	return s.d.Log.Record(ctx, tx, ledger.Event{Type: event, Subject: p.Ref(), Related: []seawall.Ref{p.About,
		{Kind: seawall.KindDevice, ID: string(p.Device)}}, Area: p.Area, Data: map[string]string{"state": p.State}})
}

// PutPhotoPart takes a part of a picture; the last one that is missing makes it
// whole, if the whole has the hash that was announced. A part sent again is taken
// again. Errors: Invalid "photo_hash" where bytes and hash differ.
func (s *Service) PutPhotoPart(ctx context.Context, who Who, id seawall.PhotoID, n int, in PhotoPart) (device.Photo, error) {
	const op = "response.PutPhotoPart"
	if _, err := s.contact(ctx, who, in.Device, time.Time{}, false); err != nil {
		return device.Photo{}, seawall.Wrap(op, err)
	}
	var p device.Photo
	err := s.read(ctx, op, func(tx seawall.Tx) (err error) {
		p, err = s.d.Field.Store.Photo(ctx, tx, id)
		return err
	})
	switch {
	case err != nil:
		return p, err
	case p.Device != in.Device:
		return p, seawall.E(op, seawall.Denied, "device_not_yours")
	case p.State != device.Coming:
		return p, nil // it is whole: there is nothing to add
	case n < 0 || n >= p.Parts || len(in.Data) == 0 || len(in.Data) > partMost:
		return p, seawall.E(op, seawall.Invalid, "photo_part")
	case device.Hash(string(in.Data)) != in.Hash:
		return p, seawall.E(op, seawall.Invalid, "photo_hash")
	}
	if err := s.sealFile(ctx, partName(id, n), in.Data); err != nil {
		return p, seawall.Wrap(op, err)
	}
	err = s.write(ctx, who, op, func(tx seawall.Tx) (err error) {
		if p, err = s.d.Field.Store.Photo(ctx, tx, id); err != nil || p.State != device.Coming || slices.Contains(p.Got, n) {
			return err
		}
		p.Got = append(slices.Clone(p.Got), n)
		slices.Sort(p.Got)
		p.Version++
		return s.savePhoto(ctx, tx, p, "photo.part")
	})
	if err != nil || p.State != device.Coming || len(p.Got) < p.Parts {
		return p, err
	}
	return s.wholePhoto(ctx, who, p)
}

// partName and wholeName name the files of a picture.
func partName(id seawall.PhotoID, n int) string { return string(id) + ".part." + strconv.Itoa(n) }
func wholeName(id seawall.PhotoID) string       { return string(id) + ".whole" }

// sealFile keeps bytes sealed under a name.
func (s *Service) sealFile(ctx context.Context, name string, plain []byte) error {
	sealed, err := s.d.Field.Coffer.SealBytes(ctx, "photo/"+name, plain)
	if err != nil {
		return err
	}
	return s.d.Field.Files.Put(name, sealed)
}

// openFile gives the bytes under a name back.
func (s *Service) openFile(ctx context.Context, name string) ([]byte, error) {
	sealed, err := s.d.Field.Files.Get(name)
	if err != nil {
		return nil, err
	}
	return s.d.Field.Coffer.OpenBytes(ctx, "photo/"+name, sealed)
}

// wholePhoto puts a picture together. One whose hash differs begins anew.
func (s *Service) wholePhoto(ctx context.Context, who Who, p device.Photo) (device.Photo, error) {
	const op = "response.wholePhoto"
	var all []byte
	for n := range p.Parts {
		b, err := s.openFile(ctx, partName(p.ID, n))
		if err != nil {
			return p, seawall.Wrap(op, err)
		}
		all = append(all, b...)
	}
	good := device.Hash(string(all)) == p.Hash && len(all) == p.Size
	if good {
		if err := s.sealFile(ctx, wholeName(p.ID), all); err != nil {
			return p, seawall.Wrap(op, err)
		}
	}
	err := s.write(ctx, who, op, func(tx seawall.Tx) (err error) {
		if p, err = s.d.Field.Store.Photo(ctx, tx, p.ID); err != nil || p.State != device.Coming {
			return err
		}
		event := "photo.whole"
		if p.State = device.Whole; !good {
			p.State, p.Got, event = device.Coming, []int{}, "photo.broken"
		}
		p.Version++
		return s.savePhoto(ctx, tx, p, event)
	})
	if err == nil {
		err = s.d.Field.Files.Remove(string(p.ID) + ".part.")
	}
	if err == nil && !good {
		err = seawall.E(op, seawall.Invalid, "photo_hash")
	}
	return p, err
}

// OpenPhoto gives a picture to who may see the step that it belongs to; each
// opening is on the log. Errors: Gone "photo_gone" for one whose time was over.
func (s *Service) OpenPhoto(ctx context.Context, who Who, id seawall.PhotoID) (PhotoData, error) {
	const op = "response.OpenPhoto"
	var out PhotoData
	err := s.write(ctx, who, op, func(tx seawall.Tx) (err error) {
		if out.Photo, err = s.d.Field.Store.Photo(ctx, tx, id); err != nil {
			return err
		}
		p := out.Photo
		if _, _, err := s.stepFor(ctx, tx, who, seawall.StepID(p.About.ID), auth.StepRead); err != nil {
			return err
		}
		switch p.State {
		case device.Gone:
			return seawall.E(op, seawall.Gone, "photo_gone", "day", seawall.DayOf(p.Until, s.d.Zone).String())
		case device.Coming:
			return seawall.E(op, seawall.Conflict, "photo_coming")
		}
		return s.d.Log.Record(ctx, tx, ledger.Event{Type: "photo.opened", Subject: p.Ref(), Related: []seawall.Ref{p.About}, Area: p.Area})
	})
	if err == nil {
		out.Data, err = s.openFile(ctx, wholeName(id))
	}
	return out, seawall.Wrap(op, err)
}

// SweepPhotos destroys pictures whose time is over and gives how many; their rows
// stay and say so.
func (s *Service) SweepPhotos(ctx context.Context) (int, error) {
	const op = "response.SweepPhotos"
	var old []device.Photo
	err := s.read(ctx, op, func(tx seawall.Tx) (err error) {
		old, err = s.d.Field.Store.PhotosBefore(ctx, tx, tx.Now(), sweepPhotos)
		return err
	})
	if err != nil {
		return 0, err
	}
	for n, p := range old {
		if err := s.d.Field.Files.Remove(string(p.ID) + "."); err != nil {
			return n, seawall.Wrap(op, err)
		}
		err := s.d.Work.Write(ctx, seawall.System("photos"), func(tx seawall.Tx) error {
			p, err := s.d.Field.Store.Photo(ctx, tx, p.ID)
			if err != nil || p.State == device.Gone {
				return err
			}
			p.State, p.Got, p.Version = device.Gone, []int{}, p.Version+1
			return s.savePhoto(ctx, tx, p, "photo.destroyed")
		})
		if err != nil {
			return n, seawall.Wrap(op, err)
		}
	}
	return len(old), nil
}
