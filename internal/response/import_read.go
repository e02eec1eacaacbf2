package response

import (
	"bytes"
	"context"
	"encoding/csv"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/area"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/intake"
	"github.com/seawall-city/seawall/internal/ledger"
)

// Imports lists imports, newest first.
func (s *Service) Imports(ctx context.Context, who Who, p seawall.Page) (List[casebook.Import], error) {
	const op = "response.Imports"
	var out List[casebook.Import]
	if err := s.allowImport(who, auth.ImportRead); err != nil {
		return out, err
	}
	err := s.read(ctx, op, func(tx seawall.Tx) (err error) {
		out.Items, out.Next, err = s.d.Imports.Store.Imports(ctx, tx, p)
		out.Total = len(out.Items)
		return err
	})
	return out, err
}

// ImportReport gives an import with its counts so far and its first problems.
func (s *Service) ImportReport(ctx context.Context, who Who, id seawall.ImportID) (ImportReport, error) {
	const op = "response.ImportReport"
	var out ImportReport
	err := s.read(ctx, op, func(tx seawall.Tx) error {
		imp, err := s.d.Imports.Store.Import(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := s.mayImport(who, auth.ImportRead, imp); err != nil {
			return err
		}
		out = reportOf(imp)
		out.Problems, err = s.d.Imports.Store.ImportProblems(ctx, tx, id, "", -1, mostProblems)
		return err
	})
	return out, err
}

func reportOf(i casebook.Import) ImportReport {
	return ImportReport{Import: i, Rows: i.Rows, Accepted: i.Accepted, Rejected: i.Rejected, Unchanged: i.Unchanged,
		Warnings: i.Warnings, Duplicates: i.Duplicates, Placeholders: i.Placeholders, Problems: []casebook.ImportProblem{}}
}

// ImportRejects writes the rows that were not taken as CSV: the line, the
// reason as say words it, and the original columns, so that they can be put
// right and sent again. The rows may hold identities, so this is logged.
func (s *Service) ImportRejects(ctx context.Context, who Who, id seawall.ImportID, say func(code string, args map[string]string) string) ([]byte, error) {
	const op = "response.ImportRejects"
	imp, data, err := s.openFor(ctx, who, id)
	if err != nil {
		return nil, seawall.Wrap(op, err)
	}
	t, err := intake.Read(imp.FileName, data, intake.ReadOptions{Encoding: imp.Encoding, Delimiter: imp.Delimiter, Sheet: imp.Sheet})
	if err != nil {
		return nil, seawall.Wrap(op, err)
	}
	reasons := map[int][]string{}
	err = s.write(ctx, who, op, func(tx seawall.Tx) error {
		clear(reasons)
		for after := -1; ; {
			ps, err := s.d.Imports.Store.ImportProblems(ctx, tx, id, string(intake.Error), after, 1000)
			if err != nil {
				return err
			}
			for _, p := range ps {
				text := say(p.Code, p.Args)
				if p.Column != "" {
					text = p.Column + ": " + text
				}
				reasons[p.Line] = append(reasons[p.Line], text)
				after = p.N
			}
			if len(ps) < 1000 {
				return s.d.Log.Record(ctx, tx, ledger.Event{Type: "import.rejects_read", Subject: imp.Ref(), Area: s.d.City,
					Data: map[string]string{"rows": strconv.Itoa(len(reasons))}})
			}
		}
	})
	if err != nil {
		return nil, err
	}
	return rejectsFile(t, reasons, say)
}

func rejectsFile(t *intake.Table, reasons map[int][]string, say func(string, map[string]string) string) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("\xEF\xBB\xBF") // so that a spreadsheet reads it as UTF-8
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	if err := w.Write(append([]string{say("import_column_line", nil), say("import_column_reason", nil)}, inert(t.Columns)...)); err != nil {
		return nil, err
	}
	for _, r := range t.Rows {
		if why := reasons[r.Line]; len(why) > 0 {
			reason := inert([]string{strings.Join(why, "; ")})[0] // it begins with a column's name
			if err := w.Write(append([]string{strconv.Itoa(r.Line), reason}, inert(r.Cells)...)); err != nil {
				return nil, err
			}
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// inert puts an apostrophe before cells that a spreadsheet would run as a
// formula, also where the sign is a full-width one; numbers with a sign stay.
func inert(cells []string) []string {
	out := make([]string, len(cells))
	for i, c := range cells {
		if first, size := utf8.DecodeRuneInString(c); size > 0 && strings.ContainsRune("=@+-＝＠＋－\t\r", first) {
			if _, err := strconv.ParseFloat(c, 64); err != nil && len(c) > size {
				c = "'" + c
			}
		}
		out[i] = c
	}
	return out
}

// PurgeImports deletes the sealed files of imports that ended before an instant
// (their rejected rows can then be had no more) and of previews nobody ran.
func (s *Service) PurgeImports(ctx context.Context, before time.Time) (int, error) {
	const op = "response.PurgeImports"
	n := 0
	err := s.write(ctx, Who{Actor: seawall.System("imports")}, op, func(tx seawall.Tx) error {
		n = 0
		for _, state := range []string{casebook.ImportPreviewed, casebook.ImportDone, casebook.ImportCancelled} {
			list, err := s.d.Imports.Store.ImportsIn(ctx, tx, state)
			if err != nil {
				return err
			}
			for _, i := range list {
				if i.CreatedAt.After(before) || i.FinishedAt.After(before) {
					continue
				}
				if err := s.d.Imports.Store.DropImportFile(ctx, tx, i.ID); err != nil {
					return err
				}
				n++
			}
		}
		return nil
	})
	return n, err
}

// importAreas takes a file of areas into the tree in one transaction.
func (s *Service) importAreas(ctx context.Context, who Who, imp casebook.Import, data []byte, dry bool) (ImportReport, error) {
	var out ImportReport
	data, err := intake.AsCSV(imp.FileName, data, intake.ReadOptions{Encoding: imp.Encoding, Delimiter: imp.Delimiter, Sheet: imp.Sheet})
	if err != nil {
		return out, err
	}
	err = s.d.Work.Write(ctx, who.Actor, func(tx seawall.Tx) error {
		r, err := s.d.Roster.Import(ctx, tx, bytes.NewReader(data), dry)
		if err != nil {
			return err
		}
		next := imp
		next.Rows, next.Accepted, next.Rejected, next.Unchanged, next.Warnings = r.Rows, r.Accepted, r.Rejected, r.Unchanged, r.Warnings
		out = reportOf(next)
		ps := AreaProblems(r)
		out.Problems = ps[:min(len(ps), mostProblems)]
		if dry {
			return nil
		}
		if err := s.d.Imports.Store.AddImportProblems(ctx, tx, imp.ID, ps); err != nil {
			return err
		}
		next.State, next.FinishedAt, next.Next, next.Version = casebook.ImportDone, tx.Now(), r.Rows, imp.Version+1
		out.Import = next
		return s.saveImport(ctx, tx, next, "import.ended")
	})
	return out, err
}

// AreaProblems gives what an import of areas found wrong as stored problems.
func AreaProblems(r area.Report) []casebook.ImportProblem {
	ps := []casebook.ImportProblem{}
	for _, x := range r.Rejects {
		ps = append(ps, casebook.ImportProblem{N: len(ps), Line: x.Line, Severity: string(intake.Error), Code: x.Code, Args: x.Args})
	}
	for _, x := range r.Notes {
		ps = append(ps, casebook.ImportProblem{N: len(ps), Line: x.Line, Severity: string(intake.Warning), Code: x.Code, Args: x.Args})
	}
	return ps
}
