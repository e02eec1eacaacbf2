package auth

import (
	"context"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/ledger"
)

// Config is what the service needs of the world.
type Config struct {
	Work     seawall.UnitOfWork
	Store    Store
	Log      ledger.Recorder
	Policies *Policies
	Clock    seawall.Clock
	// Random is where salts, tokens and one-time passwords come from; the
	// binary passes the system's cryptographic source.
	Random io.Reader
	// Place gives the statistical path of an area, Scope what an account rooted
	// there answers for (area.Book's Place and ScopeOf in the command hierarchy).
	Place func(ctx context.Context, tx seawall.Tx, id seawall.AreaID) (seawall.AreaPath, error)
	Scope func(ctx context.Context, tx seawall.Tx, id seawall.AreaID) (seawall.Scope, error)
	// Zone is the city's time zone, for the instants in messages.
	Zone   *time.Location
	Limits Limits
}

// Service keeps accounts and sessions. It opens its own units of work because a
// password check takes longer than any transaction should.
type Service struct {
	Config
	hasher  *hasher
	remotes *failures
	unknown *failures
	grounds *grounds
	queues  *queues
}

// NewService makes the service.
func NewService(c Config) (*Service, error) {
	c.Limits = c.Limits.filled()
	h, err := newHasher(c.Random, c.Limits.Hashes)
	if err != nil {
		return nil, seawall.Wrap("auth.NewService", err)
	}
	return &Service{Config: c, hasher: h, remotes: newFailures(), unknown: newFailures(),
		grounds: &grounds{at: map[seawall.AreaID]ground{}}, queues: &queues{}}, nil
}

// NewAccount is what an administrator fills in.
type NewAccount struct {
	Login    string         `json:"login"`
	WorkName string         `json:"workName"`
	Roles    []string       `json:"roles"`
	Area     seawall.AreaID `json:"area"`
	// Password is set by the demonstration and the first set-up only; empty, a
	// one-time password is made and must be changed at the first sign-in.
	Password string `json:"-"`
}

// AccountChange changes the fields that are not nil. Version is the one read.
type AccountChange struct {
	Version  int             `json:"version"`
	WorkName *string         `json:"workName,omitempty"`
	Roles    *[]string       `json:"roles,omitempty"`
	Area     *seawall.AreaID `json:"area,omitempty"`
	Disabled *bool           `json:"disabled,omitempty"`
}

// Bootstrap creates an account without asking who asks: the first one of an
// installation, by an operator on the machine, and those of the demonstration.
// It gives the one-time password, "" when a.Password was set.
func (s *Service) Bootstrap(ctx context.Context, actor seawall.Actor, a NewAccount) (Principal, string, error) {
	p, password, err := s.create(ctx, actor, a, func(Principal) error { return nil })
	return p, password, seawall.Wrap("auth.Bootstrap", err)
}

// CreatePrincipal creates an account in by's area and gives its one-time
// password. Errors: Invalid with Fields, Conflict for a login that exists.
func (s *Service) CreatePrincipal(ctx context.Context, by Principal, a NewAccount) (Principal, string, error) {
	a.Password = ""
	p, password, err := s.create(ctx, by.Actor(), a, func(made Principal) error { return s.mayManage(by, made) })
	return p, password, seawall.Wrap("auth.CreatePrincipal", err)
}

// create makes an account that may accepts.
func (s *Service) create(ctx context.Context, actor seawall.Actor, a NewAccount, may func(Principal) error) (Principal, string, error) {
	a.Login = normalLogin(a.Login)
	a.WorkName = strings.TrimSpace(a.WorkName)
	if err := s.checkAccount(a); err != nil {
		return Principal{}, "", err
	}
	password, shown := a.Password, ""
	if password == "" {
		var err error
		if password, err = oneTimePassword(s.Random); err != nil {
			return Principal{}, "", err
		}
		shown = password
	} else if err := checkPassword(a.Login, password); err != nil {
		return Principal{}, "", err
	}
	phc, err := s.hasher.hash(ctx, password)
	if err != nil {
		return Principal{}, "", err
	}
	p := Principal{Login: a.Login, WorkName: a.WorkName, Roles: slices.Clone(a.Roles), Area: a.Area, MustChange: shown != "", Version: 1}
	err = s.Work.Write(ctx, actor, func(tx seawall.Tx) (err error) {
		p.ID, p.PasswordSet, p.CreatedAt = seawall.PrincipalID(tx.NewID()), tx.Now(), tx.Now()
		if p.Path, err = s.Place(ctx, tx, a.Area); err != nil {
			return err
		}
		if err := may(p); err != nil {
			return err
		}
		return s.insert(ctx, tx, p, phc)
	})
	if err != nil {
		return Principal{}, "", err
	}
	return p, shown, nil
}

// insert writes a new account under a login that is free.
func (s *Service) insert(ctx context.Context, tx seawall.Tx, p Principal, phc string) error {
	if _, err := s.Store.PrincipalByLogin(ctx, tx, p.Login); err == nil {
		return seawall.E("auth.insert", seawall.Conflict, "auth_login_taken", "login", p.Login)
	} else if !seawall.Is(err, seawall.NotFound) {
		return err
	}
	if err := s.Store.SavePrincipal(ctx, tx, p); err != nil {
		return err
	}
	if err := s.Store.SetPasswordHash(ctx, tx, p.ID, phc); err != nil {
		return err
	}
	return s.record(ctx, tx, "account.created", p, map[string]string{"roles": strings.Join(p.Roles, " ")})
}

// Update changes an account. Whoever loses or gains rights, or is disabled, is
// signed out everywhere. Errors: Invalid, NotFound, Conflict, Denied.
func (s *Service) Update(ctx context.Context, by Principal, id seawall.PrincipalID, c AccountChange) (Principal, error) {
	const op = "auth.Update"
	var p Principal
	err := s.Work.Write(ctx, by.Actor(), func(tx seawall.Tx) (err error) {
		if p, err = s.load(ctx, tx, id); err != nil {
			return err
		}
		if err := s.mayManage(by, p); err != nil {
			return err
		}
		if p.Version != c.Version {
			return seawall.E(op, seawall.Conflict, "kind_conflict")
		}
		event, err := s.apply(ctx, tx, &p, c)
		if err != nil {
			return err
		}
		// The new area must be the administrator's as well.
		if err := s.mayManage(by, p); err != nil {
			return err
		}
		p.Version++
		if err := s.Store.SavePrincipal(ctx, tx, p); err != nil {
			return err
		}
		if c.Roles != nil || c.Area != nil || c.Disabled != nil {
			if err := s.Store.DeleteSessionsOf(ctx, tx, id); err != nil {
				return err
			}
		}
		return s.record(ctx, tx, event, p, map[string]string{"roles": strings.Join(p.Roles, " ")})
	})
	if err != nil {
		return Principal{}, seawall.Wrap(op, err)
	}
	return p, nil
}

// apply puts the changes into p and gives the event's type.
func (s *Service) apply(ctx context.Context, tx seawall.Tx, p *Principal, c AccountChange) (string, error) {
	event := "account.changed"
	if c.WorkName != nil {
		p.WorkName = strings.TrimSpace(*c.WorkName)
	}
	if c.Roles != nil {
		p.Roles = slices.Clone(*c.Roles)
	}
	if c.Area != nil && *c.Area != p.Area {
		path, err := s.Place(ctx, tx, *c.Area)
		if err != nil {
			return "", err
		}
		p.Area, p.Path = *c.Area, path
	}
	if c.Disabled != nil && *c.Disabled != p.Disabled {
		p.Disabled = *c.Disabled
		event = "account.enabled"
		if p.Disabled {
			event = "account.disabled"
		}
	}
	return event, s.checkAccount(NewAccount{Login: p.Login, WorkName: p.WorkName, Roles: p.Roles, Area: p.Area})
}

// Disable shuts an account out and ends its sessions.
func (s *Service) Disable(ctx context.Context, by Principal, id seawall.PrincipalID, version int) (Principal, error) {
	yes := true
	return s.Update(ctx, by, id, AccountChange{Version: version, Disabled: &yes})
}

// ResetPassword gives an account a one-time password, lifts a lock and ends its
// sessions. The password is shown once and kept nowhere.
func (s *Service) ResetPassword(ctx context.Context, by Principal, id seawall.PrincipalID) (string, error) {
	const op = "auth.ResetPassword"
	password, err := oneTimePassword(s.Random)
	if err != nil {
		return "", seawall.Wrap(op, err)
	}
	phc, err := s.hasher.hash(ctx, password)
	if err != nil {
		return "", seawall.Wrap(op, err)
	}
	err = s.Work.Write(ctx, by.Actor(), func(tx seawall.Tx) error {
		p, err := s.load(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := s.mayManage(by, p); err != nil {
			return err
		}
		p.MustChange, p.Failures, p.LockedUntil, p.PasswordSet = true, 0, time.Time{}, tx.Now()
		p.Version++
		if err := s.Store.SavePrincipal(ctx, tx, p); err != nil {
			return err
		}
		if err := s.Store.SetPasswordHash(ctx, tx, id, phc); err != nil {
			return err
		}
		if err := s.Store.DeleteSessionsOf(ctx, tx, id); err != nil {
			return err
		}
		return s.record(ctx, tx, "account.password_reset", p, nil)
	})
	if err != nil {
		return "", seawall.Wrap(op, err)
	}
	return password, nil
}

// Get gives one account that by may see.
func (s *Service) Get(ctx context.Context, by Principal, id seawall.PrincipalID) (Principal, error) {
	var p Principal
	err := s.Work.Read(ctx, func(tx seawall.Tx) (err error) {
		p, err = s.load(ctx, tx, id)
		return err
	})
	if err == nil {
		err = s.Policies.Authorize(by, AccountRead, accountResource(p), "")
	}
	if err != nil {
		return Principal{}, seawall.Wrap("auth.Get", err)
	}
	return p, nil
}

// List gives the accounts in by's scope, the next cursor and the total.
func (s *Service) List(ctx context.Context, by Principal, page seawall.Page) (ps []Principal, next string, total int, err error) {
	if err := s.Policies.Authorize(by, AccountRead, Resource{Kind: seawall.KindPrincipal}, ""); err != nil {
		return nil, "", 0, seawall.Wrap("auth.List", err)
	}
	err = s.Work.Read(ctx, func(tx seawall.Tx) (err error) {
		ps, next, total, err = s.Store.Principals(ctx, tx, scopeOf(by), page)
		return err
	})
	return ps, next, total, seawall.Wrap("auth.List", err)
}

// mayManage asks the policies whether by manages account p.
func (s *Service) mayManage(by, p Principal) error {
	return s.Policies.Authorize(by, AccountManage, accountResource(p), "")
}

// accountResource is an account as the policies see it: it owns itself.
func accountResource(p Principal) Resource {
	return Resource{Kind: seawall.KindPrincipal, ID: string(p.ID), Area: p.Path, Owner: p.ID}
}

// load gives an account by its id.
func (s *Service) load(ctx context.Context, tx seawall.Tx, id seawall.PrincipalID) (Principal, error) {
	p, err := s.Store.Principal(ctx, tx, id)
	if seawall.Is(err, seawall.NotFound) {
		return Principal{}, seawall.E("auth.load", seawall.NotFound, "auth_account_not_found", "id", string(id))
	}
	return p, seawall.Wrap("auth.load", err)
}

// record puts an event about an account on the log.
func (s *Service) record(ctx context.Context, tx seawall.Tx, kind string, p Principal, data map[string]string) error {
	err := s.Log.Record(ctx, tx, ledger.Event{Type: kind, Subject: p.Ref(), Area: p.Path, Data: data})
	return seawall.Wrap("auth.record", err)
}

// Ref points to the account in events.
func (p Principal) Ref() seawall.Ref {
	return seawall.Ref{Kind: seawall.KindPrincipal, ID: string(p.ID)}
}

// maxWorkName bounds a work name in characters.
const maxWorkName = 60

// checkAccount reports every wrong field at once.
func (s *Service) checkAccount(a NewAccount) error {
	var fields []seawall.FieldError
	if !regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{1,39}$`).MatchString(a.Login) {
		fields = append(fields, seawall.FieldError{Field: "login", Code: "auth_login_form"})
	}
	if a.WorkName == "" {
		fields = append(fields, seawall.FieldError{Field: "workName", Code: "required"})
	} else if len([]rune(a.WorkName)) > maxWorkName {
		fields = append(fields, seawall.FieldError{Field: "workName", Code: "too_long", Args: map[string]string{"max": "60"}})
	}
	if len(a.Roles) == 0 {
		fields = append(fields, seawall.FieldError{Field: "roles", Code: "required"})
	}
	for _, r := range a.Roles {
		if !s.Policies.KnownRole(r) {
			fields = append(fields, seawall.FieldError{Field: "roles", Code: "auth_role_unknown", Args: map[string]string{"role": r}})
		}
	}
	if a.Area == "" {
		fields = append(fields, seawall.FieldError{Field: "area", Code: "required"})
	}
	if len(fields) == 0 {
		return nil
	}
	return &seawall.Error{Op: "auth.checkAccount", Kind: seawall.Invalid, Code: "kind_invalid", Fields: fields}
}

// normalLogin makes a typed account name comparable.
func normalLogin(s string) string { return strings.ToLower(strings.TrimSpace(s)) }
