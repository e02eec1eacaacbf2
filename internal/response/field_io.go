package response

import (
	"context"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/device"
	"github.com/seawall-city/seawall/internal/protocol"
	"github.com/seawall-city/seawall/internal/vault"
)

// FieldDeps are what phones of the field need.
type FieldDeps struct {
	Store device.Store
	// Sessions ends the sessions of who lost a phone.
	Sessions interface {
		DeleteSessionsOf(ctx context.Context, tx seawall.Tx, id seawall.PrincipalID) error
	}
	// Coffer seals pictures; Files keeps what it sealed.
	Coffer vault.Coffer
	Files  PhotoFiles
	// PhotoDays is how long a picture is kept (configuration: field.photo_days).
	PhotoDays int
	// DayHours is how long a phone may keep a day's content without hearing from the
	// server (configuration: field.day_hours).
	DayHours int
}

// PhotoFiles keeps sealed bytes under names of letters, digits, dots and hyphens.
type PhotoFiles interface {
	Put(name string, sealed []byte) error
	// Get gives them back. Errors: NotFound.
	Get(name string) ([]byte, error)
	// Remove forgets all whose name begins so; none is no error.
	Remove(prefix string) error
}

// NewDevice registers a phone.
type NewDevice struct {
	// Request is the caller's own id, at least 16 characters: sent twice it is
	// registered once.
	Request   string     `json:"request"`
	Name      string     `json:"name"`
	PublicKey device.Key `json:"publicKey"`
	// For is the account, where the server's own machine registers it.
	For seawall.PrincipalID `json:"for,omitempty"`
}

// LostDevice reports a phone as lost.
type LostDevice struct {
	// Since is when it went missing as far as is known; empty is now.
	Since time.Time `json:"since"`
}

// DeviceView is a phone with what it sent.
type DeviceView struct {
	Device device.Device `json:"device"`
	// Operations are the latest ones; those with late set came, or were done, after
	// it went missing.
	Operations []device.Operation `json:"operations"`
	Late       int                `json:"late"`
}

// DeviceState is what anybody who knows a device's id is told: whether it must
// wipe itself.
type DeviceState struct {
	State string `json:"state"` // "active", "retired"; a lost one is answered 410
}

// FieldDay is what a phone needs for a day without a network.
type FieldDay struct {
	Now time.Time `json:"now"`
	// Until is when the day's content must be fetched anew or forgotten.
	Until  time.Time     `json:"until"`
	Device device.Device `json:"device"`
	Steps  []FieldStep   `json:"steps"`
	// More says that there are further open steps than are sent.
	More int `json:"more"`
	// People are those to whom a duty may be handed, with the keys of their phones,
	// so that a hand-over is checked without a network.
	People []FieldPerson `json:"people"`
	// Offers are duties offered to me and not yet taken over.
	Offers    []FieldOffer `json:"offers"`
	Conflicts int          `json:"conflicts"` // open ones of mine
}

// FieldStep is one thing to be done today with all that is needed to do it.
type FieldStep struct {
	Step      seawall.StepID    `json:"step"`
	Loop      seawall.LoopID    `json:"loop"`
	Kind      string            `json:"kind"`
	Key       string            `json:"key"`
	Title     seawall.Text      `json:"title"`
	LoopTitle seawall.Text      `json:"loopTitle"`
	Subject   seawall.Ref       `json:"subject"`
	No        string            `json:"no,omitempty"`
	Mask      string            `json:"mask"`
	Due       time.Time         `json:"due"`
	Day       seawall.Day       `json:"day"`
	Needs     string            `json:"needs,omitempty"`
	Form      *protocol.Form    `json:"form,omitempty"`
	Help      seawall.Text      `json:"help,omitzero"`
	Cannot    bool              `json:"cannot"` // it may be declared impossible
	Area      seawall.AreaPath  `json:"area"`
	Place     seawall.Text      `json:"place"`
	Lat       float64           `json:"lat,omitempty"`
	Lon       float64           `json:"lon,omitempty"`
	Near      Nearness          `json:"near"`
	Band      string            `json:"band"` // "late", "soon", "tonight", "later"
	Base      string            `json:"base"`
	Report    *FieldReport      `json:"report,omitempty"`
	Why       FieldWhy          `json:"why"`
	Others    []FieldOtherState `json:"others,omitempty"` // the duty's other steps
}

// Nearness says how far away a place is: in kilometres where both have
// coordinates (Of names the area whose centre was taken), else in steps up and
// down the tree of areas.
type Nearness struct {
	Km    float64          `json:"km,omitempty"`
	Of    seawall.AreaPath `json:"of,omitempty"`
	Steps int              `json:"steps"`
}

// FieldReport says for which contact and day a follow-up is to be reported.
type FieldReport struct {
	Contact seawall.ContactID `json:"contact"`
	Day     seawall.Day       `json:"day"`
	Base    string            `json:"base"`
	// Statuses are the answers to choose from.
	Statuses []string `json:"statuses"`
}

// FieldWhy says why something is to be done: the rule and where it stands.
type FieldWhy struct {
	Rule   string `json:"rule"`
	Regime string `json:"regime,omitempty"`
	Source string `json:"source,omitempty"`
	Owner  string `json:"owner,omitempty"` // why it is mine: home, stay, roster, handover, …
}

// FieldOtherState is another step of the same duty.
type FieldOtherState struct {
	Key   string       `json:"key"`
	Title seawall.Text `json:"title"`
	State string       `json:"state"`
}

// FieldPerson is somebody to whom a duty may be handed.
type FieldPerson struct {
	ID       seawall.PrincipalID `json:"id"`
	WorkName string              `json:"workName"`
	Devices  []FieldKey          `json:"devices"`
}

// FieldKey is the public key of a colleague's phone.
type FieldKey struct {
	Device seawall.DeviceID `json:"device"`
	Key    device.Key       `json:"key"`
}

// FieldOffer is a duty that somebody offered to me.
type FieldOffer struct {
	HandOver string         `json:"handOver"`
	Loop     seawall.LoopID `json:"loop"`
	From     string         `json:"from"`
	Title    seawall.Text   `json:"title"`
	Mask     string         `json:"mask"`
	At       time.Time      `json:"at"`
}

// Batch is what a phone sends: operations as it signed them, in order.
type Batch struct {
	Device seawall.DeviceID `json:"device"`
	// SentAt is the device's clock at sending; the offset is measured by it.
	SentAt time.Time `json:"sentAt"`
	// Ops are tickets of kind "O", at most 200.
	Ops []string `json:"ops"`
}

// Synced says what came of a batch: in = done + repeated + conflicts + refused.
type Synced struct {
	Now       time.Time  `json:"now"`
	Offset    int64      `json:"offset"`
	In        int        `json:"in"`
	Done      int        `json:"done"`
	Repeated  int        `json:"repeated"`
	Conflicts int        `json:"conflicts"`
	Refused   int        `json:"refused"`
	Results   []OpResult `json:"results"`
}

// OpResult is what came of one operation.
type OpResult struct {
	// N is its place in the batch from 0; ID what the device called it.
	N       int    `json:"n"`
	ID      string `json:"id"`
	Outcome string `json:"outcome" enum:"done,repeated,conflict,refused"`
	// First is the outcome that holds for one that came before.
	First   string               `json:"first,omitempty"`
	Problem string               `json:"problem,omitempty"`
	Args    map[string]string    `json:"args,omitempty"`
	Message string               `json:"message,omitempty"` // the problem in the reader's language
	Faults  []seawall.FieldError `json:"faults,omitempty"`
	// Conflict is what waits for a person; Base the target's base behind it.
	Conflict seawall.ConflictID `json:"conflict,omitempty"`
	Base     string             `json:"base,omitempty"`
	Made     seawall.Ref        `json:"made,omitzero"`
}

// Verdict decides a conflict.
type Verdict struct {
	Keep string `json:"keep" enum:"mine,theirs,both"`
	Note string `json:"note"`
}

// NewPhoto announces a picture that comes in parts.
type NewPhoto struct {
	ID     seawall.PhotoID  `json:"id" doc:"minted by the device: 16 to 64 letters, digits and hyphens"`
	Device seawall.DeviceID `json:"device"`
	Step   seawall.StepID   `json:"step"`
	Hash   string           `json:"hash" doc:"SHA-256 of the whole picture in hex"`
	Type   string           `json:"type" enum:"image/jpeg,image/png,image/webp"`
	Size   int              `json:"size"`
	Parts  int              `json:"parts"`
	Taken  time.Time        `json:"taken"`
}

// PhotoPart is a part of a picture.
type PhotoPart struct {
	Device seawall.DeviceID `json:"device"`
	// Hash is the SHA-256 of this part in hex, Data its bytes in base64.
	Hash string `json:"hash"`
	Data []byte `json:"data"`
}

// PhotoData is a whole picture.
type PhotoData struct {
	Photo device.Photo `json:"photo"`
	Data  []byte       `json:"data"`
}

// PaperForm is a printed form of a step.
type PaperForm struct {
	// Code is what the typist keys in; it is kept nowhere but on the paper.
	Code string    `json:"code"`
	Step FieldStep `json:"step"`
	By   string    `json:"by"`
	At   time.Time `json:"at"`
	// QR is the code as a picture (SVG), Page the whole printable page (HTML).
	QR   string `json:"qr"`
	Page string `json:"page"`
}

// KeyedPaper is a paper form on its way back: what the typist needs to see, and
// after keying in what it closed.
type KeyedPaper struct {
	Paper device.Paper `json:"paper"`
	Step  FieldStep    `json:"step"`
	State string       `json:"state"` // the step's
}

// PaperAnswers are the answers on a paper form: evidence of a step, a reason why
// it cannot be done, or a day's report.
type PaperAnswers struct {
	Cannot   string         `json:"cannot,omitempty"`
	Evidence *NewEvidence   `json:"evidence,omitempty"`
	Report   *NewFollowUp   `json:"report,omitempty"`
	Data     map[string]any `json:"data,omitempty"` // short for evidence of a form
	Text     string         `json:"text,omitempty"` // short for a note
}
