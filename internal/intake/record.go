package intake

import (
	"time"

	"github.com/seawall-city/seawall"
)

// Record is one row as typed facts. Exactly one of Case, Contact, Link,
// FollowUp and Result is set on an accepted row.
type Record struct {
	// Index counts rows from 0; Line is the row's place in the file.
	Index int
	Line  int
	// External is the row's key within its source: the system id where there
	// is one, else the visible id, else what the row is about; ByContent marks
	// a key that had to be made of the row's own content (see Content).
	External  string
	ByContent bool
	// ByUUID marks a key that is a system id, unique beyond its kind of record.
	ByUUID bool
	// Again marks a row that says the same as an earlier one with its key.
	Again bool
	// Nth is 0 for the first row with this key and content, 1 for the second …
	Nth int
	// Visible is the number under which people know the record.
	Visible string
	// Content is everything the row says in one text, sealed parts included:
	// two rows with the same content say the same. It is never stored as it is.
	Content  string
	Identity Identity
	// Year is the calendar year in which an age was true; 0 without an age.
	Year int
	Sex  string
	// BirthYear is 0 when unknown.
	BirthYear int
	// Area is the area as written (a code or a name).
	Area string

	Case     *CaseFacts
	Contact  *ContactFacts
	Link     *LinkFacts
	FollowUp *FollowUpFacts
	Result   *ResultFacts

	// Extra keeps what no field takes, under the columns' names.
	Extra    map[string]string
	Problems []Problem
}

// CaseFacts are a line list's row. Codes are those of package casebook.
type CaseFacts struct {
	Class                                string
	Onset, Exposed, Sampled, Diagnosed   seawall.Day
	Reported                             seawall.Day
	Outcome                              string
	OutcomeDay                           seawall.Day
	Channel, Facility, Setting, Infector string
}

// ContactFacts are a contact's row.
type ContactFacts struct {
	Case, State, Class       string
	First, Last, Until       seawall.Day
	Setting, Relation, Place string
}

// LinkFacts are an edge: From met, or infected, To. FromNo and ToNo are the
// visible numbers of the same ends, where the file tells both.
type LinkFacts struct {
	From, To, FromNo, ToNo   string
	Kind, Setting, Certainty string
	Day                      seawall.Day
}

// FollowUpFacts are one day's follow-up of a contact.
type FollowUpFacts struct {
	Contact, ContactNo string
	Day                seawall.Day
	Status             string
	Temperature        float64
	Symptoms, Note     string
}

// ResultFacts are one test. At least one of Case, Contact and a document number
// in the identity says whose it is.
type ResultFacts struct {
	Case, Contact       string
	Accession, Kind     string
	Collected, Resulted time.Time
	Outcome, Value, Lab string
}

// Rejected gives the problem that keeps the row out, nil if there is none.
func (r *Record) Rejected() *Problem {
	for i := range r.Problems {
		if r.Problems[i].Severity == Error {
			return &r.Problems[i]
		}
	}
	return nil
}

// Warnings counts what is doubtful about the row.
func (r *Record) Warnings() int {
	n := 0
	for _, p := range r.Problems {
		if p.Severity == Warning {
			n++
		}
	}
	return n
}

func (r *Record) warn(column, code string, args ...string) {
	r.Problems = append(r.Problems, Problem{Line: r.Line, Column: column, Severity: Warning, Code: code, Args: pairs(args)})
}

func (r *Record) reject(column, code string, args ...string) {
	r.Problems = append(r.Problems, Problem{Line: r.Line, Column: column, Severity: Error, Code: code, Args: pairs(args)})
}

// keep puts a value that no field could take under its column's name.
func (r *Record) keep(column, value string) {
	if value == "" {
		return
	}
	if r.Extra == nil {
		r.Extra = map[string]string{}
	}
	r.Extra[column] = value
}
