package response

import (
	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/protocol"
)

// NewEntry is a form filled in by hand that opens a duty.
type NewEntry struct {
	// Request is minted by the caller, at least 16 characters: the same one gives
	// the same entry. A person's own request serves where it is empty.
	Request  string `json:"request,omitempty"`
	Protocol string `json:"protocol"`
	// Person is whom it is about; nobody for a place or a thing.
	Person *Subject       `json:"person,omitempty"`
	Area   seawall.AreaID `json:"area"`
	Values map[string]any `json:"values"`
}

// RecordedEntry is what NewEntry made.
type RecordedEntry struct {
	Entry casebook.Entry `json:"entry"`
	// Loop is the duty that it opened.
	Loop seawall.LoopID `json:"loop"`
}

// EntryFilter selects entries.
type EntryFilter struct {
	Kind  string
	State string
	// Scope is the part of the asker's areas that is meant; nil is all of it.
	Scope seawall.Scope
	Page  seawall.Page
}

// EntryView is everything on the page of an entry.
type EntryView struct {
	Entry    casebook.Entry `json:"entry"`
	AreaName seawall.Text   `json:"areaName"`
	// Title is the protocol's, Form the form that was filled in; nil where the
	// office does not have that protocol any more.
	Title  seawall.Text   `json:"title"`
	Form   *protocol.Form `json:"form,omitempty"`
	Loop   *LoopView      `json:"loop,omitempty"`
	Events []ledger.Event `json:"events"`
}
