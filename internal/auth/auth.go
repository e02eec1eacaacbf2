// Package auth knows accounts, roles, purposes and sessions, and decides every
// access in one function, Authorize.
package auth

import (
	"context"
	"time"

	"github.com/seawall-city/seawall"
)

// Principal is an account.
type Principal struct {
	ID    seawall.PrincipalID `json:"id"`
	Login string              `json:"login"`
	// WorkName is the post that others see ("市疾控 值班流调员").
	WorkName string   `json:"workName"`
	Roles    []string `json:"roles"`
	// Area roots what the account may see; Scope is it resolved.
	Area seawall.AreaID   `json:"area"`
	Path seawall.AreaPath `json:"path"`
	// Scope is Area resolved in the command hierarchy when a session is looked
	// up; it is not stored. Empty, the subtree of Path stands for it.
	Scope    seawall.Scope `json:"-"`
	Disabled bool          `json:"disabled,omitempty"`
	// MustChange asks for a new password at the next sign-in.
	MustChange bool `json:"mustChange,omitempty"`
	// Failures since the last success; LockedUntil after too many.
	Failures    int       `json:"failures,omitempty"`
	LockedUntil time.Time `json:"lockedUntil"`
	PasswordSet time.Time `json:"passwordSet"`
	CreatedAt   time.Time `json:"createdAt"`
	Version     int       `json:"version"`
}

// Session is one signed-in browser. The token itself is kept only as a hash.
type Session struct {
	TokenHash string
	Principal seawall.PrincipalID
	CSRF      string
	Created   time.Time
	Seen      time.Time
	Expires   time.Time
}

// Action names what somebody wants to do ("case.read", "contact.confirm",
// "identity.open", "account.manage"). The list and who may do what are policy
// files, not code.
type Action string

// Resource is what the action is about: a kind, an area and, where the policy
// asks, the owner.
type Resource struct {
	Kind  seawall.RefKind
	ID    string
	Area  seawall.AreaPath
	Owner seawall.PrincipalID
}

// Authorizer decides every access of the system. Policies is the one
// implementation.
type Authorizer interface {
	// Authorize returns nil when p may do a to r. purpose is the configured
	// purpose of a read of identity, "" for everything else. Errors: Denied
	// with Code "auth_denied" (no policy permits), "auth_denied_by" (args
	// policy, action: a policy forbids) or "auth_denied_area".
	Authorize(p Principal, a Action, r Resource, purpose string) error
}

// Store is what this package needs of the database. Only SavePrincipal writes a
// row that belongs to the next event; password hashes and sessions are secrets
// and never part of the log.
type Store interface {
	// SavePrincipal leaves Scope out. Errors: Conflict for a login that exists.
	SavePrincipal(ctx context.Context, tx seawall.Tx, p Principal) error
	Principal(ctx context.Context, tx seawall.Tx, id seawall.PrincipalID) (Principal, error)
	PrincipalByLogin(ctx context.Context, tx seawall.Tx, login string) (Principal, error)
	Principals(ctx context.Context, tx seawall.Tx, within seawall.Scope, p seawall.Page) ([]Principal, string, int, error)
	// SetPasswordHash and PasswordHash keep the hash apart from the row that
	// goes into events.
	SetPasswordHash(ctx context.Context, tx seawall.Tx, id seawall.PrincipalID, hash string) error
	PasswordHash(ctx context.Context, tx seawall.Tx, id seawall.PrincipalID) (string, error)
	SaveSession(ctx context.Context, tx seawall.Tx, s Session) error
	SessionByHash(ctx context.Context, tx seawall.Tx, hash string) (Session, error)
	DeleteSession(ctx context.Context, tx seawall.Tx, hash string) error
	DeleteSessionsOf(ctx context.Context, tx seawall.Tx, id seawall.PrincipalID) error
	// DeleteSessionsBefore sweeps the sessions that expired before t.
	DeleteSessionsBefore(ctx context.Context, tx seawall.Tx, t time.Time) error
}
