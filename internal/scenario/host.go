package scenario

import (
	"context"
	"net/http"
	"time"
)

// Host makes the instances that scenarios run on. The scenario itself comes in by
// the doors alone: HTTP, the page, the command line and the clock.
type Host interface {
	// Open opens an instance on the data of a setup, new or as they were left.
	Open(ctx context.Context, s Setup) (Instance, error)
	// Throwaway makes an empty database on a PostgreSQL server and gives its URL
	// and what drops it.
	Throwaway(ctx context.Context, server string) (url string, drop func() error, err error)
	// Story gives a demonstration: of a shipped id, or of a text.
	Story(id, text string, zone *time.Location) (Story, error)
	// Person invents somebody as the API's forms describe an identity.
	Person(seed int64) any
}

// Setup says what an instance is opened with.
type Setup struct {
	// Data, Regimes and Protocols are directories; Database is a postgres:// URL,
	// "" for SQLite in Data; Listen is the address under which it is reached.
	Data, Regimes, Protocols, Database, Listen string
	// Root is the city, Jurisdiction its code, "" for the default.
	Root, Jurisdiction string
	Start              time.Time
	Seed               uint64
	Version            string
}

// Story is a demonstration that can be told.
type Story struct {
	// Begins is an instant before anything in it happens.
	Begins   time.Time
	Accounts []Account
	// Tell tells it on an instance that was opened at Begins.
	Tell func(ctx context.Context, on Instance) error
}

// Account is a post that may be acted as.
type Account struct {
	Login, Name, Area string
	Roles             []string
}

// Instance is one running program with a clock that stands until it is moved.
type Instance interface {
	Now() time.Time
	Zone() *time.Location
	// Faces answer on the port and to the machine's operator; end ends streams.
	Faces() (public, machine http.Handler, end func())
	// Settle does to its end what the background does.
	Settle(ctx context.Context) error
	// MoveTo moves the clock; what fired on the way is counted by name.
	MoveTo(ctx context.Context, to time.Time) (fired map[string]int, err error)
	// Post makes an account with the Password that all have.
	Post(ctx context.Context, a Account) error
	Password() string
	OnDuty(ctx context.Context, login, area, theme string, rank int) error
	Means(ctx context.Context, area, kind string, total, used int) error
	// CheckFiles gives what is wrong with the rule and protocol files that there
	// are now.
	CheckFiles() error
	// Roles lists the roles that an account may hold.
	Roles() []string
	Close() error
}
