package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/area"
	"github.com/seawall-city/seawall/internal/bench"
	"github.com/seawall-city/seawall/internal/config"
	"github.com/seawall-city/seawall/internal/response"
)

// BenchArrivals measures how fast a feed of arrivals is taken in, on a fresh
// database behind each URL, and writes the figures. Errors: those of the feed;
// Other where a figure missed its goal.
func BenchArrivals(ctx context.Context, out io.Writer, urls []string, rows int, asJSON bool) error {
	const op = "app.BenchArrivals"
	lines := out
	if asJSON {
		lines = io.Discard
	}
	var reports []bench.ArrivalsReport
	missed := 0
	for _, u := range urls {
		r, err := benchArrivals(ctx, lines, u, rows)
		if err != nil {
			return seawall.Wrap(op, err)
		}
		if reports = append(reports, r); r.Missed() {
			missed++
		}
	}
	if asJSON {
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		if err := e.Encode(reports); err != nil {
			return seawall.Wrap(op, err)
		}
	}
	if missed > 0 {
		return seawall.E(op, seawall.Other, "bench_loops_slow", "count", fmt.Sprint(missed))
	}
	return nil
}

// benchArrivals measures on one database, composed as the server's is.
func benchArrivals(ctx context.Context, out io.Writer, at string, rows int) (rep bench.ArrivalsReport, err error) {
	dir, err := os.MkdirTemp("", "seawall-bench-arrivals-")
	if err != nil {
		return rep, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	url, drop, err := freshDatabase(ctx, at, "arrivals")
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
	now := time.Date(2022, 3, 28, 16, 0, 0, 0, zone)
	a, err := Open(ctx, c, Options{Story: now, Still: true, Seed: 1})
	if err != nil {
		return rep, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	var stays []seawall.AreaID
	err = a.DB.Read(ctx, func(tx seawall.Tx) error {
		counties, err := a.DB.Children(ctx, tx, c.City.Root, area.Statistical)
		if err != nil {
			return err
		}
		for _, county := range counties {
			towns, err := a.DB.Children(ctx, tx, county.ID, area.Statistical)
			if err != nil {
				return err
			}
			for _, town := range towns {
				stays = append(stays, town.ID)
			}
		}
		return nil
	})
	if err != nil {
		return rep, err
	}
	return bench.Arrivals(ctx, out, bench.ArrivalsConfig{Rows: rows, Driver: a.DB.Driver().Name(), Machine: machine(), Now: a.Clock.Now(), Zone: zone,
		Stopwatch: stopwatch(), Main: a.Main, Who: response.Who{Actor: seawall.Actor{Kind: seawall.ActorOperator, Name: "bench"}}, Stays: stays})
}
