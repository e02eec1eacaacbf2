package response

import (
	"context"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/regime"
)

// soonWithin is what "soon" means on the first page.
const soonWithin = 2 * time.Hour

// The first page shows this many steps of a band; the rest is a list away.
const (
	shownUrgent = 200
	shownLater  = 20
)

// tonightEnd gives tonight's cut-off for the first page: that of the rule all
// shipped regimes share.
func (s *Service) tonightEnd(now time.Time) time.Time {
	rule := regime.CutOff{Hour: 24, LateOpenHour: 20, MaxAgeHours: 12}
	if all := s.d.Rules.All(); len(all) > 0 && all[0].CutOff.Hour > 0 {
		rule = all[0].CutOff
	}
	return rule.Next(now, s.d.Zone)
}

// Tonight gives the first page: what is open, late and soon, the most urgent
// step, and when the rest climbs. mine narrows it to the asker's own duties. The
// counts are counted, never sampled.
func (s *Service) Tonight(ctx context.Context, who Who, mine bool) (TonightView, error) {
	const op = "response.Tonight"
	var out TonightView
	if err := s.allow(who, auth.TonightRead, auth.Resource{Kind: seawall.KindStep}); err != nil {
		return out, err
	}
	err := s.read(ctx, op, func(tx seawall.Tx) error {
		now := tx.Now()
		out = TonightView{Now: now, CutOff: s.tonightEnd(now).UTC(), Groups: []TonightGroup{}}
		soon := now.Add(soonWithin)
		if soon.After(out.CutOff) {
			soon = out.CutOff
		}
		var err error
		if out.Counts, err = s.d.Loops.CountSteps(ctx, tx, s.scope(who), who.Principal.ID, now, soon, out.CutOff); err != nil {
			return err
		}
		q := loop.StepQuery{Scope: s.scope(who)}
		if mine {
			q.Owner = who.Principal.ID
		}
		bands := []struct {
			key      string
			from, to time.Time
			show     int
		}{
			{"late", time.Time{}, now, shownUrgent},
			{"soon", now, soon, shownUrgent},
			{"tonight", soon, out.CutOff, shownUrgent},
			{"later", out.CutOff, time.Time{}, shownLater},
		}
		q.NoTotal = !mine // the counts above hold the totals of the whole scope
		totals := []int{out.Counts.Late, out.Counts.Soon, out.Counts.Tonight, out.Counts.Later}
		for i, b := range bands {
			g, err := s.band(ctx, tx, q, b.key, b.from, b.to, b.show)
			if err != nil {
				return err
			}
			if q.NoTotal {
				g.Total = totals[i]
			}
			out.Groups = append(out.Groups, g)
		}
		if mine {
			out.ownCounts()
		}
		return s.finishTonight(ctx, tx, &out)
	})
	return out, err
}

// band reads one band of the first page; a zero bound is open.
func (s *Service) band(ctx context.Context, tx seawall.Tx, q loop.StepQuery, key string, from, to time.Time, show int) (TonightGroup, error) {
	q.DueFrom, q.DueTo, q.Page = 0, 0, seawall.Page{Limit: show}
	if !from.IsZero() {
		q.DueFrom = from.UnixMicro()
	}
	if !to.IsZero() {
		q.DueTo = to.UnixMicro()
	}
	items, _, total, err := s.d.Loops.Steps(ctx, tx, q)
	return TonightGroup{Key: key, Total: total, Items: items}, err
}

// ownCounts replaces the scope's figures by the asker's own.
func (v *TonightView) ownCounts() {
	v.Counts.Late, v.Counts.Soon, v.Counts.Tonight, v.Counts.Later = v.Groups[0].Total, v.Groups[1].Total, v.Groups[2].Total, v.Groups[3].Total
	v.Counts.Open = v.Counts.Late + v.Counts.Soon + v.Counts.Tonight
	v.Counts.Mine = v.Counts.Open
}

// finishTonight picks the most urgent step and names the areas.
func (s *Service) finishTonight(ctx context.Context, tx seawall.Tx, v *TonightView) error {
	var paths []seawall.AreaPath
	seen := map[seawall.AreaPath]bool{}
	for _, g := range v.Groups {
		for i := range g.Items {
			st := g.Items[i]
			if v.MostUrgent == nil && g.Key != "later" {
				v.MostUrgent = &st
			}
			if !seen[st.Area] {
				seen[st.Area] = true
				paths = append(paths, st.Area)
			}
		}
	}
	names, err := s.areaNames(ctx, tx, paths...)
	if err != nil {
		return err
	}
	v.AreaNames = names
	if v.MostUrgent != nil {
		v.Place = names[v.MostUrgent.Area]
	}
	return nil
}
