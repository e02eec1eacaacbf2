package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/bench"
	"github.com/seawall-city/seawall/internal/config"
	"github.com/seawall-city/seawall/internal/freight"
	"github.com/seawall-city/seawall/internal/gate"
	"github.com/seawall-city/seawall/internal/httpapi"
	"github.com/seawall-city/seawall/internal/response"
	"github.com/seawall-city/seawall/internal/story"
)

// GateSize says how `seawall bench gate` measures.
type GateSize struct {
	Gates, Lanes, Seconds, WarmUp, Offline, Trips int
	Seed                                          uint64
	JSON                                          bool
}

// BenchGate measures decisions at gates on fresh instances whose databases stand
// beside the given ones, as BenchLists makes them.
func BenchGate(ctx context.Context, out io.Writer, urls []string, size GateSize) ([]bench.GateReport, error) {
	const op = "app.BenchGate"
	tables := out
	if size.JSON {
		tables = io.Discard
	}
	var reports []bench.GateReport
	for _, u := range urls {
		r, err := benchGate(ctx, tables, u, size)
		if err != nil {
			return reports, seawall.Wrap(op, err)
		}
		reports = append(reports, r)
	}
	if size.JSON {
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		return reports, e.Encode(reports)
	}
	return reports, nil
}

// SlowGate gives the error of a measurement in which figures missed their goals,
// nil when none did.
func SlowGate(reports []bench.GateReport) error {
	missed := 0
	for _, r := range reports {
		missed += r.Missed()
	}
	if missed == 0 {
		return nil
	}
	return seawall.E("app.SlowGate", seawall.Other, "bench_gate_slow", "count", fmt.Sprint(missed))
}

// benchGate measures on one database: the whole instance with its background, on
// the evening of the demonstration, and its clock runs.
func benchGate(ctx context.Context, out io.Writer, at string, size GateSize) (rep bench.GateReport, err error) {
	dir, err := os.MkdirTemp("", "seawall-bench-gate-")
	if err != nil {
		return rep, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	url, drop, err := freshDatabase(ctx, at, "gate")
	if err != nil {
		return rep, err
	}
	defer func() { err = errors.Join(err, drop()) }()
	c := config.Default(dir)
	c.Database, c.Vault = url, "sqlite:"+filepath.Join(dir, "vault.db")
	zone, err := time.LoadLocation(c.City.TimeZone)
	if err != nil {
		return rep, err
	}
	a, err := Open(ctx, c, Options{Story: time.Date(2022, 3, 28, 16, 0, 0, 0, zone)})
	if err != nil {
		return rep, err
	}
	running, stop := context.WithCancel(ctx)
	defer func() {
		stop()
		a.Wait()
		err = errors.Join(err, a.Close())
	}()
	a.Start(running)
	cfg := bench.GateConfig{Handler: a.Handler().Handler(), Lanes: size.Lanes, For: time.Duration(size.Seconds) * time.Second,
		WarmUp: time.Duration(size.WarmUp) * time.Second, Offline: size.Offline, Seed: max(1, size.Seed), Stopwatch: stopwatch(),
		Now: a.Clock.Now, NewID: a.IDs.NewID, Database: a.DB.Driver().Name(), Machine: machine()}
	if err := a.benchSites(ctx, size, &cfg); err != nil {
		return rep, err
	}
	return bench.Gate(ctx, out, cfg)
}

// benchSites enters the gates, an officer for each, and the trips that are declared.
func (a *App) benchSites(ctx context.Context, size GateSize, c *bench.GateConfig) error {
	desk, err := a.Post(ctx, story.Account{Login: "desk", Post: seawall.Text{ZH: "值班长"}, Roles: []string{"duty_officer"}, Area: a.Config.City.Root})
	if err != nil {
		return err
	}
	for i := range size.Gates {
		id := seawall.SiteID(fmt.Sprintf("bench-%02d", i+1))
		_, err := a.Main.KeepSite(ctx, desk, response.NewSite{ID: id, Kind: gate.Checkpoint, Name: seawall.Text{ZH: "测量卡口", EN: "Bench gate"},
			Area: "320924", Lanes: size.Lanes, CanSample: true, Invented: true})
		if err != nil {
			return err
		}
		login := "gate-" + string(id)
		if _, err := a.Post(ctx, story.Account{Login: login, Post: seawall.Text{ZH: "卡口值守员"}, Roles: []string{"gate_officer"}, Area: "320924"}); err != nil {
			return err
		}
		in, err := a.Accounts.Login(ctx, login, DemoPassword, "127.0.0.1")
		if err != nil {
			return err
		}
		c.Sites = append(c.Sites, id)
		c.Officers = append(c.Officers, bench.GateSession{Cookie: &http.Cookie{Name: httpapi.SessionCookie, Value: in.Token}, CSRF: in.Session.CSRF})
	}
	people := invent(int64(size.Seed), size.Trips, 20, 60)
	for i := range size.Trips {
		plate := fmt.Sprintf("苏Z%05d", i)
		_, err := a.Main.RecordTrip(ctx, desk, "", response.NewTrip{Request: "bench-trip-" + strings.Repeat("0", 8) + fmt.Sprint(i), Plate: plate, Cargo: "测量", CargoKind: freight.CargoKinds()[0],
			Consignee: "测量", Planned: a.Clock.Now().Add(30 * time.Hour),
			Crew: []response.NewCrew{{Identity: people[i]}}})
		if err != nil {
			return err
		}
		c.Plates = append(c.Plates, plate)
	}
	return nil
}
