package response

import (
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/border"
	"github.com/seawall-city/seawall/internal/loop"
)

// NewDeclaration is a journey as travellers declare it themselves, before or after
// it, without an account.
type NewDeclaration struct {
	// Request is minted by the page, at least 16 characters: sent again, it makes
	// nothing twice.
	Request string `json:"request"`
	Journey
	People []DeclaredPerson `json:"people"`
}

// DeclarationChange changes the parts that are given. Version is the group's as it
// was read; 0 does not check.
type DeclarationChange struct {
	Version  int             `json:"version,omitempty"`
	Expected *seawall.Day    `json:"expected,omitempty"`
	Arrived  *time.Time      `json:"arrived,omitempty"`
	Stay     *seawall.AreaID `json:"stay,omitempty"`
	StayText *string         `json:"stayText,omitempty"`
	Mode     *string         `json:"mode,omitempty"`
	Vehicle  *string         `json:"vehicle,omitempty"`
	Size     *int            `json:"size,omitempty"`
	// Origins replaces where they come from.
	Origins []NewOrigin `json:"origins,omitempty"`
	// Add names companions; Request makes their sealing repeatable.
	Add     []DeclaredPerson `json:"add,omitempty"`
	Request string           `json:"request,omitempty"`
	// NotComing says that the journey does not take place.
	NotComing bool `json:"notComing,omitempty"`
}

// Declaration is what a code opens: the journey, the people by their masks, what
// applies to each and what each has to do.
type Declaration struct {
	No string `json:"no"`
	// Code is the secret that opens the declaration; only the answer to the first
	// sending carries it.
	Code string `json:"code,omitempty"`
	// QR is an SVG that opens the declaration's page, for the printed slip. Package
	// httpapi draws it for whoever holds the code.
	QR       string          `json:"qr,omitempty"`
	State    string          `json:"state"`
	Size     int             `json:"size"`
	Known    int             `json:"known"`
	At       time.Time       `json:"at"`
	Version  int             `json:"version"`
	Expected seawall.Day     `json:"expected"`
	Arrived  time.Time       `json:"arrived"`
	Mode     string          `json:"mode"`
	Vehicle  string          `json:"vehicle,omitempty"`
	Entry    string          `json:"entry,omitempty"`
	Stay     seawall.AreaID  `json:"stay,omitempty"`
	StayName seawall.Text    `json:"stayName"`
	StayText string          `json:"stayText,omitempty"`
	Origins  []border.Origin `json:"origins"`
	People   []DeclaredOne   `json:"people"`
	// CallPlace is the community that answers; CallArea its path.
	CallPlace seawall.Text     `json:"callPlace"`
	CallArea  seawall.AreaPath `json:"callArea"`
}

// DeclaredOne is one traveller of a declaration.
type DeclaredOne struct {
	ID           seawall.ArrivalID  `json:"id"`
	No           string             `json:"no"`
	Person       seawall.PersonNo   `json:"-"`
	Loop         seawall.LoopID     `json:"-"`
	Mask         string             `json:"mask"`
	State        string             `json:"state"`
	Checks       []border.Check     `json:"checks"`
	Applies      *ArrivalMeasure    `json:"applies,omitempty"`
	Duties       []MyDuty           `json:"duties"`
	Restrictions []loop.Restriction `json:"restrictions"`
}

// MyDuty is one thing somebody has to do or wait for, as they read it.
type MyDuty struct {
	Key   string       `json:"key"`
	Title seawall.Text `json:"title"`
	Due   time.Time    `json:"due"`
	Day   seawall.Day  `json:"day"`
	State loop.State   `json:"state"`
	// Self says that the person can report it themselves.
	Self bool `json:"self,omitempty"`
}
