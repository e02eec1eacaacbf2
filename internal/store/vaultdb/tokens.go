package vaultdb

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/seawall-city/seawall/internal/vault"
)

// packTokens writes tokens as 8 bytes each, big-endian; the row keeps its own
// so that they can be taken back without knowing the identity.
func packTokens(tokens []int64) []byte {
	b := make([]byte, 0, 8*len(tokens))
	for _, t := range tokens {
		b = binary.BigEndian.AppendUint64(b, uint64(t))
	}
	return b
}

func unpackTokens(b []byte) []int64 {
	out := make([]int64, 0, len(b)/8)
	for ; len(b) >= 8; b = b[8:] {
		out = append(out, int64(binary.BigEndian.Uint64(b)))
	}
	return out
}

// tokensEach is how many tokens one insert statement carries.
const tokensEach = 250

// insertTokens files tokens in the order of their key, which spares the index
// random reads.
func (db *DB) insertTokens(ctx context.Context, tx *sql.Tx, rows []vault.TokenRow) error {
	slices.SortFunc(rows, func(a, b vault.TokenRow) int {
		return cmp.Or(cmp.Compare(a.Token, b.Token), cmp.Compare(a.ID, b.ID))
	})
	args := make([]any, 0, 2*tokensEach)
	for part := range slices.Chunk(rows, tokensEach) {
		args = args[:0]
		for _, r := range part {
			args = append(args, r.Token, r.ID)
		}
		if _, err := tx.ExecContext(ctx, db.text("INSERT INTO vault_token (token, person) VALUES "+marks(len(part), 2, 1)+
			" ON CONFLICT DO NOTHING"), args...); err != nil {
			return err
		}
	}
	return nil
}

func (db *DB) deleteTokens(ctx context.Context, tx *sql.Tx, tokens []int64, id int64) error {
	for _, t := range tokens {
		if _, err := tx.ExecContext(ctx, db.text("DELETE FROM vault_token WHERE token = $1 AND person = $2"), t, id); err != nil {
			return err
		}
	}
	return nil
}

// hitsEach is the most tokens that one lookup asks for.
const hitsEach = 64

// Hits gives for each token at most perToken row numbers, lowest first. Each
// token has a bounded sub-select of its own, so that a name shared by millions
// costs no more than perToken index rows.
func (db *DB) Hits(ctx context.Context, tokens []int64, perToken int) (map[int64][]int64, error) {
	const op = "vaultdb.Hits"
	tokens = slices.Clone(tokens)
	slices.Sort(tokens)
	out := make(map[int64][]int64, len(tokens))
	for part := range slices.Chunk(slices.Compact(tokens), hitsEach) {
		if err := db.hitsPart(ctx, part, perToken, out); err != nil {
			return nil, db.fail(op, err)
		}
	}
	return out, nil
}

func (db *DB) hitsPart(ctx context.Context, tokens []int64, perToken int, out map[int64][]int64) error {
	size := 1
	for size < len(tokens) {
		size *= 2
	}
	st, err := db.hitsStmt(ctx, size)
	if err != nil {
		return err
	}
	args := make([]any, size+1) // the unused stay NULL and meet nothing
	args[0] = perToken
	for i, t := range tokens {
		args[i+1] = t
	}
	rows, err := st.QueryContext(ctx, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var token, id int64
		if err := rows.Scan(&token, &id); err != nil {
			return err
		}
		out[token] = append(out[token], id)
	}
	return rows.Err()
}

// hitsStmt gives the prepared lookup of size tokens.
func (db *DB) hitsStmt(ctx context.Context, size int) (*sql.Stmt, error) {
	db.mu.Lock()
	defer db.mu.Unlock()
	if st := db.hits[size]; st != nil {
		return st, nil
	}
	st, err := db.driver.Reader().PrepareContext(ctx, db.text(hitsText(size)))
	if err == nil {
		db.hits[size] = st
	}
	return st, err
}

func hitsText(size int) string {
	parts := make([]string, size)
	for i := range parts {
		parts[i] = fmt.Sprintf("SELECT token, person FROM (SELECT token, person FROM vault_token WHERE token = $%d "+
			"ORDER BY person LIMIT $1) AS t%d", i+2, i)
	}
	return strings.Join(parts, " UNION ALL ")
}

// holdersText looks rows up one by one in the key (token, person).
const holdersText = "SELECT person FROM vault_token WHERE token = $1 AND person IN "

// Holders gives those of the row numbers that hold a token.
func (db *DB) Holders(ctx context.Context, token int64, ids []int64) ([]int64, error) {
	const op = "vaultdb.Holders"
	var out []int64
	for part := range slices.Chunk(ids, idsEach-1) {
		args := []any{token}
		for _, id := range part {
			args = append(args, id)
		}
		rows, err := db.driver.Reader().QueryContext(ctx, db.text(holdersText+marks(1, len(part), 2)), args...)
		if err != nil {
			return nil, db.fail(op, err)
		}
		for rows.Next() {
			var id int64
			if err := rows.Scan(&id); err != nil {
				rows.Close()
				return nil, db.fail(op, err)
			}
			out = append(out, id)
		}
		rows.Close()
		if err := rows.Err(); err != nil {
			return nil, db.fail(op, err)
		}
	}
	return out, nil
}
