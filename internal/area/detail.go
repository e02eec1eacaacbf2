package area

import (
	"context"

	"github.com/seawall-city/seawall"
)

// Detail is everything about one area that a page shows.
type Detail struct {
	Area Area `json:"area"`
	// Chain is the area and those that answer for it, the nearest first.
	Chain   []Area      `json:"chain"`
	Parents []Parentage `json:"parents"`
	// Counts are the areas below and the area itself, by level: of a zone those
	// that answer to it, of other areas its subtree.
	Counts   map[Level]int `json:"counts"`
	Roster   []DutyRow     `json:"roster"`
	Capacity []Capacity    `json:"capacity"`
	// Answering says who answers now, by theme.
	Answering map[string]Answer `json:"answering"`
}

// Detail gathers the page of an area; themes are those to be asked about.
func (b *Book) Detail(ctx context.Context, tx seawall.Tx, id seawall.AreaID, themes []string) (d Detail, err error) {
	const op = "area.Detail"
	if d.Area, err = b.Get(ctx, tx, id); err != nil {
		return d, err
	}
	below := seawall.Scope{d.Area.Path}
	if d.Chain, err = b.Chain(ctx, tx, d.Area.Path); err != nil {
		return d, seawall.Wrap(op, err)
	}
	if d.Area.Level == Zone {
		if below, err = b.ScopeOf(ctx, tx, id, Command); err != nil {
			return d, seawall.Wrap(op, err)
		}
	}
	if d.Parents, err = b.store.Parentages(ctx, tx, id); err != nil {
		return d, seawall.Wrap(op, err)
	}
	if d.Counts, err = b.store.AreaCounts(ctx, tx, below); err != nil {
		return d, seawall.Wrap(op, err)
	}
	if d.Roster, err = b.store.DutiesOn(ctx, tx, []seawall.AreaID{id}); err != nil {
		return d, seawall.Wrap(op, err)
	}
	all, err := b.store.Capacities(ctx, tx, below)
	if err != nil {
		return d, seawall.Wrap(op, err)
	}
	d.Capacity = []Capacity{}
	for _, c := range all {
		if c.Area == id {
			d.Capacity = append(d.Capacity, c)
		}
	}
	d.Answering = map[string]Answer{}
	for _, theme := range themes {
		if d.Answering[theme], err = b.WhoAnswers(ctx, tx, d.Area.Path, theme, tx.Now()); err != nil {
			return d, seawall.Wrap(op, err)
		}
	}
	return d, nil
}
