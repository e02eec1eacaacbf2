// Package device knows the phones and tablets of the field: which account
// registered which with what public key, what they send in batches and what came
// of each operation, where two sides of one thing wait for a person, hand-overs
// that two phones signed without a network, photos in parts, and the codes of
// paper forms. It holds the rows and the rules about them; what an operation does
// is a use case of package response, the same as at a desk.
package device

import (
	"context"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/loop"
)

// The states of a device.
const (
	Active  = "active"
	Lost    = "lost"    // reported; its next contact wipes it, its signatures count no more
	Retired = "retired" // given back or signed out for good by its owner
)

// Key is the public key of a device as WebCrypto exports it: a JSON Web Key
// (RFC 7517) on P-256. The private half never leaves the device.
type Key struct {
	Kty string `json:"kty"` // "EC"
	Crv string `json:"crv"` // "P-256"
	X   string `json:"x"`
	Y   string `json:"y"`
	Kid string `json:"kid,omitempty"`
}

// Device is one phone of one account.
type Device struct {
	ID        seawall.DeviceID    `json:"id"`
	Owner     seawall.PrincipalID `json:"owner"`
	OwnerName string              `json:"ownerName"`
	// Area is that of the owner when the device was registered.
	Area seawall.AreaPath `json:"area"`
	Name string           `json:"name"`
	Key  Key              `json:"key"`
	// State is one of the constants above.
	State      string    `json:"state"`
	EnrolledAt time.Time `json:"enrolledAt"`
	// SeenAt is its last contact, SyncedAt its last batch.
	SeenAt   time.Time `json:"seenAt,omitzero"`
	SyncedAt time.Time `json:"syncedAt,omitzero"`
	// Offset is how far its clock was ahead of the server's at the last contact, in
	// milliseconds.
	Offset int64 `json:"offset"`
	// LostSince is when it went missing as far as is known, LostAt when that was
	// reported and by whom.
	LostSince time.Time `json:"lostSince,omitzero"`
	LostAt    time.Time `json:"lostAt,omitzero"`
	LostBy    string    `json:"lostBy,omitempty"`
	// WipedAt is when the device was first told to wipe itself.
	WipedAt time.Time `json:"wipedAt,omitzero"`
	Version int       `json:"version"`
}

// Ref points to the device.
func (d Device) Ref() seawall.Ref { return seawall.Ref{Kind: seawall.KindDevice, ID: string(d.ID)} }

// Offset measures a device's clock: how far what it says the time is, sent, lies
// ahead of the server's, in milliseconds; 0 where it says nothing.
func Offset(sent, now time.Time) int64 {
	if sent.IsZero() {
		return 0
	}
	return sent.Sub(now).Milliseconds()
}

// Corrected gives the server's time of something that a device did at a time of
// its own clock; never later than now, and now where the device says nothing.
func Corrected(at time.Time, offset int64, now time.Time) time.Time {
	if at.IsZero() {
		return now
	}
	at = at.Add(-time.Duration(offset) * time.Millisecond).UTC().Truncate(time.Microsecond)
	if at.After(now) {
		return now
	}
	return at
}

// Signs reports whether a signature of the device still counts: it is active, or
// it was lost only after the signed time and that was told before the loss was
// reported. What is signed before the loss but told after it is a person's to
// decide: whoever holds the phone can set its clock back.
func (d Device) Signs(signed, received time.Time) (counts, doubtful bool) {
	if d.State == Active {
		return true, false
	}
	since := d.LostSince
	if since.IsZero() {
		since = d.LostAt
	}
	if d.State == Retired || !signed.Before(since) {
		return false, false
	}
	if received.Before(d.LostAt) {
		return true, false
	}
	return false, true
}

// Photo is one picture that a phone took, sent in parts and kept sealed outside
// of the database.
type Photo struct {
	ID     seawall.PhotoID     `json:"id"`
	Device seawall.DeviceID    `json:"device"`
	Owner  seawall.PrincipalID `json:"owner"`
	// About is the step that it belongs to, Area where that lies.
	About seawall.Ref      `json:"about"`
	Area  seawall.AreaPath `json:"area"`
	// Hash is the SHA-256 of the whole picture in hex, Size its bytes, Parts in how
	// many parts it comes, Got which are there (by number from 0).
	Hash  string `json:"hash"`
	Type  string `json:"type"` // "image/jpeg", "image/png", "image/webp"
	Size  int    `json:"size"`
	Parts int    `json:"parts"`
	Got   []int  `json:"got"`
	// State: "coming", "whole" or "gone" (its time was over).
	State   string    `json:"state"`
	TakenAt time.Time `json:"takenAt,omitzero"`
	At      time.Time `json:"at"`
	// Until is when it is destroyed.
	Until   time.Time `json:"until"`
	Version int       `json:"version"`
}

// The states of a photo.
const (
	Coming = "coming"
	Whole  = "whole"
	Gone   = "gone"
)

// Ref points to the photo.
func (p Photo) Ref() seawall.Ref { return seawall.Ref{Kind: seawall.KindPhoto, ID: string(p.ID)} }

// Paper is a printed form of one step. Its code dies with the step.
type Paper struct {
	// ID is the keyed hash of the code; the code itself stands on the paper only.
	ID      string           `json:"id"`
	Step    seawall.StepID   `json:"step"`
	Loop    seawall.LoopID   `json:"loop"`
	Area    seawall.AreaPath `json:"area"`
	Base    string           `json:"base"` // what the step asked when it was printed
	Lang    string           `json:"lang"`
	By      string           `json:"by"`
	At      time.Time        `json:"at"`
	Used    time.Time        `json:"used,omitzero"`
	UsedBy  string           `json:"usedBy,omitempty"`
	Version int              `json:"version"`
}

// Ref points to the paper.
func (p Paper) Ref() seawall.Ref { return seawall.Ref{Kind: seawall.KindPaper, ID: p.ID} }

// Store is what this package needs of the database; the rules of casebook.Store
// hold (versions, hand-over of rows to the next event).
type Store interface {
	SaveDevice(ctx context.Context, tx seawall.Tx, d Device) error
	Device(ctx context.Context, tx seawall.Tx, id seawall.DeviceID) (Device, error)
	// DevicesOf gives an account's devices, the newest first; Devices those of a
	// scope.
	DevicesOf(ctx context.Context, tx seawall.Tx, owners []seawall.PrincipalID) ([]Device, error)
	Devices(ctx context.Context, tx seawall.Tx, q Query) ([]Device, string, int, error)

	SaveOperation(ctx context.Context, tx seawall.Tx, o Operation) error
	Operation(ctx context.Context, tx seawall.Tx, id string) (Operation, error)
	Operations(ctx context.Context, tx seawall.Tx, q Query) ([]Operation, string, int, error)

	SaveConflict(ctx context.Context, tx seawall.Tx, c Conflict) error
	Conflict(ctx context.Context, tx seawall.Tx, id seawall.ConflictID) (Conflict, error)
	Conflicts(ctx context.Context, tx seawall.Tx, q Query) ([]Conflict, string, int, error)

	SaveTransfer(ctx context.Context, tx seawall.Tx, t Transfer) error
	// Transfer finds a signed hand-over by its nonce. Errors: NotFound.
	Transfer(ctx context.Context, tx seawall.Tx, nonce string) (Transfer, error)

	// OffersTo gives the hand-overs that were offered to somebody and not accepted.
	OffersTo(ctx context.Context, tx seawall.Tx, to seawall.PrincipalID) ([]loop.HandOver, error)

	SavePhoto(ctx context.Context, tx seawall.Tx, p Photo) error
	Photo(ctx context.Context, tx seawall.Tx, id seawall.PhotoID) (Photo, error)
	// PhotosBefore gives up to limit photos whose time is over.
	PhotosBefore(ctx context.Context, tx seawall.Tx, t time.Time, limit int) ([]Photo, error)

	SavePaper(ctx context.Context, tx seawall.Tx, p Paper) error
	Paper(ctx context.Context, tx seawall.Tx, id string) (Paper, error)
}

// Query selects devices, operations or conflicts, the newest first.
type Query struct {
	Scope  seawall.Scope
	Owner  seawall.PrincipalID
	Device seawall.DeviceID
	// State is a device's or conflict's state, or an operation's outcome; "" is all.
	State  string
	Target seawall.Ref
	Page   seawall.Page
}
