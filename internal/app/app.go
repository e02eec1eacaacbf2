// Package app is the composition root: it opens the databases and keys, wires
// the packages together in one readable place, and starts and stops what runs.
package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/area"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/border"
	"github.com/seawall-city/seawall/internal/config"
	"github.com/seawall-city/seawall/internal/gate"
	"github.com/seawall-city/seawall/internal/goods"
	"github.com/seawall-city/seawall/internal/intake"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/locale"
	"github.com/seawall-city/seawall/internal/protocol"
	"github.com/seawall-city/seawall/internal/regime"
	"github.com/seawall-city/seawall/internal/response"
	"github.com/seawall-city/seawall/internal/store"
	"github.com/seawall-city/seawall/internal/store/postgres"
	"github.com/seawall-city/seawall/internal/store/sqlite"
	"github.com/seawall-city/seawall/internal/store/vaultdb"
	"github.com/seawall-city/seawall/internal/ticket"
	"github.com/seawall-city/seawall/internal/vault"
)

// App is one composed instance.
type App struct {
	Config   config.Config
	Version  string
	Log      *slog.Logger
	Clock    seawall.Clock
	IDs      seawall.IDSource
	Zone     *time.Location
	Texts    *locale.Catalogue
	DB       *store.DB
	Journal  *store.Log
	Signer   *ledger.Signer
	Feed     *ledger.Feed
	Areas    *area.Book
	Policies *auth.Policies
	Accounts *auth.Service
	Regimes  *regime.Set
	// Gates are the rules of gates, shipped and configured.
	Gates *gate.Set
	Goods *goods.Set
	// Protocols are the kinds of duty, shipped and configured.
	Protocols *protocol.Set
	Vault     *vault.Service
	Main      *response.Service

	vaultDB   *vaultdb.DB
	sequencer *ledger.Sequencer
	city      seawall.AreaPath
	story     *storyClock
	// random draws identifiers and codes.
	random  io.Reader
	closers []func() error
	running sync.WaitGroup
}

// Options are what Open is given beside the configuration.
type Options struct {
	Log     *slog.Logger
	Version string
	// Story makes the clock a movable one that stands at this instant when the
	// database is new; zero means the wall clock.
	Story time.Time
	// Still makes that clock stand between its moves, and draws identifiers and
	// codes from Seed, so that a scenario repeats itself: for invented data in
	// databases that are thrown away, because what Seed gives is no secret.
	Still bool
	Seed  uint64
}

// Open composes an instance: databases opened and brought up to date, keys
// loaded or made, rule and policy files read. It starts nothing; Close undoes it.
func Open(ctx context.Context, c config.Config, o Options) (a *App, err error) {
	const op = "app.Open"
	a = &App{Config: c, Version: o.Version, Log: o.Log, Feed: ledger.NewFeed()}
	defer func() {
		if err != nil {
			a.Close()
			a, err = nil, seawall.Wrap(op, err)
		}
	}()
	if a.Log == nil {
		a.Log = slog.New(slog.DiscardHandler)
	}
	if a.Zone, err = time.LoadLocation(c.City.TimeZone); err != nil {
		return a, err
	}
	if a.Texts, err = locale.Load(); err != nil {
		return a, err
	}
	if err = os.MkdirAll(filepath.Join(c.Data, "keys"), 0o700); err != nil {
		return a, seawall.E(op, seawall.Unavailable, "database_path", "path", c.Data)
	}
	if a.Regimes, err = regime.Load(overlay(c.Regimes)...); err != nil {
		return a, err
	}
	if a.Policies, err = auth.Load(first(overlay(c.Policies))); err != nil {
		return a, err
	}
	if a.Protocols, err = protocol.Load(a.known(), overlay(c.Protocols)...); err != nil {
		return a, err
	}
	if a.Gates, err = gate.Load(overlay(c.Gates)...); err != nil {
		return a, err
	}
	if a.Goods, err = goods.Load(overlay(c.Goods)...); err != nil {
		return a, err
	}
	for _, step := range []func(context.Context, Options) error{a.openRecords, a.openVault, a.compose} {
		if err = step(ctx, o); err != nil {
			return a, err
		}
	}
	return a, nil
}

// overlay gives the directory whose files go over the shipped ones, if any.
func overlay(dir string) []fs.FS {
	if dir == "" {
		return nil
	}
	return []fs.FS{os.DirFS(dir)}
}

func first(fsys []fs.FS) fs.FS {
	if len(fsys) == 0 {
		return nil
	}
	return fsys[0]
}

// Driver opens the database of a URL: "sqlite:PATH" or postgres://….
func Driver(url string) (store.Driver, error) {
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return nil, seawall.E("app.Driver", seawall.Unavailable, "database_path", "path", path)
		}
		return sqlite.Open(path)
	}
	if strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://") {
		return postgres.Open(url, 0)
	}
	return nil, seawall.E("app.Driver", seawall.Invalid, "database_url", "value", url)
}

// openRecords opens the records' database, its clock and its log.
func (a *App) openRecords(ctx context.Context, o Options) error {
	d, err := Driver(a.Config.RecordsURL())
	if err != nil {
		return err
	}
	a.Clock, a.random = wallClock{}, rand.Reader
	if !o.Story.IsZero() {
		a.story = newStoryClock(o)
		a.Clock = a.story
	}
	if o.Still {
		a.random = seeded(o.Seed)
	}
	a.IDs = newIDs(a.Clock, a.random)
	a.DB = store.New(d, store.Options{Clock: a.Clock, IDs: a.IDs, Zone: a.Zone})
	a.closers = append(a.closers, a.DB.Close)
	if err := a.DB.Migrate(ctx); err != nil {
		return err
	}
	keys := filepath.Join(a.Config.Data, "keys")
	root, err := ledger.LoadOrCreateRootKey(keys, rand.Reader)
	if err != nil {
		return err
	}
	a.Journal = a.DB.OpenLog(root, rand.Reader)
	if a.Signer, err = ledger.LoadOrCreateSigner(keys, ledger.Origin(string(a.Config.City.Root)), rand.Reader); err != nil {
		return err
	}
	a.sequencer = ledger.NewSequencer(a.DB, a.Journal, a.Signer, holder(), a.Feed, func(err error) {
		a.Log.Error("the log's sequencer failed and tries again", "error", err)
	})
	a.Journal.OnCommit(a.sequencer.Wake)
	return a.restoreLead(ctx)
}

// holder names this process among all nodes.
func holder() string {
	host, err := os.Hostname()
	if err != nil {
		host = "node"
	}
	return fmt.Sprintf("%s-%d", host, os.Getpid())
}

// openVault opens the identities' own database and keys.
func (a *App) openVault(ctx context.Context, _ Options) error {
	url := a.Config.VaultURL()
	if strings.HasPrefix(url, "postgres") && a.Config.Vault == "" {
		var err error
		if url, err = vaultdb.PostgresURL(url); err != nil {
			return err
		}
	}
	d, err := Driver(url)
	if err != nil {
		return err
	}
	a.closers = append(a.closers, d.Close)
	if a.vaultDB, err = vaultdb.Open(ctx, d); err != nil {
		return err
	}
	keys, err := vault.LoadOrCreateKeys(filepath.Join(a.Config.Data, "keys"), rand.Reader)
	if err != nil {
		return err
	}
	a.Vault, err = vault.New(ctx, a.vaultDB, keys, vault.Options{Clock: a.Clock, IDs: a.IDs, Random: rand.Reader, Witness: a})
	return err
}

// WitnessOpening puts the opening of an identity on the log, committed when it
// returns; it implements vault.Witness.
func (a *App) WitnessOpening(ctx context.Context, actor seawall.Actor, person seawall.PersonNo, purpose, subject string) error {
	actor.Purpose = purpose
	return a.DB.Write(ctx, actor, func(tx seawall.Tx) error {
		ev := ledger.Event{Type: "identity.opened", Subject: seawall.Ref{Kind: seawall.KindPerson, ID: string(person)},
			Person: person, Data: map[string]string{"purpose": purpose, "about": subject}}
		if ref, err := seawall.ParseRef(subject); err == nil {
			ev.Related = []seawall.Ref{ref}
		}
		if p, err := a.DB.Person(ctx, tx, person); err == nil {
			ev.Area = p.Home
		}
		return a.Journal.Record(ctx, tx, ev)
	})
}

// compose wires the services together.
func (a *App) compose(ctx context.Context, _ Options) error {
	a.Areas = area.New(a.DB, a.Journal, a.Zone)
	var err error
	a.Accounts, err = auth.NewService(auth.Config{Work: a.DB, Store: a.DB, Log: a.Journal, Policies: a.Policies,
		Clock: a.Clock, Random: rand.Reader, Zone: a.Zone, Limits: a.limits(),
		Place: func(ctx context.Context, tx seawall.Tx, id seawall.AreaID) (seawall.AreaPath, error) {
			got, err := a.Areas.Get(ctx, tx, id)
			return got.Path, err
		},
		Scope: func(ctx context.Context, tx seawall.Tx, id seawall.AreaID) (seawall.Scope, error) {
			return a.Areas.ScopeOf(ctx, tx, id, area.Command)
		}})
	if err != nil {
		return err
	}
	if err := a.findCity(ctx); err != nil {
		return err
	}
	files, err := intake.Load()
	if err != nil {
		return err
	}
	origins, err := border.LoadOrigins()
	if err != nil {
		return err
	}
	link, err := linkKey(filepath.Join(a.Config.Data, "keys", "links.key"))
	if err != nil {
		return err
	}
	tickets, err := ticket.LoadOrCreateKey(filepath.Join(a.Config.Data, "keys", "ticket.key"), rand.Reader)
	if err != nil {
		return err
	}
	a.Main = response.New(response.Deps{Work: a.DB, Clock: a.Clock, Random: a.random, Zone: a.Zone, City: a.city,
		Cases: a.DB, Loops: a.DB, Boards: a.DB, Entries: a.DB, Protocols: a.Protocols, Texts: a.DB, Areas: a.DB, Relief: a.DB, Border: a.DB, Origins: origins, Roster: a.Areas, Log: a.Journal, Past: a.Journal, Vault: a.Vault,
		Rules: a.Regimes, Jurisdiction: a.Config.City.Jurisdiction, Auth: a.Policies, Accounts: a.DB,
		Freight: a.DB, Gates: a.DB, Waits: a.DB, GateRules: a.Gates, Goods: a.DB, GoodsRules: a.Goods, Tickets: tickets, LinkKey: link, LinkBase: a.Config.Link() + "/f/",
		Field:   a.field(),
		Imports: response.ImportDeps{Store: a.DB, Coffer: a.Vault, Files: files, Worker: holder()}})
	return a.Main.KeepProtocols(ctx)
}

// known are the words that protocols may use and that others keep.
func (a *App) known() protocol.Known {
	var k protocol.Known
	for _, r := range a.Policies.Roles() {
		k.Roles = append(k.Roles, r.ID)
	}
	for _, d := range a.Regimes.Diseases() {
		k.Diseases = append(k.Diseases, d.ID)
	}
	return k
}

// limits are the configured bounds of signing in. The demonstration's clock
// jumps by hours, which must not sign its visitor out.
func (a *App) limits() auth.Limits {
	l := auth.Limits{Session: a.Config.Sessions.Max, Idle: a.Config.Sessions.Idle}
	if a.story != nil {
		l.Session, l.Idle = 10*365*24*time.Hour, 10*365*24*time.Hour
	}
	return l
}

// findCity looks the configured root up; where the shipped table knows it and
// the database is new, the tree is put in first.
func (a *App) findCity(ctx context.Context) error {
	find := func() error {
		return a.DB.Read(ctx, func(tx seawall.Tx) error {
			got, err := a.Areas.Get(ctx, tx, a.Config.City.Root)
			a.city = got.Path
			return err
		})
	}
	err := find()
	if !seawall.Is(err, seawall.NotFound) {
		return err
	}
	tree, err := area.Yancheng()
	if err != nil {
		return err
	}
	if a.Config.City.Root == area.YanchengCity {
		err = a.DB.Write(ctx, seawall.System("setup"), func(tx seawall.Tx) error {
			return a.Areas.Seed(ctx, tx, tree.WithGrids())
		})
		if err != nil {
			return err
		}
		return find()
	}
	// Another city: its areas come by `seawall import areas`; until then the
	// city's desk is its root alone.
	a.city = seawall.AreaPath(string(a.Config.City.Root) + "/")
	return nil
}

// linkKey loads or makes the key that signs residents' personal links.
func linkKey(path string) ([]byte, error) {
	b, err := os.ReadFile(path)
	if err == nil && len(b) >= 32 {
		return b, nil
	}
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return nil, seawall.E("app.linkKey", seawall.Corrupt, "key_unreadable", "path", path)
	}
	b = make([]byte, 32)
	if _, err := rand.Read(b); err != nil {
		return nil, err
	}
	return b, os.WriteFile(path, b, 0o600)
}

// Close stops what Open opened, the last first.
func (a *App) Close() error {
	var errs []error
	for i := len(a.closers) - 1; i >= 0; i-- {
		errs = append(errs, a.closers[i]())
	}
	a.closers = nil
	return errors.Join(errs...)
}
