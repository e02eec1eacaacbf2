package response

import (
	"context"
	"errors"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/intake"
)

// importBatch is how many rows one transaction takes: few enough that others do
// not wait long, many enough that ten thousand rows take seconds.
const importBatch = 200

// importLease is how long a worker may be silent before another one takes its
// import over. Two at once do no harm: the import's version admits one.
const importLease = 5 * time.Second

// DryRunImport says what a run would do, by looking the rows up and writing
// nothing. A nil mapping takes the one that is kept.
func (s *Service) DryRunImport(ctx context.Context, who Who, id seawall.ImportID, m *intake.Mapping) (ImportReport, error) {
	const op = "response.DryRunImport"
	imp, data, err := s.openFor(ctx, who, id)
	if err != nil {
		return ImportReport{}, seawall.Wrap(op, err)
	}
	if imp.Kind == string(intake.Areas) {
		return s.importAreas(ctx, who, imp, data, true)
	}
	if m != nil {
		imp.Mapping = encodeMapping(*m)
	}
	imp.Day = s.now()
	r, err := s.runner(who, imp, data)
	if err != nil {
		return ImportReport{}, seawall.Wrap(op, err)
	}
	r.work = r.ev.Rows() // the links that rows imply need their rows first
	for !r.done() {
		b := r.batch(importBatch)
		if err := s.d.Work.Read(ctx, func(tx seawall.Tx) error { return b.lookUp(ctx, tx) }); err != nil {
			return ImportReport{}, seawall.Wrap(op, err)
		}
		b.tally(&r.imp)
		r.imp.Next += len(b.items)
		r.note(b.problems())
	}
	return r.report(), nil
}

// StartImport fixes the mapping and sets the import going; RunImport or the
// resuming worker carries it out. Errors: Conflict when it was started before.
func (s *Service) StartImport(ctx context.Context, who Who, id seawall.ImportID, m *intake.Mapping) (casebook.Import, error) {
	const op = "response.StartImport"
	imp, data, err := s.openFor(ctx, who, id)
	if err != nil {
		return imp, seawall.Wrap(op, err)
	}
	if m != nil {
		imp.Mapping = encodeMapping(*m)
	}
	if imp.State != casebook.ImportPreviewed {
		return imp, seawall.E(op, seawall.Conflict, "import_not_ready", "state", imp.State)
	}
	if imp.Kind != string(intake.Areas) {
		r, err := s.runner(who, imp, data) // a wrong mapping is refused here
		if err != nil {
			return imp, seawall.Wrap(op, err)
		}
		imp.Rows = r.ev.Rows()
		imp.Warnings = len(r.ev.File)
	}
	err = s.write(ctx, who, op, func(tx seawall.Tx) error {
		next := imp
		next.State, next.StartedAt, next.Version = casebook.ImportRunning, tx.Now(), imp.Version+1
		next.Day = s.today(tx)
		if err := s.saveImport(ctx, tx, next, "import.started"); err != nil {
			return err
		}
		imp = next
		return nil
	})
	return imp, err
}

// RunImport carries a started import out, from wherever it stands to its end.
// Every batch and its progress commit together, so that an import that was cut
// off goes on exactly where it stopped. It returns early, without an error, when
// another worker has the import in hand or somebody cancelled it.
func (s *Service) RunImport(ctx context.Context, who Who, id seawall.ImportID) (casebook.Import, error) {
	const op = "response.RunImport"
	imp, data, err := s.openImport(ctx, id)
	if imp.ID == id && imp.State != casebook.ImportRunning {
		return imp, nil // it ended, and its file went with it
	}
	if err != nil {
		if seawall.Is(err, seawall.NotFound) && imp.ID == id {
			return s.endOnce(ctx, who, imp, casebook.ImportFailed)
		}
		return imp, seawall.Wrap(op, err)
	}
	if imp.Kind == string(intake.Areas) {
		r, err := s.importAreas(ctx, who, imp, data, false)
		return r.Import, seawall.Wrap(op, err)
	}
	r, err := s.runner(who, imp, data)
	if err != nil {
		_, endErr := s.endImport(ctx, who, imp, casebook.ImportFailed)
		return imp, seawall.Wrap(op, errors.Join(err, endErr))
	}
	if err := r.recommit(ctx); err != nil {
		return imp, seawall.Wrap(op, err)
	}
	for !r.done() {
		going, err := r.step(ctx)
		if err != nil || !going {
			return r.imp, seawall.Wrap(op, err)
		}
	}
	done, err := s.endOnce(ctx, who, r.imp, casebook.ImportDone)
	return done, seawall.Wrap(op, err)
}

// endOnce ends a running import, unless another worker did so since it was read:
// then it answers how that one left it. On PostgreSQL one reading may see a
// running import and then its file gone, because the two statements see
// different moments; the version decides which of them was true.
func (s *Service) endOnce(ctx context.Context, who Who, imp casebook.Import, state string) (casebook.Import, error) {
	done, err := s.endImport(ctx, who, imp, state)
	if !seawall.Is(err, seawall.Conflict) {
		return done, err
	}
	err = s.d.Work.Read(ctx, func(tx seawall.Tx) (err error) {
		done, err = s.d.Imports.Store.Import(ctx, tx, imp.ID)
		return err
	})
	return done, err
}

// ResumeImports carries on every started import that nobody has in hand; a
// server calls it when it starts and now and then.
func (s *Service) ResumeImports(ctx context.Context) (int, error) {
	const op = "response.ResumeImports"
	var open []casebook.Import
	err := s.read(ctx, op, func(tx seawall.Tx) (err error) {
		open, err = s.d.Imports.Store.ImportsIn(ctx, tx, casebook.ImportRunning)
		return err
	})
	if err != nil {
		return 0, err
	}
	n := 0
	for _, imp := range open {
		done, err := s.RunImport(ctx, Who{Actor: seawall.System("imports")}, imp.ID)
		if err != nil {
			return n, err
		}
		if done.State != casebook.ImportRunning {
			n++
		}
	}
	return n, nil
}

// CancelImport stops an import. What was accepted before stays.
func (s *Service) CancelImport(ctx context.Context, who Who, id seawall.ImportID) (casebook.Import, error) {
	const op = "response.CancelImport"
	var imp casebook.Import
	err := s.read(ctx, op, func(tx seawall.Tx) (err error) {
		if imp, err = s.d.Imports.Store.Import(ctx, tx, id); err == nil {
			err = s.mayImport(who, auth.ImportRun, imp)
		}
		return err
	})
	if err != nil {
		return casebook.Import{}, err
	}
	if imp.State != casebook.ImportRunning && imp.State != casebook.ImportPreviewed {
		return imp, seawall.E(op, seawall.Conflict, "import_not_ready", "state", imp.State)
	}
	if err := s.d.Vault.Commit(ctx, lastRequests(imp)); err != nil {
		return imp, seawall.Wrap(op, err)
	}
	imp, err = s.endImport(ctx, who, imp, casebook.ImportCancelled)
	return imp, seawall.Wrap(op, err)
}

// endImport closes an import. The file goes, unless its rejected rows may still
// be asked for.
func (s *Service) endImport(ctx context.Context, who Who, imp casebook.Import, state string) (casebook.Import, error) {
	err := s.d.Work.Write(ctx, who.Actor, func(tx seawall.Tx) error {
		next := imp
		next.State, next.FinishedAt, next.Version = state, tx.Now(), imp.Version+1
		if next.Rejected == 0 || state == casebook.ImportFailed {
			if err := s.d.Imports.Store.DropImportFile(ctx, tx, imp.ID); err != nil {
				return err
			}
		}
		if err := s.saveImport(ctx, tx, next, "import.ended"); err != nil {
			return err
		}
		imp = next
		return nil
	})
	return imp, err
}

// openFor reads an import and its file for somebody who wants to work on it;
// nothing is decrypted for others.
func (s *Service) openFor(ctx context.Context, who Who, id seawall.ImportID) (imp casebook.Import, data []byte, err error) {
	err = s.d.Work.Read(ctx, func(tx seawall.Tx) error {
		if imp, err = s.d.Imports.Store.Import(ctx, tx, id); err != nil {
			return err
		}
		return s.mayImport(who, auth.ImportRun, imp)
	})
	if err != nil {
		return casebook.Import{}, nil, err
	}
	return s.openImport(ctx, id)
}

// openImport reads an import and its file.
func (s *Service) openImport(ctx context.Context, id seawall.ImportID) (imp casebook.Import, data []byte, err error) {
	var sealed []byte
	err = s.d.Work.Read(ctx, func(tx seawall.Tx) error {
		if imp, err = s.d.Imports.Store.Import(ctx, tx, id); err != nil {
			return err
		}
		sealed, err = s.d.Imports.Store.ImportFile(ctx, tx, id)
		return err
	})
	if err != nil {
		return imp, nil, err
	}
	data, err = s.d.Imports.Coffer.OpenBytes(ctx, coffer(id), sealed)
	return imp, data, err
}

// ImportWhole takes a file in and runs it to its end: the command line's way.
func (s *Service) ImportWhole(ctx context.Context, who Who, in ImportFile, over *intake.Mapping, dry bool) (ImportReport, error) {
	const op = "response.ImportWhole"
	p, err := s.PreviewImport(ctx, who, in)
	if err != nil {
		return ImportReport{}, seawall.Wrap(op, err)
	}
	m := p.Mapping
	if over != nil {
		m = m.Over(*over)
	}
	if dry {
		r, err := s.DryRunImport(ctx, who, p.Import.ID, &m)
		if _, endErr := s.endImport(ctx, who, p.Import, casebook.ImportCancelled); err == nil {
			err = endErr
		}
		return r, seawall.Wrap(op, err)
	}
	if _, err := s.StartImport(ctx, who, p.Import.ID, &m); err != nil {
		return ImportReport{}, seawall.Wrap(op, err)
	}
	if _, err := s.RunImport(ctx, who, p.Import.ID); err != nil {
		return ImportReport{}, seawall.Wrap(op, err)
	}
	return s.ImportReport(ctx, who, p.Import.ID)
}
