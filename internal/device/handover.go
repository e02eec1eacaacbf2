package device

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
)

// Given is what the giver's device signs: the payload of a ticket of kind "H". It
// names no receiver; whoever scans it and signs the receipt is the one.
type Given struct {
	Device seawall.DeviceID    `json:"d"`
	Loop   seawall.LoopID      `json:"l"`
	From   seawall.PrincipalID `json:"f"`
	// At is the giver's device's time, Place where they met.
	At    time.Time `json:"t"`
	Place string    `json:"p,omitempty"`
	// Nonce is drawn by the device for this one hand-over: at least 16 characters.
	Nonce string `json:"n"`
}

// Taken is what the receiver's device signs: the payload of a ticket of kind "R".
type Taken struct {
	Device seawall.DeviceID    `json:"d"`
	Loop   seawall.LoopID      `json:"l"`
	To     seawall.PrincipalID `json:"o"`
	At     time.Time           `json:"t"`
	Nonce  string              `json:"n"` // the giver's
	// Of is the SHA-256 of the giver's ticket in hex: this offer and no other.
	Of string `json:"h"`
}

// Transfer is a hand-over that two phones signed without a network, once it came
// in from either of them.
type Transfer struct {
	// ID is the nonce that the giver drew.
	ID        string              `json:"id"`
	Loop      seawall.LoopID      `json:"loop"`
	From      seawall.PrincipalID `json:"from"`
	To        seawall.PrincipalID `json:"to"`
	Giver     seawall.DeviceID    `json:"giver"`
	Receiver  seawall.DeviceID    `json:"receiver"`
	Given     string              `json:"given"` // both tickets as they were signed
	Taken     string              `json:"taken"`
	GivenAt   time.Time           `json:"givenAt"` // by the giver's clock
	TakenAt   time.Time           `json:"takenAt"` // by the receiver's
	Place     string              `json:"place,omitempty"`
	Told      time.Time           `json:"told"` // when the first of them told the server
	ToldBy    seawall.DeviceID    `json:"toldBy"`
	HandOver  string              `json:"handOver,omitempty"`
	Operation string              `json:"operation"`
	Version   int                 `json:"version"`
}

// Ref points to the transfer.
func (t Transfer) Ref() seawall.Ref {
	return seawall.Ref{Kind: seawall.KindTransfer, ID: t.ID}
}

// ReadGiven reads what an offer says of itself, unchecked: the receiver's phone
// shows it before it looks at the signature.
func ReadGiven(text string) (Given, bool) {
	var g Given
	parts := strings.Split(text, ".")
	if len(parts) != 4 {
		return g, false
	}
	b, err := base64.RawURLEncoding.DecodeString(parts[2])
	return g, err == nil && json.Unmarshal(b, &g) == nil && g.Nonce != ""
}

// Fits says what is wrong with two tickets of one hand-over: a message key, ""
// where they belong together. given is the giver's ticket as text.
func Fits(g Given, t Taken, given string) string {
	switch {
	case len(g.Nonce) < 16 || len(g.Nonce) > 64:
		return "transfer_nonce"
	case g.Loop == "" || g.From == "" || g.Device == "":
		return "ticket_unreadable"
	case t.Nonce != g.Nonce || t.Loop != g.Loop || t.Of != Hash(given):
		return "transfer_mismatch"
	case t.Device == g.Device || t.To == g.From:
		return "transfer_self"
	}
	return ""
}
