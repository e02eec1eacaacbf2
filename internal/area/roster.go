package area

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/ledger"
)

// The bounds of a roster row's texts, in characters.
const (
	maxTheme    = 40
	maxWorkName = 60
	maxRank     = 9
)

// Duty gives one row of the roster. Errors: NotFound.
func (b *Book) Duty(ctx context.Context, tx seawall.Tx, id string) (DutyRow, error) {
	d, err := b.store.Duty(ctx, tx, id)
	if seawall.Is(err, seawall.NotFound) {
		return DutyRow{}, seawall.E("area.Duty", seawall.NotFound, "duty_not_found", "id", id)
	}
	return d, seawall.Wrap("area.Duty", err)
}

// Roster lists the duty roster of a scope with the cursor of the next page.
func (b *Book) Roster(ctx context.Context, tx seawall.Tx, within seawall.Scope, p seawall.Page) ([]DutyRow, string, error) {
	ds, next, err := b.store.DutiesIn(ctx, tx, within, p)
	return ds, next, seawall.Wrap("area.Roster", err)
}

// Assign puts somebody on the roster, or changes a row when d has an ID. The
// area's path is filled in; a zero start means now. A row keeps its area: who
// may change the roster of one may not draw in rows of another. Errors: Invalid
// with Fields, NotFound.
func (b *Book) Assign(ctx context.Context, tx seawall.Tx, d DutyRow) (DutyRow, error) {
	const op = "area.Assign"
	event := "roster.assigned"
	if d.ID == "" {
		d.ID = tx.NewID()
	} else {
		was, err := b.Duty(ctx, tx, d.ID)
		if err != nil {
			return DutyRow{}, seawall.Wrap(op, err)
		}
		if d.Area != was.Area {
			return DutyRow{}, &seawall.Error{Op: op, Kind: seawall.Invalid, Code: "kind_invalid",
				Fields: []seawall.FieldError{{Field: "area", Code: "duty_area_fixed"}}}
		}
		event = "roster.changed"
		d.Absent = was.Absent // reported by Absence, with its own event
	}
	d.Theme, d.WorkName = strings.TrimSpace(d.Theme), strings.TrimSpace(d.WorkName)
	if d.During.From.IsZero() {
		d.During.From = tx.Now()
	}
	if fields := d.wrongFields(); len(fields) > 0 {
		return DutyRow{}, &seawall.Error{Op: op, Kind: seawall.Invalid, Code: "kind_invalid", Fields: fields}
	}
	a, err := b.Get(ctx, tx, d.Area)
	if err != nil {
		return DutyRow{}, seawall.Wrap(op, err)
	}
	d.Path = a.Path
	return d, seawall.Wrap(op, b.saveDuty(ctx, tx, event, d, nil))
}

// wrongFields checks everything that needs no database.
func (d DutyRow) wrongFields() []seawall.FieldError {
	var out []seawall.FieldError
	wrong := func(bad bool, field, code string, args map[string]string) {
		if bad {
			out = append(out, seawall.FieldError{Field: field, Code: code, Args: args})
		}
	}
	between := func(lo, hi int) map[string]string {
		return map[string]string{"min": strconv.Itoa(lo), "max": strconv.Itoa(hi)}
	}
	wrong(d.Area == "", "area", "required", nil)
	wrong(d.Principal == "", "principal", "required", nil)
	wrong(d.WorkName == "", "workName", "required", nil)
	wrong(len([]rune(d.WorkName)) > maxWorkName, "workName", "too_long", map[string]string{"max": strconv.Itoa(maxWorkName)})
	wrong(len([]rune(d.Theme)) > maxTheme, "theme", "too_long", map[string]string{"max": strconv.Itoa(maxTheme)})
	wrong(d.Rank < 0 || d.Rank > maxRank, "rank", "out_of_range", between(0, maxRank))
	wrong(d.FromHour < 0 || d.FromHour > 24, "fromHour", "out_of_range", between(0, 24))
	wrong(d.ToHour < 0 || d.ToHour > 24, "toHour", "out_of_range", between(0, 24))
	wrong(!d.During.To.IsZero() && !d.During.From.Before(d.During.To), "during", "duty_interval", nil)
	return out
}

// HandOver ends a row at an instant and opens another for the successor from
// that instant to the old end, with the same area, theme, rank and hours: there
// is neither a gap nor a moment with two holders. A zero instant means now.
// Errors: Invalid when the row does not run at that instant.
func (b *Book) HandOver(ctx context.Context, tx seawall.Tx, id string, to seawall.PrincipalID, workName string, at time.Time) (ended, opened DutyRow, err error) {
	const op = "area.HandOver"
	ended, err = b.Duty(ctx, tx, id)
	if err != nil {
		return DutyRow{}, DutyRow{}, seawall.Wrap(op, err)
	}
	if at.IsZero() {
		at = tx.Now()
	}
	if !at.After(ended.During.From) || !ended.During.To.IsZero() && !at.Before(ended.During.To) {
		return DutyRow{}, DutyRow{}, seawall.E(op, seawall.Invalid, "duty_not_running", "at", at.In(b.loc).Format("2006-01-02 15:04"))
	}
	opened = ended
	opened.ID, opened.Principal, opened.WorkName = tx.NewID(), to, strings.TrimSpace(workName)
	if opened.WorkName == "" {
		opened.WorkName = ended.WorkName
	}
	opened.During.From, opened.Absent = at, seawall.Interval{}
	ended.During.To = at
	if fields := opened.wrongFields(); len(fields) > 0 {
		return DutyRow{}, DutyRow{}, &seawall.Error{Op: op, Kind: seawall.Invalid, Code: "kind_invalid", Fields: fields}
	}
	if err := b.store.SaveDuty(ctx, tx, ended); err != nil {
		return DutyRow{}, DutyRow{}, seawall.Wrap(op, err)
	}
	err = b.saveDuty(ctx, tx, "roster.handed_over", opened, map[string]string{
		"from": string(ended.Principal), "to": string(to), "ended": ended.ID})
	return ended, opened, seawall.Wrap(op, err)
}

// Absence notes when the holder of a row is away, so that deputies answer; the
// zero interval takes it back.
func (b *Book) Absence(ctx context.Context, tx seawall.Tx, id string, away seawall.Interval) (DutyRow, error) {
	const op = "area.Absence"
	d, err := b.Duty(ctx, tx, id)
	if err != nil {
		return DutyRow{}, seawall.Wrap(op, err)
	}
	if !away.To.IsZero() && !away.From.Before(away.To) {
		return DutyRow{}, &seawall.Error{Op: op, Kind: seawall.Invalid, Code: "kind_invalid",
			Fields: []seawall.FieldError{{Field: "absent", Code: "duty_interval"}}}
	}
	d.Absent = away
	return d, seawall.Wrap(op, b.saveDuty(ctx, tx, "roster.absence", d, nil))
}

// Remove takes a row off the roster; its events keep it.
func (b *Book) Remove(ctx context.Context, tx seawall.Tx, id string) error {
	const op = "area.Remove"
	d, err := b.Duty(ctx, tx, id)
	if err != nil {
		return seawall.Wrap(op, err)
	}
	if err := b.store.DeleteDuty(ctx, tx, id); err != nil {
		return seawall.Wrap(op, err)
	}
	return seawall.Wrap(op, b.rec.Record(ctx, tx, d.event("roster.removed", nil)))
}

// saveDuty writes a row and its event.
func (b *Book) saveDuty(ctx context.Context, tx seawall.Tx, event string, d DutyRow, data map[string]string) error {
	if err := b.store.SaveDuty(ctx, tx, d); err != nil {
		return err
	}
	return b.rec.Record(ctx, tx, d.event(event, data))
}

// event describes what happened to a roster row.
func (d DutyRow) event(kind string, data map[string]string) ledger.Event {
	return ledger.Event{Type: kind, Subject: seawall.Ref{Kind: seawall.KindDuty, ID: d.ID}, Area: d.Path, Data: data,
		Related: []seawall.Ref{{Kind: seawall.KindArea, ID: string(d.Area)}, {Kind: seawall.KindPrincipal, ID: string(d.Principal)}}}
}
