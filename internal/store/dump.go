package store

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/seawall-city/seawall"
)

// A backup is the same for both databases: each table a run of lines, the first
// one {"table": name, "columns": […]}, then one JSON array a row; bytes stand as
// {"b": base64}. What was written from SQLite fills PostgreSQL and the other way
// round.

// dumpHead is the line before a table's rows.
type dumpHead struct {
	Table   string   `json:"table"`
	Columns []string `json:"columns"`
}

// Tables lists the tables of a database that hold data, versions of the schema
// left out.
func Tables(ctx context.Context, d Driver, tx *sql.Tx) ([]string, error) {
	q := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
	if d.Name() == "postgres" {
		q = `SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename COLLATE "C"`
	}
	rows, err := tx.QueryContext(ctx, q)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var n string
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		if !strings.HasSuffix(n, "_version") {
			names = append(names, n)
		}
	}
	return names, rows.Err()
}

// Drop removes every table of a PostgreSQL database or schema, versions of the
// schema included: a restore that failed leaves nothing behind. Never call it on
// data that somebody wants.
func Drop(ctx context.Context, d Driver) error {
	const op = "store.Drop"
	rows, err := d.Writer().QueryContext(ctx, "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = current_schema()")
	if err != nil {
		return &seawall.Error{Op: op, Kind: seawall.Unavailable, Code: "database_away", Err: err}
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var n string
		if err := rows.Scan(&n); err != nil {
			return &seawall.Error{Op: op, Err: err}
		}
		names = append(names, n)
	}
	if err := rows.Err(); err != nil || len(names) == 0 {
		return seawall.Wrap(op, err)
	}
	_, err = d.Writer().ExecContext(ctx, "DROP TABLE "+strings.Join(names, ", ")+" CASCADE")
	return seawall.Wrap(op, err)
}

// Dump writes every table of a database as of one instant and gives the number
// of rows of each.
func Dump(ctx context.Context, d Driver, w io.Writer) (map[string]int, error) {
	const op = "store.Dump"
	tx, err := d.Reader().BeginTx(ctx, d.ReadOptions())
	if err != nil {
		return nil, &seawall.Error{Op: op, Kind: seawall.Unavailable, Code: "database_away", Err: err}
	}
	defer tx.Rollback()
	names, err := Tables(ctx, d, tx)
	if err != nil {
		return nil, &seawall.Error{Op: op, Err: err}
	}
	counts := map[string]int{}
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	for _, name := range names {
		n, err := dumpTable(ctx, tx, name, out)
		if err != nil {
			return nil, &seawall.Error{Op: op, Args: map[string]string{"table": name}, Err: err}
		}
		counts[name] = n
	}
	return counts, nil
}

func dumpTable(ctx context.Context, tx *sql.Tx, name string, out *json.Encoder) (n int, err error) {
	rows, err := tx.QueryContext(ctx, "SELECT * FROM "+name)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	cols, err := rows.Columns()
	if err != nil {
		return 0, err
	}
	if err := out.Encode(dumpHead{name, cols}); err != nil {
		return 0, err
	}
	values, into := make([]any, len(cols)), make([]any, len(cols))
	for i := range values {
		into[i] = &values[i]
	}
	for ; rows.Next(); n++ {
		if err := rows.Scan(into...); err != nil {
			return n, err
		}
		for i, v := range values {
			if b, ok := v.([]byte); ok {
				values[i] = map[string]string{"b": base64.StdEncoding.EncodeToString(b)}
			}
		}
		if err := out.Encode(values); err != nil {
			return n, err
		}
	}
	return n, rows.Err()
}

// Fill reads what Dump wrote into an empty, migrated database, all or nothing,
// and gives the number of rows of each table.
func Fill(ctx context.Context, d Driver, r io.Reader) (map[string]int, error) {
	const op = "store.Fill"
	tx, err := d.Writer().BeginTx(ctx, nil)
	if err != nil {
		return nil, &seawall.Error{Op: op, Kind: seawall.Unavailable, Code: "database_away", Err: err}
	}
	defer tx.Rollback()
	f := &filler{ctx: ctx, d: d, tx: tx, counts: map[string]int{}}
	lines := bufio.NewReaderSize(r, 1<<20)
	for n := 1; ; n++ {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			if err := f.line(line); err != nil {
				return nil, &seawall.Error{Op: op, Kind: seawall.Corrupt, Code: "backup_corrupt",
					Args: map[string]string{"line": fmt.Sprint(n)}, Err: err}
			}
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, &seawall.Error{Op: op, Kind: seawall.Corrupt, Code: "backup_corrupt", Args: map[string]string{"line": fmt.Sprint(n)}, Err: err}
		}
	}
	if err := f.end(); err != nil {
		return nil, &seawall.Error{Op: op, Err: err}
	}
	return f.counts, seawall.Wrap(op, tx.Commit())
}

// filler puts the lines of a dump into a database.
type filler struct {
	ctx    context.Context
	d      Driver
	tx     *sql.Tx
	counts map[string]int
	known  []string
	table  string
	width  int
	insert *sql.Stmt
}

func (f *filler) line(line []byte) error {
	if line[0] == '{' {
		var h dumpHead
		if err := json.Unmarshal(line, &h); err != nil {
			return err
		}
		return f.begin(h)
	}
	if f.insert == nil {
		return fmt.Errorf("a row before any table")
	}
	var raw []json.RawMessage
	if err := json.Unmarshal(line, &raw); err != nil {
		return err
	}
	if len(raw) != f.width {
		return fmt.Errorf("table %s: %d values for %d columns", f.table, len(raw), f.width)
	}
	args := make([]any, len(raw))
	for i, m := range raw {
		v, err := value(m)
		if err != nil {
			return err
		}
		args[i] = v
	}
	_, err := f.insert.ExecContext(f.ctx, args...)
	f.counts[f.table]++
	return err
}

// value reads one stored value: null, text, a whole or broken number, bytes.
func value(m json.RawMessage) (any, error) {
	switch m[0] {
	case 'n':
		return nil, nil
	case '{':
		var b struct {
			B string `json:"b"`
		}
		if err := json.Unmarshal(m, &b); err != nil {
			return nil, err
		}
		return base64.StdEncoding.DecodeString(b.B)
	case '"':
		var s string
		err := json.Unmarshal(m, &s)
		return s, err
	}
	n := json.Number(m)
	if i, err := n.Int64(); err == nil {
		return i, nil
	}
	return n.Float64()
}

// begin empties the table (a migrated database may hold seed rows) and prepares
// the statement for its rows.
func (f *filler) begin(h dumpHead) (err error) {
	if f.known == nil {
		if f.known, err = Tables(f.ctx, f.d, f.tx); err != nil {
			return err
		}
	}
	if !slices.Contains(f.known, h.Table) {
		return fmt.Errorf("the backup has a table %q that this version does not know: restore it with the version that wrote it", h.Table)
	}
	if _, err := f.tx.ExecContext(f.ctx, "DELETE FROM "+h.Table); err != nil {
		return err
	}
	marks := make([]string, len(h.Columns))
	for i, c := range h.Columns {
		marks[i] = fmt.Sprintf("$%d", i+1)
		if strings.ContainsAny(c, " \";()") {
			return fmt.Errorf("column %q", c)
		}
	}
	q := "INSERT INTO " + h.Table + " (" + strings.Join(h.Columns, ", ") + ") VALUES (" + strings.Join(marks, ", ") + ")"
	if f.d.Name() == "postgres" {
		q = strings.Replace(q, ") VALUES (", ") OVERRIDING SYSTEM VALUE VALUES (", 1)
	}
	if f.insert != nil {
		f.insert.Close()
	}
	f.table, f.width = h.Table, len(h.Columns)
	f.counts[h.Table] = 0
	f.insert, err = f.tx.PrepareContext(f.ctx, Render(f.d, q))
	return err
}

// end puts PostgreSQL's identity columns behind the highest number in use.
func (f *filler) end() error {
	if f.insert != nil {
		f.insert.Close()
	}
	if f.d.Name() != "postgres" {
		return nil
	}
	rows, err := f.tx.QueryContext(f.ctx, "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema() AND is_identity = 'YES'")
	if err != nil {
		return err
	}
	var ids [][2]string
	for rows.Next() {
		var id [2]string
		if err := rows.Scan(&id[0], &id[1]); err != nil {
			return err
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, id := range ids {
		q := fmt.Sprintf("SELECT setval(pg_get_serial_sequence('%s', '%s'), COALESCE((SELECT MAX(%s) FROM %s), 0) + 1, false)", id[0], id[1], id[1], id[0])
		if _, err := f.tx.ExecContext(f.ctx, q); err != nil {
			return err
		}
	}
	return nil
}
