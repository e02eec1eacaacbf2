// Package config reads the one configuration file, strictly: an unknown key or
// a wrong value is an error that shows the line.
package config

import (
	"bytes"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/seawall-city/seawall"
)

// Config is everything an installation decides. Figures of diseases are not
// here: they live in regimes.
type Config struct {
	// Listen is the address of the one port, "host:port".
	Listen string `yaml:"listen"`
	// PublicURL is how phones reach the server; links to residents start with it.
	PublicURL string `yaml:"public_url"`
	// Data is the directory for keys, the local socket and, by default, the
	// databases.
	Data string `yaml:"data"`
	// Database holds the records: "sqlite:PATH" or a postgres:// URL. Empty means
	// "records.db" in Data.
	Database string `yaml:"database"`
	// Vault holds the identities, apart from the records. Empty means
	// "vault.db" in Data, or the same server's "vault" schema with PostgreSQL.
	Vault string `yaml:"vault"`
	TLS   TLS    `yaml:"tls"`
	City  City   `yaml:"city"`
	// Regimes, Protocols, Gates, Goods and Policies are directories whose files add to the
	// shipped ones or replace them by id.
	Regimes   string `yaml:"regimes"`
	Protocols string `yaml:"protocols"`
	Gates     string `yaml:"gates"`
	Goods     string `yaml:"goods"`
	Policies  string `yaml:"policies"`
	// Sessions bounds how long a sign-in lasts.
	Sessions Sessions `yaml:"sessions"`
	// Field bounds what phones of the field keep and what is kept of them.
	Field Field `yaml:"field"`
	Log   Log   `yaml:"log"`
}

// TLS says how the port is encrypted. With neither certificate nor Local the
// server speaks plain HTTP, which it only does on a loopback address.
type TLS struct {
	Certificate string `yaml:"certificate"`
	Key         string `yaml:"key"`
	// Local makes a certificate of the server's own for the named hosts, so that
	// phones on the same network may use their camera.
	Local []string `yaml:"local"`
}

// City says which city this is.
type City struct {
	// Root is the area that this instance answers for ("3209").
	Root seawall.AreaID `yaml:"root"`
	// Jurisdiction selects regimes ("CN-JS-YC"); where it has none in force, the
	// nearest one above answers.
	Jurisdiction string       `yaml:"jurisdiction"`
	TimeZone     string       `yaml:"time_zone"`
	Name         seawall.Text `yaml:"name"`
	// Contact is whom residents may call, shown on their pages.
	Contact string `yaml:"contact"`
}

// Sessions bounds sign-ins.
type Sessions struct {
	Idle time.Duration `yaml:"idle"`
	Max  time.Duration `yaml:"max"`
}

// Field bounds the phones of the field.
type Field struct {
	// PhotoDays is how many days a picture that a phone took is kept.
	PhotoDays int `yaml:"photo_days"`
	// DayHours is how many hours a phone keeps a day's content without hearing from
	// the server.
	DayHours int `yaml:"day_hours"`
}

// Log says how the server logs.
type Log struct {
	// Format is "text" or "json"; Level "debug", "info", "warn" or "error".
	Format string `yaml:"format"`
	Level  string `yaml:"level"`
}

// Default gives the configuration of a laptop: loopback, SQLite under data.
func Default(data string) Config {
	return Config{
		Listen: "127.0.0.1:8080",
		Data:   data,
		City: City{Root: "3209", Jurisdiction: "CN-JS-YC", TimeZone: "Asia/Shanghai",
			Name: seawall.Text{ZH: "盐城市", EN: "Yancheng"}, Contact: "12345"},
		Sessions: Sessions{Idle: time.Hour, Max: 12 * time.Hour},
		Field:    Field{PhotoDays: 90, DayHours: 36},
		Log:      Log{Format: "text", Level: "info"},
	}
}

// Load reads the file at path over the defaults. Relative paths inside count
// from the file's directory. Errors: Invalid with the line and what to do.
func Load(path string) (Config, error) {
	const op = "config.Load"
	b, err := os.ReadFile(path)
	if err != nil {
		return Config{}, &seawall.Error{Op: op, Kind: seawall.NotFound, Code: "config_unreadable",
			Args: map[string]string{"path": path}, Err: err}
	}
	c, err := Parse(b)
	if err != nil {
		return Config{}, &seawall.Error{Op: op, Kind: seawall.Invalid, Code: "config_invalid",
			Args: map[string]string{"path": path, "detail": err.Error()}, Err: err}
	}
	base := filepath.Dir(path)
	for _, p := range []*string{&c.Data, &c.Regimes, &c.Protocols, &c.Gates, &c.Goods, &c.Policies, &c.TLS.Certificate, &c.TLS.Key} {
		if *p != "" && !filepath.IsAbs(*p) {
			*p = filepath.Join(base, *p)
		}
	}
	for _, p := range []*string{&c.Database, &c.Vault} {
		if rest, ok := strings.CutPrefix(*p, "sqlite:"); ok && !filepath.IsAbs(rest) {
			*p = "sqlite:" + filepath.Join(base, rest)
		}
	}
	return c, nil
}

// Parse reads the text of a configuration and checks it.
func Parse(b []byte) (Config, error) {
	c := Default("seawall-data")
	if len(bytes.TrimSpace(b)) == 0 {
		return c, c.Check()
	}
	d := yaml.NewDecoder(bytes.NewReader(b), yaml.Strict(), yaml.DisallowUnknownField())
	if err := d.Decode(&c); err != nil {
		return Config{}, fmt.Errorf("%s", yaml.FormatError(err, false, true))
	}
	return c, c.Check()
}

// Check says what is wrong with the values, the first problem first.
func (c Config) Check() error {
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return fmt.Errorf("listen: %q is not host:port; write for example 127.0.0.1:8080", c.Listen)
	}
	if (c.TLS.Certificate == "") != (c.TLS.Key == "") {
		return fmt.Errorf("tls: certificate and key go together; name both or neither")
	}
	if c.TLS.Certificate != "" && len(c.TLS.Local) > 0 {
		return fmt.Errorf("tls: name either a certificate or local hosts, not both")
	}
	if !c.Encrypted() && !loopback(host) {
		return fmt.Errorf("listen: %s is not a loopback address, so tls is needed: name a certificate and key, or local hosts", c.Listen)
	}
	if c.PublicURL != "" {
		if u, err := url.Parse(c.PublicURL); err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
			return fmt.Errorf("public_url: %q is not an address such as https://seawall.example", c.PublicURL)
		}
	}
	for name, v := range map[string]string{"database": c.Database, "vault": c.Vault} {
		if v != "" && !strings.HasPrefix(v, "sqlite:") && !strings.HasPrefix(v, "postgres://") && !strings.HasPrefix(v, "postgresql://") {
			return fmt.Errorf("%s: write sqlite:PATH or a postgres:// URL", name)
		}
	}
	if _, err := time.LoadLocation(c.City.TimeZone); err != nil {
		return fmt.Errorf("city.time_zone: %q is not a known zone; write for example Asia/Shanghai", c.City.TimeZone)
	}
	if c.Sessions.Idle <= 0 || c.Sessions.Max < c.Sessions.Idle {
		return fmt.Errorf("sessions: idle must be positive and max at least as long")
	}
	if c.Field.PhotoDays < 1 || c.Field.PhotoDays > 3650 {
		return fmt.Errorf("field: photo_days is a number of days from 1 to 3650")
	}
	if c.Field.DayHours < 1 || c.Field.DayHours > 168 {
		return fmt.Errorf("field: day_hours is a number of hours from 1 to 168")
	}
	if c.Log.Format != "text" && c.Log.Format != "json" {
		return fmt.Errorf("log.format: write text or json")
	}
	return nil
}

// Encrypted reports whether the port speaks TLS.
func (c Config) Encrypted() bool { return c.TLS.Certificate != "" || len(c.TLS.Local) > 0 }

// RecordsURL gives the records' database, the default filled in.
func (c Config) RecordsURL() string {
	if c.Database != "" {
		return c.Database
	}
	return "sqlite:" + filepath.Join(c.Data, "records.db")
}

// VaultURL gives the identities' database, the default filled in.
func (c Config) VaultURL() string {
	if c.Vault != "" {
		return c.Vault
	}
	if rest, ok := strings.CutPrefix(c.RecordsURL(), "sqlite:"); ok {
		return "sqlite:" + filepath.Join(filepath.Dir(rest), "vault.db")
	}
	return c.RecordsURL()
}

// Link gives the address under which residents and staff reach the server.
func (c Config) Link() string {
	if c.PublicURL != "" {
		return strings.TrimSuffix(c.PublicURL, "/")
	}
	scheme := "http://"
	if c.Encrypted() {
		scheme = "https://"
	}
	return scheme + c.Listen
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
