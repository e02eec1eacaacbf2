package app

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/config"
	"github.com/seawall-city/seawall/internal/regime"
	"github.com/seawall-city/seawall/internal/store"
	"github.com/seawall-city/seawall/internal/webui"
)

// Finding is one thing that the doctor looked at.
type Finding struct {
	// Check names it; Grade is "ok", "warn" or "bad".
	Check, Grade string
	// Code and Args are the sentence that says what was found and what to do.
	Code string
	Args map[string]string
}

// minimumFree is the disk space below which the doctor warns, in bytes.
const minimumFree = 2 << 30

// minimumPostgres is the oldest server version that is tested (15.0).
const minimumPostgres = 150000

// Doctor looks at an installation without changing it; the server may run.
func Doctor(ctx context.Context, c config.Config) []Finding {
	var out []Finding
	add := func(check, grade, code string, args ...string) {
		out = append(out, Finding{check, grade, code, seawall.E("", 0, code, args...).Args})
	}
	if err := c.Check(); err != nil {
		add("config", "bad", "config_invalid", "path", "config", "detail", err.Error())
	} else {
		add("config", "ok", "doctor_fine")
	}
	doctorData(c, add)
	for _, part := range []struct{ check, url string }{{"records", c.RecordsURL()}, {"identities", mustVault(c)}} {
		doctorDatabase(ctx, part.check, part.url, add)
	}
	if _, err := regime.Load(overlay(c.Regimes)...); err != nil {
		add("regimes", "bad", "doctor_files", "detail", err.Error())
	} else {
		add("regimes", "ok", "doctor_fine")
	}
	doctorProtocols(ctx, c, add)
	if _, err := auth.Load(first(overlay(c.Policies))); err != nil {
		add("policies", "bad", "doctor_files", "detail", err.Error())
	} else {
		add("policies", "ok", "doctor_fine")
	}
	if !webui.Built() {
		add("pages", "warn", "doctor_pages")
	} else {
		add("pages", "ok", "doctor_fine")
	}
	if running(c) {
		add("server", "ok", "doctor_running")
	} else {
		add("server", "ok", "doctor_stopped")
	}
	doctorTLS(c, add)
	return out
}

type finder func(check, grade, code string, args ...string)

func mustVault(c config.Config) string {
	url, err := vaultURL(c)
	if err != nil {
		return c.VaultURL()
	}
	return url
}

// doctorData looks at the data directory, its keys and its disk.
func doctorData(c config.Config, add finder) {
	keys := filepath.Join(c.Data, "keys")
	files, err := os.ReadDir(keys)
	switch {
	case err != nil:
		add("keys", "warn", "doctor_no_keys", "path", keys)
	default:
		open := ""
		for _, f := range files {
			if info, err := f.Info(); err == nil && info.Mode().Perm()&0o077 != 0 && filepath.Ext(f.Name()) != ".pub" {
				open = f.Name()
			}
		}
		if open != "" {
			add("keys", "bad", "doctor_keys_open", "path", filepath.Join(keys, open))
		} else {
			add("keys", "ok", "doctor_fine")
		}
	}
	var fs syscall.Statfs_t
	if err := syscall.Statfs(existing(c.Data), &fs); err == nil {
		free := fs.Bavail * uint64(fs.Bsize)
		grade := "ok"
		if free < minimumFree {
			grade = "warn"
		}
		add("disk", grade, "doctor_disk", "free", strconv.FormatUint(free>>20, 10))
	}
}

// existing gives the nearest directory above path that exists.
func existing(path string) string {
	for ; path != "." && path != "/"; path = filepath.Dir(path) {
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	return path
}

// doctorDatabase asks one database for a sign of life and its version.
func doctorDatabase(ctx context.Context, check, url string, add finder) {
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		if _, err := os.Stat(path); err != nil {
			add(check, "warn", "doctor_no_database", "path", path)
			return
		}
	}
	d, err := snapshot(url)
	if err != nil {
		add(check, "bad", "database_away")
		return
	}
	defer d.Close()
	if d.Name() == "postgres" {
		doctorPostgres(ctx, check, d, add)
		return
	}
	var verdict string
	if err := d.Reader().QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&verdict); err != nil || verdict != "ok" {
		add(check, "bad", "doctor_damaged", "detail", fmt.Sprint(verdict, err))
		return
	}
	add(check, "ok", "doctor_fine")
}

func doctorPostgres(ctx context.Context, check string, d store.Driver, add finder) {
	var version int
	var fsync string
	err := d.Reader().QueryRowContext(ctx, "SELECT current_setting('server_version_num')::int, current_setting('fsync')").Scan(&version, &fsync)
	switch {
	case err != nil:
		add(check, "bad", "database_away")
	case version < minimumPostgres:
		add(check, "bad", "doctor_postgres_old", "version", strconv.Itoa(version/10000))
	case fsync != "on":
		add(check, "bad", "doctor_fsync")
	default:
		add(check, "ok", "doctor_fine")
	}
}

// running reports whether a server answers on the local socket.
func running(c config.Config) bool {
	conn, err := net.DialTimeout("unix", filepath.Join(c.Data, SocketName), time.Second)
	if err != nil {
		return false
	}
	conn.Close()
	return true
}

// doctorTLS looks at the certificate without making one.
func doctorTLS(c config.Config, add finder) {
	if c.TLS.Certificate == "" {
		return
	}
	pair, err := certificate(c, time.Now())
	if err != nil || pair == nil || pair.Leaf == nil {
		add("tls", "bad", "tls_unreadable", "path", c.TLS.Certificate)
		return
	}
	days := int(time.Until(pair.Leaf.NotAfter).Hours() / 24)
	grade := "ok"
	if days < 21 {
		grade = "warn"
	}
	add("tls", grade, "doctor_tls", "days", strconv.Itoa(days))
}
