package scenario

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
)

// wait lets time pass.
func (r *run) wait(s *Step) error {
	words := s.Words
	if len(words) > 0 && words[0].bare("until") {
		words = words[1:]
	} else if len(words) > 0 {
		text, at := joined(words)
		d, ok := parseDuration(text)
		if !ok {
			return r.fail(at, seawall.E("scenario.wait", seawall.Invalid, "scenario_duration", "text", clip(text)))
		}
		return r.waitTo(words[0].Pos, r.now().Add(d))
	}
	if len(words) == 0 {
		return r.fail(s.Pos, seawall.E("scenario.wait", seawall.Invalid, "scenario_argument_missing", "word", "wait", "usage", usageOf("wait")))
	}
	to, p := r.instant(words)
	if p != nil {
		return r.stop(p)
	}
	return r.waitTo(words[0].Pos, to)
}

// instant reads where a wait ends: the cut-off, an hour (the next of that hour), a
// day and hour, or a word of time.
func (r *run) instant(words []Word) (time.Time, *Problem) {
	text, at := joined(words)
	if strings.HasPrefix(text, "$") {
		var err *seawall.Error
		if text, _, err = r.expand(Word{Text: text}); err != nil {
			return time.Time{}, r.script.problem(at, err)
		}
	}
	if text == "cutoff" || text == "cut-off" {
		return r.cutOff(at)
	}
	if h, ok := parseHour(text); ok {
		to := seawall.DayOf(r.now(), r.zone).Start(r.zone).Add(h)
		if !to.After(r.now()) {
			to = (seawall.DayOf(r.now(), r.zone) + 1).Start(r.zone).Add(h)
		}
		return to, nil
	}
	m, ok := parseMoment(text, r.now(), r.zone)
	if !ok {
		return time.Time{}, r.script.problem(at, seawall.E("scenario.wait", seawall.Invalid, "scenario_time", "text", clip(text)))
	}
	return m.at, nil
}

// cutOff asks the server when tonight ends, as the machine's operator, who sees
// the whole city.
func (r *run) cutOff(at Pos) (time.Time, *Problem) {
	machine, err := newSession("operator", inProcess{r.operatorFace})
	if err == nil {
		var ans *answer
		if ans, err = machine.send(r.ctx, r.o.Lang, "GET", r.url+"/api/v1/tonight", "", nil); err == nil && ans.ok() {
			v, _, _ := look(ans.body, []string{"cutOff"})
			if t, e := time.Parse(time.RFC3339Nano, textOf(v)); e == nil {
				return t, nil
			}
		}
	}
	return (seawall.DayOf(r.now(), r.zone) + 1).Start(r.zone), nil
}

// waitTo moves the clock; what fired on the way is the answer.
func (r *run) waitTo(at Pos, to time.Time) error {
	if to.Before(r.now()) {
		return r.fail(at, seawall.E("scenario.wait", seawall.Invalid, "scenario_clock_back", "now", local(r.now(), r.zone), "to", local(to, r.zone)))
	}
	fired, err := r.app.MoveTo(r.ctx, to)
	if err != nil {
		return r.machineFault(at, err)
	}
	body := map[string]any{"now": r.now().Format(rfc)}
	for k, n := range fired {
		body[k] = json.Number(itoa(n))
	}
	r.last = &answer{status: 200, what: "wait", body: body}
	return nil
}

// maxDays bounds "each day".
const maxDays = 400

// each does the steps below now and on every day that follows, at an hour.
func (r *run) each(s *Step) error {
	last, hour, p := r.daily(s)
	if p != nil {
		return r.stop(p)
	}
	defer func(was bool) { r.looping = was }(r.looping)
	r.looping = true
	for n := 0; ; n++ {
		if err := r.steps(s.Body); err != nil {
			return err
		}
		if err := r.unexpected(); err != nil {
			return err
		}
		next := seawall.DayOf(r.now(), r.zone).Add(1)
		if next > last || n >= maxDays {
			return nil
		}
		if err := r.waitTo(s.Pos, next.Start(r.zone).Add(hour)); err != nil {
			return err
		}
	}
}

// daily reads "day until DAY at HH:MM".
func (r *run) daily(s *Step) (last seawall.Day, hour time.Duration, p *Problem) {
	w := s.Words
	if len(w) != 5 || !w[0].bare("day") || !w[1].bare("until") || !w[3].bare("at") {
		return 0, 0, r.script.problem(s.Pos, seawall.E("scenario.each", seawall.Invalid, "scenario_argument_missing", "word", "each", "usage", usageOf("each")))
	}
	text, _, err := r.expand(w[2])
	if err != nil {
		return 0, 0, r.script.problem(w[2].Pos, err)
	}
	m, ok := parseMoment(text, r.now(), r.zone)
	if !ok {
		return 0, 0, r.script.problem(w[2].Pos, seawall.E("scenario.each", seawall.Invalid, "scenario_time", "text", clip(text)))
	}
	hour, ok = parseHour(w[4].Text)
	if !ok {
		return 0, 0, r.script.problem(w[4].Pos, seawall.E("scenario.each", seawall.Invalid, "scenario_time", "text", clip(w[4].Text)))
	}
	return seawall.DayOf(m.at, r.zone), hour, nil
}
