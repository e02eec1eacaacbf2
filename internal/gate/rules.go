package gate

import (
	"slices"
	"strconv"

	"github.com/seawall-city/seawall"
)

// Rules is one dated file of what is decided at a gate, in its order.
type Rules struct {
	ID    string       `json:"id"`
	Title seawall.Text `json:"title"`
	// Ref is "id@hash" of the file's text; passes cite it.
	Ref string `json:"ref"`
	// Jurisdiction is hyphenated ("CN-JS-YC"); From and To are the first and the
	// last day, NoDay for an open end.
	Jurisdiction string      `json:"jurisdiction"`
	From         seawall.Day `json:"from"`
	To           seawall.Day `json:"to"`
	// HoldMaxMinutes is the longest hold; past it the vehicle passes, is traced,
	// and HoldOver is the reason that is told.
	HoldMaxMinutes int          `json:"holdMaxMinutes"`
	HoldOver       seawall.Text `json:"holdOver"`
	// Exemptions are what goes before the checks (relief, fire, …).
	Exemptions []Word `json:"exemptions"`
	// Grades are the levels of origins that the rules ask for, the worst first.
	Grades []string `json:"grades"`
	Rules  []Rule   `json:"rules"`
}

// Word is a key with its name.
type Word struct {
	Key string `json:"key" yaml:"key"`
	ZH  string `json:"zh" yaml:"zh"`
	EN  string `json:"en" yaml:"en"`
}

// Rule is one line of a file: the first one whose conditions all hold decides.
type Rule struct {
	Key  string      `json:"key"`
	If   []Condition `json:"if"`
	Then string      `json:"then" doc:"pass, sample_go, hold or refer"`
	// HoldMinutes is how long a hold lasts at most, 0 for the file's maximum.
	HoldMinutes int          `json:"holdMinutes,omitempty"`
	Reason      seawall.Text `json:"reason"`
	Source      seawall.Text `json:"source"`
	// Log asks for an event of its own; Trace "next_node" tells the next site ahead.
	Log   bool   `json:"log,omitempty"`
	Trace string `json:"trace,omitempty"`
}

// Condition asks for one fact: one of In (truth is written "true" or "false"), or
// a number within bounds.
type Condition struct {
	Fact string   `json:"fact"`
	In   []string `json:"in,omitempty"`
	Gt   *float64 `json:"gt,omitempty"`
	Ge   *float64 `json:"ge,omitempty"`
	Lt   *float64 `json:"lt,omitempty"`
	Le   *float64 `json:"le,omitempty"`
}

// NextNode is the trace that tells the next site ahead (即采即走即追).
const NextNode = "next_node"

// Decision is what a rule file says of some facts.
type Decision struct {
	Outcome string       `json:"outcome"`
	Rule    string       `json:"rule"`
	Rules   string       `json:"rules"`
	Reason  seawall.Text `json:"reason"`
	Source  seawall.Text `json:"source"`
	// HoldMinutes is how much longer a hold may last.
	HoldMinutes int    `json:"holdMinutes,omitempty"`
	Log         bool   `json:"log,omitempty"`
	Trace       string `json:"trace,omitempty"`
	// Ceiling is set where the rule would hold on but the maximum is over.
	Ceiling bool `json:"ceiling,omitempty"`
}

// Known reports whether the outcome is one of Outcomes.
func (d Decision) Known() bool { return slices.Contains(Outcomes(), d.Outcome) }

// Decide gives the decision of the first rule whose conditions all hold. A hold
// whose maximum is over is a pass that is traced, whatever the rule: a gate that
// cannot meet a hold's maximum must let pass and trace.
func (r *Rules) Decide(f Facts) Decision {
	for _, rule := range r.Rules {
		if !rule.holds(f) {
			continue
		}
		d := Decision{Outcome: rule.Then, Rule: rule.Key, Rules: r.Ref, Reason: rule.Reason, Source: rule.Source, Log: rule.Log, Trace: rule.Trace}
		if rule.Then != Hold {
			return d
		}
		if d.HoldMinutes = r.maximum(rule) - f.HeldMinutes; d.HoldMinutes <= 0 {
			d.Outcome, d.HoldMinutes, d.Ceiling, d.Trace, d.Reason = Go, 0, true, NextNode, r.HoldOver
		}
		return d
	}
	// A file without a last rule for all others is not loaded.
	return Decision{Outcome: Refer, Rules: r.Ref}
}

// maximum is how long a rule may hold, in minutes.
func (r *Rules) maximum(rule Rule) int {
	if rule.HoldMinutes > 0 {
		return rule.HoldMinutes
	}
	return r.HoldMaxMinutes
}

// Rule gives a rule by its key.
func (r *Rules) Rule(key string) (Rule, bool) {
	for _, rule := range r.Rules {
		if rule.Key == key {
			return rule, true
		}
	}
	return Rule{}, false
}

// Worst gives the grade that stands first in the file's order; one that the file
// does not name counts after all that it names.
func (r *Rules) Worst(grades []string) string {
	best, at := "", len(r.Grades)+1
	for _, g := range grades {
		i := slices.Index(r.Grades, g)
		if i < 0 {
			i = len(r.Grades)
		}
		if g != "" && i < at {
			best, at = g, i
		}
	}
	return best
}

func (r Rule) holds(f Facts) bool {
	for _, c := range r.If {
		if !c.holds(f) {
			return false
		}
	}
	return true
}

func (c Condition) holds(f Facts) bool {
	if len(c.In) > 0 {
		return slices.Contains(c.In, f.word(c.Fact))
	}
	n := f.number(c.Fact)
	return (c.Gt == nil || n > *c.Gt) && (c.Ge == nil || n >= *c.Ge) && (c.Lt == nil || n < *c.Lt) && (c.Le == nil || n <= *c.Le)
}

// word gives a fact that is a word or a truth, as conditions write it.
func (f Facts) word(fact string) string {
	switch fact {
	case "emergency":
		return strconv.FormatBool(f.Emergency)
	case "exemption":
		return f.Exemption
	case "declared":
		return strconv.FormatBool(f.Declared)
	case "trip":
		return f.Trip
	case "test.kind":
		return f.Test.Kind
	case "test.result":
		return f.Test.Result
	case "permit":
		return f.Permit
	case "origin":
		return f.Origin
	case "riskStop":
		return strconv.FormatBool(f.RiskStop)
	case "transit":
		return strconv.FormatBool(f.Transit)
	case "symptoms":
		return strconv.FormatBool(f.Symptoms)
	case "whitelisted":
		return strconv.FormatBool(f.Whitelisted)
	case "canSample":
		return strconv.FormatBool(f.CanSample)
	case "mode":
		return f.Mode
	}
	return ""
}

// number gives a fact that is a number.
func (f Facts) number(fact string) float64 {
	switch fact {
	case "test.ageHours":
		return f.Test.AgeHours
	case "people":
		return float64(f.People)
	case "heldMinutes":
		return float64(f.HeldMinutes)
	}
	return 0
}

// sort of a fact: truth, a word of a closed list, a word that others define, or
// a number.
type sort int

const (
	truth sort = iota
	word
	open
	number
)

// known is one fact of the vocabulary.
type known struct {
	key  string
	sort sort
	// words are the values of a word besides "".
	words []string
}

// vocabulary is every fact that a condition may ask for. What stands nowhere here
// decides nothing: the origin of a plate, a household registration, a company's
// size, the star of an itinerary card.
func vocabulary() []known {
	return []known{
		{"emergency", truth, nil},
		{"exemption", open, nil}, // the file's own list
		{"declared", truth, nil},
		{"trip", word, []string{"declared", "permitted", "cancelled"}},
		{"test.kind", word, []string{"nat", "antigen"}},
		{"test.ageHours", number, nil},
		{"test.result", word, []string{"negative", "positive", "pending"}},
		{"permit", word, []string{"valid", "expired", "early", "forged", "crew", "vehicle", "route", "revoked"}},
		{"origin", open, nil}, // the arrival matrix's grades
		{"riskStop", truth, nil},
		{"transit", truth, nil},
		{"symptoms", truth, nil},
		{"whitelisted", truth, nil},
		{"people", number, nil},
		{"heldMinutes", number, nil},
		{"canSample", truth, nil},
		{"mode", word, []string{Freight, Car, Bus, Train, Air, Ship, OnFoot}},
	}
}

// factOf looks a fact up.
func factOf(key string) (known, bool) {
	for _, k := range vocabulary() {
		if k.key == key {
			return k, true
		}
	}
	return known{}, false
}

// CheckFacts names what is wrong with facts that somebody stated under a file of
// rules; prefix stands before the names of fields.
func (r *Rules) CheckFacts(prefix string, f Facts) []seawall.FieldError {
	var bad []seawall.FieldError
	for _, k := range vocabulary() {
		switch v := f.word(k.key); {
		case k.key == "exemption" && v != "" && !slices.ContainsFunc(r.Exemptions, func(w Word) bool { return w.Key == v }),
			k.sort == word && v != "" && !slices.Contains(k.words, v):
			bad = append(bad, seawall.FieldError{Field: prefix + k.key, Code: "not_a_choice", Args: map[string]string{"value": v}})
		}
		if n := f.number(k.key); k.sort == number && !(n >= 0 && n < 1e6) {
			bad = append(bad, seawall.FieldError{Field: prefix + k.key, Code: "gate_number"})
		}
	}
	return bad
}
