package scenario

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/seawall-city/seawall"
)

// stage is the instance that a scenario runs on.
type stage struct {
	app  Instance
	zone *time.Location
	url  string
	cfg  Setup
	// face answers on the port, machine to the operator; they change when the
	// server is started again.
	face, machine atomic.Pointer[http.Handler]
	endStreams    func()
	server        *http.Server
	// doorDir and doorman let commands in, where one asked (door.go).
	doorDir  string
	doorman  *http.Server
	drop     func() error
	sessions map[string]*session
	// logins are the accounts there are, in the order of their making.
	logins []*session
}

func (s *stage) opened() bool { return s.app != nil }

// now is the scenario's time.
func (r *run) now() time.Time {
	if r.opened() {
		return r.app.Now()
	}
	return r.set.start
}

// open opens the instance the first time that something needs it.
func (r *run) open(s *Step) error {
	if r.opened() {
		return nil
	}
	if err := r.compose(); err != nil {
		return r.machineFault(s.Pos, err)
	}
	return nil
}

// machineFault tells errors of files and databases, which end a scenario.
func (r *run) machineFault(at Pos, err error) error {
	var e *seawall.Error
	if errors.As(err, &e) && r.ctx.Err() == nil {
		for x := e; x != nil; {
			if x.Code != "" {
				return r.fail(at, x)
			}
			var inner *seawall.Error
			if !errors.As(x.Err, &inner) {
				break
			}
			x = inner
		}
	}
	return err
}

// compose opens databases and port.
func (r *run) compose() error {
	r.cfg = Setup{Data: filepath.Join(r.dir, "data"), Regimes: filepath.Join(r.dir, "regimes"), Protocols: filepath.Join(r.dir, "protocols"),
		Root: r.set.root, Jurisdiction: r.set.jurisdiction, Start: r.set.start, Seed: r.set.seed, Version: r.o.Version}
	for _, dir := range []string{r.cfg.Data, r.cfg.Regimes, r.cfg.Protocols} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
	}
	if r.o.Database != "" {
		url, drop, err := r.o.Host.Throwaway(r.ctx, r.o.Database)
		if err != nil {
			return err
		}
		r.cfg.Database, r.drop = url, drop
	}
	lis, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return &seawall.Error{Op: "scenario.compose", Kind: seawall.Unavailable, Code: "listen_failed", Args: map[string]string{"address": "127.0.0.1:0"}, Err: err}
	}
	r.cfg.Listen, r.url = lis.Addr().String(), "http://"+lis.Addr().String()
	if err := r.start(); err != nil {
		return errors.Join(err, lis.Close())
	}
	r.server = &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		(*r.face.Load()).ServeHTTP(w, q)
	})}
	go r.server.Serve(lis)
	r.sessions = map[string]*session{}
	nobody, err := newSession("nobody", nil)
	r.who = nobody
	return err
}

// start opens the instance over the data that there are.
func (r *run) start() error {
	a, err := r.o.Host.Open(r.ctx, r.cfg)
	if err != nil {
		return err
	}
	public, machine, end := a.Faces()
	r.app, r.zone, r.endStreams = a, a.Zone(), end
	r.face.Store(&public)
	r.machine.Store(&machine)
	return nil
}

// shut stops everything that was started.
func (r *run) shut() error {
	if !r.opened() {
		return nil
	}
	var errs []error
	if r.server != nil {
		r.endStreams()
		grace, cancel := context.WithTimeout(context.WithoutCancel(r.ctx), 5*time.Second)
		defer cancel()
		if err := r.server.Shutdown(grace); err != nil {
			errs = append(errs, r.server.Close())
		}
	}
	errs = append(errs, r.closeDoor(), r.app.Close())
	r.app = nil
	return errors.Join(errs...)
}

// operatorFace is what answers to the machine's operator.
func (s *stage) operatorFace() http.Handler { return *s.machine.Load() }

// reopen stops the instance and starts it again on the same data, with the files
// that there are now.
func (r *run) reopen() error {
	r.endStreams()
	if err := r.app.Close(); err != nil {
		return err
	}
	r.app = nil
	// What the seed gave before must not come again on the same data.
	r.cfg.Seed += 1 << 40
	return r.start()
}
