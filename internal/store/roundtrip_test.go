package store_test

import (
	"context"
	"reflect"
	"testing"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/store"
	"github.com/seawall-city/seawall/internal/store/storetest"
)

// rowSuite is what every row type must do on every database.
type rowSuite[T any] struct {
	save func(*store.DB, context.Context, seawall.Tx, T) error
	read func(*store.DB, context.Context, seawall.Tx, T) (T, error)
	// set are fields that cannot hold any value.
	set map[string]any
	// versioned rows have an optimistic lock.
	versioned bool
	// unset is a row with only its key, which must come back with its unknown
	// days and zero times.
	unset func() T
}

// write runs fn in a transaction and settles its changes.
func write(t *testing.T, db *store.DB, fn func(tx seawall.Tx) error) error {
	t.Helper()
	return db.Write(t.Context(), seawall.System("test"), func(tx seawall.Tx) error {
		err := fn(tx)
		store.Settle(tx)
		return err
	})
}

// must fails the test on an error.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// read runs fn on a snapshot.
func read(t *testing.T, db *store.DB, fn func(tx seawall.Tx) error) {
	t.Helper()
	must(t, db.Read(t.Context(), fn))
}

func runRows[T any](t *testing.T, db *store.DB, name string, s rowSuite[T]) {
	t.Run(name, func(t *testing.T) {
		f := newFiller(uint64(len(name)) * 7919)
		set := map[string]any{}
		for k, v := range s.set {
			set[k] = v
		}
		if s.versioned {
			set["Version"] = 1
		}
		var row T
		f.row(&row, set)
		s.comesBack(t, db, row)
		if s.unset != nil {
			s.comesBack(t, db, s.unset())
		}
		if !s.versioned {
			return
		}
		save := func() error {
			return write(t, db, func(tx seawall.Tx) error { return s.save(db, t.Context(), tx, row) })
		}
		wants(t, "inserting the same key again", save(), seawall.Conflict)
		for _, k := range []string{"ID", "Loop"} {
			if fv := reflect.ValueOf(row).FieldByName(k); fv.IsValid() {
				set[k] = fv.String()
			}
		}
		set["Version"] = 2
		f.row(&row, set)
		s.comesBack(t, db, row)
		wants(t, "saving version 2 over version 2", save(), seawall.Conflict)
		set["Version"] = 9
		f.row(&row, set)
		wants(t, "saving version 9 over version 2", save(), seawall.Conflict)
	})
}

// comesBack saves a row and asks for it again; one change must be pending.
func (s rowSuite[T]) comesBack(t *testing.T, db *store.DB, row T) {
	t.Helper()
	must(t, db.Write(t.Context(), seawall.System("test"), func(tx seawall.Tx) error {
		err := s.save(db, t.Context(), tx, row)
		if n := store.Settle(tx); err == nil && n != 1 {
			t.Errorf("saving one row left %d changes for the event, want 1", n)
		}
		return err
	}))
	read(t, db, func(tx seawall.Tx) error {
		got, err := s.read(db, t.Context(), tx, row)
		if err == nil && !reflect.DeepEqual(got, row) {
			t.Errorf("came back\n%#v\nwant\n%#v", got, row)
		}
		return err
	})
}

// sole gives the only row of a list.
func sole[T any](rows []T, err error) (T, error) {
	var zero T
	if err != nil || len(rows) != 1 {
		return zero, seawall.E("test.sole", seawall.NotFound, "not_found")
	}
	return rows[0], err
}

func TestEveryFieldOfAFactComesBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) { factRows(t, db) })
}

func factRows(t *testing.T, db *store.DB) {
	no := seawall.NoDay
	runRows(t, db, "person", rowSuite[casebook.Person]{save: (*store.DB).SavePerson,
		read: func(db *store.DB, ctx context.Context, tx seawall.Tx, p casebook.Person) (casebook.Person, error) {
			return db.Person(ctx, tx, p.No)
		}, unset: func() casebook.Person { return casebook.Person{No: "empty"} }})
	runRows(t, db, "case", rowSuite[casebook.Case]{save: (*store.DB).SaveCase, versioned: true, set: map[string]any{"State": "open"},
		read: func(db *store.DB, ctx context.Context, tx seawall.Tx, c casebook.Case) (casebook.Case, error) {
			return db.Case(ctx, tx, c.ID)
		}, unset: func() casebook.Case {
			return casebook.Case{ID: "empty", State: "open", Onset: no, Exposed: no, Sampled: no, Diagnose: no, OutcomeDay: no, Version: 1}
		}})
	runRows(t, db, "result", rowSuite[casebook.Result]{save: (*store.DB).SaveResult, versioned: true,
		read: func(db *store.DB, ctx context.Context, tx seawall.Tx, r casebook.Result) (casebook.Result, error) {
			return db.Result(ctx, tx, r.ID)
		}, unset: func() casebook.Result { return casebook.Result{ID: "empty", Version: 1} }})
	runRows(t, db, "contact", rowSuite[casebook.Contact]{save: (*store.DB).SaveContact, versioned: true, set: map[string]any{"State": "lost"},
		read: func(db *store.DB, ctx context.Context, tx seawall.Tx, c casebook.Contact) (casebook.Contact, error) {
			return db.Contact(ctx, tx, c.ID)
		}, unset: func() casebook.Contact {
			return casebook.Contact{ID: "empty", State: "candidate", FirstExposure: no, LastExposure: no, Until: no, LastReport: no, Version: 1}
		}})
	runRows(t, db, "stay", rowSuite[casebook.Stay]{save: (*store.DB).SaveStay, versioned: true,
		read: func(db *store.DB, ctx context.Context, tx seawall.Tx, s casebook.Stay) (casebook.Stay, error) {
			return db.Stay(ctx, tx, s.ID)
		}, unset: func() casebook.Stay { return casebook.Stay{ID: "empty", Version: 1} }})
	runRows(t, db, "link", rowSuite[casebook.Link]{save: (*store.DB).SaveLink, versioned: true,
		read: func(db *store.DB, ctx context.Context, tx seawall.Tx, l casebook.Link) (casebook.Link, error) {
			return db.Link(ctx, tx, l.ID)
		}, unset: func() casebook.Link { return casebook.Link{ID: "empty", Day: no, Version: 1} }})
	runRows(t, db, "followup", rowSuite[casebook.FollowUp]{save: (*store.DB).SaveFollowUp, versioned: true,
		read: func(db *store.DB, ctx context.Context, tx seawall.Tx, f casebook.FollowUp) (casebook.FollowUp, error) {
			return db.FollowUpOn(ctx, tx, f.Contact, f.Day)
		}, unset: func() casebook.FollowUp { return casebook.FollowUp{ID: "empty", Day: no, Version: 1} }})
}

func TestEveryFieldOfADutyComesBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) { dutyRows(t, db) })
}

func dutyRows(t *testing.T, db *store.DB) {
	no := seawall.NoDay
	runRows(t, db, "loop", rowSuite[loop.Loop]{save: (*store.DB).SaveLoop, versioned: true, set: map[string]any{"State": "done"},
		read: func(db *store.DB, ctx context.Context, tx seawall.Tx, l loop.Loop) (loop.Loop, error) {
			return db.Loop(ctx, tx, l.ID)
		}, unset: func() loop.Loop { return loop.Loop{ID: "empty", State: "open", Version: 1} }})
	runRows(t, db, "step", rowSuite[loop.Step]{save: (*store.DB).SaveStep, versioned: true, set: map[string]any{"State": "waiting"},
		read: func(db *store.DB, ctx context.Context, tx seawall.Tx, s loop.Step) (loop.Step, error) {
			return db.Step(ctx, tx, s.ID)
		}, unset: func() loop.Step { return loop.Step{ID: "empty", State: "open", Day: no, Version: 1} }})
	runRows(t, db, "entry", rowSuite[casebook.Entry]{save: (*store.DB).SaveEntry, versioned: true,
		read: func(db *store.DB, ctx context.Context, tx seawall.Tx, e casebook.Entry) (casebook.Entry, error) {
			return db.Entry(ctx, tx, e.ID)
		}, unset: func() casebook.Entry { return casebook.Entry{ID: "empty", Version: 1} }})
	runRows(t, db, "series", rowSuite[loop.Series]{save: (*store.DB).SaveSeries, versioned: true,
		read: func(db *store.DB, ctx context.Context, tx seawall.Tx, s loop.Series) (loop.Series, error) {
			return sole(db.SeriesOf(ctx, tx, s.Loop))
		}, unset: func() loop.Series { return loop.Series{ID: "empty", From: no, To: no, Next: no, Version: 1} }})
	runRows(t, db, "clock", rowSuite[loop.Clock]{save: (*store.DB).SaveClock, versioned: true, set: map[string]any{"State": "open"},
		read: func(db *store.DB, ctx context.Context, tx seawall.Tx, c loop.Clock) (loop.Clock, error) {
			return db.Clock(ctx, tx, c.ID)
		}, unset: func() loop.Clock { return loop.Clock{ID: "empty", Version: 1} }})
	runRows(t, db, "handover", rowSuite[loop.HandOver]{save: (*store.DB).SaveHandOver, versioned: true,
		read: func(db *store.DB, ctx context.Context, tx seawall.Tx, h loop.HandOver) (loop.HandOver, error) {
			return sole(db.HandOversOf(ctx, tx, h.Loop))
		}, unset: func() loop.HandOver { return loop.HandOver{ID: "empty", Version: 1} }})
	runRows(t, db, "evidence", rowSuite[loop.Evidence]{save: (*store.DB).SaveEvidence,
		read: func(db *store.DB, ctx context.Context, tx seawall.Tx, e loop.Evidence) (loop.Evidence, error) {
			return sole(db.EvidenceOf(ctx, tx, e.Loop))
		}, unset: func() loop.Evidence { return loop.Evidence{ID: "empty"} }})
	runRows(t, db, "restriction", rowSuite[loop.Restriction]{save: (*store.DB).SaveRestriction, versioned: true,
		read: func(db *store.DB, ctx context.Context, tx seawall.Tx, r loop.Restriction) (loop.Restriction, error) {
			return db.Restriction(ctx, tx, r.ID)
		}, unset: func() loop.Restriction { return loop.Restriction{ID: "empty", Version: 1} }})
	runRows(t, db, "notice", rowSuite[loop.Notice]{save: (*store.DB).SaveNotice, versioned: true,
		read: func(db *store.DB, ctx context.Context, tx seawall.Tx, n loop.Notice) (loop.Notice, error) {
			return db.Notice(ctx, tx, n.ID)
		}, unset: func() loop.Notice { return loop.Notice{ID: "empty", Version: 1} }})
}
