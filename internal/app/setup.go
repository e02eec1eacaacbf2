package app

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/config"
	"github.com/seawall-city/seawall/internal/httpapi"
	"github.com/seawall-city/seawall/internal/locale"
	"github.com/seawall-city/seawall/internal/response"
)

// NoAccounts reports whether nobody can sign in yet.
func (a *App) NoAccounts(ctx context.Context) (none bool, err error) {
	err = a.DB.Read(ctx, func(tx seawall.Tx) error {
		ps, _, _, err := a.DB.Principals(ctx, tx, seawall.Scope{a.city}, seawall.Page{Limit: 1})
		none = len(ps) == 0
		return err
	})
	return none, err
}

// CityKnown reports whether the configured city is in the tree of areas; one
// that does not ship comes by `seawall import areas`.
func (a *App) CityKnown(ctx context.Context) (known bool, err error) {
	err = a.DB.Read(ctx, func(tx seawall.Tx) error {
		_, err := a.Areas.Get(ctx, tx, a.Config.City.Root)
		known = err == nil
		if seawall.Is(err, seawall.NotFound) {
			err = nil
		}
		return err
	})
	return known, err
}

// Forget removes the databases and keys of a demonstration; it touches nothing
// that a demonstration does not make.
func Forget(c config.Config) error {
	var errs []error
	for _, url := range []string{c.RecordsURL(), c.VaultURL()} {
		path, ok := strings.CutPrefix(url, "sqlite:")
		if !ok {
			return seawall.E("app.Forget", seawall.Invalid, "database_url", "value", url)
		}
		errs = append(errs, removeSQLite(path))
	}
	return errors.Join(append(errs, os.RemoveAll(filepath.Join(c.Data, "keys")))...)
}

// removeSQLite removes a database file and what SQLite keeps beside it.
func removeSQLite(path string) error {
	var errs []error
	for _, end := range []string{"", "-wal", "-shm", ".lock"} {
		if err := os.Remove(path + end); err != nil && !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// OpenAPI gives the description of the API without opening any database: the
// operations do not depend on one. The demonstration's own are among them.
func OpenAPI(version string) ([]byte, error) {
	texts, err := locale.Load()
	if err != nil {
		return nil, err
	}
	policies, err := auth.Load(nil)
	if err != nil {
		return nil, err
	}
	s := httpapi.New(httpapi.Deps{Version: version, Texts: texts, Policy: policies, Main: &response.Service{},
		Clock: wallClock{}, IDs: newIDs(wallClock{}, rand.Reader), Stopwatch: stopwatch, Zone: time.UTC, Demo: &storyClock{wall: wallClock{}}})
	return s.OpenAPI()
}
