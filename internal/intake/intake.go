// Package intake reads files that people and other systems send: it finds the
// encoding, the separator and the columns, proposes which column means what,
// and turns every row into typed facts with a list of what is doubtful about
// it. It is pure: no database, no clock of its own, no network. What a code, a
// column name or a field is called stands in data files beside the code.
package intake

import (
	"github.com/seawall-city/seawall"
)

// Kind says what the rows of a file are.
type Kind string

// The kinds of file. Contacts are persons, links are who-met-or-infected-whom
// edges.
const (
	Areas     Kind = "areas"
	LineList  Kind = "linelist"
	Contacts  Kind = "contacts"
	Links     Kind = "links"
	FollowUps Kind = "followups"
	Results   Kind = "results"
)

// Kinds gives the kinds of file in the order of the command line.
func Kinds() []Kind { return []Kind{Areas, LineList, Contacts, Links, FollowUps, Results} }

// Valid reports whether k is a kind of file.
func (k Kind) Valid() bool {
	for _, known := range Kinds() {
		if k == known {
			return true
		}
	}
	return false
}

// Severity says what a problem does to its row.
type Severity string

// An error keeps the row out; a warning lets it in and says what is doubtful.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Problem is one thing that is wrong or doubtful about a row or, with Line 0,
// about the whole file. Code is a key of the message catalogue.
type Problem struct {
	Line     int               `json:"line,omitempty"`
	Column   string            `json:"column,omitempty"`
	Severity Severity          `json:"severity"`
	Code     string            `json:"code"`
	Args     map[string]string `json:"args,omitempty"`
}

// Table is a file as rows of text.
type Table struct {
	// Format is "csv" or "xlsx"; Encoding and Delimiter say how a text file was
	// read, Sheet and Sheets which sheet of a workbook.
	Format    string   `json:"format"`
	Encoding  string   `json:"encoding,omitempty"`
	Delimiter string   `json:"delimiter,omitempty"`
	Sheet     string   `json:"sheet,omitempty"`
	Sheets    []string `json:"sheets,omitempty"`
	// Columns are the header's names, each unique and never empty.
	Columns []string `json:"columns"`
	Rows    []Row    `json:"-"`
}

// Row is one data row. Rows without any content are not rows.
type Row struct {
	// Line is where the row starts in the file (1 is the first line), or its
	// row number in a sheet.
	Line  int
	Cells []string
	// Bad marks a row that has more filled cells than the header has columns.
	Bad bool
}

// Identity is what a row tells about a person by name. It goes to the vault and
// nowhere else.
type Identity struct {
	Name      string
	Sex       string
	Birth     seawall.Day
	BirthYear int
	DocType   string
	DocNumber string
	Phone     string
	Address   string
}

// Empty reports whether nothing identifies the person.
func (i Identity) Empty() bool {
	return i.Name == "" && i.DocNumber == "" && i.Phone == "" && i.Address == "" && !i.Birth.Known()
}
