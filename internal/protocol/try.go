package protocol

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/regime"
	"github.com/seawall-city/seawall/internal/strictyaml"
)

// Try writes the loop that the subject would open, with due times and the reason
// of each step, for a reader of lang. Errors: Plan's; w's.
func Try(ctx context.Context, w io.Writer, lang string, p *Protocol, s Subject) error {
	const op = "protocol.Try"
	plan, err := p.Plan(ctx, s)
	if err != nil {
		return seawall.Wrap(op, err)
	}
	zone := s.Zone
	if zone == nil {
		zone = time.UTC
	}
	out := &printer{w: w, lang: lang}
	out.line("%s  %s", plan.Protocol, plan.Title.In(lang))
	out.line("%s%s", text("依据：", "because of ").In(lang), plan.Rule)
	out.line("%s%s", text("到哪里找责任人：", "owner looked for at: ").In(lang), places(plan.Places).In(lang))
	out.steps(p, plan, s.Steps, zone)
	out.rest(plan)
	out.line("")
	out.say(text("为什么", "Why"))
	for _, l := range plan.Trace {
		mark := "+"
		if !l.There {
			mark = "-"
		}
		out.line("  %s %s: %s", mark, l.Step, l.Why.In(lang))
	}
	return seawall.Wrap(op, out.err)
}

// steps writes the steps of a plan.
func (p *printer) steps(of *Protocol, plan Plan, done map[string]Settled, zone *time.Location) {
	p.line("")
	p.say(text("环节", "Steps"))
	for _, s := range plan.Steps {
		at := "—"
		if !s.Due.IsZero() {
			at = s.Due.In(zone).Format("2006-01-02 15:04")
		}
		p.line("  %-16s  %-20s %s", at, s.Key, s.Title.In(p.lang))
		var more []string
		if at, is := done[s.Key]; is && !at.Done.IsZero() {
			more = append(more, text("已办 ", "done ").In(p.lang)+at.Done.In(zone).Format("2006-01-02 15:04"))
		}
		if s.Waiting {
			more = append(more, text("等待 ", "waits for ").In(p.lang)+or(strings.Join(s.After, ", "), text("事件", "its event").In(p.lang)))
		}
		if s.Needs != "" {
			more = append(more, text("佐证：", "evidence: ").In(p.lang)+evidence(s.Needs).In(p.lang))
		}
		if f, ok := of.form(s.Form); ok {
			more = append(more, text("表单：", "form: ").In(p.lang)+f.Title.In(p.lang))
		}
		if s.Required {
			more = append(more, text("办结必须完成", "must be done before it ends").In(p.lang))
		}
		if s.Child != "" {
			more = append(more, text("引出流程：", "opens: ").In(p.lang)+s.Child)
		}
		if len(more) > 0 {
			p.line("  %18s%s", "", strings.Join(more, " · "))
		}
	}
}

// rest writes the series and restrictions of a plan.
func (p *printer) rest(plan Plan) {
	for _, s := range plan.Series {
		p.line("  %s – %s  %s %s · %s", s.From, s.To, s.Key, s.Title.In(p.lang),
			textf("每天 %d 次，%d 时前", "%d a day, by %d:00", s.PerDay, s.DueHour).In(p.lang))
	}
	if len(plan.Restrictions) == 0 {
		return
	}
	p.line("")
	p.say(text("限制（由专人决定后生效）", "Restrictions (in force once a named officer decides)"))
	for _, r := range plan.Restrictions {
		p.line("  %s – %s  %s", r.From, r.To, regime.StayKind(r.Kind).Name().In(p.lang))
		p.line("    %s", r.Reason.In(p.lang))
		if r.AppealHours > 0 {
			p.line("    %s", textf("申诉 %d 小时内作出决定", "an objection is decided within %d hours", r.AppealHours).In(p.lang))
		}
	}
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// trial is the file of facts that a protocol is tried with.
type trial struct {
	Now     string                `yaml:"now"`
	No      string                `yaml:"no"`
	Form    map[string]any        `yaml:"form"`
	Facts   map[string]any        `yaml:"subject"`
	Events  map[string]string     `yaml:"events"`
	Regime  string                `yaml:"regime"`
	Class   string                `yaml:"class"`
	Figures map[string]int        `yaml:"figures"`
	Steps   map[string]trialsDone `yaml:"steps"`
}

type trialsDone struct {
	Done string         `yaml:"done"`
	Form map[string]any `yaml:"form"`
}

// ReadTrial reads the facts that a protocol is to be tried with, in YAML or JSON:
// now, no, form, subject, events, steps, and for what the regime asks regime with
// class. The entry form and the forms of steps are checked as the program does.
// Errors: Invalid, with everything that is wrong.
func ReadTrial(ctx context.Context, src []byte, p *Protocol, rules *regime.Set, now time.Time, zone *time.Location) (Subject, error) {
	const op = "protocol.ReadTrial"
	var t trial
	if err := strictyaml.Decode(src, &t, limits()); err != nil {
		return Subject{}, seawall.E(op, seawall.Invalid, "protocol_subject_invalid", "detail", err.Error())
	}
	r := &trialReader{t: t, p: p, rules: rules, zone: zone}
	r.s = Subject{Now: r.moment("now", t.Now, now), Zone: zone, No: or(t.No, "0001"), Facts: t.Facts, Figures: t.Figures,
		Events: map[string]time.Time{}, Steps: map[string]Settled{}}
	for name, at := range t.Events {
		r.s.Events[name] = r.moment("events."+name, at, time.Time{})
		if !slices.Contains(keys(Events(p.Subject)), name) {
			r.wrong("events."+name, "trial_unknown", "list", strings.Join(keys(Events(p.Subject)), ", "))
		}
	}
	r.forms(ctx)
	r.facts()
	r.plan()
	if len(r.bad) > 0 {
		slices.SortFunc(r.bad, func(a, b seawall.FieldError) int { return strings.Compare(a.Field, b.Field) })
		return Subject{}, &seawall.Error{Op: op, Kind: seawall.Invalid, Code: "protocol_subject_fields", Fields: r.bad}
	}
	return r.s, nil
}

// trialReader turns a trial into a subject and keeps what is wrong.
type trialReader struct {
	t     trial
	p     *Protocol
	rules *regime.Set
	zone  *time.Location
	s     Subject
	bad   []seawall.FieldError
}

// wrong keeps what is wrong with a field; args are key, value pairs.
func (r *trialReader) wrong(field, code string, args ...string) {
	r.bad = append(r.bad, seawall.FieldError{Field: field, Code: code, Args: seawall.E("", seawall.Invalid, code, args...).Args})
}

// moment reads a day, a day with the hour, or an instant.
func (r *trialReader) moment(field, s string, otherwise time.Time) time.Time {
	if s == "" {
		return otherwise
	}
	for _, form := range []string{"2006-01-02 15:04", "2006-01-02", "2006-01-02T15:04"} {
		if at, err := time.ParseInLocation(form, s, r.zone); err == nil {
			return at
		}
	}
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		r.wrong(field, "trial_moment", "value", s)
	}
	return at
}

// forms checks the answers of the entry form and of steps.
func (r *trialReader) forms(ctx context.Context) {
	now := r.s.Now.In(r.zone)
	check := func(where string, f *Form, values map[string]any) map[string]any {
		out, errs := f.Check(ctx, plainValues(values), now)
		for _, e := range errs {
			e.Field = where + "." + e.Field
			r.bad = append(r.bad, e)
		}
		return out
	}
	if f, ok := r.p.form(r.p.Entry); ok {
		r.s.Values = check("form", f, r.t.Form)
	} else if len(r.t.Form) > 0 {
		r.wrong("form", "trial_no_form")
	}
	for key, done := range r.t.Steps {
		st, ok := r.p.Step(key)
		if !ok {
			r.wrong("steps."+key, "trial_unknown", "list", r.p.order())
			continue
		}
		settled := Settled{Done: r.moment("steps."+key+".done", done.Done, r.s.Now)}
		if f, ok := r.p.form(st.Form); ok {
			settled.Data = check("steps."+key+".form", f, done.Form)
		}
		r.s.Steps[key] = settled
	}
}

// plainValues gives whole numbers and moments of YAML as JSON would.
func plainValues(values map[string]any) map[string]any {
	out := map[string]any{}
	for k, v := range values {
		if at, ok := v.(time.Time); ok {
			v = at.Format(time.RFC3339)
		}
		out[k] = v
	}
	return out
}

// facts checks that the subject's facts are known ones; of an arrival those that
// the system always knows are filled in.
func (r *trialReader) facts() {
	if r.s.Facts = r.t.Facts; r.s.Facts == nil {
		r.s.Facts = map[string]any{}
	}
	if r.p.Subject == SubjectArrival {
		state := "expected"
		if !r.s.Events["arrived"].IsZero() {
			state = "arrived"
		}
		for k, v := range map[string]any{"state": state, "made": []any{}, "confirmed": false} {
			if _, said := r.s.Facts[k]; !said {
				r.s.Facts[k] = v
			}
		}
	}
	known := append(keys(Facts(r.p.Subject)), "disease")
	for k, v := range r.s.Facts {
		if list, ok := v.([]any); ok {
			r.s.Facts[k] = texts(list)
		}
		if !slices.Contains(known, k) {
			r.wrong("subject."+k, "trial_unknown", "list", strings.Join(known, ", "))
		}
	}
}

func texts(list []any) []string {
	out := []string{}
	for _, e := range list {
		if s, ok := e.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// plan asks the regime what it wants of the subject.
func (r *trialReader) plan() {
	if r.t.Regime == "" {
		return
	}
	rule, ok := r.rules.ByID(r.t.Regime)
	if !ok {
		r.wrong("regime", "regime_not_found", "id", r.t.Regime)
		return
	}
	day := func(event string) seawall.Day {
		if at := r.s.Events[event]; !at.IsZero() {
			return seawall.DayOf(at, r.zone)
		}
		return seawall.NoDay
	}
	var plan regime.Plan
	var err error
	r.s.Disease = rule.Disease.Name
	switch r.p.Subject {
	case SubjectCase:
		r.s.Clocks = rule.CaseClocks
		return
	case SubjectContact:
		susceptible, _ := r.t.Facts["susceptible"].(bool)
		class, _ := rule.Class(r.t.Class)
		r.s.Class = class.Name
		plan, err = rule.ContactPlan(r.t.Class, regime.Anchors{FirstExposure: day("first_exposure"), LastExposure: day("last_exposure"),
			Discovered: r.s.Events["discovered"], Susceptible: susceptible, Loc: r.zone})
	case SubjectArrival:
		tier, _ := rule.Tier(r.t.Class)
		r.s.Class, r.s.Rule = text("来返人员", "Arrival"), tier.Why.Rule
		r.checks(rule)
		plan, err = rule.ArrivalPlan(r.t.Class, regime.ArrivalAnchors{Left: day("left"), Entered: day("entered"),
			Arrived: r.s.Events["arrived"], Found: r.s.Events["discovered"], Loc: r.zone})
	default:
		return
	}
	if err != nil {
		var e *seawall.Error
		if errors.As(err, &e) {
			r.bad = append(r.bad, seawall.FieldError{Field: "class", Code: e.Code, Args: e.Args})
		}
		return
	}
	r.s.Plan = &plan
}

// checks takes the hours of the four checks from the matrix.
func (r *trialReader) checks(rule *regime.Regime) {
	if rule.Arrivals == nil {
		return
	}
	if r.s.Figures == nil {
		r.s.Figures = map[string]int{}
	}
	for key, hours := range rule.Arrivals.Checks {
		if _, said := r.s.Figures[key+"_hours"]; !said {
			r.s.Figures[key+"_hours"] = hours
		}
	}
}
