// Package area holds the tree of areas with its dated parents in more than one
// hierarchy, the duty roster and the capacity of each area.
package area

import (
	"context"
	"time"

	"github.com/seawall-city/seawall"
)

// Level is the depth name of an area.
type Level string

// The levels, from the root down. Building, shop and household exist only where
// a duty or a fact concerns them.
const (
	Province Level = "province"
	City     Level = "city"
	// Zone is a development zone that exists for command only: it has no
	// territory of its own in the statistical tree (盐南高新区).
	Zone      Level = "zone"
	County    Level = "county"
	Town      Level = "town"
	Village   Level = "village"
	Grid      Level = "grid"
	Building  Level = "building"
	Shop      Level = "shop"
	Household Level = "household"
)

// Area is one node of the tree in its present state.
type Area struct {
	ID    seawall.AreaID `json:"id"`
	Name  seawall.Text   `json:"name"`
	Level Level          `json:"level"`
	// Pinyin is the sort and search key of the Chinese name ("hede zhen").
	Pinyin string `json:"pinyin"`
	// Parent and Path place it in the statistical hierarchy.
	Parent seawall.AreaID   `json:"parent"`
	Path   seawall.AreaPath `json:"path"`
	// CommandParent is set where command differs from statistics (the zones).
	CommandParent seawall.AreaID `json:"commandParent,omitempty"`
	// Population in persons and what kind of figure it is: "census",
	// "estimate", "" for unknown. PopulationSource names where it comes from.
	Population       int    `json:"population,omitempty"`
	PopulationKind   string `json:"populationKind,omitempty"`
	PopulationSource string `json:"populationSource,omitempty"`
	// Households and buildings are unknown (0) unless imported.
	Lat float64 `json:"lat,omitempty"`
	Lon float64 `json:"lon,omitempty"`
	// ValidFrom and ValidTo bound its existence; NoDay is open.
	ValidFrom seawall.Day `json:"validFrom"`
	ValidTo   seawall.Day `json:"validTo"`
}

// Hierarchy names one way of putting areas under each other.
type Hierarchy string

// The hierarchies of the shipped city.
const (
	Statistical Hierarchy = "statistical"
	Command     Hierarchy = "command"
)

// Parentage is one dated parent of an area in one hierarchy. The statistical
// parent that an area had from its beginning is kept in its row alone; rows are
// written for the command hierarchy and for every move, so an area without rows
// never moved.
type Parentage struct {
	Area      seawall.AreaID `json:"area"`
	Hierarchy Hierarchy      `json:"hierarchy"`
	Parent    seawall.AreaID `json:"parent"`
	From      seawall.Day    `json:"from"`
	To        seawall.Day    `json:"to"`
}

// DutyRow is one line of the duty roster: who answers for an area and a theme
// in an interval. Rank 0 answers; 1, 2, … are deputies in that order.
type DutyRow struct {
	ID        string              `json:"id"`
	Area      seawall.AreaID      `json:"area"`
	Path      seawall.AreaPath    `json:"path"`
	Theme     string              `json:"theme"` // "" covers every theme
	Principal seawall.PrincipalID `json:"principal"`
	// WorkName is the post that people see ("合德镇 7 网格 网格员").
	WorkName string           `json:"workName"`
	Rank     int              `json:"rank"`
	During   seawall.Interval `json:"during"`
	// FromHour and ToHour bound the hours of the day in the city's time (0–24,
	// may wrap round midnight); 0 and 0 mean all day.
	FromHour int `json:"fromHour"`
	ToHour   int `json:"toHour"`
	// Absent is when the holder reported absence; deputies step in. The zero
	// interval means "never", not "always".
	Absent seawall.Interval `json:"absent"`
}

// Answer is who answers for a duty now, and in which area of the tree the
// search ended (the area itself or an ancestor).
type Answer struct {
	Area      seawall.AreaPath    `json:"area"`
	Principal seawall.PrincipalID `json:"principal"`
	WorkName  string              `json:"workName"`
	// Why explains the choice: "roster", "deputy", "ancestor", "none". With
	// "none" Principal is empty and Area is the top of the chain (the city).
	Why string `json:"why"`
}

// Capacity is how much of a resource an area has and uses.
type Capacity struct {
	ID    string           `json:"id"`
	Area  seawall.AreaID   `json:"area"`
	Path  seawall.AreaPath `json:"path"`
	Kind  string           `json:"kind"` // "rooms", "teams", …
	Total int              `json:"total"`
	Used  int              `json:"used"`
	AsOf  time.Time        `json:"asOf"`
}

// Store is what this package needs of the database. All rows that Save… write
// belong to the next event of tx.
type Store interface {
	SaveArea(ctx context.Context, tx seawall.Tx, a Area) error
	SaveAreas(ctx context.Context, tx seawall.Tx, as []Area) error
	Area(ctx context.Context, tx seawall.Tx, id seawall.AreaID) (Area, error)
	// Children gives the areas directly under parent ("" = roots), by code.
	Children(ctx context.Context, tx seawall.Tx, parent seawall.AreaID, h Hierarchy) ([]Area, error)
	// Commanded gives every area whose CommandParent is set, by code. They are
	// few: the territory of the zones.
	Commanded(ctx context.Context, tx seawall.Tx) ([]Area, error)
	// Areas gives several at once; unknown ids are left out.
	Areas(ctx context.Context, tx seawall.Tx, ids []seawall.AreaID) ([]Area, error)
	// SearchAreas finds by name, pinyin prefix or code prefix, best first.
	SearchAreas(ctx context.Context, tx seawall.Tx, q string, within seawall.Scope, limit int) ([]Area, error)
	// AreaCounts counts areas by level in the scope.
	AreaCounts(ctx context.Context, tx seawall.Tx, within seawall.Scope) (map[Level]int, error)
	SaveParentage(ctx context.Context, tx seawall.Tx, p Parentage) error
	Parentages(ctx context.Context, tx seawall.Tx, id seawall.AreaID) ([]Parentage, error)
	SaveDuty(ctx context.Context, tx seawall.Tx, d DutyRow) error
	Duty(ctx context.Context, tx seawall.Tx, id string) (DutyRow, error)
	DeleteDuty(ctx context.Context, tx seawall.Tx, id string) error
	// DutiesOn gives the roster rows of exactly these areas, by rank.
	DutiesOn(ctx context.Context, tx seawall.Tx, areas []seawall.AreaID) ([]DutyRow, error)
	// DutiesIn lists the roster of a scope for the roster page.
	DutiesIn(ctx context.Context, tx seawall.Tx, within seawall.Scope, p seawall.Page) ([]DutyRow, string, error)
	SaveCapacity(ctx context.Context, tx seawall.Tx, c Capacity) error
	// Capacities gives the capacity rows in the scope.
	Capacities(ctx context.Context, tx seawall.Tx, within seawall.Scope) ([]Capacity, error)
}
