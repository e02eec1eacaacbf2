package sqlite_test

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/seawall-city/seawall/internal/store/sqlite"
)

// What has committed goes back into the file beside the writer, while it has a
// transaction open, and closing waits for it.
func TestCheckpointsRunBesideTheWriter(t *testing.T) {
	path := filepath.Join(t.TempDir(), "records.db")
	d, err := sqlite.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Writer().Exec("CREATE TABLE x (b BLOB)"); err != nil {
		t.Fatal(err)
	}
	word := bytes.Repeat([]byte("seawall"), 3000)
	if _, err := d.Writer().Exec("INSERT INTO x VALUES (?)", word); err != nil {
		t.Fatal(err)
	}
	tx, err := d.Writer().Begin()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec("INSERT INTO x VALUES (x'00')"); err != nil {
		t.Fatal(err)
	}
	d.Committed(true)
	inFile := func() bool {
		b, err := os.ReadFile(path)
		return err == nil && bytes.Contains(b, word[:700])
	}
	for end := time.Now().Add(20 * time.Second); !inFile(); {
		if time.Now().After(end) {
			t.Fatal("what had committed is not in the file")
		}
		runtime.Gosched()
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	d.Committed(true)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
}

// A transaction that may be done again leaves the connection as it was: what
// follows is on disk when it returns.
func TestAgainIsForOneTransaction(t *testing.T) {
	d, err := sqlite.Open(filepath.Join(t.TempDir(), "records.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	level := func() (n int) {
		if err := d.Writer().QueryRow("PRAGMA synchronous").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	const normal, full = 1, 2
	for _, commit := range []bool{true, false} {
		tx, end, err := d.BeginAgain(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var n int
		if err := tx.QueryRow("PRAGMA synchronous").Scan(&n); err != nil || n != normal {
			t.Errorf("inside: %d, %v", n, err)
		}
		if commit {
			err = tx.Commit()
		} else {
			err = tx.Rollback()
		}
		end()
		if err != nil || level() != full {
			t.Errorf("afterwards: %d, %v", level(), err)
		}
	}
}
