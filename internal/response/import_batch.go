package response

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/intake"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/vault"
)

// runner carries one import, batch by batch. Its work items are the rows and,
// after all of them, for a line list that names infectors, the links that the
// rows imply: by then both ends are known wherever the file knows them.
type runner struct {
	s    *Service
	who  Who
	imp  casebook.Import
	ev   *intake.Evaluation
	work int
	// places caches areas by what files call them.
	places map[string]seawall.AreaPath
	// mapping is part of every print: other columns make another telling.
	mapping string
	// failed are rows that the database refused, by item.
	failed map[int]casebook.ImportProblem
	single bool
	shown  []casebook.ImportProblem
}

// runner reads a file under the mapping of its import.
func (s *Service) runner(who Who, imp casebook.Import, data []byte) (*runner, error) {
	m, err := decodeMapping(imp.Mapping)
	if err != nil {
		return nil, seawall.E("response.runner", seawall.Invalid, "import_map_malformed", "detail", err.Error())
	}
	m.Kind = intake.Kind(imp.Kind)
	t, err := intake.Read(imp.FileName, data, intake.ReadOptions{Encoding: imp.Encoding, Delimiter: imp.Delimiter, Sheet: imp.Sheet})
	if err != nil {
		return nil, err
	}
	ev, err := s.d.Imports.Files.Evaluate(t, m, intake.Options{Today: imp.Day, Zone: s.d.Zone})
	if err != nil {
		return nil, err
	}
	r := &runner{s: s, who: who, imp: imp, ev: ev, work: ev.Rows(), places: map[string]seawall.AreaPath{},
		mapping: encodeMapping(m), failed: map[int]casebook.ImportProblem{}}
	for _, f := range m.Columns {
		if f == "infector" {
			r.work = 2 * ev.Rows()
		}
	}
	if imp.State == casebook.ImportPreviewed { // a dry run counts for itself
		r.imp.Rows, r.imp.Warnings = ev.Rows(), len(ev.File)
	}
	r.note(fileProblems(ev))
	return r, nil
}

// fileProblems are the warnings of the whole file as stored problems; their
// places come before those of the first row.
func fileProblems(ev *intake.Evaluation) []casebook.ImportProblem {
	var out []casebook.ImportProblem
	for i, p := range ev.File[:min(len(ev.File), perItem)] {
		out = append(out, stored(p, i))
	}
	return out
}

// perItem is how many problems one work item may have; it spaces their places.
const perItem = 64

func stored(p intake.Problem, n int) casebook.ImportProblem {
	return casebook.ImportProblem{N: n, Line: p.Line, Column: p.Column, Severity: string(p.Severity), Code: p.Code, Args: p.Args}
}

func (r *runner) done() bool { return r.imp.Next >= r.work }

func (r *runner) note(ps []casebook.ImportProblem) {
	if room := mostProblems - len(r.shown); room > 0 {
		r.shown = append(r.shown, ps[:min(room, len(ps))]...)
	}
}

func (r *runner) report() ImportReport {
	out := reportOf(r.imp)
	out.Problems = append(out.Problems, r.shown...)
	return out
}

// batch is the rows of one transaction with everything known about them.
type batch struct {
	r     *runner
	items []*item
	// keys are earlier tellings by id, ends the people by external id.
	keys map[string]casebook.ImportKey
	ends map[string][]casebook.ImportKey
	// cases and contacts are taken visible numbers with their records.
	cases, contacts map[string]casebook.ImportKey
	people          map[seawall.PersonNo]casebook.Person
	sealed          map[string]vault.Sealed
	requests        []string
}

// batch gathers the next items. It ends early where a row must see what an
// earlier one of the same batch did: the same key, the same document.
func (r *runner) batch(most int) *batch {
	b := &batch{r: r, people: map[seawall.PersonNo]casebook.Person{}, sealed: map[string]vault.Sealed{}}
	if r.single {
		most = 1
	}
	seen := map[string]bool{}
	for n := r.imp.Next; n < r.work && len(b.items) < most; n++ {
		if n == r.ev.Rows() && len(b.items) > 0 {
			break // implied links need all rows to be in
		}
		i := r.item(n)
		key, doc := i.key.ID, strings.ToUpper(i.rec.Identity.DocNumber)
		if len(b.items) > 0 && i.fate == rowFresh && (seen[key] || doc != "" && seen["doc "+doc]) {
			break
		}
		seen[key], seen["doc "+doc] = true, true
		b.items = append(b.items, i)
	}
	return b
}

// recommit tells the vault again what the last batch used: the worker may have
// died in between.
func (r *runner) recommit(ctx context.Context) error {
	if ids := lastRequests(r.imp); len(ids) > 0 {
		return r.s.d.Vault.Commit(ctx, ids)
	}
	return nil
}

// errNotOurs ends a run whose import another hand has taken or stopped.
var errNotOurs = errors.New("the import is in other hands")

// step takes one batch. A row that the database refuses spoils its batch, so
// the batch's rows are then taken one by one and that row is rejected with the
// reason. going is false when somebody else has the import.
func (r *runner) step(ctx context.Context) (going bool, err error) {
	b := r.batch(importBatch)
	next, err := r.take(ctx, b)
	switch {
	case err == nil:
		r.imp = next
		r.single = r.single && len(b.items) > 0 && r.imp.Next%importBatch != 0
		return true, nil
	case errors.Is(err, errNotOurs):
		return false, nil
	case !rowsFault(err) || ctx.Err() != nil:
		return false, err
	case len(b.items) > 1:
		r.single = true
		return true, nil
	}
	n := b.items[0].n
	if _, twice := r.failed[n]; twice {
		return false, err
	}
	p := casebook.ImportProblem{Line: b.items[0].rec.Line, Severity: string(intake.Error), Code: "import_row_failed", Args: map[string]string{}}
	var e *seawall.Error
	if errors.As(err, &e) {
		p.Args["detail"] = e.KindOf().String()
		if code := innermost(err); code != "" {
			p.Args["detail"] = code
		}
	}
	r.failed[n] = p
	return true, nil
}

// rowsFault reports whether an error is about what a row says, not about the
// state of the machine.
func rowsFault(err error) bool {
	for _, k := range []seawall.Kind{seawall.Invalid, seawall.Conflict, seawall.NotFound, seawall.Gone, seawall.Corrupt} {
		if seawall.Is(err, k) {
			return true
		}
	}
	return false
}

// innermost gives the most exact message code of an error.
func innermost(err error) string {
	code := ""
	for err != nil {
		if e, ok := err.(*seawall.Error); ok {
			if e.Code != "" {
				code = e.Code
			}
			if len(e.Fields) > 0 {
				code += " " + e.Fields[0].Field
			}
		}
		err = errors.Unwrap(err)
	}
	return code
}

// take looks a batch up, seals its people and writes its rows with the progress.
func (r *runner) take(ctx context.Context, b *batch) (casebook.Import, error) {
	if err := r.s.d.Work.Read(ctx, func(tx seawall.Tx) error { return b.lookUp(ctx, tx) }); err != nil {
		return r.imp, err
	}
	if err := b.seal(ctx); err != nil {
		return r.imp, err
	}
	var next casebook.Import
	err := r.s.d.Work.Write(ctx, r.who.Actor, func(tx seawall.Tx) error {
		next = r.imp
		if err := r.lease(ctx, tx); err != nil {
			return err
		}
		w := writer{b: b, s: r.s, ctx: ctx, tx: tx, imp: &next, made: map[string]seawall.PersonNo{}}
		for _, i := range b.items {
			if err := w.write(i); err != nil {
				return err
			}
		}
		if err := r.s.d.Imports.Store.SaveImportKeys(ctx, tx, w.keys); err != nil {
			return err
		}
		b.tally(&next)
		ps := b.problems()
		if r.imp.Next == 0 {
			ps = append(fileProblems(r.ev), ps...)
		}
		if err := r.s.d.Imports.Store.AddImportProblems(ctx, tx, r.imp.ID, ps); err != nil {
			return err
		}
		next.Next, next.Version = r.imp.Next+len(b.items), r.imp.Version+1
		if err := r.s.d.Imports.Store.SaveImport(ctx, tx, next); err != nil {
			if seawall.Is(err, seawall.Conflict) {
				return errors.Join(errNotOurs, err)
			}
			return err
		}
		return r.s.d.Log.Record(ctx, tx, ledger.Event{Type: "import.progress", Subject: next.Ref(), Area: r.s.d.City,
			Data: map[string]string{"next": strconv.Itoa(next.Next)}})
	})
	if err != nil {
		return r.imp, err
	}
	return next, r.s.d.Vault.Commit(ctx, b.requests)
}

// lease makes sure that the import is still this worker's to go on with.
func (r *runner) lease(ctx context.Context, tx seawall.Tx) error {
	stands, err := r.s.d.Imports.Store.Import(ctx, tx, r.imp.ID)
	if err != nil {
		return err
	}
	if stands.Version != r.imp.Version || stands.State != casebook.ImportRunning {
		return errNotOurs
	}
	ours, err := r.s.d.Imports.Store.LeaseImport(ctx, tx, r.imp.ID, r.s.d.Imports.Worker, tx.Now(), tx.Now().Add(importLease))
	if err == nil && !ours {
		err = errNotOurs
	}
	return err
}

// tally adds a batch to an import's counts. Only rows count as rows; implied
// links count as such, and with their warnings.
func (b *batch) tally(imp *casebook.Import) {
	ends := map[string]bool{}
	defer func() { imp.Placeholders += len(ends) }()
	for _, i := range b.items {
		for _, p := range i.problems {
			if p.Severity == string(intake.Warning) {
				imp.Warnings++
			}
			if p.Code == "import_possible_duplicate" {
				imp.Duplicates++
			}
		}
		for _, e := range []end{i.from, i.to} {
			if e.request != "" {
				ends[e.external] = true
			}
		}
		switch {
		case i.implied:
			if i.fate == rowFresh || i.fate == rowChanged {
				imp.Links++
			}
		case i.fate == rowRejected:
			imp.Rejected++
		case i.fate == rowUnchanged:
			imp.Unchanged++
		default:
			imp.Accepted++
		}
	}
}

func (b *batch) problems() []casebook.ImportProblem {
	var out []casebook.ImportProblem
	for _, i := range b.items {
		out = append(out, i.problems...)
	}
	return out
}
