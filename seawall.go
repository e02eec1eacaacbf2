// Package seawall is the vocabulary of the system: typed identifiers, days and
// intervals, scopes, the clock, the error and the unit of work. Every other
// package speaks in these words; this one imports the standard library only and
// holds no behaviour that a health office would want to change.
package seawall

import (
	"errors"
	"fmt"
	"strings"
)

// Typed identifiers. All are opaque text; the minted ones are ULIDs, so their
// byte order is the order of their creation.
type (
	// AreaID names a node of the area tree: the official division code where
	// there is one ("320924103001"), else a code under its parent's
	// ("320924103001-07" is grid 7 of that village).
	AreaID string
	// PersonNo is the number under which records know a person. It carries no
	// meaning; the identity behind it lives in the vault only.
	PersonNo string
	// CaseID names a case record.
	CaseID string
	// ContactID names a contact: one person's exposure to one outbreak's case.
	ContactID string
	// ResultID names one laboratory or antigen result.
	ResultID string
	// StayID names one stay of a person at a place.
	StayID string
	// LinkID names one who-met-or-infected-whom edge.
	LinkID string
	// FollowUpID names one day's follow-up record of a contact.
	FollowUpID string
	// LoopID names a duty (闭环).
	LoopID string
	// StepID names a step (环节) of a loop.
	StepID string
	// ClockID names a running clock (时限).
	ClockID string
	// RestrictionID names a restriction (限制措施).
	RestrictionID string
	// PrincipalID names an account.
	PrincipalID string
	// EventID names an entry of the one log.
	EventID string
	// ImportID names an import run.
	ImportID string
	// EntryID names an entry: a fact that a protocol's form alone describes.
	EntryID string
	// ArrivalID names one person's coming into the city.
	ArrivalID string
	// GroupID names those who travel together.
	GroupID string
	// AppealID names somebody's objection to a measure.
	AppealID string
	// HelpID names somebody's request for help.
	HelpID string
	// TripID names one freight trip, from its declaration to its end.
	TripID string
	// PermitID names the permit of a trip.
	PermitID string
	// CarrierID names a haulage firm or a driver on their own account.
	CarrierID string
	// ServiceAreaID names a motorway service area.
	ServiceAreaID string
	// ClosureID names an order that closes a stretch of road or a place on it.
	ClosureID string
	// SiteID names a gate or another transport site; the office gives it
	// ("g15-dafeng").
	SiteID string
	// PassID names one vehicle's passing of a site; the phone at the gate mints it.
	PassID string
	// LotID names a lot or parcel of goods.
	LotID string
	// PointID names a place whose surfaces, air or water are sampled.
	PointID string
	// DeviceID names a phone or tablet that an account has registered.
	DeviceID string
	// ConflictID names two sides of one thing that a person has to decide between.
	ConflictID string
	// PhotoID names a picture that a phone took.
	PhotoID string
)

// RefKind says what a Ref points to.
type RefKind string

// The kinds of things that events, loops and restrictions point to.
const (
	KindPerson      RefKind = "person"
	KindCase        RefKind = "case"
	KindContact     RefKind = "contact"
	KindResult      RefKind = "result"
	KindStay        RefKind = "stay"
	KindLink        RefKind = "link"
	KindFollowUp    RefKind = "followup"
	KindLoop        RefKind = "loop"
	KindStep        RefKind = "step"
	KindClock       RefKind = "clock"
	KindHandOver    RefKind = "handover"
	KindEvidence    RefKind = "evidence"
	KindRestriction RefKind = "restriction"
	KindArea        RefKind = "area"
	KindDuty        RefKind = "duty"
	KindCapacity    RefKind = "capacity"
	KindPrincipal   RefKind = "principal"
	KindImport      RefKind = "import"
	KindNotice      RefKind = "notice"
	KindEntry       RefKind = "entry"
	KindArrival     RefKind = "arrival"
	KindGroup       RefKind = "group"
	KindAppeal      RefKind = "appeal"
	KindHelp        RefKind = "help"
	KindWaiver      RefKind = "waiver"
	KindGrade       RefKind = "grade"
	KindReport      RefKind = "report"
	KindCustody     RefKind = "custody"
	KindSite        RefKind = "site"
	KindShift       RefKind = "shift"
	KindPass        RefKind = "pass"
	KindWait        RefKind = "wait"
	KindTrip        RefKind = "trip"
	KindCrew        RefKind = "crew"
	KindPermit      RefKind = "permit"
	KindLeg         RefKind = "leg"
	KindMove        RefKind = "move"
	KindCarrier     RefKind = "carrier"
	KindServiceArea RefKind = "service_area"
	KindVisit       RefKind = "visit"
	KindClosure     RefKind = "closure"
	KindLot         RefKind = "lot"
	KindPoint       RefKind = "point"
	KindSample      RefKind = "sample"
	KindTreatment   RefKind = "treatment"
	KindLotLeg      RefKind = "lot_leg"
	KindWorker      RefKind = "worker"
	KindDevice      RefKind = "device"
	KindOperation   RefKind = "operation"
	KindConflict    RefKind = "conflict"
	KindTransfer    RefKind = "transfer"
	KindPhoto       RefKind = "photo"
	KindPaper       RefKind = "paper"
	KindSystem      RefKind = "system"
)

// Ref points to one thing by kind and identifier; its text form is "case/01J…".
type Ref struct {
	Kind RefKind `json:"kind"`
	ID   string  `json:"id"`
}

// String gives the text form "kind/id", or "" for the zero Ref.
func (r Ref) String() string {
	if r == (Ref{}) {
		return ""
	}
	return string(r.Kind) + "/" + r.ID
}

// IsZero reports whether r points to nothing.
func (r Ref) IsZero() bool { return r == (Ref{}) }

// ParseRef reads the text form "kind/id". Errors: Invalid.
func ParseRef(s string) (Ref, error) {
	kind, id, ok := strings.Cut(s, "/")
	if !ok || kind == "" || id == "" {
		return Ref{}, &Error{Op: "seawall.ParseRef", Kind: Invalid, Code: "ref_malformed",
			Err: fmt.Errorf("%q is not of the form kind/id", s)}
	}
	return Ref{Kind: RefKind(kind), ID: id}, nil
}

// Text is a sentence or label in both languages of the system.
type Text struct {
	ZH string `json:"zh" yaml:"zh"`
	EN string `json:"en" yaml:"en"`
}

// In gives the text in the language lang ("zh" or "en"); an empty half falls
// back to the other one so that nobody reads a blank.
func (t Text) In(lang string) string {
	if lang == "en" && t.EN != "" || t.ZH == "" {
		return t.EN
	}
	return t.ZH
}

// AreaPath places a record in the statistical tree: the identifiers of all
// ancestors from the root, each followed by a slash, the area's own last
// ("32/3209/320924/320924103/"). A subtree is therefore a prefix.
type AreaPath string

// Within reports whether p lies in the subtree of root (or is root itself). An
// Alone root contains its own area and nothing below.
func (p AreaPath) Within(root AreaPath) bool {
	if own, alone := root.IsAlone(); alone {
		return p == own
	}
	return root != "" && strings.HasPrefix(string(p), string(root))
}

// Alone gives the scope entry for the area itself without its subtree
// ("32/3209/320903/."): what a district keeps at its own level when parts of
// its territory answer to somebody else. It is never a path of a record, and a
// reader that knows only prefixes sees nothing through it.
func (p AreaPath) Alone() AreaPath { return p + "." }

// IsAlone reports whether p is such an entry and gives the area's own path.
func (p AreaPath) IsAlone() (AreaPath, bool) {
	own, ok := strings.CutSuffix(string(p), "/.")
	if !ok {
		return p, false
	}
	return AreaPath(own + "/"), true
}

// Leaf gives the last area of the path, "" for an empty path.
func (p AreaPath) Leaf() AreaID {
	s := strings.TrimSuffix(string(p), "/")
	if i := strings.LastIndexByte(s, '/'); i >= 0 {
		s = s[i+1:]
	}
	return AreaID(s)
}

// Depth counts the areas in the path; the root's path has depth 1.
func (p AreaPath) Depth() int { return strings.Count(string(p), "/") }

// Scope is the set of areas that somebody may see or answer for: a union of
// subtrees and of single areas (see AreaPath.Alone). The command hierarchy
// (经开区, 盐南高新区) resolves to such a union of statistical subtrees. An empty
// scope contains nothing.
type Scope []AreaPath

// Contains reports whether p lies in any subtree of the scope.
func (s Scope) Contains(p AreaPath) bool {
	for _, root := range s {
		if p.Within(root) {
			return true
		}
	}
	return false
}

// Is is errors.Is for the kind of an *Error anywhere in err's chain.
func Is(err error, k Kind) bool {
	var e *Error
	return errors.As(err, &e) && e.KindOf() == k
}
