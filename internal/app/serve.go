package app

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/httpapi"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/response"
	"github.com/seawall-city/seawall/internal/webui"
)

// SocketName is the file in the data directory through which commands on the
// server's own machine reach it.
const SocketName = "seawall.sock"

// tickEvery is how often the clocks are looked at; a clock fires within it.
const tickEvery = time.Second

// sweepEvery and orphanAge say when identities are removed that were sealed for
// a record that never came to be.
const (
	sweepEvery = time.Hour
	orphanAge  = 24 * time.Hour
	// importFileAge is how long the sealed file of an ended import stays, so
	// that its rejected rows can still be had.
	importFileAge = 14 * 24 * time.Hour
)

// maxHeader bounds the head of a request. maxAnswer bounds how long an answer may
// take to be read, so that readers who never read hold nothing for good; a
// stream of live changes ends with it too, and the browser opens the next one
// where it stopped.
const (
	maxHeader = 64 << 10
	maxAnswer = 15 * time.Minute
)

// Start starts what runs in the background: the log's sequencer, the clocks,
// the imports, the sweep. They end with ctx; Wait waits for them.
func (a *App) Start(ctx context.Context) {
	a.running.Add(1)
	go func() {
		defer a.running.Done()
		a.sequencer.Run(ctx)
	}()
	a.every(ctx, tickEvery, "clocks", func(ctx context.Context) error {
		_, err := a.Main.Tick(ctx)
		return err
	})
	a.every(ctx, tickEvery, "imports", func(ctx context.Context) error {
		_, err := a.Main.ResumeImports(ctx)
		return err
	})
	a.every(ctx, sweepEvery, "sweep", func(ctx context.Context) error {
		n, err := a.Main.SweepIdentities(ctx, a.Clock.Now().Add(-orphanAge))
		if n > 0 {
			a.Log.Info("identities without a record removed", "count", n)
		}
		if err != nil {
			return err
		}
		if _, err := a.Main.PurgeImports(ctx, a.Clock.Now().Add(-importFileAge)); err != nil {
			return err
		}
		_, err = a.Main.SweepPhotos(ctx)
		return err
	})
}

// every runs a part of the background over and over until ctx ends.
func (a *App) every(ctx context.Context, pause time.Duration, part string, fn func(context.Context) error) {
	a.running.Add(1)
	go func() {
		defer a.running.Done()
		t := time.NewTicker(pause)
		defer t.Stop()
		for {
			if err := fn(ctx); err != nil && ctx.Err() == nil {
				a.Log.Error("a background part failed and tries again", "part", part, "error", err)
			}
			select {
			case <-ctx.Done():
				return
			case <-t.C:
			}
		}
	}()
}

// Wait waits until the background parts have ended.
func (a *App) Wait() { a.running.Wait() }

// Handler builds the HTTP face.
func (a *App) Handler() *httpapi.Server {
	d := httpapi.Deps{Log: a.Log, Clock: a.Clock, IDs: a.IDs, Stopwatch: stopwatch, Zone: a.Zone, Texts: a.Texts, Work: a.DB, Main: a.Main,
		Accounts: a.Accounts, Areas: a.Areas, Regimes: a.Regimes, Auth: a.Policies, Policy: a.Policies,
		Ledger: a.Journal, Events: a.Journal, Tiles: ledger.NewTileServer(a.DB, a.Journal), Feed: a.Feed, LogKey: a.Signer.Key(),
		OperatorWho: a.Operator, Ready: a.Ready, Pages: webui.Handler(), SecureCookies: a.Config.Encrypted(),
		StrictTransport: a.Config.TLS.Certificate != "", PublicURL: a.Config.Link(), Version: a.Version,
		City: httpapi.Instance{Name: a.Config.City.Name, Root: a.Config.City.Root, Path: a.city,
			Jurisdiction: a.Config.City.Jurisdiction, TimeZone: a.Config.City.TimeZone, Contact: a.Config.City.Contact}}
	if a.story != nil {
		d.Demo = a.story
		d.AfterJump = a.Main.Tick
	}
	s := httpapi.New(d)
	s.Register("seawall_log_size", "Events in the log.", func() float64 { return float64(a.Feed.Size()) })
	return s
}

// Ready reports what keeps the instance from serving.
func (a *App) Ready(ctx context.Context) error {
	if err := a.DB.Ping(ctx); err != nil {
		return err
	}
	return a.sequencer.Status().Err
}

// Operator is who acts over the local socket: whoever may use the server's own
// machine. It works in the whole city, and the log says that it was the machine.
func (a *App) Operator(context.Context) (response.Who, error) {
	return response.Who{Actor: seawall.Actor{Kind: seawall.ActorOperator, Name: "operator"},
		Principal: auth.Principal{ID: "operator", Login: "operator", WorkName: "operator", Area: a.Config.City.Root, Path: a.city,
			Scope: seawall.Scope{a.city}},
		Scope: seawall.Scope{a.city}}, nil
}

// Serve starts everything and serves until ctx ends, then stops in order:
// listeners, requests under way, background, databases (by Close). ready is
// called once the port is open.
func (a *App) Serve(ctx context.Context, ready func(addr string)) error {
	const op = "app.Serve"
	cert, err := certificate(a.Config, time.Now())
	if err != nil {
		return seawall.Wrap(op, err)
	}
	face := a.Handler()
	lis, err := net.Listen("tcp", a.Config.Listen)
	if err != nil {
		return &seawall.Error{Op: op, Kind: seawall.Unavailable, Code: "listen_failed", Args: map[string]string{"address": a.Config.Listen}, Err: err}
	}
	if cert != nil {
		lis = tls.NewListener(lis, &tls.Config{Certificates: []tls.Certificate{*cert}, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}})
	}
	local, err := a.socket()
	if err != nil {
		lis.Close()
		return seawall.Wrap(op, err)
	}
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	a.Start(background)
	public := a.server(face, ctx)
	public.WriteTimeout = maxAnswer
	machine := a.server(face, ctx)
	machine.ConnContext = httpapi.Operator
	failed := make(chan error, 2)
	go func() { failed <- public.Serve(lis) }()
	go func() { failed <- machine.Serve(local) }()
	ready(lis.Addr().String())
	select {
	case <-ctx.Done():
		err = nil
	case err = <-failed:
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
	defer cancel()
	err = errors.Join(err, public.Shutdown(grace), machine.Shutdown(grace))
	stop()
	a.Wait()
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return seawall.Wrap(op, err)
}

// server makes an HTTP server whose requests end when ctx does, so that streams
// of live changes do not hold up a stop.
func (a *App) server(face *httpapi.Server, ctx context.Context) *http.Server {
	s := &http.Server{Handler: face.Handler(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: maxHeader}
	s.BaseContext = func(net.Listener) context.Context { return context.WithoutCancel(ctx) }
	s.RegisterOnShutdown(face.EndStreams)
	return s
}

// socket opens the local socket for this user alone. One left behind by a killed
// process is replaced; the database's own lock tells whether it still lives.
func (a *App) socket() (net.Listener, error) {
	path := filepath.Join(a.Config.Data, SocketName)
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	// It is nobody else's from its first moment, also in a folder open to others.
	mask := syscall.Umask(0o077)
	lis, err := net.Listen("unix", path)
	syscall.Umask(mask)
	if err != nil {
		return nil, &seawall.Error{Op: "app.socket", Kind: seawall.Unavailable, Code: "listen_failed", Args: map[string]string{"address": path}, Err: err}
	}
	return lis, os.Chmod(path, 0o600)
}
