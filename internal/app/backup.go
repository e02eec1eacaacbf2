package app

import (
	"archive/zip"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/config"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/store"
	"github.com/seawall-city/seawall/internal/store/sqlite"
	"github.com/seawall-city/seawall/internal/store/vaultdb"
)

// Manifest says what a backup holds.
type Manifest struct {
	Format   int            `json:"format"` // 1
	Version  string         `json:"version"`
	At       time.Time      `json:"at"`
	Root     seawall.AreaID `json:"root"`
	Database string         `json:"database"` // "sqlite" or "postgres"
	Records  map[string]int `json:"records"`  // rows by table
	Vault    map[string]int `json:"vault"`
}

const (
	fileManifest = "manifest.json"
	fileRecords  = "records.jsonl"
	fileVault    = "vault.jsonl"
)

// snapshot opens a database for reading beside a server that may be running.
func snapshot(url string) (store.Driver, error) {
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		return sqlite.OpenSnapshot(path)
	}
	return Driver(url)
}

// vaultURL is the vault's database with PostgreSQL's schema filled in.
func vaultURL(c config.Config) (string, error) {
	if url := c.VaultURL(); c.Vault != "" || strings.HasPrefix(url, "sqlite:") {
		return url, nil
	}
	return vaultdb.PostgresURL(c.VaultURL())
}

// Backup writes the records and the sealed identities of an installation into
// one file, and its keys into another: whoever has both can read everything, so
// they are kept apart. The server may be running. The records are read first, so
// that the identity of every record is in the backup. The file is complete or
// not there.
func Backup(ctx context.Context, c config.Config, version, path, keysPath string) (m Manifest, err error) {
	const op = "app.Backup"
	tmp := path + ".part"
	f, err := privateFile(tmp)
	if err != nil {
		return m, &seawall.Error{Op: op, Kind: seawall.Unavailable, Code: "backup_unwritable", Args: map[string]string{"path": path}, Err: err}
	}
	defer os.Remove(tmp)
	defer f.Close()
	z := zip.NewWriter(f)
	m = Manifest{Format: 1, Version: version, At: time.Now().UTC(), Root: c.City.Root}
	vault, err := vaultURL(c)
	if err != nil {
		return m, err
	}
	for _, part := range []struct {
		file, url string
		counts    *map[string]int
	}{{fileRecords, c.RecordsURL(), &m.Records}, {fileVault, vault, &m.Vault}} {
		d, err := snapshot(part.url)
		if err != nil {
			return m, seawall.Wrap(op, err)
		}
		if part.file == fileRecords {
			m.Database = d.Name()
		}
		w, err := z.CreateHeader(&zip.FileHeader{Name: part.file, Method: zip.Deflate, Modified: m.At})
		if err == nil {
			*part.counts, err = store.Dump(ctx, d, w)
		}
		if err = errors.Join(err, d.Close()); err != nil {
			return m, seawall.Wrap(op, err)
		}
	}
	w, err := z.CreateHeader(&zip.FileHeader{Name: fileManifest, Method: zip.Deflate, Modified: m.At})
	if err == nil {
		err = json.NewEncoder(w).Encode(m)
	}
	if err = errors.Join(err, z.Close(), f.Sync(), f.Close()); err != nil {
		return m, seawall.Wrap(op, err)
	}
	if err := backupKeys(filepath.Join(c.Data, "keys"), keysPath, m.At); err != nil {
		return m, seawall.Wrap(op, err)
	}
	return m, seawall.Wrap(op, os.Rename(tmp, path))
}

// privateFile opens an empty file that is this user's alone, also where one that
// others could read was there before.
func privateFile(path string) (*os.File, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	return os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
}

// backupKeys writes the key files into an archive of their own.
func backupKeys(dir, path string, at time.Time) error {
	f, err := privateFile(path)
	if err != nil {
		return &seawall.Error{Op: "app.backupKeys", Kind: seawall.Unavailable, Code: "backup_unwritable", Args: map[string]string{"path": path}, Err: err}
	}
	defer f.Close()
	z := zip.NewWriter(f)
	files, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range files {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return err
		}
		w, err := z.CreateHeader(&zip.FileHeader{Name: e.Name(), Modified: at})
		if err != nil {
			return err
		}
		if _, err := w.Write(b); err != nil {
			return err
		}
	}
	return errors.Join(z.Close(), f.Sync(), f.Close())
}

// Restore fills an empty installation from a backup and its keys, shreds again
// what tombstones in the log say was shredded, and verifies the log; a log that
// does not verify is in the report. Errors: Conflict where the installation is
// not empty, NotFound or Corrupt where the backup cannot be read; the
// installation is then empty as before.
func Restore(ctx context.Context, c config.Config, version, path, keysPath string) (m Manifest, rep *ledger.Report, err error) {
	const op = "app.Restore"
	z, err := zip.OpenReader(path)
	if err != nil {
		return m, nil, &seawall.Error{Op: op, Kind: seawall.NotFound, Code: "backup_unreadable", Args: map[string]string{"path": path}, Err: err}
	}
	defer z.Close()
	if err := inZip(&z.Reader, fileManifest, func(r io.Reader) error { return json.NewDecoder(r).Decode(&m) }); err != nil {
		return m, nil, &seawall.Error{Op: op, Kind: seawall.Corrupt, Code: "backup_unreadable", Args: map[string]string{"path": path}, Err: err}
	}
	if err := empty(ctx, c); err != nil {
		return m, nil, err
	}
	err = restoreKeys(keysPath, filepath.Join(c.Data, "keys"))
	if err == nil {
		err = fillAll(ctx, c, &z.Reader, m)
	}
	if err != nil {
		return m, nil, errors.Join(seawall.Wrap(op, err), unmake(context.WithoutCancel(ctx), c))
	}
	a, err := Open(ctx, c, Options{Version: version})
	if err != nil {
		return m, nil, err
	}
	defer a.Close()
	err = a.DB.Write(ctx, seawall.System("restore"), func(tx seawall.Tx) error {
		tombs, err := a.Journal.Tombstones(ctx, tx)
		if err == nil {
			_, err = a.Journal.Bury(ctx, tx, tombs)
		}
		return err
	})
	if err != nil {
		return m, nil, seawall.Wrap(op, err)
	}
	rep, err = ledger.Verify(ctx, a.DB, a.Journal, a.Signer.Key(), "", nil)
	return m, rep, seawall.Wrap(op, err)
}

// empty refuses an installation that has databases or keys already.
func empty(ctx context.Context, c config.Config) error {
	const op = "app.Restore"
	if files, err := os.ReadDir(filepath.Join(c.Data, "keys")); err == nil && len(files) > 0 {
		return seawall.E(op, seawall.Conflict, "restore_not_empty", "path", c.Data)
	}
	return eachDatabase(c, func(url string) error {
		if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
			if _, err := os.Stat(path); err == nil {
				return seawall.E(op, seawall.Conflict, "restore_not_empty", "path", path)
			}
			return nil
		}
		d, err := Driver(url)
		if err != nil {
			return err
		}
		defer d.Close()
		tx, err := d.Reader().BeginTx(ctx, d.ReadOptions())
		if err != nil {
			return seawall.Wrap(op, err)
		}
		defer tx.Rollback()
		names, err := store.Tables(ctx, d, tx)
		if err == nil && len(names) > 0 {
			return seawall.E(op, seawall.Conflict, "restore_not_empty", "path", "postgres")
		}
		return seawall.Wrap(op, err)
	})
}

// unmake takes away what a failed restore put into an empty installation, so
// that the next try finds it empty.
func unmake(ctx context.Context, c config.Config) error {
	err := eachDatabase(c, func(url string) error {
		if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
			return removeSQLite(path)
		}
		d, err := Driver(url)
		if err != nil {
			return err
		}
		return errors.Join(store.Drop(ctx, d), d.Close())
	})
	return errors.Join(err, os.RemoveAll(filepath.Join(c.Data, "keys")))
}

// eachDatabase calls fn with the address of the records and of the identities.
func eachDatabase(c config.Config, fn func(url string) error) error {
	vault, err := vaultURL(c)
	if err != nil {
		return err
	}
	if err := fn(c.RecordsURL()); err != nil {
		return err
	}
	return fn(vault)
}

func restoreKeys(path, dir string) error {
	z, err := zip.OpenReader(path)
	if err != nil {
		return &seawall.Error{Op: "app.restoreKeys", Kind: seawall.NotFound, Code: "backup_unreadable", Args: map[string]string{"path": path}, Err: err}
	}
	defer z.Close()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for _, f := range z.File {
		if f.Name != filepath.Base(f.Name) {
			return seawall.E("app.restoreKeys", seawall.Corrupt, "backup_unreadable", "path", path)
		}
		err := inZip(&z.Reader, f.Name, func(r io.Reader) error {
			b, err := io.ReadAll(io.LimitReader(r, 1<<20))
			if err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(dir, f.Name), b, 0o600)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// fillAll creates both databases, brings them to today's shape and fills them;
// the counts must be those of the manifest.
func fillAll(ctx context.Context, c config.Config, z *zip.Reader, m Manifest) error {
	vault, err := vaultURL(c)
	if err != nil {
		return err
	}
	d, err := Driver(c.RecordsURL())
	if err != nil {
		return err
	}
	db := store.New(d, store.Options{Clock: wallClock{}, IDs: newIDs(wallClock{}, rand.Reader)})
	defer db.Close()
	if err := db.Migrate(ctx); err != nil {
		return err
	}
	v, err := Driver(vault)
	if err != nil {
		return err
	}
	defer v.Close()
	if _, err := vaultdb.Open(ctx, v); err != nil {
		return err
	}
	for _, part := range []struct {
		file string
		d    store.Driver
		want map[string]int
	}{{fileRecords, d, m.Records}, {fileVault, v, m.Vault}} {
		err := inZip(z, part.file, func(r io.Reader) error {
			got, err := store.Fill(ctx, part.d, r)
			if err != nil {
				return err
			}
			for table, n := range part.want {
				if got[table] != n {
					return seawall.E("app.Restore", seawall.Corrupt, "backup_short", "table", table)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func inZip(z *zip.Reader, name string, fn func(io.Reader) error) error {
	f, err := z.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	return fn(f)
}
