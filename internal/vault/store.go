package vault

import (
	"context"
	"time"

	"github.com/seawall-city/seawall"
)

// Record is one sealed person as the vault's database keeps it. Nothing in it
// names anybody: the identity is ciphertext, the tokens are keyed hashes.
type Record struct {
	// ID is the row's number, given by the database; tokens point to it.
	ID int64
	No seawall.PersonNo
	// Request is the idempotent id under which the person was sealed.
	Request string
	Mask    string
	Pinyin  string
	// DocFailed marks a document number that fails its checksum.
	DocFailed bool
	// Key is the person's own key, wrapped by the data keyset; Sealed is the
	// identity under it. Both are nil once the person is forgotten.
	Key, Sealed []byte
	// Tokens are the blind tokens filed for the person.
	Tokens []int64
	// MergedInto is the person whose record this one now belongs to, or "".
	MergedInto seawall.PersonNo
	SealedAt   time.Time
	Committed  bool
	// Forgotten is when the identity was shredded, zero if it was not.
	Forgotten time.Time
	// Fresh says that Insert has just created the row.
	Fresh bool
}

// Store is the vault's own database. Every method is one transaction.
type Store interface {
	// Keyset gives a wrapped keyset and its version, 0 when there is none.
	Keyset(ctx context.Context, name string) (wrapped []byte, version int, err error)
	// SaveKeyset files a wrapped keyset as the given version. Errors: Conflict
	// when that version exists already.
	SaveKeyset(ctx context.Context, name string, wrapped []byte, version int) error
	// Insert files records and their tokens and gives, in order, what is stored
	// under each Request: the new row, or the one that was there before.
	Insert(ctx context.Context, recs []Record) ([]Record, error)
	// Replace files new contents and tokens for the row that old was read from.
	// Errors: Conflict when it was changed or forgotten meanwhile.
	Replace(ctx context.Context, old, rec Record) error
	// ByRequest, ByNo and ByID give the records that exist, in no order.
	ByRequest(ctx context.Context, requests []string) ([]Record, error)
	ByNo(ctx context.Context, nos []seawall.PersonNo) ([]Record, error)
	ByID(ctx context.Context, ids []int64) ([]Record, error)
	// Hits gives for each token at most perToken row numbers, lowest first.
	Hits(ctx context.Context, tokens []int64, perToken int) (map[int64][]int64, error)
	// Holders gives those of the row numbers that hold a token.
	Holders(ctx context.Context, token int64, ids []int64) ([]int64, error)
	// Commit marks requests as used; unknown ones are passed over.
	Commit(ctx context.Context, requests []string) error
	// Uncommitted gives uncommitted records sealed before an instant, by ID
	// after the given one, at most limit.
	Uncommitted(ctx context.Context, before time.Time, after int64, limit int) ([]Record, error)
	// Sweep deletes uncommitted records sealed before an instant.
	Sweep(ctx context.Context, before time.Time) (int, error)
	// Shred deletes key, ciphertext, mask and tokens of a person for good and
	// leaves the number with the instant. Forgetting twice is no error.
	Shred(ctx context.Context, no seawall.PersonNo, at time.Time) error
	// SetMerged files whom a person was merged into ("" takes it back).
	SetMerged(ctx context.Context, loser, winner seawall.PersonNo) error
	// Count counts the identities kept.
	Count(ctx context.Context) (int, error)
	Close() error
}

// TokenRow files one blind token for one row number.
type TokenRow struct {
	Token, ID int64
}

// BulkStore is a Store that can also be filled from empty at full speed: rows
// come with their numbers, tokens sorted, and nothing is read back.
type BulkStore interface {
	Store
	// BeginBulk prepares an empty database; EndBulk makes it ordinary again.
	BeginBulk(ctx context.Context) error
	// BulkRecords appends committed records with ascending ID.
	BulkRecords(ctx context.Context, recs []Record) error
	// BulkTokens appends tokens; calls come in ascending (Token, ID) order.
	BulkTokens(ctx context.Context, rows []TokenRow) error
	EndBulk(ctx context.Context) error
}
