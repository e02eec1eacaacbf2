package httpapi

import (
	"context"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/regime"
	"github.com/seawall-city/seawall/internal/response"
)

// regimeHead is one line of the list of regimes.
type regimeHead struct {
	ID string `json:"id"`
	// Scope: "disease" or "arrivals".
	Scope        string         `json:"scope"`
	Version      string         `json:"version"`
	Parent       string         `json:"parent,omitempty"`
	Title        seawall.Text   `json:"title"`
	Disease      regime.Disease `json:"disease"`
	Jurisdiction string         `json:"jurisdiction"`
	From         seawall.Day    `json:"from"`
	To           seawall.Day    `json:"to"`
	Source       regime.Source  `json:"source"`
	Classes      []classHead    `json:"classes"`
	// InForce is set where it is the one that counts today.
	InForce bool `json:"inForce"`
}

type classHead struct {
	ID   string       `json:"id"`
	Name seawall.Text `json:"name"`
}

type explainIn struct {
	IDPath
	Class        string `query:"class"`
	LastExposure string `query:"lastExposure"`
	Discovered   string `query:"discovered" doc:"day of discovery; empty means at once"`
	Susceptible  bool   `query:"susceptible"`
	// Of a journey, for a matrix of arrivals.
	Grade    string `query:"grade" doc:"of the origin; for a matrix of arrivals"`
	Abroad   bool   `query:"abroad"`
	Crossing bool   `query:"crossing"`
	Left     string `query:"left" doc:"day of leaving the area"`
	Entered  string `query:"entered" doc:"day of entering the country"`
	Arrived  string `query:"arrived" doc:"day of arrival; empty is today"`
}

// explained is the plan of a class with the same as a text for printing.
type explained struct {
	Plan regime.Plan `json:"plan"`
	Text string      `json:"text"`
}

func (s *Server) regimeRoutes() {
	handle(s, signedIn, "GET", "/regimes", "list-regimes", "Rule files by disease and date", s.listRegimes)
	handle(s, signedIn, "GET", "/diseases", "list-diseases", "Diseases that a rule file knows",
		func(ctx context.Context, who response.Who, _ *none) ([]regime.Disease, error) {
			return s.d.Regimes.Diseases(), nil
		})
	handle(s, signedIn, "GET", "/regimes/diff", "diff-regimes", "What differs between two rule files",
		func(ctx context.Context, who response.Who, in *struct {
			A string `query:"a" required:"true"`
			B string `query:"b" required:"true"`
		}) ([]regime.DiffRow, error) {
			a, err := s.regime(who, in.A)
			if err != nil {
				return nil, err
			}
			b, err := s.regime(who, in.B)
			if err != nil {
				return nil, err
			}
			return regime.DiffRows(a, b), nil
		})
	handle(s, signedIn, "POST", "/regimes/lint", "lint-regimes", "Check the rule files in use",
		func(ctx context.Context, who response.Who, in *struct {
			Body struct {
				Name string `json:"name" doc:"file name, for the messages"`
				Text string `json:"text" doc:"a rule file to be checked beside the ones in use"`
			}
		}) (struct {
			OK       bool     `json:"ok"`
			Problems []string `json:"problems"`
		}, error) {
			out := struct {
				OK       bool     `json:"ok"`
				Problems []string `json:"problems"`
			}{Problems: []string{}}
			if err := s.mayRegime(who); err != nil {
				return out, err
			}
			for _, p := range s.d.Regimes.Check(in.Body.Name, []byte(in.Body.Text)) {
				out.Problems = append(out.Problems, p.Format(requestOf(ctx).lang))
			}
			out.OK = len(out.Problems) == 0
			return out, nil
		})
	s.ruleRoutes()
	handle(s, signedIn, "GET", "/regimes/{id}", "get-regime", "A rule file laid out for reading",
		func(ctx context.Context, who response.Who, in *IDPath) (regime.Description, error) {
			r, err := s.regime(who, in.ID)
			if err != nil {
				return regime.Description{}, err
			}
			return r.Describe(requestOf(ctx).lang), nil
		})
	handle(s, signedIn, "GET", "/regimes/{id}/explain", "explain-regime", "What it asks of a contact, with every rule cited", s.explain)
}

func (s *Server) listRegimes(_ context.Context, who response.Who, _ *none) (response.List[regimeHead], error) {
	out := response.List[regimeHead]{Items: []regimeHead{}}
	if err := s.mayRegime(who); err != nil {
		return out, err
	}
	today := seawall.DayOf(s.d.Clock.Now(), s.d.Zone)
	for _, r := range s.d.Regimes.All() {
		h := regimeHead{ID: r.ID, Scope: r.Scope, Version: r.Version, Parent: r.Parent, Title: r.Title, Disease: r.Disease,
			Jurisdiction: r.Jurisdiction, From: r.From, To: r.To, Source: r.Source, Classes: []classHead{}}
		for _, c := range r.Classes {
			h.Classes = append(h.Classes, classHead{ID: c.ID, Name: c.Name})
		}
		now, ok := s.d.Regimes.InForce(r.Disease.ID, s.d.City.Jurisdiction, today)
		if r.Scope == regime.ScopeArrivals {
			now, ok = s.d.Regimes.ArrivalsInForce(r.Disease.ID, s.d.City.Jurisdiction, today)
		}
		h.InForce = ok && now.ID == r.ID
		out.Items = append(out.Items, h)
	}
	out.Total = len(out.Items)
	return out, nil
}

func (s *Server) mayRegime(who response.Who) error {
	return s.allow(who, auth.RegimeRead, auth.Resource{Kind: seawall.KindSystem})
}

func (s *Server) regime(who response.Who, id string) (*regime.Regime, error) {
	if err := s.mayRegime(who); err != nil {
		return nil, err
	}
	// A record names a regime with its version; the pages link to it like that.
	id, _, _ = strings.Cut(id, "@")
	r, ok := s.d.Regimes.ByID(id)
	if !ok {
		return nil, seawall.E("httpapi.regime", seawall.NotFound, "regime_not_found", "id", id)
	}
	return r, nil
}

func (s *Server) explain(ctx context.Context, who response.Who, in *explainIn) (explained, error) {
	r, err := s.regime(who, in.ID)
	if err != nil {
		return explained{}, err
	}
	if r.Scope == regime.ScopeArrivals {
		return s.explainArrival(ctx, r, in)
	}
	last, err := seawall.ParseDay(in.LastExposure)
	if err != nil {
		return explained{}, err
	}
	if !last.Known() {
		last = seawall.DayOf(s.d.Clock.Now(), s.d.Zone)
	}
	a := regime.Anchors{FirstExposure: seawall.NoDay, LastExposure: last, Susceptible: in.Susceptible, Loc: s.d.Zone}
	if found, err := seawall.ParseDay(in.Discovered); err != nil {
		return explained{}, err
	} else if found.Known() {
		a.Discovered = found.Start(s.d.Zone).Add(12 * time.Hour)
	}
	plan, err := r.ContactPlan(in.Class, a)
	if err != nil {
		return explained{}, err
	}
	var text strings.Builder
	if err := regime.Explain(&text, requestOf(ctx).lang, r, in.Class, a); err != nil {
		return explained{}, err
	}
	return explained{Plan: plan, Text: text.String()}, nil
}
