package casebook

import (
	"context"
	"time"

	"github.com/seawall-city/seawall"
)

// The states of an import.
const (
	ImportPreviewed = "previewed" // the file is in, nothing has been taken from it
	ImportRunning   = "running"
	ImportDone      = "done"
	ImportCancelled = "cancelled" // what was accepted before stays
	ImportFailed    = "failed"    // the file could not be read any more
)

// Import is one file on its way in. Rows = Accepted + Rejected + Unchanged once
// it is done.
type Import struct {
	ID      seawall.ImportID `json:"id"`
	Kind    string           `json:"kind"` // an intake.Kind
	Disease string           `json:"disease,omitempty"`
	// Source names whose numbers the file's ids are.
	Source   string `json:"source"`
	FileName string `json:"fileName"`
	Size     int    `json:"size"`
	// Encoding, Delimiter and Sheet overrule what the reader finds by itself.
	Encoding  string `json:"encoding,omitempty"`
	Delimiter string `json:"delimiter,omitempty"`
	Sheet     string `json:"sheet,omitempty"`
	// Mapping is the intake.Mapping in use, as JSON.
	Mapping string `json:"mapping"`
	State   string `json:"state"`
	// Day is the day as of which the rows are judged; it stays the same when an
	// import goes on after an interruption.
	Day seawall.Day `json:"day"`
	// Rows counts the rows of the file, Next the work done so far (rows first,
	// then the links that rows imply).
	Rows         int `json:"rows"`
	Next         int `json:"next"`
	Accepted     int `json:"accepted"`
	Rejected     int `json:"rejected"`
	Unchanged    int `json:"unchanged"`
	Warnings     int `json:"warnings"`
	Duplicates   int `json:"duplicates"`   // people who may be known already
	Placeholders int `json:"placeholders"` // people known only as the end of a link
	Duties       int `json:"duties"`       // duties that opened
	Links        int `json:"links"`        // links that rows implied
	// By is the post that started it.
	By string `json:"by"`
	// Area is where its sender stands: who answers for it may read the file's
	// rejected rows and go on with the import. Empty means the city's desk.
	Area       seawall.AreaPath `json:"area,omitempty"`
	CreatedAt  time.Time        `json:"createdAt"`
	StartedAt  time.Time        `json:"startedAt"`
	FinishedAt time.Time        `json:"finishedAt"`
	Version    int              `json:"version"`
}

// Ref points to the import.
func (i Import) Ref() seawall.Ref { return seawall.Ref{Kind: seawall.KindImport, ID: string(i.ID)} }

// KindImportKey is the kind of an ImportKey among the rows of events.
const KindImportKey seawall.RefKind = "importkey"

// ImportKey remembers which record a source's id led to, and a keyed print of
// what the row said, so that a second telling is recognised.
type ImportKey struct {
	// ID is Kind, Disease, Source and External in one.
	ID       string `json:"id"`
	Kind     string `json:"kind"` // "case", "contact", "person" (a placeholder), "link", "followup", "result"
	Disease  string `json:"disease"`
	Source   string `json:"source"`
	External string `json:"external"`
	// Ref is the record, Person whose it is.
	Ref    seawall.Ref      `json:"ref"`
	Person seawall.PersonNo `json:"person,omitempty"`
	Print  string           `json:"print"`
	Import seawall.ImportID `json:"import"`
}

// ImportProblem is one thing that was wrong or doubtful about a row, in the
// order of the file.
type ImportProblem struct {
	N        int               `json:"-"`
	Line     int               `json:"line,omitempty"`
	Column   string            `json:"column,omitempty"`
	Severity string            `json:"severity"` // "error" or "warning"
	Code     string            `json:"code"`
	Args     map[string]string `json:"args,omitempty"`
}

// ImportStore is what imports need of the database. SaveImport and
// SaveImportKeys hand their rows to the next event; the file, the problems and
// the lease are working material outside the log.
type ImportStore interface {
	SaveImport(ctx context.Context, tx seawall.Tx, i Import) error
	Import(ctx context.Context, tx seawall.Tx, id seawall.ImportID) (Import, error)
	// Imports lists newest first.
	Imports(ctx context.Context, tx seawall.Tx, p seawall.Page) ([]Import, string, error)
	// ImportsIn gives those in a state, oldest first.
	ImportsIn(ctx context.Context, tx seawall.Tx, state string) ([]Import, error)

	// SaveImportFile keeps the sealed file, ImportFile gives it back (NotFound
	// once it was dropped), DropImportFile deletes it.
	SaveImportFile(ctx context.Context, tx seawall.Tx, id seawall.ImportID, sealed []byte) error
	ImportFile(ctx context.Context, tx seawall.Tx, id seawall.ImportID) ([]byte, error)
	DropImportFile(ctx context.Context, tx seawall.Tx, id seawall.ImportID) error

	// AddImportProblems appends; ImportProblems gives those of a severity ("" for
	// all) after the nth, in order.
	AddImportProblems(ctx context.Context, tx seawall.Tx, id seawall.ImportID, ps []ImportProblem) error
	ImportProblems(ctx context.Context, tx seawall.Tx, id seawall.ImportID, severity string, after, limit int) ([]ImportProblem, error)

	// LeaseImport claims an import for a worker until an instant; false when
	// another worker holds it at now.
	LeaseImport(ctx context.Context, tx seawall.Tx, id seawall.ImportID, worker string, now, until time.Time) (bool, error)

	SaveImportKeys(ctx context.Context, tx seawall.Tx, ks []ImportKey) error
	// ImportKeys gives the keys with these ids.
	ImportKeys(ctx context.Context, tx seawall.Tx, ids []string) ([]ImportKey, error)
	// ImportKeysOf gives the keys of people (case, contact, person) of a disease
	// with these external ids, of any source.
	ImportKeysOf(ctx context.Context, tx seawall.Tx, disease string, externals []string) ([]ImportKey, error)
	// NumbersTaken gives which of these visible numbers of cases or contacts
	// exist, each with its record.
	NumbersTaken(ctx context.Context, tx seawall.Tx, kind seawall.RefKind, nos []string) (map[string]ImportKey, error)
}
