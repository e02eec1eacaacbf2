package httpapi_test

import (
	"strings"
	"testing"
)

// The matrix of arrivals and its versions, what a version changes and for whom,
// and what is waived, read without an account too. GOV-13, IMP-09, S6.
func rulesRead(t *testing.T, c *city) {
	b, me := c.as("duty"), c.anonymous()
	m := decode[struct {
		Regime   *struct{ ID string }
		Rows     []struct{ Key, Clock string }
		Versions []struct {
			ID      string
			InForce bool
			Waivers int
		}
		Grades []struct{ Key string }
	}](t, b.ok("GET", "regimes/arrivals?day=2022-05-12", nil))
	if m.Regime == nil || m.Regime.ID != "YC-ARR-2022-05-11" || len(m.Rows) != 5 || len(m.Versions) != 11 || len(m.Grades) != 6 {
		t.Errorf("the matrix of 12 May: %+v", m)
	}
	diff := decode[[]struct {
		Change string
		Whom   struct{ EN string }
	}](t, b.ok("GET", "regimes/arrivals/diff?a=YC-ARR-2022-05-26&b=YC-ARR-2022-07-04", nil))
	if len(diff) < 6 {
		t.Errorf("the difference: %+v", diff)
	}
	b.ok("GET", "regimes/YC-ARR-2022-05-11/explain?grade=cluster_county&left=2022-05-10&arrived=2022-05-12", nil)
	type affected struct{ Total int }
	if got := decode[affected](t, b.ok("GET", "regimes/CN-COVID-9/affected?from=CN-COVID-8", nil)); got.Total == 0 {
		t.Error("nobody of the story stands under the 8th edition")
	}

	done := decode[struct {
		Option  string
		Changed int
	}](t, b.ok("POST", "regimes/CN-COVID-8/apply", map[string]any{"from": "CN-COVID-9"}))
	if done.Option != "min" || done.Changed != 0 {
		t.Errorf("applied to nobody: %+v", done)
	}
	if got := b.do("POST", "regimes/CN-COVID-9/apply", map[string]any{"from": "CN-COVID-8"}); got.status == 200 {
		t.Error("a rule that is not in force yet was applied")
	}
	type waivers struct {
		Items []struct {
			Dimension, Approver string
			Waived              []struct{ Row string }
		}
		MustNots *struct{ ID string }
	}
	for _, who := range []*client{b, me} {
		path := "waivers?day=2022-06-10"
		if who == me {
			path = "public/" + path
		}
		got := decode[waivers](t, who.ok("GET", path, nil))
		if len(got.Items) != 3 || got.Items[0].Approver != "CN-JS" || len(got.Items[0].Waived) == 0 || got.MustNots == nil || got.MustNots.ID != "CN-NINE-MUST-NOTS" {
			t.Errorf("%s: %+v", path, got)
		}
	}
	countyRule(t, b)
}

// countyRule sends in a county's rule that quarantines everybody from low-risk
// areas: it is refused with the line. S6.
func countyRule(t *testing.T, b *client) {
	rule := `id: SY-ARR-1
scope: arrivals
parent: YC-ARR-2022-05-26
title: {zh: 县规, en: County rule}
jurisdiction: CN-JS-YC-SY
valid: {from: 2022-06-06, to: 2022-06-30}
source: s
sources: {s: {title: {zh: 文, en: doc}, basis: design}}
tiers:
  low:
    name: {zh: 低风险地区, en: a low-risk area}
    when: {grades: [low]}
    clock: leaving
    plan: [{type: central, days: 7}]
waivers: []
`
	lint := decode[struct {
		OK       bool
		Problems []string
	}](t, b.ok("POST", "regimes/lint", map[string]string{"name": "county.yaml", "text": rule}))
	if lint.OK || !strings.Contains(strings.Join(lint.Problems, "\n"), "county.yaml:14:") {
		t.Errorf("the county rule: %+v", lint)
	}
}
