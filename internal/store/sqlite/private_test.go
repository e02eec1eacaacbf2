package sqlite_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/seawall-city/seawall/internal/store/sqlite"
)

// The files of a database are their owner's alone, also in a folder that others
// may read and where a former start left them open.
func TestFilesArePrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "records.db")
	for range 2 {
		d, err := sqlite.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Writer().Exec("CREATE TABLE IF NOT EXISTS x (id TEXT)"); err != nil {
			t.Fatal(err)
		}
		for _, end := range []string{"", "-wal", "-shm", ".lock"} {
			info, err := os.Stat(path + end)
			if err != nil {
				t.Fatal(err)
			}
			if info.Mode().Perm() != 0o600 {
				t.Errorf("%s: mode %o", info.Name(), info.Mode().Perm())
			}
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
