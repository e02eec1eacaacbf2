package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
)

var _ casebook.ImportStore = (*DB)(nil)

func imports() *table[casebook.Import] {
	return &table[casebook.Import]{
		kind: seawall.KindImport, name: "import",
		cols: names(`id kind disease source file_name size encoding delimiter sheet mapping state day row_count next
			accepted rejected unchanged warnings duplicates placeholders duties links by_name area_path
			created_at started_at finished_at version`),
		fields: func(i *casebook.Import) []any {
			return with(&i.ID, &i.Kind, &i.Disease, &i.Source, &i.FileName, &i.Size, &i.Encoding, &i.Delimiter, &i.Sheet, &i.Mapping,
				&i.State, civil(&i.Day), &i.Rows, &i.Next, &i.Accepted, &i.Rejected, &i.Unchanged, &i.Warnings, &i.Duplicates,
				&i.Placeholders, &i.Duties, &i.Links, &i.By, &i.Area, ts(&i.CreatedAt), ts(&i.StartedAt), ts(&i.FinishedAt), &i.Version)
		},
		id:      func(i *casebook.Import) string { return string(i.ID) },
		version: func(i *casebook.Import) int { return i.Version },
	}
}

func importKeys() *table[casebook.ImportKey] {
	return &table[casebook.ImportKey]{
		kind: casebook.KindImportKey, name: "import_key",
		cols: names("id kind disease source external ref person print import_id"),
		fields: func(k *casebook.ImportKey) []any {
			return with(&k.ID, &k.Kind, &k.Disease, &k.Source, &k.External, ref(&k.Ref), &k.Person, &k.Print, &k.Import)
		},
		id: func(k *casebook.ImportKey) string { return k.ID },
	}
}

// SaveImport writes an import.
func (db *DB) SaveImport(ctx context.Context, tx seawall.Tx, i casebook.Import) error {
	return imports().put(ctx, tx, i)
}

// Import reads an import.
func (db *DB) Import(ctx context.Context, tx seawall.Tx, id seawall.ImportID) (casebook.Import, error) {
	return imports().get(ctx, tx, string(id))
}

// importPage is the number of imports of a page where none is asked for.
const importPage = 50

// Imports lists imports, newest first; the cursor is the last id.
func (db *DB) Imports(ctx context.Context, tx seawall.Tx, p seawall.Page) ([]casebook.Import, string, error) {
	if p.Limit <= 0 || p.Limit > 200 {
		p.Limit = importPage
	}
	cond, args := "id > $1", []any{""}
	if p.Cursor != "" {
		cond, args = "id < $1", []any{p.Cursor}
	}
	list, err := imports().list(ctx, tx, "WHERE "+cond+" ORDER BY id DESC LIMIT $2", append(args, p.Limit+1)...)
	if err != nil || len(list) <= p.Limit {
		return list, "", err
	}
	return list[:p.Limit], string(list[p.Limit-1].ID), nil
}

// ImportsIn reads the imports in a state, oldest first.
func (db *DB) ImportsIn(ctx context.Context, tx seawall.Tx, state string) ([]casebook.Import, error) {
	return imports().list(ctx, tx, "WHERE state = $1 ORDER BY id", state)
}

// filePart is the size of one stored part of a file.
const filePart = 1 << 20

// SaveImportFile keeps a sealed file in parts.
func (db *DB) SaveImportFile(ctx context.Context, tx seawall.Tx, id seawall.ImportID, sealed []byte) error {
	const op = "store.SaveImportFile"
	for part := 0; part == 0 || len(sealed) > 0; part++ {
		n := min(filePart, len(sealed))
		if _, err := of(tx).exec(ctx, op, "INSERT INTO import_file (import_id, part, content) VALUES ($1, $2, $3)",
			string(id), part, sealed[:n]); err != nil {
			return err
		}
		sealed = sealed[n:]
	}
	return nil
}

// ImportFile reads a sealed file; NotFound once it was dropped.
func (db *DB) ImportFile(ctx context.Context, tx seawall.Tx, id seawall.ImportID) ([]byte, error) {
	const op = "store.ImportFile"
	t := of(tx)
	rows, err := t.query(ctx, op, "SELECT content FROM import_file WHERE import_id = $1 ORDER BY part", string(id))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []byte
	for rows.Next() {
		var part []byte
		if err := rows.Scan(&part); err != nil {
			return nil, t.fail(op, err)
		}
		out = append(out, part...)
	}
	if err := rows.Err(); err != nil {
		return nil, t.fail(op, err)
	}
	if out == nil {
		return nil, seawall.E(op, seawall.NotFound, "import_file_gone")
	}
	return out, nil
}

// DropImportFile deletes a file.
func (db *DB) DropImportFile(ctx context.Context, tx seawall.Tx, id seawall.ImportID) error {
	_, err := of(tx).exec(ctx, "store.DropImportFile", "DELETE FROM import_file WHERE import_id = $1", string(id))
	return err
}

// AddImportProblems appends what was wrong or doubtful.
func (db *DB) AddImportProblems(ctx context.Context, tx seawall.Tx, id seawall.ImportID, ps []casebook.ImportProblem) error {
	rows := make([][]any, len(ps))
	for i, p := range ps {
		args, err := json.Marshal(p.Args)
		if err != nil {
			return &seawall.Error{Op: "store.AddImportProblems", Err: err}
		}
		rows[i] = []any{string(id), p.N, p.Line, p.Column, p.Severity, p.Code, string(args)}
	}
	return of(tx).insertRows(ctx, "import_problem", names("import_id n line col severity code args"), rows)
}

// ImportProblems reads problems of a severity ("" for all) after the nth.
func (db *DB) ImportProblems(ctx context.Context, tx seawall.Tx, id seawall.ImportID, severity string, after, limit int) ([]casebook.ImportProblem, error) {
	const op = "store.ImportProblems"
	t := of(tx)
	cond, args := "", []any{string(id), after, limit}
	if severity != "" {
		cond, args = " AND severity = $4", append(args, severity)
	}
	rows, err := t.query(ctx, op, "SELECT n, line, col, severity, code, args FROM import_problem WHERE import_id = $1 AND n > $2"+cond+
		" ORDER BY n LIMIT $3", args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []casebook.ImportProblem{}
	for rows.Next() {
		var p casebook.ImportProblem
		if err := rows.Scan(&p.N, &p.Line, &p.Column, &p.Severity, &p.Code, asJSON(&p.Args)); err != nil {
			return nil, t.fail(op, err)
		}
		out = append(out, p)
	}
	return out, t.fail(op, rows.Err())
}

// LeaseImport claims an import for a worker; a lease that has run out goes to
// whoever asks first.
func (db *DB) LeaseImport(ctx context.Context, tx seawall.Tx, id seawall.ImportID, worker string, now, until time.Time) (bool, error) {
	n, err := of(tx).exec(ctx, "store.LeaseImport", `INSERT INTO import_lease (import_id, worker, until) VALUES ($1, $2, $3)
		ON CONFLICT (import_id) DO UPDATE SET worker = excluded.worker, until = excluded.until
		WHERE import_lease.worker = $2 OR import_lease.until <= $4`, string(id), worker, microsOf(until), microsOf(now))
	return n > 0, err
}

// SaveImportKeys writes keys.
func (db *DB) SaveImportKeys(ctx context.Context, tx seawall.Tx, ks []casebook.ImportKey) error {
	return importKeys().putAll(ctx, tx, ks)
}

// ImportKeys reads the keys with these ids.
func (db *DB) ImportKeys(ctx context.Context, tx seawall.Tx, ids []string) ([]casebook.ImportKey, error) {
	return among(ctx, tx, importKeys(), "id", ids)
}

// ImportKeysOf reads the keys of people of a disease with these external ids.
func (db *DB) ImportKeysOf(ctx context.Context, tx seawall.Tx, disease string, externals []string) ([]casebook.ImportKey, error) {
	out := []casebook.ImportKey{}
	d := importKeys()
	err := chunks(distinct(externals), func(_ []string, marks string, args []any) error {
		rows, err := d.list(ctx, tx, "WHERE external IN ("+marks+") AND disease = "+marksFrom(len(args)+1, 1)+
			" AND kind IN ('case', 'contact', 'person')", append(args, disease)...)
		out = append(out, rows...)
		return err
	})
	return out, err
}

// NumbersTaken gives which visible numbers exist, with their records.
func (db *DB) NumbersTaken(ctx context.Context, tx seawall.Tx, kind seawall.RefKind, nos []string) (map[string]casebook.ImportKey, error) {
	const op = "store.NumbersTaken"
	from := "case_record"
	if kind == seawall.KindContact {
		from = "contact"
	}
	out := map[string]casebook.ImportKey{}
	t := of(tx)
	err := chunks(distinct(nos), func(_ []string, marks string, args []any) error {
		rows, err := t.query(ctx, op, "SELECT no, id, person, disease FROM "+from+" WHERE no IN ("+marks+")", args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var no, id, disease string
			var person seawall.PersonNo
			if err := rows.Scan(&no, &id, &person, &disease); err != nil {
				return t.fail(op, err)
			}
			out[no] = casebook.ImportKey{Kind: string(kind), Disease: disease, Ref: seawall.Ref{Kind: kind, ID: id}, Person: person}
		}
		return t.fail(op, rows.Err())
	})
	return out, err
}
