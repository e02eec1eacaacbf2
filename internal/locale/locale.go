// Package locale holds every message that people read about an error, in the
// two languages of the system, as two flat catalogues compiled into the binary.
// A message is named by the Code of a seawall.Error; its placeholders are the
// error's Args.
package locale

import (
	"embed"
	"errors"
	"fmt"
	"sort"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/seawall-city/seawall"
)

//go:embed zh.yaml en.yaml
var files embed.FS

// The languages of the system. ZH is the default.
const (
	ZH = "zh"
	EN = "en"
)

// Catalogue is the set of messages, by language and code. It is read-only and
// safe for concurrent use.
type Catalogue struct {
	byLang map[string]map[string]string
}

// Load reads the embedded catalogues. Errors: Corrupt when a file is not a flat
// map of text, which a test rules out for a released binary.
func Load() (*Catalogue, error) {
	const op = "locale.Load"
	c := &Catalogue{byLang: map[string]map[string]string{}}
	for _, lang := range []string{ZH, EN} {
		b, err := files.ReadFile(lang + ".yaml")
		if err != nil {
			return nil, seawall.Wrap(op, err)
		}
		messages := map[string]string{}
		if err := yaml.UnmarshalWithOptions(b, &messages, yaml.Strict()); err != nil {
			return nil, &seawall.Error{Op: op, Kind: seawall.Corrupt, Code: "kind_corrupt",
				Err: fmt.Errorf("%s.yaml: %w", lang, err)}
		}
		c.byLang[lang] = messages
	}
	return c, nil
}

// Has reports whether there is a message for code in both languages.
func (c *Catalogue) Has(code string) bool {
	_, zh := c.byLang[ZH][code]
	_, en := c.byLang[EN][code]
	return zh && en
}

// Codes gives all codes of a language, sorted.
func (c *Catalogue) Codes(lang string) []string {
	out := make([]string, 0, len(c.byLang[lang]))
	for k := range c.byLang[lang] {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

// Render gives the message of code in lang with args filled in. An unknown
// language reads as Chinese; an unknown code is given back as it is, so that
// the reader has something to quote; a placeholder without a value reads "–".
func (c *Catalogue) Render(lang, code string, args map[string]string) string {
	messages, ok := c.byLang[lang]
	if !ok {
		messages = c.byLang[ZH]
	}
	m, ok := messages[code]
	if !ok {
		return code
	}
	return fill(m, lang, args)
}

// Text gives the message of code in both languages.
func (c *Catalogue) Text(code string, args map[string]string) seawall.Text {
	return seawall.Text{ZH: c.Render(ZH, code, args), EN: c.Render(EN, code, args)}
}

// Message gives what a reader of lang is told about err: the message of the
// outermost code in its chain, else that of its kind. The cause stays in the
// log.
func (c *Catalogue) Message(lang string, err error) string {
	kind := seawall.Other
	for first := true; err != nil; first = false {
		var e *seawall.Error
		if !errors.As(err, &e) {
			break
		}
		if first {
			kind = e.KindOf()
		}
		if e.Code != "" {
			return c.Render(lang, e.Code, e.Args)
		}
		err = e.Err
	}
	return c.Render(lang, "kind_"+kind.String(), nil)
}

// fill puts args into the {placeholders} of m. A value that is words itself is
// given once for each language, as "what.zh" and "what.en" for {what}.
func fill(m, lang string, args map[string]string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(m, "{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		name, after, ok := strings.Cut(rest, "}")
		if !ok {
			b.WriteString("{" + rest)
			return b.String()
		}
		v := args[name]
		if said, ok := args[name+"."+lang]; ok {
			v = said
		}
		if v == "" {
			v = "–"
		}
		b.WriteString(v)
		m = after
	}
}

// placeholders gives the names in braces in m, sorted, each once.
func placeholders(m string) []string {
	seen := map[string]bool{}
	for {
		_, rest, ok := strings.Cut(m, "{")
		if !ok {
			break
		}
		name, after, ok := strings.Cut(rest, "}")
		if !ok {
			break
		}
		seen[name] = true
		m = after
	}
	out := make([]string, 0, len(seen))
	for k := range seen {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

// Negotiate picks the language for an Accept-Language header (RFC 9110 §12.5.4):
// the one of ours with the highest weight, the earlier one of equals, Chinese
// where none is asked for.
func Negotiate(acceptLanguage string) string {
	best, bestQ := ZH, 0.0
	for part := range strings.SplitSeq(acceptLanguage, ",") {
		tag, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		primary, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(tag)), "-")
		if primary != ZH && primary != EN {
			continue
		}
		q := 1.0
		if v, ok := strings.CutPrefix(strings.TrimSpace(params), "q="); ok {
			f, err := strconv.ParseFloat(v, 64)
			if err != nil {
				continue
			}
			q = f
		}
		if q > bestQ {
			best, bestQ = primary, q
		}
	}
	return best
}
