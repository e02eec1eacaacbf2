package scenario

import (
	"strings"

	"github.com/seawall-city/seawall"
)

// look for words on a page: PATH, words that must be there, "not" before those
// that must not, "in zh" or "in en".
type pageLook struct {
	path    string
	lang    string
	has     []string
	hasNot  []string
	hasWord []Word
	notWord []Word
}

func (r *run) pageLook(s *Step) (pageLook, *Problem) {
	p := pageLook{lang: r.o.Lang}
	words := s.Words[1:]
	if len(words) == 0 {
		return p, r.script.problem(s.Pos, seawall.E("scenario.page", seawall.Invalid, "scenario_argument_missing", "word", "expect page",
			"usage", `expect page PATH ["words" …] [not "words" …] [in zh|en]`))
	}
	not := false
	for i := 0; i < len(words); i++ {
		w := words[i]
		text, _, err := r.expand(w)
		if err != nil {
			return p, r.script.problem(w.Pos, err)
		}
		switch {
		case i == 0:
			p.path = strings.Replace(text, r.url, "", 1)
		case w.bare("not"):
			not = true
		case w.bare("in") && i+1 < len(words):
			i++
			p.lang = words[i].Text
			if p.lang != "zh" && p.lang != "en" {
				return p, r.script.problem(words[i].Pos, wrongValue("zh, en", p.lang))
			}
		case not:
			p.hasNot, p.notWord = append(p.hasNot, text), append(p.notWord, w)
		default:
			p.has, p.hasWord = append(p.has, text), append(p.hasWord, w)
		}
	}
	return p, nil
}

// expectPage looks at a page in a real browser, signed in as who acts. Without a
// browser the line is skipped and counted.
func (r *run) expectPage(s *Step) error {
	p, problem := r.pageLook(s)
	if problem != nil {
		return r.stop(problem)
	}
	if r.o.Browser == "" {
		r.out.Skipped++
		if r.o.StrictPages {
			return r.fail(s.Pos, seawall.E("scenario.page", seawall.Unavailable, "scenario_no_browser"))
		}
		return nil
	}
	if r.browser == nil {
		b, err := launch(r.ctx, r.o.Browser, r.dir)
		if err != nil {
			return r.fail(s.Pos, seawall.E("scenario.page", seawall.Unavailable, "scenario_browser", "detail", err.Error()))
		}
		r.browser = b
	}
	text, err := r.browser.text(r.ctx, visit{url: r.url + p.path, lang: p.lang, cookie: r.who.cookie(r.url), wait: r.o.PageWait,
		enough: func(text string) bool { return hasAll(text, p.has) }})
	if err != nil {
		return r.fail(s.Pos, seawall.E("scenario.page", seawall.Unavailable, "scenario_browser", "detail", err.Error()))
	}
	r.out.Pages++
	r.out.Seen.Pages[p.path] = true
	r.last = &answer{status: 200, what: p.path, text: text}
	for i, want := range p.has {
		if !strings.Contains(squeeze(text), squeeze(want)) {
			r.differ(p.hasWord[i].Pos, want, clipLines(text), seawall.E("scenario.page", seawall.Invalid, "scenario_words", "what", p.path))
		}
	}
	for i, bad := range p.hasNot {
		if strings.Contains(squeeze(text), squeeze(bad)) {
			r.differ(p.notWord[i].Pos, "", clipLines(text), seawall.E("scenario.page", seawall.Invalid, "scenario_words_there", "what", p.path, "text", bad))
		}
	}
	return nil
}

func hasAll(text string, words []string) bool {
	text = squeeze(text)
	for _, w := range words {
		if !strings.Contains(text, squeeze(w)) {
			return false
		}
	}
	return true
}

// squeeze takes runs of white space together: a page breaks lines as it likes.
func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }
