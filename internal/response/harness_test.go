package response_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/area"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/border"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/gate"
	"github.com/seawall-city/seawall/internal/goods"
	"github.com/seawall-city/seawall/internal/intake"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/protocol"
	"github.com/seawall-city/seawall/internal/regime"
	"github.com/seawall-city/seawall/internal/response"
	"github.com/seawall-city/seawall/internal/store"
	"github.com/seawall-city/seawall/internal/store/storetest"
	"github.com/seawall-city/seawall/internal/store/vaultdb"
	"github.com/seawall-city/seawall/internal/ticket"
	"github.com/seawall-city/seawall/internal/vault"
)

// The small city of these tests: one county with one town, village and three
// grids, and a second county.
const (
	province = seawall.AreaID("32")
	city     = seawall.AreaID("3209")
	county   = seawall.AreaID("320924")
	town     = seawall.AreaID("320924103")
	village  = seawall.AreaID("320924103001")
	grid1    = seawall.AreaID("320924103001-01")
	grid2    = seawall.AreaID("320924103001-02")
	other    = seawall.AreaID("320903")

	cityPath   = seawall.AreaPath("32/3209/")
	countyPath = cityPath + "320924/"
	townPath   = countyPath + "320924103/"
	grid1Path  = townPath + "320924103001/320924103001-01/"
)

// office is a whole main path over one database.
type office struct {
	t     *testing.T
	ctx   context.Context
	db    *store.DB
	log   *store.Log
	clock *storetest.Clock
	main  *response.Service
	vault *vault.Service
	flaky *flakyVault
	rules *regime.Set
	ids   *storetest.IDs
	// accounts by login.
	epi, grid, countyDesk, lab, cityDesk response.Who
	seq                                  int
	deps                                 response.Deps
	// opened are the openings of identities that were put on the log.
	opened []string
}

// each runs a test over a fresh office on both databases.
func each(t *testing.T, f func(t *testing.T, o *office)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) { f(t, newOffice(t, db, clock)) })
}

func newOffice(t *testing.T, db *store.DB, clock *storetest.Clock) *office {
	t.Helper()
	o := &office{t: t, ctx: context.Background(), db: db, clock: clock, ids: storetest.NewIDs(clock)}
	dir := t.TempDir()
	root, err := ledger.LoadOrCreateRootKey(dir, rand.Reader)
	o.ok(err)
	o.log = db.OpenLog(root, rand.Reader)
	zone, err := time.LoadLocation("Asia/Shanghai")
	o.ok(err)
	o.rules, err = regime.Load()
	o.ok(err)
	policies, err := auth.Load(nil)
	o.ok(err)
	protocols, err := protocol.Load(protocol.Known{})
	o.ok(err)
	d := storetest.Driver(t, "sqlite")
	t.Cleanup(func() { d.Close() })
	people, err := vaultdb.Open(o.ctx, d)
	o.ok(err)
	keys, err := vault.LoadOrCreateKeys(dir, rand.Reader)
	o.ok(err)
	v, err := vault.New(o.ctx, people, keys, vault.Options{Clock: clock, IDs: o.ids, Random: rand.Reader, Witness: o})
	o.ok(err)
	files, err := intake.Load()
	o.ok(err)
	o.vault, o.flaky = v, &flakyVault{Vault: v}
	origins, err := border.LoadOrigins()
	o.ok(err)
	gates, err := gate.Load()
	o.ok(err)
	tickets, err := ticket.NewKey(rand.Reader)
	o.ok(err)
	held, err := goods.Load()
	o.ok(err)
	roster := area.New(db, o.log, zone)
	o.deps = response.Deps{Work: db, Clock: clock, Random: rand.Reader, Zone: zone, City: cityPath,
		Cases: db, Loops: db, Boards: db, Entries: db, Protocols: protocols, Texts: db, Areas: db, Border: db, Origins: origins, Relief: db, Freight: db, Gates: db, GateRules: gates, Tickets: tickets, Roster: roster, Log: o.log, Past: o.log, Vault: o.flaky, Rules: o.rules, Jurisdiction: "CN-JS-YC",
		Goods: db, GoodsRules: held, Auth: policies, Accounts: db, LinkKey: bytes.Repeat([]byte{7}, 32), LinkBase: "https://seawall.test/f/",
		Field:   response.FieldDeps{Store: db, Sessions: db, Coffer: v, Files: heldFiles{}, PhotoDays: 90, DayHours: 36},
		Imports: response.ImportDeps{Store: db, Coffer: v, Files: files, Worker: "test"}}
	o.main = response.New(o.deps)
	o.ok(o.main.KeepProtocols(o.ctx))
	o.ground()
	return o
}

// WitnessOpening puts openings on the log as the server does.
func (o *office) WitnessOpening(ctx context.Context, actor seawall.Actor, person seawall.PersonNo, purpose, subject string) error {
	o.opened = append(o.opened, purpose+" "+subject)
	return o.db.Write(ctx, actor, func(tx seawall.Tx) error {
		return o.log.Record(ctx, tx, ledger.Event{Type: "identity.opened", Person: person,
			Subject: casebook.PersonRef(person), Data: map[string]string{"purpose": purpose, "about": subject}})
	})
}

// ground lays down areas, accounts, the roster and rooms.
func (o *office) ground() {
	o.t.Helper()
	o.epi = o.account("epi", "市疾控 流行病学专家", city, "epidemiologist")
	o.cityDesk = o.account("desk", "市指挥部 值班长", city, "duty_officer")
	o.countyDesk = o.account("county", "射阳县 值班流调员", county, "duty_officer", "tracer")
	o.grid = o.account("grid", "合德 1 网格 网格员", grid1, "grid_worker")
	o.lab = o.account("lab", "市检测中心", city, "lab")
	o.write(func(tx seawall.Tx) error {
		path := seawall.AreaPath("")
		parent := seawall.AreaID("")
		for _, a := range []struct {
			id    seawall.AreaID
			level area.Level
			name  string
		}{{province, area.Province, "江苏省"}, {city, area.City, "盐城市"}, {county, area.County, "射阳县"}, {town, area.Town, "合德镇"},
			{village, area.Village, "一村"}, {grid1, area.Grid, "1网格"}} {
			path += seawall.AreaPath(string(a.id) + "/")
			row := area.Area{ID: a.id, Name: seawall.Text{ZH: a.name, EN: a.name}, Level: a.level, Parent: parent, Path: path,
				ValidFrom: seawall.NoDay, ValidTo: seawall.NoDay}
			if err := o.db.SaveArea(o.ctx, tx, row); err != nil {
				return err
			}
			parent = a.id
		}
		for _, a := range []area.Area{
			{ID: grid2, Level: area.Grid, Parent: village, Path: townPath + "320924103001/320924103001-02/"},
			{ID: other, Level: area.County, Parent: city, Path: cityPath + "320903/"}} {
			a.Name, a.ValidFrom, a.ValidTo = seawall.Text{ZH: string(a.ID), EN: string(a.ID)}, seawall.NoDay, seawall.NoDay
			if err := o.db.SaveArea(o.ctx, tx, a); err != nil {
				return err
			}
		}
		for i, d := range []area.DutyRow{
			{Area: city, Path: cityPath, Principal: o.cityDesk.Principal.ID, WorkName: o.cityDesk.Principal.WorkName},
			{Area: county, Path: countyPath, Principal: o.countyDesk.Principal.ID, WorkName: o.countyDesk.Principal.WorkName},
			{Area: grid1, Path: grid1Path, Principal: o.grid.Principal.ID, WorkName: o.grid.Principal.WorkName}} {
			d.ID, d.During.From = fmt.Sprintf("d%d", i), storetest.Start().AddDate(-1, 0, 0)
			if err := o.db.SaveDuty(o.ctx, tx, d); err != nil {
				return err
			}
		}
		if err := o.db.SaveCapacity(o.ctx, tx, area.Capacity{ID: "320924:rooms", Area: county, Path: countyPath, Kind: "rooms", Total: 40}); err != nil {
			return err
		}
		return o.log.Record(o.ctx, tx, ledger.Event{Type: "setup", Subject: seawall.Ref{Kind: seawall.KindSystem, ID: "test"}})
	})
}

func (o *office) account(login, name string, at seawall.AreaID, roles ...string) response.Who {
	o.t.Helper()
	path := map[seawall.AreaID]seawall.AreaPath{city: cityPath, county: countyPath, grid1: grid1Path, other: cityPath + "320903/"}[at]
	p := auth.Principal{ID: seawall.PrincipalID(o.ids.NewID()), Login: login, WorkName: name, Roles: roles, Area: at, Path: path,
		PasswordSet: o.clock.Now(), CreatedAt: o.clock.Now(), Version: 1}
	o.write(func(tx seawall.Tx) error {
		if err := o.db.SavePrincipal(o.ctx, tx, p); err != nil {
			return err
		}
		return o.log.Record(o.ctx, tx, ledger.Event{Type: "account.made", Subject: seawall.Ref{Kind: seawall.KindPrincipal, ID: string(p.ID)}})
	})
	return response.Asked(p)
}

func (o *office) write(fn func(tx seawall.Tx) error) {
	o.t.Helper()
	o.ok(o.db.Write(o.ctx, seawall.System("test"), fn))
}

func (o *office) read(fn func(tx seawall.Tx) error) {
	o.t.Helper()
	o.ok(o.db.Read(o.ctx, fn))
}

func (o *office) ok(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

// refuse asserts that err is of a kind and carries a code.
func (o *office) refuse(err error, kind seawall.Kind, code string) {
	o.t.Helper()
	if !seawall.Is(err, kind) {
		o.t.Fatalf("error %v: want kind %s", err, kind)
	}
	if code != "" && !bytes.Contains([]byte(err.Error()), []byte(code)) {
		o.t.Fatalf("error %v: want code %s", err, code)
	}
}

// someone is a fresh invented identity under a fresh request.
func (o *office) someone() response.Subject {
	o.seq++
	return response.Subject{Request: fmt.Sprintf("request-%012d", o.seq),
		Identity: response.Identity{Name: fmt.Sprintf("测试%c", rune(0x4e00+o.seq*37%8000)), Sex: "m", Birth: seawall.DateOf(1980, 1, 1).Add(o.seq),
			Phone: fmt.Sprintf("139%08d", o.seq)}}
}

func day(s string) seawall.Day {
	d, err := seawall.ParseDay(s)
	if err != nil {
		panic(err)
	}
	return d
}

// positive records a confirmed case with its positive result.
func (o *office) positive(home seawall.AreaID) response.RecordedCase {
	o.t.Helper()
	now := o.clock.Now()
	c, err := o.main.RecordCase(o.ctx, o.epi, response.NewCase{Subject: o.someone(), Disease: "covid-19", Class: casebook.Confirmed,
		Onset: day("2022-03-27"), Sampled: day("2022-03-28"), Home: home,
		Result: &response.NewResult{Kind: "nat", Accession: fmt.Sprintf("A-%d", o.seq), Collected: now.Add(-6 * time.Hour), Resulted: now.Add(-time.Hour),
			Outcome: "positive", Lab: "L1"}})
	o.ok(err)
	return c
}

// candidates proposes n contacts of a class at grid 1.
func (o *office) candidates(c casebook.Case, n int, class string, via seawall.ContactID) []casebook.Contact {
	o.t.Helper()
	p := response.Proposal{Case: c.ID}
	for range n {
		p.Contacts = append(p.Contacts, response.NewContact{Subject: o.someone(), Class: class, Via: via,
			FirstExposure: day("2022-03-26"), LastExposure: day("2022-03-27"), Home: grid1, Relation: "household"})
	}
	out, err := o.main.ProposeContacts(o.ctx, o.epi, p)
	o.ok(err)
	if len(out.Contacts) != n {
		o.t.Fatalf("%d candidates, want %d", len(out.Contacts), n)
	}
	return out.Contacts
}

func ids(cs []casebook.Contact) []seawall.ContactID {
	var out []seawall.ContactID
	for _, c := range cs {
		out = append(out, c.ID)
	}
	return out
}

// confirm confirms contacts and asserts that all went through.
func (o *office) confirm(cs []casebook.Contact) {
	o.t.Helper()
	b, err := o.main.ConfirmContacts(o.ctx, o.epi, response.Cut{Selection: response.Selection{IDs: ids(cs)}})
	o.ok(err)
	if b.Done != len(cs) {
		o.t.Fatalf("confirmed %+v, want %d done", b, len(cs))
	}
}

func (o *office) contact(id seawall.ContactID) response.ContactView {
	o.t.Helper()
	v, err := o.main.ContactView(o.ctx, o.epi, id)
	o.ok(err)
	return v
}

// steps gives a contact's steps by key; a series' steps by key and day.
func (o *office) steps(id seawall.ContactID) map[string]loop.Step {
	o.t.Helper()
	out := map[string]loop.Step{}
	v := o.contact(id)
	if v.Loop == nil {
		return out
	}
	for _, s := range v.Loop.Steps {
		key := s.Key
		if s.Series {
			key += "@" + s.Day.String()
		}
		out[key] = s
	}
	return out
}

// at puts the clock to a local time of a day and fires what is due.
func (o *office) at(local string) response.Fired {
	o.t.Helper()
	zone, err := time.LoadLocation("Asia/Shanghai")
	o.ok(err)
	t, err := time.ParseInLocation("2006-01-02 15:04", local, zone)
	o.ok(err)
	o.clock.Set(t)
	f, err := o.main.Tick(o.ctx)
	o.ok(err)
	return f
}

// tested records a resulted test of a contact, sampled now.
func (o *office) tested(id seawall.ContactID, outcome, lab string) response.RecordedResult {
	o.t.Helper()
	o.seq++
	now := o.clock.Now()
	r, err := o.main.RecordResult(o.ctx, o.lab, response.NewResult{Contact: id, Disease: "covid-19", Kind: "nat",
		Accession: fmt.Sprintf("T-%d", o.seq), Collected: now, Resulted: now, Outcome: outcome, Lab: lab})
	o.ok(err)
	return r
}
