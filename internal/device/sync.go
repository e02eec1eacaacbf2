package device

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"sort"
	"time"

	"github.com/seawall-city/seawall"
)

// The kinds of operations.
const (
	StepDone    = "step.done"       // body: kind, text, ref, data as for a step's evidence
	StepCannot  = "step.cannot"     // body: reason
	Report      = "followup.report" // target: the contact; body: day, status, temperature, symptoms, note
	Offer       = "handover.offer"  // body: to, note; or the tickets of a hand-over signed by two phones
	AcceptOffer = "handover.accept" // body: handOver; or the tickets
	Note        = "note"            // body: text; further evidence to a step
	PhotoOf     = "photo"           // body: photo, text; further evidence to a step
)

// Kinds lists the kinds of operations.
func Kinds() []string {
	return []string{StepDone, StepCannot, Report, Offer, AcceptOffer, Note, PhotoOf}
}

// The outcomes of an operation. Rows in = done + repeated + conflict + refused.
const (
	Done     = "done"
	Repeated = "repeated" // came before; its first outcome holds
	Clash    = "conflict" // somebody else was there: a person decides
	Refused  = "refused"  // cannot be taken; its content is kept
)

// The bounds of a batch: operations, bytes of one operation.
const (
	MaxBatch = 200
	MaxOp    = 64 << 10
)

// Signed is what a device signs for one operation: the payload of a ticket of
// kind "O".
type Signed struct {
	Device seawall.DeviceID `json:"device"`
	// ID is minted by the device: 16 to 64 letters, digits and hyphens.
	ID   string `json:"id"`
	Kind string `json:"kind"`
	// Target is "step/…", "contact/…" or "loop/…".
	Target string `json:"target"`
	// Base is what My day gave for the target; "" does not check.
	Base string `json:"base,omitempty"`
	// On is the id of this device's earlier operation on the same target that this
	// one builds on; its result then counts as seen.
	On string `json:"on,omitempty"`
	// At is the device's own time.
	At   time.Time       `json:"at"`
	Body json.RawMessage `json:"body"`
}

var idForm = regexp.MustCompile(`^[0-9A-Za-z-]{16,64}$`)

// Fault says what is wrong with an operation before anything is looked up: a
// message key, "" for nothing.
func (s Signed) Fault() string {
	if !idForm.MatchString(s.ID) {
		return "op_id"
	}
	known := false
	for _, k := range Kinds() {
		known = known || k == s.Kind
	}
	if !known {
		return "op_kind"
	}
	ref, err := seawall.ParseRef(s.Target)
	if err != nil {
		return "op_target"
	}
	want := map[string][]seawall.RefKind{StepDone: {seawall.KindStep}, StepCannot: {seawall.KindStep}, Report: {seawall.KindContact},
		Offer: {seawall.KindLoop}, AcceptOffer: {seawall.KindLoop}, Note: {seawall.KindStep}, PhotoOf: {seawall.KindStep}}
	for _, k := range want[s.Kind] {
		if k == ref.Kind {
			return ""
		}
	}
	return "op_target"
}

// Ref gives the target, zero where it cannot be read.
func (s Signed) Ref() seawall.Ref {
	r, _ := seawall.ParseRef(s.Target)
	return r
}

// Hash is the SHA-256 of a text in hex: the same operation sent again has the
// same one.
func Hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// Operation is one operation of a device with what came of it. None is ever lost:
// what could not be taken is kept with its content.
type Operation struct {
	// ID is the device's id, a dot and the id that the device gave.
	ID        string              `json:"id"`
	Device    seawall.DeviceID    `json:"device"`
	Owner     seawall.PrincipalID `json:"owner"`
	OwnerName string              `json:"ownerName"`
	Kind      string              `json:"kind"`
	Target    seawall.Ref         `json:"target"`
	Area      seawall.AreaPath    `json:"area,omitempty"`
	Base      string              `json:"base,omitempty"`
	On        string              `json:"on,omitempty"`
	// At is the device's time, Fixed the same by the server's clock, Received when
	// it came; Offset is what was measured, in milliseconds.
	At       time.Time `json:"at"`
	Fixed    time.Time `json:"fixed"`
	Received time.Time `json:"received"`
	Offset   int64     `json:"offset"`
	// Ticket is the text as it was signed, Hash its SHA-256.
	Ticket  string            `json:"ticket"`
	Hash    string            `json:"hash"`
	Body    map[string]any    `json:"body,omitempty"`
	Outcome string            `json:"outcome"`
	Problem string            `json:"problem,omitempty"`
	Args    map[string]string `json:"args,omitempty"`
	// Faults say which field was wrong.
	Faults []seawall.FieldError `json:"faults,omitempty"`
	// Made is what it made or changed, After the base of the target behind it,
	// Conflict what waits for a person.
	Made     seawall.Ref        `json:"made,omitzero"`
	After    string             `json:"after,omitempty"`
	Conflict seawall.ConflictID `json:"conflict,omitempty"`
	// Late marks what came or was done after the device went missing.
	Late    bool `json:"late,omitempty"`
	Version int  `json:"version"`
}

// Ref points to the operation.
func (o Operation) Ref() seawall.Ref { return seawall.Ref{Kind: seawall.KindOperation, ID: o.ID} }

// The states of a conflict and the decisions on it.
const (
	Open    = "open"
	Decided = "decided"

	KeepMine   = "mine"   // what the device brought counts
	KeepTheirs = "theirs" // what was there counts
	KeepBoth   = "both"   // what was there counts, what the device brought is further evidence
)

// Pair is one field of a conflict, side by side.
type Pair struct {
	Field string       `json:"field"`
	Label seawall.Text `json:"label"`
	// Mine is what the device brought, Theirs what is there.
	Mine   any  `json:"mine,omitempty"`
	Theirs any  `json:"theirs,omitempty"`
	Same   bool `json:"same,omitempty"`
}

// Conflict is an operation whose target somebody else changed, with both sides.
type Conflict struct {
	ID        seawall.ConflictID  `json:"id"`
	Operation string              `json:"operation"`
	Device    seawall.DeviceID    `json:"device"`
	Owner     seawall.PrincipalID `json:"owner"`
	OwnerName string              `json:"ownerName"`
	Kind      string              `json:"kind"`
	Target    seawall.Ref         `json:"target"`
	Loop      seawall.LoopID      `json:"loop,omitempty"`
	Step      seawall.StepID      `json:"step,omitempty"`
	Title     seawall.Text        `json:"title"`
	Mask      string              `json:"mask"`
	Area      seawall.AreaPath    `json:"area"`
	// Why is the key of a message: what stood in the way.
	Why  string            `json:"why"`
	Args map[string]string `json:"args,omitempty"`
	// Message is the reason in a reader's language, where it is shown; it is kept
	// nowhere.
	Message string `json:"message,omitempty"`
	// Fields are both sides; TheirsBy did the other one, at TheirsAt.
	Fields   []Pair    `json:"fields"`
	MineAt   time.Time `json:"mineAt"`
	TheirsBy string    `json:"theirsBy,omitempty"`
	TheirsAt time.Time `json:"theirsAt,omitzero"`
	At       time.Time `json:"at"`
	State    string    `json:"state"`
	// Keep is the decision, Text why, By who, Made what came of it.
	Keep      string      `json:"keep,omitempty"`
	Text      string      `json:"text,omitempty"`
	DecidedBy string      `json:"decidedBy,omitempty"`
	DecidedAt time.Time   `json:"decidedAt,omitzero"`
	Made      seawall.Ref `json:"made,omitzero"`
	Version   int         `json:"version"`
}

// Ref points to the conflict.
func (c Conflict) Ref() seawall.Ref { return seawall.Ref{Kind: seawall.KindConflict, ID: string(c.ID)} }

// Compare puts two sides side by side, field by field, in the order of names,
// those not named last by their key. A field that neither side has is left out.
func Compare(mine, theirs map[string]any, order []string, labels map[string]seawall.Text) []Pair {
	rank := map[string]int{}
	for i, k := range order {
		rank[k] = i
	}
	var keys []string
	for k := range mine {
		keys = append(keys, k)
	}
	for k := range theirs {
		if _, both := mine[k]; !both {
			keys = append(keys, k)
		}
	}
	place := func(k string) int {
		if i, ok := rank[k]; ok {
			return i
		}
		return len(order)
	}
	sort.Slice(keys, func(i, j int) bool {
		if a, b := place(keys[i]), place(keys[j]); a != b {
			return a < b
		}
		return keys[i] < keys[j]
	})
	out := []Pair{}
	for _, k := range keys {
		a, b := mine[k], theirs[k]
		if empty(a) && empty(b) {
			continue
		}
		out = append(out, Pair{Field: k, Label: labels[k], Mine: a, Theirs: b, Same: same(a, b)})
	}
	return out
}

func empty(v any) bool { return v == nil || v == "" }

// same compares two values as JSON shows them.
func same(a, b any) bool {
	if empty(a) && empty(b) {
		return true
	}
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

// Alike reports whether two sides agree in every field.
func Alike(pairs []Pair) bool {
	for _, p := range pairs {
		if !p.Same {
			return false
		}
	}
	return true
}
