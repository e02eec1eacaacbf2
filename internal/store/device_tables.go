package store

import (
	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/device"
)

var _ device.Store = (*DB)(nil)

func fieldDevices() *table[device.Device] {
	return &table[device.Device]{
		kind: seawall.KindDevice, name: "device",
		cols: names(`id owner owner_name area name key_kty key_crv key_x key_y key_kid state enrolled_at seen_at synced_at offset_ms
			lost_since lost_at lost_by wiped_at version`),
		fields: func(d *device.Device) []any {
			return with(&d.ID, &d.Owner, &d.OwnerName, &d.Area, &d.Name, &d.Key.Kty, &d.Key.Crv, &d.Key.X, &d.Key.Y, &d.Key.Kid, &d.State,
				ts(&d.EnrolledAt), ts(&d.SeenAt), ts(&d.SyncedAt), &d.Offset, ts(&d.LostSince), ts(&d.LostAt), &d.LostBy, ts(&d.WipedAt), &d.Version)
		},
		id:      func(d *device.Device) string { return string(d.ID) },
		version: func(d *device.Device) int { return d.Version },
	}
}

func operations() *table[device.Operation] {
	return &table[device.Operation]{
		kind: seawall.KindOperation, name: "device_operation",
		cols: names(`id device owner owner_name kind target area base built_on at fixed received offset_ms ticket hash body outcome problem
			args faults made after_base conflict late version`),
		fields: func(o *device.Operation) []any {
			return with(&o.ID, &o.Device, &o.Owner, &o.OwnerName, &o.Kind, ref(&o.Target), &o.Area, &o.Base, &o.On, ts(&o.At), ts(&o.Fixed),
				ts(&o.Received), &o.Offset, &o.Ticket, &o.Hash, someJSON(&o.Body), &o.Outcome, &o.Problem, someJSON(&o.Args), someJSON(&o.Faults),
				ref(&o.Made), &o.After, &o.Conflict, flag(&o.Late), &o.Version)
		},
		id:      func(o *device.Operation) string { return o.ID },
		version: func(o *device.Operation) int { return o.Version },
	}
}

func conflicts() *table[device.Conflict] {
	return &table[device.Conflict]{
		kind: seawall.KindConflict, name: "device_conflict",
		cols: names(`id operation device owner owner_name kind target loop_id step title_zh title_en mask area why args fields mine_at
			theirs_by theirs_at at state keep words decided_by decided_at made version`),
		fields: func(c *device.Conflict) []any {
			return with(&c.ID, &c.Operation, &c.Device, &c.Owner, &c.OwnerName, &c.Kind, ref(&c.Target), &c.Loop, &c.Step, words(&c.Title), &c.Mask,
				&c.Area, &c.Why, someJSON(&c.Args), asJSON(&c.Fields), ts(&c.MineAt), &c.TheirsBy, ts(&c.TheirsAt), ts(&c.At), &c.State, &c.Keep,
				&c.Text, &c.DecidedBy, ts(&c.DecidedAt), ref(&c.Made), &c.Version)
		},
		id:      func(c *device.Conflict) string { return string(c.ID) },
		version: func(c *device.Conflict) int { return c.Version },
	}
}

func transfers() *table[device.Transfer] {
	return &table[device.Transfer]{
		kind: seawall.KindTransfer, name: "device_transfer",
		cols: names(`nonce loop_id giver_account receiver_account giver receiver given taken given_at taken_at place told told_by handover
			operation version`),
		fields: func(t *device.Transfer) []any {
			return with(&t.ID, &t.Loop, &t.From, &t.To, &t.Giver, &t.Receiver, &t.Given, &t.Taken, ts(&t.GivenAt), ts(&t.TakenAt), &t.Place,
				ts(&t.Told), &t.ToldBy, &t.HandOver, &t.Operation, &t.Version)
		},
		id:      func(t *device.Transfer) string { return t.ID },
		version: func(t *device.Transfer) int { return t.Version },
	}
}

func photos() *table[device.Photo] {
	return &table[device.Photo]{
		kind: seawall.KindPhoto, name: "device_photo",
		cols: names("id device owner about area hash type size_bytes parts got state taken_at at until_at version"),
		fields: func(p *device.Photo) []any {
			return with(&p.ID, &p.Device, &p.Owner, ref(&p.About), &p.Area, &p.Hash, &p.Type, &p.Size, &p.Parts, asJSON(&p.Got), &p.State,
				ts(&p.TakenAt), ts(&p.At), ts(&p.Until), &p.Version)
		},
		id:      func(p *device.Photo) string { return string(p.ID) },
		version: func(p *device.Photo) int { return p.Version },
	}
}

func papers() *table[device.Paper] {
	return &table[device.Paper]{
		kind: seawall.KindPaper, name: "device_paper",
		cols: names("id step loop_id area base lang by_name at used used_by version"),
		fields: func(p *device.Paper) []any {
			return with(&p.ID, &p.Step, &p.Loop, &p.Area, &p.Base, &p.Lang, &p.By, ts(&p.At), ts(&p.Used), &p.UsedBy, &p.Version)
		},
		id:      func(p *device.Paper) string { return p.ID },
		version: func(p *device.Paper) int { return p.Version },
	}
}
