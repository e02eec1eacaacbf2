package area

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/seawall-city/seawall"
)

// WhoAnswers says who answers for theme at path at the instant at. The nearest
// area of the command chain with somebody on duty wins. Inside an area a row
// for the theme goes before a row for every theme, then the lower rank first; a
// row outside its hours or with an absent holder is passed over. Nobody up to
// the root: Why is "none" and Area the city.
func (b *Book) WhoAnswers(ctx context.Context, tx seawall.Tx, path seawall.AreaPath, theme string, at time.Time) (Answer, error) {
	const op = "area.WhoAnswers"
	chain, err := b.Chain(ctx, tx, path)
	if err != nil {
		return Answer{}, seawall.Wrap(op, err)
	}
	ids := make([]seawall.AreaID, len(chain))
	for i, a := range chain {
		ids[i] = a.ID
	}
	rows, err := b.store.DutiesOn(ctx, tx, ids)
	if err != nil {
		return Answer{}, seawall.Wrap(op, err)
	}
	for i, a := range chain {
		row, deputy, ok := onDuty(rows, a.ID, theme, at, b.loc)
		if !ok {
			continue
		}
		why := "roster"
		switch {
		case i > 0 || a.Path != path:
			why = "ancestor"
		case deputy:
			why = "deputy"
		}
		return Answer{Area: a.Path, Principal: row.Principal, WorkName: row.WorkName, Why: why}, nil
	}
	return Answer{Area: topOf(chain, path), Why: "none"}, nil
}

// topOf is where a duty without an owner waits: the city, else the root.
func topOf(chain []Area, path seawall.AreaPath) seawall.AreaPath {
	for _, a := range chain {
		if a.Level == City {
			return a.Path
		}
	}
	if len(chain) > 0 {
		return chain[len(chain)-1].Path
	}
	return path
}

// onDuty picks the row of one area that answers. deputy tells that somebody of
// a higher place was passed over or that the row is a deputy's.
func onDuty(rows []DutyRow, id seawall.AreaID, theme string, at time.Time, loc *time.Location) (row DutyRow, deputy, ok bool) {
	var mine []DutyRow
	for _, r := range rows {
		if r.Area == id && (r.Theme == theme || r.Theme == "") && r.During.Contains(at) && r.atHour(at, loc) {
			mine = append(mine, r)
		}
	}
	slices.SortFunc(mine, func(x, y DutyRow) int {
		return cmp.Or(
			-cmp.Compare(x.Theme, y.Theme), // the theme itself before ""
			cmp.Compare(x.Rank, y.Rank),
			-x.During.From.Compare(y.During.From), // the newer appointment
			cmp.Compare(x.ID, y.ID))
	})
	for i, r := range mine {
		if !r.absentAt(at) {
			return r, i > 0 || r.Rank > 0, true
		}
	}
	return DutyRow{}, false, false
}

// atHour reports whether the row's hours of the day cover at. 20–8 covers the
// night; equal hours cover the whole day.
func (d DutyRow) atHour(at time.Time, loc *time.Location) bool {
	from, to := d.FromHour%24, d.ToHour%24
	h := at.In(loc).Hour()
	switch {
	case from == to:
		return true
	case from < to:
		return h >= from && h < to
	default:
		return h >= from || h < to
	}
}

// absentAt reports whether the holder said to be away at that instant.
func (d DutyRow) absentAt(at time.Time) bool {
	return (!d.Absent.From.IsZero() || !d.Absent.To.IsZero()) && d.Absent.Contains(at)
}
