package app

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/response"
	"github.com/seawall-city/seawall/internal/ticket"
)

// FieldKey reads the private key of a phone that lies in a file, or makes one: for
// the command line, which can be a phone.
func FieldKey(path string) (*ticket.Key, error) { return ticket.LoadOrCreateKey(path, rand.Reader) }

// field are the parts that phones of the field need: sealed pictures lie in the
// data directory beside the databases, their figures stand in the configuration.
func (a *App) field() response.FieldDeps {
	return response.FieldDeps{Store: a.DB, Sessions: a.DB, Coffer: a.Vault, Files: photoFiles{dir: filepath.Join(a.Config.Data, "photos")},
		PhotoDays: a.Config.Field.PhotoDays, DayHours: a.Config.Field.DayHours}
}

// photoFiles keeps sealed bytes as files, in folders named after the last two
// characters before the first dot so that none holds too many.
type photoFiles struct{ dir string }

var _ response.PhotoFiles = photoFiles{}

func (f photoFiles) folder(name string) string {
	id, _, _ := strings.Cut(name, ".")
	if len(id) > 2 {
		id = id[len(id)-2:]
	}
	return filepath.Join(f.dir, strings.ToLower(id))
}

// path names a file. Errors: Invalid for a name that would lie elsewhere.
func (f photoFiles) path(name string) (string, error) {
	if name == "" || strings.ContainsAny(name, `/\`) || strings.HasPrefix(name, ".") {
		return "", seawall.E("app.photoFiles", seawall.Invalid, "photo_unknown")
	}
	return filepath.Join(f.folder(name), name), nil
}

// Put writes a file whole or not at all, and to the disk before it returns.
func (f photoFiles) Put(name string, sealed []byte) error {
	const op = "app.photoFiles.Put"
	path, err := f.path(name)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return &seawall.Error{Op: op, Kind: seawall.Unavailable, Err: err}
	}
	err = writeSynced(path+".new", sealed)
	if err == nil {
		err = os.Rename(path+".new", path)
	}
	if err != nil {
		return &seawall.Error{Op: op, Kind: seawall.Unavailable, Err: errors.Join(err, os.RemoveAll(path+".new"))}
	}
	return nil
}

// writeSynced writes a file and waits until the disk has it.
func writeSynced(path string, b []byte) error {
	w, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = w.Write(b)
	if err == nil {
		err = w.Sync()
	}
	return errors.Join(err, w.Close())
}

// Get reads a file.
func (f photoFiles) Get(name string) ([]byte, error) {
	const op = "app.photoFiles.Get"
	path, err := f.path(name)
	if err != nil {
		return nil, err
	}
	b, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, &seawall.Error{Op: op, Kind: seawall.NotFound, Code: "photo_unknown", Err: err}
	case err != nil:
		return nil, &seawall.Error{Op: op, Kind: seawall.Unavailable, Err: err}
	}
	return b, nil
}

// Remove deletes the files of a picture whose name begins so.
func (f photoFiles) Remove(prefix string) error {
	const op = "app.photoFiles.Remove"
	path, err := f.path(prefix)
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return &seawall.Error{Op: op, Kind: seawall.Unavailable, Err: err}
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), prefix) {
			continue
		}
		if err := os.Remove(filepath.Join(filepath.Dir(path), e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return &seawall.Error{Op: op, Kind: seawall.Unavailable, Err: err}
		}
	}
	return nil
}
