package httpapi

import (
	"context"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/regime"
	"github.com/seawall-city/seawall/internal/response"
)

// ArrivalMatrix is the matrix of arrivals in force on a day, with its versions.
type ArrivalMatrix struct {
	Day seawall.Day `json:"day"`
	// Regime is the rule file in force, nil where there is none.
	Regime *MatrixHead    `json:"regime"`
	Grades []regime.Grade `json:"grades"`
	Rows   []MatrixRow    `json:"rows"`
	// Description is the whole file laid out for reading.
	Description *regime.Description `json:"description"`
	// Versions are all that may answer here, by date.
	Versions []MatrixHead `json:"versions"`
}

// MatrixHead names a version of the matrix.
type MatrixHead struct {
	ID           string        `json:"id"`
	Ref          string        `json:"ref"`
	Title        seawall.Text  `json:"title"`
	Jurisdiction string        `json:"jurisdiction"`
	From         seawall.Day   `json:"from"`
	To           seawall.Day   `json:"to"`
	Source       regime.Source `json:"source"`
	// InForce marks the one that counts on the day asked for; Waivers counts what
	// it has waived.
	InForce bool `json:"inForce"`
	Waivers int  `json:"waivers"`
}

// MatrixRow is one row with its words.
type MatrixRow struct {
	regime.Tier
	// For words whom it is for; Measure, Tests and GateText what it asks.
	For      seawall.Text `json:"for"`
	Measure  seawall.Text `json:"measure"`
	Tests    seawall.Text `json:"tests"`
	GateText seawall.Text `json:"gateText"`
	// ClockText words what day 0 is.
	ClockText seawall.Text `json:"clockText"`
	// Days counts the days that limit movement.
	Days int `json:"days"`
}

// Waivers is what is waived on a day.
type Waivers struct {
	Day   seawall.Day     `json:"day"`
	Items []regime.Waiver `json:"items"`
	// MustNots is what local rules are held against on that day, nil before the
	// first such list.
	MustNots *regime.MustNots `json:"mustNots"`
}

type matrixIn struct {
	Day     string `query:"day" doc:"2006-01-02; empty is today"`
	Disease string `query:"disease" doc:"empty takes the disease whose matrix is in force"`
}

type pairIn struct {
	A string `query:"a" required:"true"`
	B string `query:"b" required:"true"`
}

func (s *Server) ruleRoutes() {
	handle(s, signedIn, "GET", "/regimes/arrivals", "get-arrival-matrix", "The matrix of arrivals in force on a day, with its versions",
		func(ctx context.Context, who response.Who, in *matrixIn) (ArrivalMatrix, error) {
			if err := s.mayRegime(who); err != nil {
				return ArrivalMatrix{}, err
			}
			return s.matrix(ctx, in)
		})
	handle(s, signedIn, "GET", "/regimes/arrivals/diff", "diff-arrival-matrices", "What another matrix changes, origin by origin",
		func(ctx context.Context, who response.Who, in *pairIn) ([]regime.ArrivalChange, error) {
			a, err := s.regime(who, in.A)
			if err != nil {
				return nil, err
			}
			b, err := s.regime(who, in.B)
			if err != nil {
				return nil, err
			}
			return regime.DiffArrivals(a, b), nil
		})
	handle(s, signedIn, "GET", "/regimes/{id}/affected", "affected-by-regime", "Who stands under another rule and what this one would change for them",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			From string `query:"from" required:"true" doc:"the rule they stand under"`
		}) (response.RuleChange, error) {
			return s.d.Main.Affected(ctx, who, in.From, in.ID)
		})
	handle(s, signedIn, "POST", "/regimes/{id}/apply", "apply-regime", "Bring those who stand under another rule to this one",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body struct {
				From   string `json:"from" doc:"the rule they stand under"`
				Option string `json:"option,omitempty" enum:"grandfather,convert,min" doc:"min, the default, asks on no day more than either rule"`
			}
		}) (response.ChangeResult, error) {
			return s.d.Main.ApplyRuleChange(ctx, who, in.Body.From, in.ID, in.Body.Option)
		})
	handle(s, signedIn, "GET", "/waivers", "list-waivers", "What local rules have waived on a day",
		func(ctx context.Context, who response.Who, in *struct {
			Day string `query:"day"`
		}) (Waivers, error) {
			return s.waivers(in.Day)
		})
	handle(s, anybody, "GET", "/public/waivers", "public-waivers", "What local rules have waived, for everybody to read",
		func(ctx context.Context, _ response.Who, in *struct {
			Day string `query:"day"`
		}) (Waivers, error) {
			return s.waivers(in.Day)
		})
}

// dayOr reads a day of a query; the empty text is today.
func (s *Server) dayOr(text string) (seawall.Day, error) {
	day, err := seawall.ParseDay(text)
	if err == nil && !day.Known() {
		day = seawall.DayOf(s.d.Clock.Now(), s.d.Zone)
	}
	return day, err
}

func (s *Server) waivers(text string) (Waivers, error) {
	day, err := s.dayOr(text)
	if err != nil {
		return Waivers{}, err
	}
	out := Waivers{Day: day, Items: s.d.Regimes.Waivers(day)}
	if m, ok := s.d.Regimes.MustNots(s.d.City.Jurisdiction, day); ok {
		out.MustNots = &m
	}
	return out, nil
}

// matrix lays the matrix of a day out.
func (s *Server) matrix(ctx context.Context, in *matrixIn) (ArrivalMatrix, error) {
	day, err := s.dayOr(in.Day)
	if err != nil {
		return ArrivalMatrix{}, err
	}
	out := ArrivalMatrix{Day: day, Grades: []regime.Grade{}, Rows: []MatrixRow{}, Versions: []MatrixHead{}}
	for _, d := range s.d.Regimes.Diseases() {
		if in.Disease != "" && d.ID != in.Disease {
			continue
		}
		now, ok := s.d.Regimes.ArrivalsInForce(d.ID, s.d.City.Jurisdiction, day)
		for _, r := range s.d.Regimes.ArrivalVersions(d.ID, s.d.City.Jurisdiction) {
			h := MatrixHead{ID: r.ID, Ref: r.Ref(), Title: r.Title, Jurisdiction: r.Jurisdiction, From: r.From, To: r.To, Source: r.Source,
				InForce: ok && r.ID == now.ID, Waivers: len(r.Waivers)}
			out.Versions = append(out.Versions, h)
			if h.InForce && out.Regime == nil {
				out.fill(h, r, requestOf(ctx).lang)
			}
		}
	}
	return out, nil
}

func (m *ArrivalMatrix) fill(h MatrixHead, r *regime.Regime, lang string) {
	d := r.Describe(lang)
	m.Regime, m.Grades, m.Description = &h, r.Grades(), &d
	for _, t := range r.Tiers() {
		w := r.TierWords(t)
		m.Rows = append(m.Rows, MatrixRow{Tier: t, For: w.For, Measure: w.Measure, Tests: w.Tests, GateText: w.Gate, ClockText: w.Clock, Days: w.Days})
	}
}

// explainArrival computes what a matrix asks of a journey.
func (s *Server) explainArrival(ctx context.Context, r *regime.Regime, in *explainIn) (explained, error) {
	facts := regime.OriginFacts{Grade: in.Grade, Abroad: in.Abroad, Crossing: in.Crossing}
	a := regime.ArrivalAnchors{Loc: s.d.Zone}
	arrived, err := s.dayOr(in.Arrived)
	if err != nil {
		return explained{}, err
	}
	a.Arrived = arrived.Start(s.d.Zone).Add(12 * time.Hour)
	for _, d := range []struct {
		text string
		day  *seawall.Day
	}{{in.Left, &a.Left}, {in.Entered, &a.Entered}} {
		if *d.day, err = seawall.ParseDay(d.text); err != nil {
			return explained{}, err
		}
	}
	t, ok := r.TierFor(facts)
	if !ok {
		return explained{}, seawall.E("httpapi.explainArrival", seawall.NotFound, "regime_no_row", "regime", r.ID, "grade", in.Grade)
	}
	plan, err := r.ArrivalPlan(t.Key, a)
	if err != nil {
		return explained{}, err
	}
	var text strings.Builder
	if err := regime.ExplainArrival(&text, requestOf(ctx).lang, r, facts, a); err != nil {
		return explained{}, err
	}
	return explained{Plan: plan, Text: text.String()}, nil
}
