package store

import (
	"context"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
)

var _ auth.Store = (*DB)(nil)

func principals() *table[auth.Principal] {
	return &table[auth.Principal]{
		kind: seawall.KindPrincipal, name: "principal",
		cols: names("id login work_name roles area path disabled must_change failures locked_until password_set created_at version"),
		fields: func(p *auth.Principal) []any {
			return with(&p.ID, &p.Login, &p.WorkName, asJSON(&p.Roles), &p.Area, &p.Path, flag(&p.Disabled), flag(&p.MustChange),
				&p.Failures, ts(&p.LockedUntil), ts(&p.PasswordSet), ts(&p.CreatedAt), &p.Version)
		},
		id:      func(p *auth.Principal) string { return string(p.ID) },
		version: func(p *auth.Principal) int { return p.Version },
	}
}

// SavePrincipal writes an account.
func (db *DB) SavePrincipal(ctx context.Context, tx seawall.Tx, p auth.Principal) error {
	return principals().put(ctx, tx, p)
}

// Principal reads an account.
func (db *DB) Principal(ctx context.Context, tx seawall.Tx, id seawall.PrincipalID) (auth.Principal, error) {
	return principals().get(ctx, tx, string(id))
}

// PrincipalByLogin reads an account by its login.
func (db *DB) PrincipalByLogin(ctx context.Context, tx seawall.Tx, login string) (auth.Principal, error) {
	return the(ctx, tx, principals(), login, "login = $1", login)
}

// Principals gives a page of the accounts of a scope by login, the next cursor
// and the total.
func (db *DB) Principals(ctx context.Context, tx seawall.Tx, within seawall.Scope, p seawall.Page) ([]auth.Principal, string, int, error) {
	return principalList(within).all(ctx, tx, p)
}

func principalList(within seawall.Scope) *listing[auth.Principal] {
	l := &listing[auth.Principal]{from: principals(), ranges: []string{""}, order: order[auth.Principal]{
		name: "login", col: "login", value: func(p *auth.Principal) any { return p.Login }}}
	parts, limited := reaches(within)
	if !limited {
		l.pageIndex = "principal_login"
		return l
	}
	l.common.conds = []string{l.common.areas("path", parts)}
	return l
}

// SetPasswordHash keeps the hash of an account's password. It is a secret and
// no part of any event.
func (db *DB) SetPasswordHash(ctx context.Context, tx seawall.Tx, id seawall.PrincipalID, hash string) error {
	_, err := of(tx).exec(ctx, "store.SetPasswordHash", `INSERT INTO password (principal, hash) VALUES ($1, $2)
		ON CONFLICT (principal) DO UPDATE SET hash = excluded.hash`, string(id), hash)
	return err
}

// PasswordHash reads the hash of an account's password; NotFound if none is set.
func (db *DB) PasswordHash(ctx context.Context, tx seawall.Tx, id seawall.PrincipalID) (string, error) {
	const op = "store.PasswordHash"
	var hash string
	found, err := of(tx).one(ctx, op, "SELECT hash FROM password WHERE principal = $1", []any{string(id)}, &hash)
	if err == nil && !found {
		err = seawall.E(op, seawall.NotFound, "not_found", "kind", "password", "id", string(id))
	}
	return hash, err
}

const sessionColumns = "token_hash, principal, csrf, created, seen, expires"

func sessionFields(s *auth.Session) []any {
	return []any{&s.TokenHash, &s.Principal, &s.CSRF, ts(&s.Created), ts(&s.Seen), ts(&s.Expires)}
}

// SaveSession writes a session; it is no part of any event.
func (db *DB) SaveSession(ctx context.Context, tx seawall.Tx, s auth.Session) error {
	args, err := bind(sessionFields(&s))
	if err != nil {
		return seawall.Wrap("store.SaveSession", err)
	}
	_, err = of(tx).exec(ctx, "store.SaveSession", "INSERT INTO session ("+sessionColumns+`) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (token_hash) DO UPDATE SET principal = excluded.principal, csrf = excluded.csrf,
			created = excluded.created, seen = excluded.seen, expires = excluded.expires`, args...)
	return err
}

// SessionByHash reads a session by the hash of its token, expired or not.
func (db *DB) SessionByHash(ctx context.Context, tx seawall.Tx, hash string) (auth.Session, error) {
	const op = "store.SessionByHash"
	var s auth.Session
	found, err := of(tx).one(ctx, op, "SELECT "+sessionColumns+" FROM session WHERE token_hash = $1", []any{hash}, sessionFields(&s)...)
	if err == nil && !found {
		err = seawall.E(op, seawall.NotFound, "not_found", "kind", "session", "id", "")
	}
	return s, err
}

// DeleteSession ends a session; one that is gone already is no error.
func (db *DB) DeleteSession(ctx context.Context, tx seawall.Tx, hash string) error {
	_, err := of(tx).exec(ctx, "store.DeleteSession", "DELETE FROM session WHERE token_hash = $1", hash)
	return err
}

// DeleteSessionsOf ends every session of an account.
func (db *DB) DeleteSessionsOf(ctx context.Context, tx seawall.Tx, id seawall.PrincipalID) error {
	_, err := of(tx).exec(ctx, "store.DeleteSessionsOf", "DELETE FROM session WHERE principal = $1", string(id))
	return err
}

// DeleteSessionsBefore sweeps the sessions that expired before an instant.
func (db *DB) DeleteSessionsBefore(ctx context.Context, tx seawall.Tx, t time.Time) error {
	_, err := of(tx).exec(ctx, "store.DeleteSessionsBefore", "DELETE FROM session WHERE expires < $1", microsOf(t))
	return err
}
