package protocol

import (
	"maps"
	"slices"
)

// Figure is a number that a kind of duty runs by and that no regime gives, so that
// its file must: the key carries the unit.
type Figure struct {
	Name
	Min, Max int
}

// HelpKinds are the kinds of help, as a protocol's figures name them; package
// relief has the same words.
func HelpKinds() []string { return []string{"medical", "medicine", "food", "care", "stuck", "other"} }

// OwnFigures gives the figures that a protocol about a subject must name itself,
// with the bounds that keep a slip of the keyboard out.
func OwnFigures(subject string) []Figure {
	const week = 7 * 24 * 60
	var out []Figure
	switch subject {
	case SubjectAppeal:
		out = append(out, Figure{Min: 1, Max: 10, Name: Name{Key: "ceiling_levels", Text: text("最多几级的时限，届满自动失效", "how many levels' time an objection has at most")}})
	case SubjectTrip:
		out = append(out, Figure{Min: 1, Max: 72, Name: Name{Key: "hours", Text: text("几小时：行程为提前申报，滞留为无移动也无服务，无人接管为入城后无人接手", "how many hours: a trip is declared ahead, a stranded one neither moved nor was served, an orphan was taken over by nobody")}})
	case SubjectSite:
		out = append(out, siteFigures()...)
	case SubjectHelp:
		for _, k := range HelpKinds() {
			out = append(out,
				Figure{Min: 1, Max: week, Name: Name{Key: k + "_answer_minutes", Text: text("几分钟内回电", "minutes until somebody calls back")}},
				Figure{Min: 1, Max: week, Name: Name{Key: k + "_help_minutes", Text: text("几分钟内到位", "minutes until help is there")}})
		}
		out = append(out,
			Figure{Min: 1, Max: week, Name: Name{Key: "urgent_below_minutes", Text: text("回电时限短于几分钟为紧急，不等日清", "a kind that is called back sooner than this does not wait for the cut-off")}},
			Figure{Min: 1, Max: 20, Name: Name{Key: "most_climbs", Text: text("最多自动上报几级", "how often it goes up by itself at most")}})
	}
	for i := range out {
		out[i].Type = "integer"
	}
	return out
}

// checkFigures checks the numbers that the file itself gives: all that its subject
// needs, and no other.
func (f *file) checkFigures() {
	p := f.built
	var want []string
	for _, x := range OwnFigures(p.Subject) {
		want = append(want, x.Key)
		n, ok := p.Figures[x.Key]
		if !ok {
			f.problem("figures", text("figures 缺少 "+x.Key+"："+x.Text.ZH, "figures: "+x.Key+" is missing: "+x.Text.EN))
			continue
		}
		f.within("figures."+x.Key, n, x.Min, x.Max)
	}
	for _, key := range slices.Sorted(maps.Keys(p.Figures)) {
		if !slices.Contains(want, key) {
			hint := meant(key, want)
			f.problem("figures."+key, text("没有数字“"+key+"”"+hint.ZH, "there is no figure "+quoted(key)+hint.EN))
		}
	}
}
