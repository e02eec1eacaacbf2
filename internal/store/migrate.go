package store

import (
	"context"
	"database/sql"
	"embed"
	"io/fs"
	"path"
	"sort"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3"

	"github.com/seawall-city/seawall"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrate brings the records' database to the newest shape.
func (db *DB) Migrate(ctx context.Context) error {
	return Migrate(ctx, db.driver, migrations, "migrations", "schema_version")
}

// Migrate runs the numbered SQL files of a folder that have not run yet on the
// driver's database, macros expanded, each file in one transaction. Statements
// end with a semicolon at the end of a line. Versions are kept in the table.
func Migrate(ctx context.Context, d Driver, fsys fs.FS, dir, table string) error {
	const op = "store.Migrate"
	names, err := fs.Glob(fsys, path.Join(dir, "*.sql"))
	if err != nil {
		return seawall.Wrap(op, err)
	}
	sort.Strings(names)
	var steps []*goose.Migration
	for _, name := range names {
		b, err := fs.ReadFile(fsys, name)
		if err != nil {
			return seawall.Wrap(op, err)
		}
		number, _, _ := strings.Cut(path.Base(name), "_")
		v, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return &seawall.Error{Op: op, Kind: seawall.Corrupt, Err: err}
		}
		text := Render(d, string(b))
		up := &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error { return runAll(ctx, tx, text) }}
		steps = append(steps, goose.NewGoMigration(v, up, nil))
	}
	dialect := goose.DialectPostgres
	if d.Name() == "sqlite" {
		dialect = goose.DialectSQLite3
	}
	p, err := goose.NewProvider(dialect, d.Writer(), nil, goose.WithGoMigrations(steps...),
		goose.WithDisableGlobalRegistry(true), goose.WithTableName(table))
	if err != nil {
		return &seawall.Error{Op: op, Err: err}
	}
	if _, err := p.Up(ctx); err != nil {
		return &seawall.Error{Op: op, Kind: seawall.Unavailable, Code: "migration_failed", Err: err}
	}
	return nil
}

func runAll(ctx context.Context, tx *sql.Tx, text string) error {
	for _, s := range strings.Split(text, ";\n") {
		if strings.TrimSpace(s) == "" {
			continue
		}
		if _, err := tx.ExecContext(ctx, s); err != nil {
			return &seawall.Error{Op: "store.Migrate", Args: map[string]string{"statement": strings.TrimSpace(s)}, Err: err}
		}
	}
	return nil
}
