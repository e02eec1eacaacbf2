package response

import (
	"context"
	"io"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/area"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/border"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/freight"
	"github.com/seawall-city/seawall/internal/gate"
	"github.com/seawall-city/seawall/internal/goods"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/protocol"
	"github.com/seawall-city/seawall/internal/regime"
	"github.com/seawall-city/seawall/internal/relief"
	"github.com/seawall-city/seawall/internal/ticket"
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
	if len(scope) == 0 {
		// Of an account without an area this sees nothing; a nil scope would
		// limit nothing in a query.
		scope = seawall.Scope{p.Path}
	}
	return Who{Actor: seawall.Actor{Kind: seawall.ActorUser, Principal: p.ID, Name: p.WorkName}, Principal: p, Scope: scope}
}

// History reads the log; the store implements it.
type History interface {
	Events(ctx context.Context, tx seawall.Tx, q ledger.Query) ([]ledger.Event, error)
}

// Accounts looks accounts up; the store implements it.
type Accounts interface {
	Principal(ctx context.Context, tx seawall.Tx, id seawall.PrincipalID) (auth.Principal, error)
	Principals(ctx context.Context, tx seawall.Tx, within seawall.Scope, p seawall.Page) ([]auth.Principal, string, int, error)
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
	// Protocols are the kinds of duty; Entries keeps the forms that open one by
	// hand, Boards counts what is open of a kind.
	Protocols *protocol.Set
	// Texts keeps the texts of protocols that duties run under.
	Texts   protocol.Keeper
	Entries casebook.EntryStore
	Boards  loop.Boards
	// Relief keeps objections and requests for help.
	Relief relief.Store
	// Border keeps arrivals; Origins is the table of places they come from.
	Border  border.Store
	Origins *border.Origins
	// Freight keeps trips, carriers, service areas and road closures.
	Freight freight.Store
	// Gates keeps sites and passes, GateRules says what is decided there; Tickets
	// signs what phones check without a network.
	Gates     gate.Store
	GateRules *gate.Set
	Tickets   *ticket.Key
	// Goods keeps lots, places that are sampled and custody, GoodsRules says what
	// is needed before a release.
	Goods      goods.Store
	GoodsRules *goods.Set
	// Waits keeps plans of lanes and alarms about waits at gates.
	Waits gate.WaitStore
	// Roster answers who is on duty and which area is above another.
	Roster *area.Book
	Log    ledger.Recorder
	Past   History
	Vault  vault.Vault
	Rules  *regime.Set
	// Jurisdiction is the city's own ("CN-JS-YC"); regimes of the ones above hold
	// where it has none.
	Jurisdiction string
	Auth         auth.Authorizer
	// Accounts finds the receiver of a hand-over.
	Accounts Accounts
	// Field is what phones of the field need (field_io.go).
	Field FieldDeps
	// Imports is what bulk files need (import.go).
	Imports ImportDeps
	// LinkKey signs the personal links of the self-report; at least 32 bytes,
	// kept by the instance for good.
	LinkKey []byte
	// LinkBase is the address before a link's token
	// ("https://host/followup/").
	LinkBase string
}

// Service runs the use cases.
type Service struct {
	// gates gathers the passes that come at once.
	gates gateGroup
	// sites are those at which vehicles pass now.
	sites siteCache

	d      Deps
	book   *casebook.Book
	border *border.Book
	trips  *freight.Book
	goods  *goods.Book
	engine *loop.Engine
	laws   *laws
}

// New makes the service.
func New(d Deps) *Service {
	s := &Service{d: d, book: casebook.New(d.Cases, d.Log, d.Zone), border: border.New(d.Border, d.Log, d.Zone),
		trips: freight.New(d.Freight, d.Log, d.Zone), goods: goods.New(d.Goods, d.Log, d.Zone),
		laws: newLaws(d.Protocols)}
	s.gates.write = s.writePasses
	s.engine = loop.New(loop.Config{Store: d.Loops, Log: d.Log, Assign: answersBy(d.Roster.WhoAnswers), Up: d.Roster.Up,
		City: d.City, CutOff: s.cutOff, Zone: d.Zone, Watch: s.mirror, Barred: s.barred, Stays: staysListed,
		Rules: s.loopRule, Again: s.planAgain, Child: s.planChild, Holders: s.holders})
	return s
}

// allow decides one access. The command line on the server's own machine and the
// system's own parts act under the log, not under a role.
func (s *Service) allow(who Who, a auth.Action, r auth.Resource) error {
	switch who.Actor.Kind {
	case seawall.ActorOperator, seawall.ActorSystem:
		return nil
	}
	return s.d.Auth.Authorize(who.Principal, a, r, "")
}

// allowAny decides an access to one thing that lies in several areas, a duty
// that has climbed above the place it is about: any of them will do.
func (s *Service) allowAny(who Who, a auth.Action, r auth.Resource, areas ...seawall.AreaPath) error {
	var err error
	for _, at := range areas {
		r.Area = at
		if err = s.allow(who, a, r); err == nil {
			return nil
		}
	}
	return err
}

// scope gives the areas whose records somebody's lists show.
func (s *Service) scope(who Who) seawall.Scope {
	if who.Actor.Kind == seawall.ActorOperator || who.Actor.Kind == seawall.ActorSystem {
		return seawall.Scope{s.d.City}
	}
	if who.Scope == nil {
		return seawall.Scope{}
	}
	return who.Scope
}

// write runs fn in a transaction for somebody.
func (s *Service) write(ctx context.Context, who Who, op string, fn func(tx seawall.Tx) error) error {
	return seawall.Wrap(op, s.d.Work.Write(ctx, who.Actor, fn))
}

// read runs fn on a snapshot.
func (s *Service) read(ctx context.Context, op string, fn func(tx seawall.Tx) error) error {
	return seawall.Wrap(op, s.d.Work.Read(ctx, fn))
}

func (s *Service) today(tx seawall.Tx) seawall.Day { return seawall.DayOf(tx.Now(), s.d.Zone) }

// cutOff gives the no-overnight rule of a cited regime; a record whose regime is
// not among the files any more falls back to the ordinary one.
func (s *Service) cutOff(ref string) regime.CutOff {
	if r, ok := s.d.Rules.ByID(ref); ok && r.CutOff.Hour > 0 {
		return r.CutOff
	}
	return regime.CutOff{Hour: 24, LateOpenHour: 20, MaxAgeHours: 12}
}

// inForce gives the regime of a disease on a day, nil where none covers it.
func (s *Service) inForce(disease string, day seawall.Day) *regime.Regime {
	if r, ok := s.d.Rules.InForce(disease, s.d.Jurisdiction, day); ok {
		return r
	}
	return nil
}

// invalid makes the error of an input with these faults, nil without any.
func invalid(op, code string, bad []seawall.FieldError) error {
	if len(bad) == 0 {
		return nil
	}
	return &seawall.Error{Op: op, Kind: seawall.Invalid, Code: code, Fields: bad}
}

// known reads a day of an input: the zero Day stands for "left out".
func known(d seawall.Day) seawall.Day {
	if d == 0 {
		return seawall.NoDay
	}
	return d
}
