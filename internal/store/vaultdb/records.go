package vaultdb

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/vault"
)

// rowsEach is how many rows one insert statement carries, idsEach how many keys
// one lookup asks for.
const (
	rowsEach = 100
	idsEach  = 500
)

// insertCols are the columns given at insertion, in the order of insertArgs.
const insertCols = "no, request, mask, pinyin, doc_failed, wrapped, sealed, tokens, merged_into, sealed_at, committed, forgotten_at"

func insertArgs(r vault.Record) []any {
	return []any{string(r.No), r.Request, r.Mask, r.Pinyin, btoi(r.DocFailed), r.Key, r.Sealed, packTokens(r.Tokens),
		string(r.MergedInto), micros(r.SealedAt), btoi(r.Committed), micros(r.Forgotten)}
}

// Keyset gives the newest version of a wrapped keyset.
func (db *DB) Keyset(ctx context.Context, name string) ([]byte, int, error) {
	var wrapped []byte
	var version int
	err := db.driver.Reader().QueryRowContext(ctx, db.text(
		"SELECT wrapped, version FROM vault_keyset WHERE name = $1 ORDER BY version DESC LIMIT 1"), name).Scan(&wrapped, &version)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, 0, nil
	}
	return wrapped, version, db.fail("vaultdb.Keyset", err)
}

// SaveKeyset files a version of a wrapped keyset; older versions stay, so that
// a rotation interrupted anywhere loses nothing.
func (db *DB) SaveKeyset(ctx context.Context, name string, wrapped []byte, version int) error {
	_, err := db.driver.Writer().ExecContext(ctx, db.text(
		"INSERT INTO vault_keyset (name, version, wrapped) VALUES ($1, $2, $3)"), name, version, wrapped)
	return db.fail("vaultdb.SaveKeyset", err)
}

// Insert files records and their tokens in one transaction; see vault.Store.
func (db *DB) Insert(ctx context.Context, recs []vault.Record) (out []vault.Record, err error) {
	err = db.write(ctx, "vaultdb.Insert", func(tx *sql.Tx) error {
		ids, err := db.insertNew(ctx, tx, recs)
		if err != nil {
			return err
		}
		out = slices.Clone(recs)
		var tokens []vault.TokenRow
		var there []string
		for i := range out {
			id, ok := ids[out[i].Request]
			if !ok {
				there = append(there, out[i].Request)
				continue
			}
			out[i].ID, out[i].Fresh = id, true
			for _, t := range out[i].Tokens {
				tokens = append(tokens, vault.TokenRow{Token: t, ID: id})
			}
		}
		if err := db.insertTokens(ctx, tx, tokens); err != nil {
			return err
		}
		if err := db.fillExisting(ctx, tx, out, there); err != nil {
			return err
		}
		return db.tally(ctx, tx, len(recs)-len(there))
	})
	return out, err
}

// insertNew inserts the rows whose request is new and gives their numbers.
func (db *DB) insertNew(ctx context.Context, tx *sql.Tx, recs []vault.Record) (map[string]int64, error) {
	ids := make(map[string]int64, len(recs))
	for part := range slices.Chunk(recs, rowsEach) {
		var args []any
		for _, r := range part {
			args = append(args, insertArgs(r)...)
		}
		rows, err := tx.QueryContext(ctx, db.text("INSERT INTO vault_person ("+insertCols+") VALUES "+
			marks(len(part), len(args)/len(part), 1)+" ON CONFLICT (request) DO NOTHING RETURNING id, request"), args...)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			var id int64
			var request string
			if err := rows.Scan(&id, &request); err != nil {
				rows.Close()
				return nil, err
			}
			ids[request] = id
		}
		rows.Close()
		if err := rows.Err(); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

// fillExisting replaces the records whose request was there before by what is
// stored.
func (db *DB) fillExisting(ctx context.Context, tx *sql.Tx, out []vault.Record, requests []string) error {
	stored, err := selectBy(ctx, db, tx, "request", requests)
	if err != nil || len(requests) == 0 {
		return err
	}
	byRequest := make(map[string]vault.Record, len(stored))
	for _, r := range stored {
		byRequest[r.Request] = r
	}
	for i := range out {
		if r, ok := byRequest[out[i].Request]; ok && !out[i].Fresh {
			out[i] = r
		}
	}
	return nil
}

// tally notes how many identities came or went. The notes are summed up by
// Count; a single counter row would make all sealing wait in one line.
func (db *DB) tally(ctx context.Context, tx *sql.Tx, n int) error {
	if n == 0 {
		return nil
	}
	_, err := tx.ExecContext(ctx, db.text("INSERT INTO vault_tally (n) VALUES ($1)"), n)
	return err
}

// Count counts the identities kept.
func (db *DB) Count(ctx context.Context) (int, error) {
	var n int
	err := db.driver.Reader().QueryRowContext(ctx, "SELECT CAST(COALESCE(SUM(n), 0) AS BIGINT) FROM vault_tally").Scan(&n)
	return n, db.fail("vaultdb.Count", err)
}

// querier is a pool or a transaction.
type querier interface {
	QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error)
}

const selectRecord = "SELECT id, no, request, mask, pinyin, doc_failed, wrapped, sealed, tokens, merged_into, sealed_at, committed, forgotten_at FROM vault_person"

// selectBy reads the records whose column holds one of the keys.
func selectBy[K ~string | ~int64](ctx context.Context, db *DB, q querier, column string, keys []K) ([]vault.Record, error) {
	var out []vault.Record
	for part := range slices.Chunk(keys, idsEach) {
		args := make([]any, len(part))
		for i, k := range part {
			args[i] = bare(k)
		}
		rows, err := q.QueryContext(ctx, db.text(selectRecord+" WHERE "+column+" IN "+marks(1, len(part), 1)), args...)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			r, err := scanRecord(rows)
			if err != nil {
				rows.Close()
				return nil, err
			}
			out = append(out, r)
		}
		rows.Close()
		if err := rows.Err(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// bare gives a key as the plain type that drivers take.
func bare[K ~string | ~int64](k K) any {
	switch k := any(k).(type) {
	case seawall.PersonNo:
		return string(k)
	default:
		return k
	}
}

func scanRecord(rows *sql.Rows) (vault.Record, error) {
	var r vault.Record
	var failed, committed, sealedAt, forgotten int64
	var tokens []byte
	err := rows.Scan(&r.ID, &r.No, &r.Request, &r.Mask, &r.Pinyin, &failed, &r.Key, &r.Sealed, &tokens,
		&r.MergedInto, &sealedAt, &committed, &forgotten)
	r.DocFailed, r.Committed = failed != 0, committed != 0
	r.SealedAt, r.Forgotten, r.Tokens = instant(sealedAt), instant(forgotten), unpackTokens(tokens)
	return r, err
}

// ByRequest gives the records sealed under the requests.
func (db *DB) ByRequest(ctx context.Context, requests []string) ([]vault.Record, error) {
	out, err := selectBy(ctx, db, db.driver.Reader(), "request", requests)
	return out, db.fail("vaultdb.ByRequest", err)
}

// ByNo gives the records of person numbers.
func (db *DB) ByNo(ctx context.Context, nos []seawall.PersonNo) ([]vault.Record, error) {
	out, err := selectBy(ctx, db, db.driver.Reader(), "no", nos)
	return out, db.fail("vaultdb.ByNo", err)
}

// ByID gives the records of row numbers.
func (db *DB) ByID(ctx context.Context, ids []int64) ([]vault.Record, error) {
	out, err := selectBy(ctx, db, db.driver.Reader(), "id", ids)
	return out, db.fail("vaultdb.ByID", err)
}

// Replace files new contents and tokens for a row. The wrapped key that it had
// is overwritten.
func (db *DB) Replace(ctx context.Context, old, r vault.Record) error {
	const op = "vaultdb.Replace"
	return db.write(ctx, op, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, db.text(`UPDATE vault_person
			SET mask = $1, pinyin = $2, doc_failed = $3, wrapped = $4, sealed = $5, tokens = $6
			WHERE id = $7 AND wrapped = $8`),
			r.Mask, r.Pinyin, btoi(r.DocFailed), r.Key, r.Sealed, packTokens(r.Tokens), r.ID, old.Key)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, seawall.E(op, seawall.Conflict, "changed_meanwhile", "kind", "person", "id", string(r.No)))
		}
		if err := db.deleteTokens(ctx, tx, old.Tokens, r.ID); err != nil {
			return err
		}
		rows := make([]vault.TokenRow, len(r.Tokens))
		for i, t := range r.Tokens {
			rows[i] = vault.TokenRow{Token: t, ID: r.ID}
		}
		return db.insertTokens(ctx, tx, rows)
	})
}

const commitText = "UPDATE vault_person SET committed = 1 WHERE committed = 0 AND request IN "

// Commit marks requests as used.
func (db *DB) Commit(ctx context.Context, requests []string) error {
	return db.write(ctx, "vaultdb.Commit", func(tx *sql.Tx) error {
		for part := range slices.Chunk(requests, idsEach) {
			args := make([]any, len(part))
			for i, r := range part {
				args[i] = r
			}
			if _, err := tx.ExecContext(ctx, db.text(commitText+
				marks(1, len(part), 1)), args...); err != nil {
				return err
			}
		}
		return nil
	})
}

// SetMerged files whom a person was merged into.
func (db *DB) SetMerged(ctx context.Context, loser, winner seawall.PersonNo) error {
	_, err := db.driver.Writer().ExecContext(ctx, db.text("UPDATE vault_person SET merged_into = $1 WHERE no = $2"),
		string(winner), string(loser))
	return db.fail("vaultdb.SetMerged", err)
}

// Shred deletes what identifies a person and leaves the number.
func (db *DB) Shred(ctx context.Context, no seawall.PersonNo, at time.Time) error {
	return db.write(ctx, "vaultdb.Shred", func(tx *sql.Tx) error {
		var id int64
		var tokens []byte
		err := tx.QueryRowContext(ctx, db.text("SELECT id, tokens FROM vault_person WHERE no = $1 AND forgotten_at = 0 {{for_update}}"),
			string(no)).Scan(&id, &tokens)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := db.deleteTokens(ctx, tx, unpackTokens(tokens), id); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, db.text(`UPDATE vault_person SET wrapped = NULL, sealed = NULL, tokens = NULL,
			mask = '', pinyin = '', doc_failed = 0, committed = 1, forgotten_at = $1 WHERE id = $2`), micros(at), id); err != nil {
			return err
		}
		return db.tally(ctx, tx, -1)
	})
}

// sweepEach is how many orphans one transaction deletes.
const sweepEach = 500

// Sweep deletes uncommitted records, a part at a time, and sums up the tally.
func (db *DB) Sweep(ctx context.Context, before time.Time) (int, error) {
	const op = "vaultdb.Sweep"
	for total := 0; ; {
		n := 0
		err := db.write(ctx, op, func(tx *sql.Tx) (err error) {
			n, err = db.sweepPart(ctx, tx, before)
			return err
		})
		total += n
		if err != nil {
			return total, err
		}
		if n == 0 {
			return total, db.write(ctx, op, func(tx *sql.Tx) error { return db.sumTally(ctx, tx) })
		}
	}
}

const sweepText = `DELETE FROM vault_person WHERE id IN (SELECT id FROM vault_person
	WHERE committed = 0 AND sealed_at < $1 ORDER BY sealed_at LIMIT $2 {{skip_locked}}) RETURNING id, tokens`

func (db *DB) sweepPart(ctx context.Context, tx *sql.Tx, before time.Time) (int, error) {
	rows, err := tx.QueryContext(ctx, db.text(sweepText), micros(before), sweepEach)
	if err != nil {
		return 0, err
	}
	gone := map[int64][]int64{}
	for rows.Next() {
		var id int64
		var tokens []byte
		if err := rows.Scan(&id, &tokens); err != nil {
			rows.Close()
			return 0, err
		}
		gone[id] = unpackTokens(tokens)
	}
	rows.Close()
	if err := rows.Err(); err != nil {
		return 0, err
	}
	for id, tokens := range gone {
		if err := db.deleteTokens(ctx, tx, tokens, id); err != nil {
			return 0, err
		}
	}
	return len(gone), db.tally(ctx, tx, -len(gone))
}

// sumTally replaces the notes by their sum.
func (db *DB) sumTally(ctx context.Context, tx *sql.Tx) error {
	rows, err := tx.QueryContext(ctx, "DELETE FROM vault_tally RETURNING n")
	if err != nil {
		return err
	}
	defer rows.Close()
	sum := 0
	for rows.Next() {
		var n int
		if err := rows.Scan(&n); err != nil {
			return err
		}
		sum += n
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return db.tally(ctx, tx, sum)
}
