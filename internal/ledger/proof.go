package ledger

import (
	"context"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/seawall-city/seawall"
)

// tiles reads tiles inside a transaction and refuses one that is too short.
func tiles(ctx context.Context, tx seawall.Tx, store Store) tileFunc {
	return func(level int, n int64, width int) ([]byte, error) {
		b, err := store.Tile(ctx, tx, level, n)
		if err != nil {
			return nil, err
		}
		if len(b) < width*tlog.HashSize {
			return nil, seawall.E("ledger.tiles", seawall.Corrupt, "log_tile_broken", "tile", fmt.Sprintf("%d/%d", level, n))
		}
		return b, nil
	}
}

// Inclusion proves that the event at seq is a leaf of the log of a size.
// Errors: Invalid for a place outside that size, or a size the log has not.
func Inclusion(ctx context.Context, tx seawall.Tx, store Store, seq, size int64) ([]Hash, error) {
	const op = "ledger.Inclusion"
	have, _, err := store.Size(ctx, tx)
	if err != nil {
		return nil, err
	}
	if seq < 1 || seq > size || size > have {
		return nil, seawall.E(op, seawall.Invalid, "log_out_of_range", "size", fmt.Sprint(have))
	}
	proof, err := tlog.ProveRecord(size, seq-1, hashReader(tiles(ctx, tx, store)))
	return proof, seawall.Wrap(op, err)
}

// CheckInclusion checks a proof of Inclusion against a checkpoint.
func CheckInclusion(proof []Hash, entry Hash, seq int64, cp Checkpoint) error {
	if err := tlog.CheckRecord(proof, cp.Size, cp.Root, seq-1, Leaf(entry)); err != nil {
		return &seawall.Error{Op: "ledger.CheckInclusion", Kind: seawall.Corrupt, Code: "log_proof_invalid", Err: err}
	}
	return nil
}

// Consistency proves that the log of size newer begins with the log of size
// older. Errors: Invalid for sizes the log has not.
func Consistency(ctx context.Context, tx seawall.Tx, store Store, older, newer int64) ([]Hash, error) {
	const op = "ledger.Consistency"
	have, _, err := store.Size(ctx, tx)
	if err != nil {
		return nil, err
	}
	if older < 1 || older > newer || newer > have {
		return nil, seawall.E(op, seawall.Invalid, "log_out_of_range", "size", fmt.Sprint(have))
	}
	proof, err := tlog.ProveTree(newer, older, hashReader(tiles(ctx, tx, store)))
	return proof, seawall.Wrap(op, err)
}

// CheckConsistency checks a proof of Consistency between two checkpoints.
func CheckConsistency(proof []Hash, older, newer Checkpoint) error {
	if err := tlog.CheckTree(proof, newer.Size, newer.Root, older.Size, older.Root); err != nil {
		return &seawall.Error{Op: "ledger.CheckConsistency", Kind: seawall.Corrupt, Code: "log_proof_invalid", Err: err}
	}
	return nil
}
