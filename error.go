package seawall

import (
	"errors"
	"fmt"
	"sort"
	"strings"
)

// Kind classifies an error for the one place that turns errors into answers
// (an HTTP status, an exit code).
type Kind uint8

// The kinds of error.
const (
	Other           Kind = iota // unclassified: a defect or an environment failure
	Invalid                     // the input is wrong and says where
	NotFound                    // no such thing, or not for these eyes
	Conflict                    // the thing changed, or exists already
	Denied                      // this principal may not
	Unauthenticated             // nobody is signed in
	Limited                     // a rate, quota or lockout
	Unavailable                 // try again: a dependency is away
	Corrupt                     // stored data fails its own check
	Gone                        // purged on purpose; the answer says when
)

// String gives the kind's name as it stands in logs.
func (k Kind) String() string {
	names := [...]string{"other", "invalid", "not_found", "conflict", "denied",
		"unauthenticated", "limited", "unavailable", "corrupt", "gone"}
	if int(k) < len(names) {
		return names[k]
	}
	return "other"
}

// FieldError says what is wrong with one field of an input. Code is a message
// key of the locale catalogue.
type FieldError struct {
	Field string            `json:"field"`
	Code  string            `json:"code"`
	Args  map[string]string `json:"args,omitempty"`
}

// Error is the one error type that crosses package borders: the operation, the
// kind, a message key for the reader and the cause for the log.
type Error struct {
	// Op is the operation that failed, "package.Function".
	Op string
	// Kind classifies it; Other takes the kind of the wrapped *Error.
	Kind Kind
	// Code is the key of the reader's message in the locale catalogue.
	Code string
	// Args fill the message; they are shown to people and written to logs, so
	// no identity belongs in them.
	Args map[string]string
	// Fields says what is wrong with each field of the input, all at once.
	Fields []FieldError
	// Err is the cause, for the log only.
	Err error
}

// Error gives the chain as one line for the log.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Op)
	if k := e.KindOf(); k != Other {
		b.WriteString(": " + k.String())
	}
	if e.Code != "" {
		b.WriteString(": " + e.Code)
	}
	keys := make([]string, 0, len(e.Args))
	for k := range e.Args {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		fmt.Fprintf(&b, " %s=%q", k, e.Args[k])
	}
	for _, f := range e.Fields {
		fmt.Fprintf(&b, " [%s: %s]", f.Field, f.Code)
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// KindOf gives the kind, looking through wrapped errors while it is Other.
func (e *Error) KindOf() Kind {
	for e != nil && e.Kind == Other {
		var inner *Error
		if !errors.As(e.Err, &inner) {
			return Other
		}
		e = inner
	}
	if e == nil {
		return Other
	}
	return e.Kind
}

// E builds an *Error; args are key, value pairs for the message.
func E(op string, kind Kind, code string, args ...string) *Error {
	e := &Error{Op: op, Kind: kind, Code: code}
	for i := 0; i+1 < len(args); i += 2 {
		if e.Args == nil {
			e.Args = map[string]string{}
		}
		e.Args[args[i]] = args[i+1]
	}
	return e
}

// Wrap adds an operation to a cause and keeps its kind; nil stays nil.
func Wrap(op string, err error) error {
	if err == nil {
		return nil
	}
	return &Error{Op: op, Err: err}
}
