package response

import (
	"context"
	"encoding/json"
	"path/filepath"
	"strings"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/intake"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/vault"
)

// ImportDeps are what imports need beyond the rest of the main path.
type ImportDeps struct {
	Store  casebook.ImportStore
	Coffer vault.Coffer
	Files  *intake.Catalog
	// Worker names this process among those that may carry an import on.
	Worker string
}

// ImportFile is a file as it was sent.
type ImportFile struct {
	Kind    intake.Kind
	Disease string
	// Source names whose numbers the file's ids are; empty takes the file's
	// name without its ending, so that two lists do not overwrite each other.
	Source string
	Name   string
	Data   []byte
	intake.ReadOptions
}

// ImportPreview is what people see before anything is taken from a file.
type ImportPreview struct {
	Import      casebook.Import     `json:"import"`
	Table       intake.Table        `json:"table"`
	Fields      []ImportField       `json:"fields"`
	Mapping     intake.Mapping      `json:"mapping"`
	Suggestions []intake.Suggestion `json:"suggestions"`
	// Sample are the first rows with their lines.
	Sample []SampleRow `json:"sample"`
	// Problems are those of the file and of the sample.
	Problems []intake.Problem `json:"problems"`
}

// ImportField is one thing a column may be mapped to.
type ImportField struct {
	intake.Field
	Title seawall.Text `json:"label"`
}

// SampleRow is one row of a preview.
type SampleRow struct {
	Line  int      `json:"line"`
	Cells []string `json:"cells"`
}

// ImportReport says what an import did or would do: Rows = Accepted + Rejected +
// Unchanged. Problems are the first ones, errors and warnings in file order.
type ImportReport struct {
	Import       casebook.Import          `json:"import"`
	Rows         int                      `json:"rows"`
	Accepted     int                      `json:"accepted"`
	Rejected     int                      `json:"rejected"`
	Unchanged    int                      `json:"unchanged"`
	Warnings     int                      `json:"warnings"`
	Duplicates   int                      `json:"duplicates"`
	Placeholders int                      `json:"placeholders"`
	Problems     []casebook.ImportProblem `json:"problems"`
}

// sampleSize is how many rows a preview shows, mostProblems how many problems a
// report lists.
const (
	sampleSize   = 20
	mostProblems = 500
)

// PreviewImport takes a file in: it is read, sealed and kept, and a mapping is
// suggested. Nothing is taken from it yet. Errors: Invalid with the line.
func (s *Service) PreviewImport(ctx context.Context, who Who, in ImportFile) (ImportPreview, error) {
	const op = "response.PreviewImport"
	if err := s.checkFile(in); err != nil {
		return ImportPreview{}, err
	}
	if err := s.mayImport(who, auth.ImportRun, casebook.Import{Kind: string(in.Kind), Area: who.Principal.Path}); err != nil {
		return ImportPreview{}, err
	}
	out := ImportPreview{Sample: []SampleRow{}, Problems: []intake.Problem{}, Fields: s.importFields(in.Kind)}
	t, err := intake.Read(in.Name, in.Data, in.ReadOptions)
	if err != nil {
		return out, seawall.Wrap(op, err)
	}
	out.Table = *t
	imp := casebook.Import{Kind: string(in.Kind), Disease: in.Disease, Source: in.Source, FileName: filepath.Base(in.Name),
		Size: len(in.Data), Encoding: in.Encoding, Delimiter: in.Delimiter, Sheet: in.Sheet,
		State: casebook.ImportPreviewed, Day: seawall.NoDay, Rows: len(t.Rows), By: who.Actor.Name,
		Area: who.Principal.Path, Version: 1}
	if imp.Source == "" {
		imp.Source = SourceOf(in.Name)
	}
	if in.Kind != intake.Areas {
		out.Mapping, out.Suggestions = s.d.Imports.Files.Suggest(in.Kind, t)
		out.Problems = append(out.Problems, s.sampleProblems(t, out.Mapping)...)
	}
	imp.Mapping = encodeMapping(out.Mapping)
	for i, r := range t.Rows {
		if i == sampleSize {
			break
		}
		out.Sample = append(out.Sample, SampleRow{Line: r.Line, Cells: r.Cells})
	}
	out.Import, err = s.keepFile(ctx, who, imp, in.Data)
	return out, seawall.Wrap(op, err)
}

func (s *Service) allowImport(who Who, a auth.Action) error {
	return s.allow(who, a, auth.Resource{Kind: seawall.KindImport, Area: s.d.City})
}

// mayImport decides about one import: its file holds identities, so it is for
// those who answer for where its sender stands. A file of areas changes the
// city's tree, which importing alone does not allow.
func (s *Service) mayImport(who Who, a auth.Action, imp casebook.Import) error {
	if err := s.allowImport(who, a); err != nil {
		return err
	}
	at := imp.Area
	if at == "" {
		at = s.d.City
	}
	if !s.inScope(who, at) {
		return seawall.E("response.mayImport", seawall.Denied, "auth_denied_area", "action", string(a), "policy", "outside_area")
	}
	if imp.Kind == string(intake.Areas) && a == auth.ImportRun {
		return s.allow(who, auth.AreaManage, auth.Resource{Kind: seawall.KindArea, ID: "file", Area: s.d.City})
	}
	return nil
}

// checkFile checks what the sender says about a file.
func (s *Service) checkFile(in ImportFile) error {
	const op = "response.checkFile"
	if !in.Kind.Valid() {
		return seawall.E(op, seawall.Invalid, "import_kind_unknown", "kind", string(in.Kind))
	}
	if in.Kind == intake.Areas {
		return nil
	}
	if in.Disease == "" {
		return seawall.E(op, seawall.Invalid, "import_disease_missing")
	}
	if _, ok := s.d.Rules.Disease(in.Disease); !ok {
		return seawall.E(op, seawall.Invalid, "regime_disease_unknown", "id", in.Disease, "disease", in.Disease)
	}
	return nil
}

// SourceOf makes a source of a file's name.
func SourceOf(name string) string {
	name = filepath.Base(name)
	name = strings.TrimSuffix(name, filepath.Ext(name))
	if r := []rune(name); len(r) > 100 {
		name = string(r[:100])
	}
	if name == "" || name == "." {
		return "file"
	}
	return name
}

func (s *Service) importFields(k intake.Kind) []ImportField {
	out := []ImportField{}
	for _, f := range s.d.Imports.Files.Fields(k) {
		out = append(out, ImportField{Field: f, Title: f.Label()})
	}
	return out
}

// sampleProblems judges the first rows under a mapping.
func (s *Service) sampleProblems(t *intake.Table, m intake.Mapping) []intake.Problem {
	ev, err := s.d.Imports.Files.Evaluate(t, m, intake.Options{Today: s.now(), Zone: s.d.Zone})
	if err != nil {
		return mappingProblems(err)
	}
	out := append([]intake.Problem{}, ev.File...)
	for i := range min(sampleSize, ev.Rows()) {
		r := ev.Record(i)
		out = append(out, r.Problems...)
	}
	return out
}

// mappingProblems gives what is wrong with a mapping as problems of the file.
func mappingProblems(err error) []intake.Problem {
	e, ok := err.(*seawall.Error)
	if !ok {
		return []intake.Problem{{Severity: intake.Error, Code: "import_map_wrong"}}
	}
	out := []intake.Problem{}
	for _, f := range e.Fields {
		out = append(out, intake.Problem{Column: f.Field, Severity: intake.Error, Code: f.Code, Args: f.Args})
	}
	return out
}

// now is the day on the server's clock.
func (s *Service) now() seawall.Day { return seawall.DayOf(s.d.Clock.Now(), s.d.Zone) }

func encodeMapping(m intake.Mapping) string {
	b, err := json.Marshal(m)
	if err != nil { // a map of texts always encodes
		return "{}"
	}
	return string(b)
}

func decodeMapping(s string) (intake.Mapping, error) {
	var m intake.Mapping
	err := json.Unmarshal([]byte(s), &m)
	return m, err
}

// keepFile seals the file and keeps it with its import.
func (s *Service) keepFile(ctx context.Context, who Who, imp casebook.Import, data []byte) (casebook.Import, error) {
	if err := s.nameImport(ctx, &imp); err != nil {
		return imp, err
	}
	sealed, err := s.d.Imports.Coffer.SealBytes(ctx, coffer(imp.ID), data)
	if err != nil {
		return imp, err
	}
	err = s.d.Work.Write(ctx, who.Actor, func(tx seawall.Tx) error {
		imp.CreatedAt = tx.Now()
		if err := s.d.Imports.Store.SaveImportFile(ctx, tx, imp.ID, sealed); err != nil {
			return err
		}
		return s.saveImport(ctx, tx, imp, "import.received")
	})
	return imp, err
}

// nameImport gives an import its id; the file is sealed under it.
func (s *Service) nameImport(ctx context.Context, imp *casebook.Import) error {
	return s.d.Work.Read(ctx, func(tx seawall.Tx) error {
		imp.ID = seawall.ImportID(tx.NewID())
		return nil
	})
}

func coffer(id seawall.ImportID) string { return "import/" + string(id) }

// saveImport writes an import with its event.
func (s *Service) saveImport(ctx context.Context, tx seawall.Tx, imp casebook.Import, event string) error {
	if err := s.d.Imports.Store.SaveImport(ctx, tx, imp); err != nil {
		return err
	}
	return s.d.Log.Record(ctx, tx, ledger.Event{Type: event, Subject: imp.Ref(), Area: s.d.City,
		Data: map[string]string{"kind": imp.Kind, "disease": imp.Disease, "source": imp.Source, "state": imp.State}})
}
