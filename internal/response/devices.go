package response

import (
	"context"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/device"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/ticket"
)

// shownOperations is how many operations the page of a device shows.
const shownOperations = 200

// EnrolDevice registers the public key of a phone for the account that asks. The
// private half stays in the phone.
func (s *Service) EnrolDevice(ctx context.Context, who Who, in NewDevice) (device.Device, error) {
	const op = "response.EnrolDevice"
	in.Name = strings.TrimSpace(in.Name)
	var bad []seawall.FieldError
	if len(in.Request) < shortestRequest || len(in.Request) > 64 {
		bad = append(bad, seawall.FieldError{Field: "request", Code: "request_id_short", Args: map[string]string{"min": itoa(shortestRequest)}})
	}
	if in.Name == "" || len(in.Name) > 100 {
		bad = append(bad, seawall.FieldError{Field: "name", Code: "required"})
	}
	if ticket.Public(in.PublicKey).Check() != nil {
		bad = append(bad, seawall.FieldError{Field: "publicKey", Code: "ticket_key"})
	}
	if err := invalid(op, "device_invalid", bad); err != nil {
		return device.Device{}, err
	}
	who, err := s.holder(ctx, who, in.For)
	if err != nil {
		return device.Device{}, err
	}
	if err := s.allow(who, auth.DeviceUse, auth.Resource{Kind: seawall.KindDevice, Owner: who.Principal.ID, Area: who.Principal.Path}); err != nil {
		return device.Device{}, err
	}
	id := seawall.DeviceID(device.Hash(string(who.Principal.ID) + "\x00" + in.Request)[:26])
	var out device.Device
	err = s.write(ctx, who, op, func(tx seawall.Tx) error {
		old, err := s.d.Field.Store.Device(ctx, tx, id)
		if err == nil {
			out = old
			if old.Key != in.PublicKey {
				return seawall.E(op, seawall.Conflict, "request_reused")
			}
			return nil
		}
		if !seawall.Is(err, seawall.NotFound) {
			return err
		}
		out = device.Device{ID: id, Owner: who.Principal.ID, OwnerName: who.Principal.WorkName, Area: who.Principal.Path, Name: in.Name,
			Key: in.PublicKey, State: device.Active, EnrolledAt: tx.Now(), SeenAt: tx.Now(), Version: 1}
		return s.saveDevice(ctx, tx, out, "device.enrolled", map[string]string{"name": in.Name, "key": in.PublicKey.Kid})
	})
	return out, err
}

// holder gives who uses a phone: the account that asks. The server's own machine
// may register a phone, and replay what it signed, for an account.
func (s *Service) holder(ctx context.Context, who Who, id seawall.PrincipalID) (Who, error) {
	const op = "response.holder"
	if who.Actor.Kind != seawall.ActorOperator {
		if who.Principal.ID == "" {
			return who, seawall.E(op, seawall.Denied, "device_needs_account")
		}
		if id != "" && id != who.Principal.ID {
			return who, seawall.E(op, seawall.Denied, "device_unknown_for")
		}
		return who, nil
	}
	var out Who
	err := s.read(ctx, op, func(tx seawall.Tx) error {
		p, err := s.d.Accounts.Principal(ctx, tx, id)
		out = Asked(p)
		return err
	})
	return out, err
}

// saveDevice saves a device with its event.
func (s *Service) saveDevice(ctx context.Context, tx seawall.Tx, d device.Device, event string, data map[string]string) error {
	if err := s.d.Field.Store.SaveDevice(ctx, tx, d); err != nil {
		return err
	}
	return s.d.Log.Record(ctx, tx, ledger.Event{Type: event, Subject: d.Ref(), Area: d.Area, Data: data,
		Related: []seawall.Ref{{Kind: seawall.KindPrincipal, ID: string(d.Owner)}}})
}

// Devices lists phones, the newest first: one's own, or with the right to manage
// them those of one's area.
func (s *Service) Devices(ctx context.Context, who Who, state string, p seawall.Page) (List[device.Device], error) {
	const op = "response.Devices"
	var out List[device.Device]
	q := device.Query{State: state, Page: p, Scope: s.scope(who)}
	if s.allow(who, auth.DeviceManage, auth.Resource{Kind: seawall.KindDevice}) != nil {
		q.Owner = who.Principal.ID
		if err := s.allow(who, auth.DeviceUse, auth.Resource{Kind: seawall.KindDevice, Owner: who.Principal.ID, Area: who.Principal.Path}); err != nil {
			return out, err
		}
	}
	err := s.read(ctx, op, func(tx seawall.Tx) (err error) {
		out.Items, out.Next, out.Total, err = s.d.Field.Store.Devices(ctx, tx, q)
		return err
	})
	return out, err
}

// DeviceView shows a phone with what it sent.
func (s *Service) DeviceView(ctx context.Context, who Who, id seawall.DeviceID) (DeviceView, error) {
	const op = "response.DeviceView"
	var out DeviceView
	err := s.read(ctx, op, func(tx seawall.Tx) (err error) {
		if out.Device, err = s.d.Field.Store.Device(ctx, tx, id); err != nil {
			return err
		}
		if err := s.mayManage(who, out.Device); err != nil {
			return err
		}
		out.Operations, _, _, err = s.d.Field.Store.Operations(ctx, tx, device.Query{Device: id, Owner: out.Device.Owner, Page: seawall.Page{Limit: shownOperations}})
		for _, o := range out.Operations {
			if o.Late {
				out.Late++
			}
		}
		return err
	})
	return out, err
}

// mayManage lets the owner, and who manages phones of the owner's area.
func (s *Service) mayManage(who Who, d device.Device) error {
	return s.allow(who, auth.DeviceManage, auth.Resource{Kind: seawall.KindDevice, ID: string(d.ID), Owner: d.Owner, Area: d.Area})
}

// LoseDevice reports a phone as lost: its next contact is told to wipe, its
// signatures count no more, and what it sent since is marked. A later report with
// an earlier time moves the time back.
func (s *Service) LoseDevice(ctx context.Context, who Who, id seawall.DeviceID, in LostDevice) (DeviceView, error) {
	const op = "response.LoseDevice"
	err := s.write(ctx, who, op, func(tx seawall.Tx) error {
		d, err := s.d.Field.Store.Device(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := s.mayManage(who, d); err != nil {
			return err
		}
		since := in.Since.UTC()
		if since.IsZero() {
			since = tx.Now()
		}
		if since.After(tx.Now()) {
			return &seawall.Error{Op: op, Kind: seawall.Invalid, Code: "device_invalid",
				Fields: []seawall.FieldError{{Field: "since", Code: "in_future"}}}
		}
		if d.State == device.Lost && !since.Before(d.LostSince) {
			return nil // known already
		}
		if d.State != device.Lost {
			d.LostAt, d.LostBy = tx.Now(), who.Actor.Name
		}
		d.State, d.LostSince, d.Version = device.Lost, since, d.Version+1
		if err := s.d.Field.Sessions.DeleteSessionsOf(ctx, tx, d.Owner); err != nil {
			return err // whoever holds the phone is signed out with its owner
		}
		if err := s.markLate(ctx, tx, d); err != nil {
			return err
		}
		return s.saveDevice(ctx, tx, d, "device.lost", map[string]string{"since": since.Format(time.RFC3339)})
	})
	if err != nil {
		return DeviceView{}, err
	}
	return s.DeviceView(ctx, who, id)
}

// markLate marks what a lost phone sent, or did, since it went missing.
func (s *Service) markLate(ctx context.Context, tx seawall.Tx, d device.Device) error {
	q := device.Query{Device: d.ID, Owner: d.Owner, Page: seawall.Page{Limit: 500}}
	for {
		ops, next, _, err := s.d.Field.Store.Operations(ctx, tx, q)
		if err != nil {
			return err
		}
		for _, o := range ops {
			if o.Late || o.Received.Before(d.LostSince) {
				continue
			}
			o.Late, o.Version = true, o.Version+1
			if err := s.d.Field.Store.SaveOperation(ctx, tx, o); err != nil {
				return err
			}
		}
		if next == "" || len(ops) > 0 && ops[len(ops)-1].Received.Before(d.LostSince) {
			return nil
		}
		q.Page.Cursor = next
	}
}

// RetireDevice ends the use of a phone by its owner, who signed out for good.
func (s *Service) RetireDevice(ctx context.Context, who Who, id seawall.DeviceID) (device.Device, error) {
	const op = "response.RetireDevice"
	var out device.Device
	err := s.write(ctx, who, op, func(tx seawall.Tx) (err error) {
		if out, err = s.d.Field.Store.Device(ctx, tx, id); err != nil {
			return err
		}
		if err := s.mayManage(who, out); err != nil {
			return err
		}
		if out.State != device.Active {
			return nil
		}
		out.State, out.Version = device.Retired, out.Version+1
		return s.saveDevice(ctx, tx, out, "device.retired", nil)
	})
	return out, err
}

// DeviceState tells a phone that is signed out whether it must wipe itself: it
// needs its own id and nothing else. Errors: Gone "device_wipe" for a lost one.
func (s *Service) DeviceState(ctx context.Context, id seawall.DeviceID) (DeviceState, error) {
	const op = "response.DeviceState"
	var d device.Device
	err := s.read(ctx, op, func(tx seawall.Tx) (err error) {
		d, err = s.d.Field.Store.Device(ctx, tx, id)
		return err
	})
	if err == nil && d.State == device.Lost {
		err = s.wipe(ctx, d.ID)
	}
	return DeviceState{State: d.State}, err
}

// wipe notes that a lost phone was told, once, and gives the answer that wipes it.
func (s *Service) wipe(ctx context.Context, id seawall.DeviceID) error {
	const op = "response.wipe"
	err := s.d.Work.Write(ctx, seawall.System("devices"), func(tx seawall.Tx) error {
		d, err := s.d.Field.Store.Device(ctx, tx, id)
		if err != nil || !d.WipedAt.IsZero() {
			return err
		}
		d.WipedAt, d.Version = tx.Now(), d.Version+1
		return s.saveDevice(ctx, tx, d, "device.told_to_wipe", nil)
	})
	if err != nil {
		return seawall.Wrap(op, err)
	}
	return seawall.E(op, seawall.Gone, "device_wipe")
}

// contact takes a phone's contact in: it must be an active one of the account that
// is signed in. sent is its clock; zero measures nothing. Errors: Gone
// "device_wipe", Denied.
func (s *Service) contact(ctx context.Context, who Who, id seawall.DeviceID, sent time.Time, batch bool) (device.Device, error) {
	const op = "response.contact"
	var d device.Device
	err := s.read(ctx, op, func(tx seawall.Tx) (err error) {
		d, err = s.d.Field.Store.Device(ctx, tx, id)
		return err
	})
	switch {
	case err != nil:
		return d, err
	case d.State == device.Lost:
		return d, s.wipe(ctx, id)
	case d.State == device.Retired:
		return d, seawall.E(op, seawall.Denied, "device_retired")
	case d.Owner != who.Principal.ID:
		return d, seawall.E(op, seawall.Denied, "device_not_yours")
	}
	if err := s.allow(who, auth.DeviceUse, auth.Resource{Kind: seawall.KindDevice, ID: string(id), Owner: d.Owner, Area: who.Principal.Path}); err != nil {
		return d, err
	}
	err = s.write(ctx, who, op, func(tx seawall.Tx) error {
		fresh, err := s.d.Field.Store.Device(ctx, tx, id)
		if err != nil {
			return err
		}
		if d = fresh; !batch {
			return nil // looking at My day leaves no row
		}
		d.SeenAt, d.SyncedAt, d.Version = tx.Now(), tx.Now(), d.Version+1
		d.Offset = device.Offset(sent, tx.Now())
		return s.saveDevice(ctx, tx, d, "device.synced", nil)
	})
	return d, err
}
