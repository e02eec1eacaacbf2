package auth

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"io"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/ledger"
)

// SignIn is the answer to a successful sign-in. Token goes into the browser's
// cookie and is kept nowhere else.
type SignIn struct {
	Principal Principal
	Session   Session
	Token     string
}

const (
	tokenBytes = 32
	// seenEvery is how often the last use of a session is written down.
	seenEvery = time.Minute
	// tries bounds how often a sign-in starts again because another node
	// changed the account at the same moment; within one node they queue.
	tries = 10
)

// Login checks a password and opens a session. remote is the address it comes
// from. Errors: Unauthenticated "auth_failed" for any wrong pair and disabled
// accounts alike, Limited "auth_locked" after too many failures and "auth_busy".
func (s *Service) Login(ctx context.Context, login, password, remote string) (SignIn, error) {
	const op = "auth.Login"
	login = normalLogin(login)
	now := s.Clock.Now()
	for _, until := range []time.Time{s.remotes.lockedUntil(remote, now), s.unknown.lockedUntil(login, now)} {
		if !until.IsZero() {
			return SignIn{}, seawall.Wrap(op, s.locked(until))
		}
	}
	if len(password) > maxPassword || len(login) > maxPassword {
		password, login = "", "" // nobody has such a one; it fails below at the usual cost
	}
	p, phc, err := s.credentials(ctx, login)
	if err != nil {
		return SignIn{}, seawall.Wrap(op, err)
	}
	if p.LockedUntil.After(now) {
		return SignIn{}, seawall.Wrap(op, s.locked(p.LockedUntil))
	}
	ok, err := s.hasher.verify(ctx, phc, password)
	if err != nil {
		return SignIn{}, seawall.Wrap(op, err)
	}
	if p.ID == "" {
		return SignIn{}, seawall.Wrap(op, s.failUnknown(ctx, login, remote))
	}
	in, err := s.settle(ctx, p.ID, phc, remote, ok && !p.Disabled)
	return in, seawall.Wrap(op, err)
}

// credentials loads an account and its hash; both are empty for no account.
func (s *Service) credentials(ctx context.Context, login string) (p Principal, phc string, err error) {
	err = s.Work.Read(ctx, func(tx seawall.Tx) error {
		p, phc = Principal{}, ""
		found, err := s.Store.PrincipalByLogin(ctx, tx, login)
		if seawall.Is(err, seawall.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		p = found
		phc, err = s.Store.PasswordHash(ctx, tx, p.ID)
		return err
	})
	return p, phc, err
}

// settle writes down the end of a password check: a session, or one failure
// more. phc is the hash that was compared; a password changed meanwhile fails.
func (s *Service) settle(ctx context.Context, id seawall.PrincipalID, phc, remote string, ok bool) (SignIn, error) {
	in, err := s.newSession()
	if err != nil {
		return SignIn{}, err
	}
	defer s.queues.enter(id)()
	var refused error
	for n := 1; ; n++ {
		err = s.Work.Write(ctx, seawall.System("sign-in"), func(tx seawall.Tx) error {
			refused = nil
			p, err := s.load(ctx, tx, id)
			if err != nil {
				return err
			}
			current, err := s.Store.PasswordHash(ctx, tx, id)
			if err != nil {
				return err
			}
			switch {
			case p.LockedUntil.After(tx.Now()):
				refused = s.locked(p.LockedUntil)
				return nil
			case !ok || p.Disabled || current != phc:
				refused, err = s.fail(ctx, tx, p, remote)
				return err
			}
			return s.open(ctx, tx, p, &in, remote)
		})
		if !seawall.Is(err, seawall.Conflict) || n == tries {
			break
		}
	}
	if err == nil {
		err = refused
	}
	if err != nil {
		return SignIn{}, err
	}
	return in, nil
}

// open puts a session into the store and clears the count of failures.
func (s *Service) open(ctx context.Context, tx seawall.Tx, p Principal, in *SignIn, remote string) error {
	if p.Failures > 0 || !p.LockedUntil.IsZero() {
		p.Failures, p.LockedUntil = 0, time.Time{}
		p.Version++
		if err := s.Store.SavePrincipal(ctx, tx, p); err != nil {
			return err
		}
	}
	in.Session.Principal = p.ID
	in.Session.Created, in.Session.Seen = tx.Now(), tx.Now()
	in.Session.Expires = tx.Now().Add(s.Limits.Session)
	if err := s.Store.SaveSession(ctx, tx, in.Session); err != nil {
		return err
	}
	// Sessions that nobody came back to go with the next sign-in.
	if err := s.Store.DeleteSessionsBefore(ctx, tx, tx.Now()); err != nil {
		return err
	}
	if err := s.stand(ctx, tx, &p); err != nil {
		return err
	}
	in.Principal = p
	return s.record(ctx, tx, "session.opened", p, map[string]string{"remote": remote})
}

// fail counts a failure of a known account and gives what the caller is told.
func (s *Service) fail(ctx context.Context, tx seawall.Tx, p Principal, remote string) (refused, err error) {
	s.countRemote(remote)
	p.Failures++
	event := "session.failed"
	refused = seawall.E("auth.fail", seawall.Unauthenticated, "auth_failed")
	if d := s.Limits.lockAfter(p.Failures); d > 0 {
		p.LockedUntil = tx.Now().Add(d)
		event = "account.locked"
		refused = s.locked(p.LockedUntil)
	}
	p.Version++
	if err := s.Store.SavePrincipal(ctx, tx, p); err != nil {
		return nil, err
	}
	return refused, s.record(ctx, tx, event, p, map[string]string{"remote": remote})
}

// failUnknown treats a login that does not exist like one that does. The event
// does not name it: people type their password into the wrong field.
func (s *Service) failUnknown(ctx context.Context, login, remote string) error {
	s.countRemote(remote)
	until := s.unknown.add(login, s.Clock.Now(), s.Limits.MaxLock, s.Limits.lockAfter)
	err := s.Work.Write(ctx, seawall.System("sign-in"), func(tx seawall.Tx) error {
		return s.Log.Record(ctx, tx, ledger.Event{Type: "session.failed",
			Subject: seawall.Ref{Kind: seawall.KindSystem, ID: "sign-in"}, Data: map[string]string{"remote": remote}})
	})
	if err != nil {
		return err
	}
	if !until.IsZero() {
		return s.locked(until)
	}
	return seawall.E("auth.failUnknown", seawall.Unauthenticated, "auth_failed")
}

// countRemote counts a failure of an address.
func (s *Service) countRemote(remote string) {
	s.remotes.add(remote, s.Clock.Now(), s.Limits.RemoteWindow, func(n int) time.Duration {
		if n < s.Limits.RemoteFailures {
			return 0
		}
		return s.Limits.RemoteWindow
	})
}

// locked tells until when nobody signs in.
func (s *Service) locked(until time.Time) error {
	return seawall.E("auth.locked", seawall.Limited, "auth_locked", "until", until.In(s.Zone).Format("15:04:05"))
}

// Session gives the account and session behind a token, with the account's
// scope resolved. Errors: Unauthenticated "auth_sign_in" when there is none, it
// expired, or the account is disabled.
func (s *Service) Session(ctx context.Context, token string) (Principal, Session, error) {
	const op = "auth.Session"
	p, ses, hash, now, err := s.behind(ctx, token)
	switch {
	case seawall.Is(err, seawall.NotFound):
		return Principal{}, Session{}, seawall.E(op, seawall.Unauthenticated, "auth_sign_in")
	case err != nil:
		return Principal{}, Session{}, seawall.Wrap(op, err)
	case s.over(p, ses, now):
		if err := s.end(ctx, p, hash, "session.expired"); err != nil {
			return Principal{}, Session{}, seawall.Wrap(op, err)
		}
		return Principal{}, Session{}, seawall.E(op, seawall.Unauthenticated, "auth_sign_in")
	}
	if now.Sub(ses.Seen) >= seenEvery {
		if err := s.touch(ctx, hash); err != nil {
			return Principal{}, Session{}, seawall.Wrap(op, err)
		}
	}
	return p, ses, nil
}

// behind reads the account and session of a token.
func (s *Service) behind(ctx context.Context, token string) (p Principal, ses Session, hash string, now time.Time, err error) {
	if hash, err = tokenHash(token); err != nil {
		return p, ses, hash, now, err
	}
	err = s.Work.Read(ctx, func(tx seawall.Tx) (err error) {
		now = tx.Now()
		if ses, err = s.Store.SessionByHash(ctx, tx, hash); err != nil {
			return err
		}
		if p, err = s.Store.Principal(ctx, tx, ses.Principal); err != nil {
			return err
		}
		return s.stand(ctx, tx, &p)
	})
	return p, ses, hash, now, err
}

// over reports whether a session has run out or its account is disabled.
func (s *Service) over(p Principal, ses Session, now time.Time) bool {
	return p.Disabled || !now.Before(ses.Expires) || now.Sub(ses.Seen) > s.Limits.Idle
}

// Alive reports whether the session behind a token still holds. Asking is no
// use of the session: a page that only listens does not keep it from ending.
func (s *Service) Alive(ctx context.Context, token string) (bool, error) {
	p, ses, _, now, err := s.behind(ctx, token)
	if seawall.Is(err, seawall.NotFound) || seawall.Is(err, seawall.Unauthenticated) {
		return false, nil
	}
	return err == nil && !s.over(p, ses, now), seawall.Wrap("auth.Alive", err)
}

// touch writes down that a session was used; one that ended meanwhile stays so.
func (s *Service) touch(ctx context.Context, hash string) error {
	return s.Work.Write(ctx, seawall.System("session"), func(tx seawall.Tx) error {
		ses, err := s.Store.SessionByHash(ctx, tx, hash)
		if seawall.Is(err, seawall.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		ses.Seen = tx.Now()
		return s.Store.SaveSession(ctx, tx, ses)
	})
}

// CheckCSRF compares the header of a changing request with the session's value.
// Errors: Denied "auth_csrf".
func (ses Session) CheckCSRF(header string) error {
	if subtle.ConstantTimeCompare([]byte(header), []byte(ses.CSRF)) != 1 || ses.CSRF == "" {
		return seawall.E("auth.CheckCSRF", seawall.Denied, "auth_csrf")
	}
	return nil
}

// Logout ends the session of a token; one that has ended already is no error.
func (s *Service) Logout(ctx context.Context, token string) error {
	hash, err := tokenHash(token)
	if err != nil {
		return nil
	}
	var p Principal
	err = s.Work.Read(ctx, func(tx seawall.Tx) error {
		ses, err := s.Store.SessionByHash(ctx, tx, hash)
		if err != nil {
			return err
		}
		p, err = s.Store.Principal(ctx, tx, ses.Principal)
		return err
	})
	if seawall.Is(err, seawall.NotFound) {
		return nil
	}
	if err == nil {
		err = s.end(ctx, p, hash, "session.closed")
	}
	return seawall.Wrap("auth.Logout", err)
}

// end deletes a session and says so on the log.
func (s *Service) end(ctx context.Context, p Principal, hash, event string) error {
	return s.Work.Write(ctx, p.Actor(), func(tx seawall.Tx) error {
		if _, err := s.Store.SessionByHash(ctx, tx, hash); seawall.Is(err, seawall.NotFound) {
			return nil
		}
		if err := s.Store.DeleteSession(ctx, tx, hash); err != nil {
			return err
		}
		return s.record(ctx, tx, event, p, nil)
	})
}

// ChangePassword replaces the account's own password and every session of it by
// a new one. A wrong old password counts as a failed sign-in. Errors: Invalid
// names what is wrong with the new one.
func (s *Service) ChangePassword(ctx context.Context, id seawall.PrincipalID, old, password, remote string) (SignIn, error) {
	const op = "auth.ChangePassword"
	var p Principal
	var phc string
	err := s.Work.Read(ctx, func(tx seawall.Tx) (err error) {
		if p, err = s.load(ctx, tx, id); err != nil {
			return err
		}
		phc, err = s.Store.PasswordHash(ctx, tx, id)
		return err
	})
	if err != nil {
		return SignIn{}, seawall.Wrap(op, err)
	}
	// Whoever holds a session but not the password guesses no further here than
	// at the door.
	if p.LockedUntil.After(s.Clock.Now()) {
		return SignIn{}, seawall.Wrap(op, s.locked(p.LockedUntil))
	}
	if err := checkPassword(p.Login, password); err != nil {
		return SignIn{}, seawall.Wrap(op, err)
	}
	if old == password {
		return SignIn{}, seawall.E(op, seawall.Invalid, "auth_password_same")
	}
	ok, err := s.hasher.verify(ctx, phc, old)
	if err != nil {
		return SignIn{}, seawall.Wrap(op, err)
	}
	if !ok {
		_, err := s.settle(ctx, id, phc, remote, false)
		if seawall.Is(err, seawall.Unauthenticated) {
			err = seawall.E(op, seawall.Invalid, "auth_password_wrong")
		}
		return SignIn{}, seawall.Wrap(op, err)
	}
	next, err := s.hasher.hash(ctx, password)
	if err != nil {
		return SignIn{}, seawall.Wrap(op, err)
	}
	in, err := s.replace(ctx, p, phc, next, remote)
	return in, seawall.Wrap(op, err)
}

// replace sets a new hash unless somebody was faster, and opens a new session.
func (s *Service) replace(ctx context.Context, p Principal, was, phc, remote string) (SignIn, error) {
	in, err := s.newSession()
	if err != nil {
		return SignIn{}, err
	}
	err = s.Work.Write(ctx, p.Actor(), func(tx seawall.Tx) error {
		p, err := s.load(ctx, tx, p.ID)
		if err != nil {
			return err
		}
		if current, err := s.Store.PasswordHash(ctx, tx, p.ID); err != nil {
			return err
		} else if current != was || p.Disabled {
			return seawall.E("auth.replace", seawall.Conflict, "kind_conflict")
		}
		p.MustChange, p.PasswordSet = false, tx.Now()
		p.Version++
		if err := s.Store.SavePrincipal(ctx, tx, p); err != nil {
			return err
		}
		if err := s.Store.SetPasswordHash(ctx, tx, p.ID, phc); err != nil {
			return err
		}
		if err := s.Store.DeleteSessionsOf(ctx, tx, p.ID); err != nil {
			return err
		}
		if err := s.record(ctx, tx, "account.password_changed", p, nil); err != nil {
			return err
		}
		return s.open(ctx, tx, p, &in, remote)
	})
	return in, err
}

// newSession makes the random parts of a session.
func (s *Service) newSession() (SignIn, error) {
	b := make([]byte, 2*tokenBytes)
	if _, err := io.ReadFull(s.Random, b); err != nil {
		return SignIn{}, seawall.Wrap("auth.newSession", err)
	}
	enc := base64.RawURLEncoding
	in := SignIn{Token: enc.EncodeToString(b[:tokenBytes])}
	in.Session.CSRF = enc.EncodeToString(b[tokenBytes:])
	hash, err := tokenHash(in.Token)
	in.Session.TokenHash = hash
	return in, err
}

// tokenHash gives the form under which a token is kept. The token carries 256
// random bits, so a fast hash is enough.
func tokenHash(token string) (string, error) {
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(b) != tokenBytes {
		return "", seawall.E("auth.tokenHash", seawall.Unauthenticated, "auth_sign_in")
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}

// stand puts an account where its area lies now and resolves its scope, at most
// once in groundTTL for each area.
func (s *Service) stand(ctx context.Context, tx seawall.Tx, p *Principal) (err error) {
	if p.Area == "" {
		return nil
	}
	g, known := s.grounds.get(p.Area, tx.Now())
	if !known {
		if g.path, err = s.Place(ctx, tx, p.Area); err != nil {
			return err
		}
		if g.scope, err = s.Scope(ctx, tx, p.Area); err != nil {
			return err
		}
		s.grounds.put(p.Area, g, tx.Now())
	}
	p.Path, p.Scope = g.path, g.scope
	return nil
}
