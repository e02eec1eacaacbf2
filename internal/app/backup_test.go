package app

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/config"
	"github.com/seawall-city/seawall/internal/response"
)

// A backup of either database fills either database: as many rows in every
// table, a log that verifies, people who sign in, identities that open, and an
// installation that goes on working.
func TestBackupGoesIntoEitherDatabase(t *testing.T) {
	for _, from := range []string{"sqlite", "postgres"} {
		t.Run("from "+from, func(t *testing.T) {
			ctx := context.Background()
			cfg := installation(t, from)
			a := told(t, cfg, "school")
			stop := started(a)
			who := acting(t, a, "duty")
			one, plain := somebody(t, a, who)
			settled(t, a)
			file := filepath.Join(t.TempDir(), "backup")
			check(t, os.WriteFile(file+".keys", []byte("an older one"), 0o644))
			// The server runs meanwhile.
			m, err := Backup(ctx, cfg, "test", file, file+".keys")
			check(t, err)
			stop()
			check(t, a.Close())
			for _, name := range []string{file, file + ".keys"} {
				if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
					t.Errorf("%s is not its owner's alone: %v %v", filepath.Base(name), info, err)
				}
			}
			if m.Database != from || m.Records["loop_step"]+m.Records["step"] == 0 || m.Vault == nil {
				t.Errorf("the manifest: %+v", m)
			}
			// Without the keys the backup names nobody.
			for _, name := range []string{fileRecords, fileVault} {
				if b := part(t, file, name); len(b) == 0 || bytes.Contains(b, []byte(plain.Name)) || bytes.Contains(b, []byte(plain.Phone)) {
					t.Errorf("%s (%d bytes) tells who %s is", name, len(b), one.Mask)
				}
			}
			for _, into := range []string{"sqlite", "postgres"} {
				t.Run("into "+into, func(t *testing.T) { restored(t, installation(t, into), file, m, one, plain) })
			}
		})
	}
}

// started runs the background as a server does; the answer stops it.
func started(a *App) func() {
	ctx, stop := context.WithCancel(context.Background())
	a.Start(ctx)
	return func() { stop(); a.Wait() }
}

// somebody gives a contact and who it is.
func somebody(t *testing.T, a *App, who response.Who) (casebook.Contact, response.Identity) {
	t.Helper()
	ctx := context.Background()
	page, err := a.Main.Contacts(ctx, who, response.ContactFilter{Sort: "no"}, seawall.Page{Limit: 1})
	check(t, err)
	one := page.Items[0]
	plain, err := a.Main.OpenIdentity(ctx, who, response.Opening{Person: one.Person, Purpose: "contact_tracing", Subject: "contact/" + string(one.ID)})
	check(t, err)
	if plain.Name == "" || plain.Phone == "" {
		t.Fatalf("nobody behind %s", one.Mask)
	}
	return one, plain
}

// settled waits until the log has taken up every event.
func settled(t *testing.T, a *App) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	late := time.After(20 * time.Second)
	for {
		var n int64
		check(t, a.DB.Read(context.Background(), func(tx seawall.Tx) (err error) {
			n, err = a.Journal.WaitingCount(context.Background(), tx)
			return err
		}))
		if n == 0 {
			return
		}
		select {
		case <-late:
			t.Fatalf("%d events still wait for their place", n)
		case <-tick.C:
		}
	}
}

func restored(t *testing.T, cfg config.Config, file string, m Manifest, one casebook.Contact, plain response.Identity) {
	ctx := context.Background()
	got, rep, err := Restore(ctx, cfg, "test", file, file+".keys")
	check(t, err)
	if !rep.OK() || rep.Size == 0 || rep.Waiting != 0 {
		t.Errorf("the restored log: %+v", rep)
	}
	if got.At != m.At {
		t.Errorf("the manifest changed: %s, was %s", got.At, m.At)
	}
	again := filepath.Join(t.TempDir(), "again")
	m2, err := Backup(ctx, cfg, "test", again, again+".keys")
	check(t, err)
	if !maps.Equal(m.Records, m2.Records) || !maps.Equal(m.Vault, m2.Vault) {
		t.Errorf("rows by table\n%v\n%v\nrestored\n%v\n%v", m.Records, m.Vault, m2.Records, m2.Vault)
	}
	for _, name := range []string{"log-root.key", "log-sign.key", "vault-root.json", "links.key"} {
		if was := part(t, file+".keys", name); len(was) == 0 || !bytes.Equal(was, part(t, again+".keys", name)) {
			t.Errorf("%s is not the one it was", name)
		}
	}
	a, _ := openStory(t, cfg, "school")
	if told, err := a.Told(ctx); err != nil || told != "school" {
		t.Errorf("told %q, %v", told, err)
	}
	if _, err := a.Accounts.Login(ctx, "duty", DemoPassword, "127.0.0.1"); err != nil {
		t.Errorf("nobody can sign in: %v", err)
	}
	who := acting(t, a, "duty")
	id, err := a.Main.OpenIdentity(ctx, who, response.Opening{Person: one.Person, Purpose: "contact_tracing", Subject: "contact/" + string(one.ID)})
	if err != nil || id != plain {
		t.Errorf("behind %s is %v, %v", one.Mask, id, err)
	}
	// It goes on: a new case takes the next number, and the log grows.
	stop := started(a)
	defer stop()
	c, err := a.Main.RecordCase(ctx, who, response.NewCase{Disease: "measles", Class: casebook.Suspected, Onset: seawall.DateOf(2022, 3, 28),
		Exposed: seawall.NoDay, Sampled: seawall.NoDay, Diagnosed: seawall.NoDay, OutcomeDay: seawall.NoDay, Home: "320902",
		Subject: response.Subject{Request: "after-the-restore-1", Identity: response.Identity{Name: "某丙", Birth: seawall.NoDay}}})
	check(t, err)
	if c.Case.No != "C-2022-0003" {
		t.Errorf("the next case is %s", c.Case.No)
	}
	settled(t, a)
}

// part gives one file of an archive, nil when it is not there.
func part(t *testing.T, archive, name string) []byte {
	t.Helper()
	z, err := zip.OpenReader(archive)
	check(t, err)
	defer z.Close()
	f, err := z.Open(name)
	if err != nil {
		return nil
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	check(t, err)
	return b
}

// What cannot be restored is refused with its reason, and leaves nothing
// behind that would stop a second try.
func TestRestoreRefuses(t *testing.T) {
	ctx := context.Background()
	cfg := installation(t, "sqlite")
	a := told(t, cfg, "school")
	stop := started(a)
	settled(t, a)
	stop()
	dir := t.TempDir()
	file := filepath.Join(dir, "backup")
	_, err := Backup(ctx, cfg, "test", file, file+".keys")
	check(t, err)
	check(t, a.Close())
	whole, err := os.ReadFile(file)
	check(t, err)
	write := func(name string, b []byte) string {
		path := filepath.Join(dir, name)
		check(t, os.WriteFile(path, b, 0o600))
		return path
	}
	for _, into := range []string{"sqlite", "postgres"} {
		t.Run(into, func(t *testing.T) {
			clean := installation(t, into)
			refused := func(name, file, keys string, kind seawall.Kind, code string) {
				t.Helper()
				_, _, err := Restore(ctx, clean, "test", file, keys)
				if !seawall.Is(err, kind) || !strings.Contains(err.Error(), code) {
					t.Errorf("%s: %v, want %s %s", name, err, kind, code)
				}
			}
			none := filepath.Join(dir, "none")
			refused("no such file", none, file+".keys", seawall.NotFound, "backup_unreadable")
			refused("no keys", file, none, seawall.NotFound, "backup_unreadable")
			refused("cut off", write("cut", whole[:len(whole)/2]), file+".keys", seawall.NotFound, "backup_unreadable")
			refused("no archive", write("text", []byte("no archive")), file+".keys", seawall.NotFound, "backup_unreadable")
			spoilt := rezip(t, file, filepath.Join(dir, "spoilt"), func(s string) string { return strings.Replace(s, "\n[", "\n[7,", 1) })
			refused("a line spoilt", spoilt, file+".keys", seawall.Corrupt, "backup_corrupt")
			refused("a row missing", rezip(t, file, filepath.Join(dir, "short"), dropRow), file+".keys", seawall.Corrupt, "backup_short")
			// After so many refusals the whole backup still goes in, once.
			if _, rep, err := Restore(ctx, clean, "test", file, file+".keys"); err != nil || !rep.OK() {
				t.Errorf("the last try: %v", err)
			}
			refused("a full installation", file, file+".keys", seawall.Conflict, "restore_not_empty")
		})
	}
	// What the archive cannot know, the log does.
	forged := rezip(t, file, filepath.Join(dir, "forged"), forge)
	if _, rep, err := Restore(ctx, installation(t, "sqlite"), "test", forged, file+".keys"); err != nil || rep.OK() {
		t.Errorf("a changed log verifies: %v %+v", err, rep)
	}
	if left, _ := filepath.Glob(file + "*.part"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// forge changes one event of the log.
func forge(s string) string {
	head := strings.Index(s, `{"table":"event"`)
	row := head + strings.Index(s[head:], "\n[") + 1
	return s[:row] + strings.Replace(s[row:], "case.recorded", "case.invented", 1)
}

// dropRow takes the last row out of the records.
func dropRow(s string) string {
	s = strings.TrimSuffix(s, "\n")
	for {
		i := strings.LastIndexByte(s, '\n')
		if s[i+1] == '[' {
			return s[:i+1]
		}
		s = s[:i]
	}
}

// rezip copies a backup with its records changed.
func rezip(t *testing.T, from, to string, change func(string) string) string {
	t.Helper()
	f, err := os.Create(to)
	check(t, err)
	defer f.Close()
	z := zip.NewWriter(f)
	for _, name := range []string{fileRecords, fileVault, fileManifest} {
		b := part(t, from, name)
		if name == fileRecords {
			b = []byte(change(string(b)))
		}
		w, err := z.Create(name)
		check(t, err)
		_, err = w.Write(b)
		check(t, err)
	}
	check(t, z.Close())
	return to
}
