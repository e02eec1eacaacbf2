package auth_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
)

func TestLockout(t *testing.T) {
	o, ctx := newOffice(t, auth.Limits{}), context.Background()
	wrong := func(login string) error {
		_, err := o.Login(ctx, login, "wrong-password", "10.0.0.1")
		return err
	}
	// A made-up login behaves exactly like a real one, lock and all.
	for _, login := range []string{"tracer", "nobody-here"} {
		for i, lock := range []time.Duration{15 * time.Minute, 30 * time.Minute, time.Hour} {
			for n := 1; n <= 4; n++ {
				if err := wrong(login); code(err) != "auth_failed" || !seawall.Is(err, seawall.Unauthenticated) {
					t.Fatalf("%s: failure %d of round %d: %v", login, n, i, err)
				}
			}
			if err := wrong(login); code(err) != "auth_locked" || !seawall.Is(err, seawall.Limited) {
				t.Fatalf("%s: fifth failure of round %d: %v", login, i, err)
			}
			o.m.now = o.m.now.Add(lock - time.Second)
			if _, err := o.Login(ctx, login, goodPassword, "10.0.0.2"); code(err) != "auth_locked" {
				t.Fatalf("%s: right password in round %d, a second too early: %v", login, i, err)
			}
			o.m.now = o.m.now.Add(time.Second)
		}
	}
	if _, err := o.Login(ctx, "tracer", goodPassword, "10.0.0.2"); err != nil {
		t.Fatalf("after the lock: %v", err)
	}
	if p := o.m.accounts[o.tracer.ID]; p.Failures != 0 || !p.LockedUntil.IsZero() {
		t.Errorf("a success does not clear the count: %+v", p)
	}
	if got := o.m.types(0); strings.Count(got, "account.locked") != 3 || strings.Count(got, "session.failed") != 4*3+5*3 {
		t.Errorf("events %s", got)
	}
}

func TestLockGrowsToItsBound(t *testing.T) {
	o, ctx := newOffice(t, auth.Limits{Failures: 1, Lock: time.Hour, MaxLock: 3 * time.Hour}), context.Background()
	for _, want := range []time.Duration{time.Hour, 2 * time.Hour, 3 * time.Hour, 3 * time.Hour} {
		if _, err := o.Login(ctx, "tracer", "wrong-password", ""); code(err) != "auth_locked" {
			t.Fatal(err)
		}
		if got := o.m.accounts[o.tracer.ID].LockedUntil.Sub(o.m.now); got != want {
			t.Errorf("locked for %v, want %v", got, want)
		}
		o.m.now = o.m.now.Add(want)
	}
}

// One address cannot try many accounts.
func TestRemoteShutOut(t *testing.T) {
	o, ctx := newOffice(t, auth.Limits{RemoteFailures: 3}), context.Background()
	for i := range 3 {
		if _, err := o.Login(ctx, fmt.Sprintf("made-up-%d", i), "wrong-password", "10.0.0.9"); code(err) != "auth_failed" {
			t.Fatal(err)
		}
	}
	if _, err := o.Login(ctx, "tracer", goodPassword, "10.0.0.9"); code(err) != "auth_locked" {
		t.Errorf("the fourth attempt from one address: %v", err)
	}
	if _, err := o.Login(ctx, "tracer", goodPassword, "10.0.0.8"); err != nil {
		t.Errorf("another address: %v", err)
	}
	o.m.now = o.m.now.Add(16 * time.Minute)
	if _, err := o.Login(ctx, "tracer", goodPassword, "10.0.0.9"); err != nil {
		t.Errorf("after the window: %v", err)
	}
}

// A lock that another attempt brought while the password was being checked
// holds against the right password too.
func TestLockWhileChecking(t *testing.T) {
	o, ctx := newOffice(t, auth.Limits{}), context.Background()
	o.m.before = func() {
		p := o.m.accounts[o.tracer.ID]
		p.LockedUntil = o.m.now.Add(time.Minute)
		o.m.accounts[p.ID] = p
	}
	if _, err := o.Login(ctx, "tracer", goodPassword, ""); code(err) != "auth_locked" {
		t.Errorf("got %v", err)
	}
	if len(o.m.sessions) != 0 {
		t.Error("a session was opened")
	}
}

func TestParallelSignIns(t *testing.T) {
	o, ctx := newOffice(t, auth.Limits{Failures: 100, RemoteFailures: 1000}), context.Background()
	var wg sync.WaitGroup
	errs := make([]error, 40)
	for i := range errs {
		wg.Go(func() { _, errs[i] = o.Login(ctx, "tracer", "wrong-password", "") })
	}
	wg.Wait()
	failed, busy := 0, 0
	for _, err := range errs {
		switch code(err) {
		case "auth_failed":
			failed++
		case "auth_busy":
			busy++
		default:
			t.Errorf("got %v", err)
		}
	}
	if failed == 0 || failed+busy != len(errs) || o.m.accounts[o.tracer.ID].Failures != failed {
		t.Errorf("%d failed, %d busy, %d counted", failed, busy, o.m.accounts[o.tracer.ID].Failures)
	}
}

// The time of an attempt tells nothing about whether the login exists: both do
// the same hashing. The bound is wide because the machine is shared.
func TestUnknownLoginCostsTheSame(t *testing.T) {
	o, ctx := newOffice(t, auth.Limits{Failures: 1000, RemoteFailures: 1000}), context.Background()
	fastest := func(login string) time.Duration {
		best := time.Hour
		for range 6 {
			start := time.Now()
			if _, err := o.Login(ctx, login, "wrong-password", ""); code(err) != "auth_failed" {
				t.Fatal(err)
			}
			best = min(best, time.Since(start))
		}
		return best
	}
	known, unknown := fastest("tracer"), fastest("nobody-here")
	if unknown < known/3 || known < unknown/3 {
		t.Errorf("known %v, unknown %v", known, unknown)
	}
}

// A session alone does not help to guess the password: the lock holds for
// changing it as well.
func TestLockHoldsForPasswordChange(t *testing.T) {
	o, ctx := newOffice(t, auth.Limits{}), context.Background()
	change := func(old string) error {
		_, err := o.ChangePassword(ctx, o.tracer.ID, old, "another-long-phrase-17", "10.0.0.1")
		return err
	}
	for range 4 {
		if err := change("wrong-password"); code(err) != "auth_password_wrong" {
			t.Fatal(err)
		}
	}
	for _, old := range []string{"wrong-password", "wrong-password", goodPassword} {
		if err := change(old); code(err) != "auth_locked" {
			t.Fatalf("old password %q while locked: %v", old, err)
		}
	}
	o.m.now = o.m.now.Add(15 * time.Minute)
	if err := change(goodPassword); err != nil {
		t.Fatalf("after the lock: %v", err)
	}
}
