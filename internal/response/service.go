package response

import (
	"context"
	"io"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/area"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/vault"
)

// Who asks: the actor for the log, the account for the decision and the areas
// it may see.
type Who struct {
	Actor     seawall.Actor
	Principal auth.Principal
	Scope     seawall.Scope
}

// Asked makes a Who of a signed-in account.
func Asked(p auth.Principal) Who {
	scope := p.Scope
	if len(scope) == 0 && p.Path != "" {
		scope = seawall.Scope{p.Path}
	}
	return Who{Actor: seawall.Actor{Kind: seawall.ActorUser, Principal: p.ID, Name: p.WorkName}, Principal: p, Scope: scope}
}

// History reads the log; the store implements it.
type History interface {
	Events(ctx context.Context, tx seawall.Tx, q ledger.Query) ([]ledger.Event, error)
}

// Deps are what the main path works with. All of them are needed except where
// a field says otherwise.
type Deps struct {
	Work  seawall.UnitOfWork
	Clock seawall.Clock
	// Random feeds nothing but tokens; crypto/rand in production.
	Random io.Reader
	// Zone is the city's time zone.
	Zone *time.Location
	// City is the path of the city's own desk, the top of every climb.
	City seawall.AreaPath

	Cases casebook.Store
	Loops loop.Store
	Areas area.Store
	// Roster answers who is on duty and which area is above another.
	Roster *area.Book
	Log    ledger.Recorder
	Past   History
	Vault  vault.Vault
	Rules  Rules
	Auth   auth.Authorizer
	// LinkKey signs the personal links of the self-report; at least 32 bytes,
	// kept by the instance for good.
	LinkKey []byte
	// LinkBase is the address before a link's token
	// ("https://host/followup/").
	LinkBase string
}
