package response

import (
	"context"
	"strings"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/protocol"
)

// ProtocolItem is a protocol in a list.
type ProtocolItem struct {
	ID      string       `json:"id"`
	Version string       `json:"version"`
	Title   seawall.Text `json:"title"`
	Subject string       `json:"subject"`
	Steps   int          `json:"steps"`
	Forms   int          `json:"forms"`
	// Entry is the form that opens one by hand, "" for none.
	Entry string `json:"entry,omitempty"`
	// MayEnter says whether the asker may fill it in.
	MayEnter bool         `json:"mayEnter,omitempty"`
	Source   seawall.Text `json:"source"`
}

// ProtocolView is a protocol with what it says in plain words.
type ProtocolView struct {
	Protocol protocol.Protocol `json:"protocol"`
	// Explain is the whole file in words, in the language that was asked for.
	Explain string `json:"explain"`
	// Newer is today's "id@version" where this is a former text.
	Newer string `json:"newer,omitempty"`
	// Warnings are what the linter has to say of it.
	Warnings []protocol.Problem `json:"warnings"`
	// Figures are what the clocks take from the regimes in force today, in hours,
	// by name; one on which diseases differ is left out.
	Figures map[string]int `json:"figures"`
}

// ProtocolDiff is what differs between two protocols.
type ProtocolDiff struct {
	A    string             `json:"a"`
	B    string             `json:"b"`
	Rows []protocol.DiffRow `json:"rows"`
}

// ProtocolLint is what the linter says of one file.
type ProtocolLint struct {
	OK       bool               `json:"ok"`
	Problems []protocol.Problem `json:"problems"`
	// Text is the same as the command line prints it: with the line and a caret.
	Text string `json:"text"`
	// Explain is the file in words where it can be used.
	Explain string `json:"explain,omitempty"`
}

// Protocols lists the kinds of duty.
func (s *Service) Protocols(_ context.Context, who Who) ([]ProtocolItem, error) {
	if err := s.allow(who, auth.ProtocolRead, auth.Resource{Kind: seawall.KindSystem}); err != nil {
		return nil, seawall.Wrap("response.Protocols", err)
	}
	may := s.allow(who, auth.EntryRecord, auth.Resource{Kind: seawall.KindEntry, Area: who.Principal.Path}) == nil
	out := []ProtocolItem{}
	for _, p := range s.d.Protocols.All() {
		out = append(out, ProtocolItem{ID: p.ID, Version: p.Version, Title: p.Title, Subject: p.Subject, Steps: len(p.Steps),
			Forms: len(p.Forms), Entry: p.Entry, MayEnter: p.Entry != "" && may, Source: p.Source})
	}
	return out, nil
}

// ProtocolView gives one protocol, in words of lang.
// id may be the "id@version" of a text that was in use.
func (s *Service) ProtocolView(ctx context.Context, who Who, id, lang string) (ProtocolView, error) {
	const op = "response.ProtocolView"
	if err := s.allow(who, auth.ProtocolRead, auth.Resource{Kind: seawall.KindSystem}); err != nil {
		return ProtocolView{}, seawall.Wrap(op, err)
	}
	p, err := s.shownProtocol(ctx, op, id)
	if err != nil {
		return ProtocolView{}, err
	}
	v := ProtocolView{Protocol: *p, Warnings: []protocol.Problem{},
		Figures: s.protocolFigures(p, seawall.DayOf(s.d.Clock.Now(), s.d.Zone))}
	if today, ok := s.d.Protocols.ByID(p.ID); ok && today.Ref() != p.Ref() {
		v.Newer = today.Ref()
	}
	for _, w := range s.d.Protocols.Warnings() {
		if v.Newer == "" && w.File == p.File {
			v.Warnings = append(v.Warnings, w)
		}
	}
	var b strings.Builder
	err = protocol.Explain(&b, lang, p)
	v.Explain = b.String()
	return v, seawall.Wrap(op, err)
}

// shownProtocol finds a protocol by its id, or a text that was in use by its
// "id@version". Errors: NotFound.
func (s *Service) shownProtocol(ctx context.Context, op, ref string) (p *protocol.Protocol, err error) {
	err = s.read(ctx, op, func(tx seawall.Tx) error {
		t, ok, err := s.lawOf(ctx, tx, ref)
		if err == nil && (!ok || !t.own) {
			err = seawall.E(op, seawall.NotFound, "protocol_unknown", "kind", ref)
		}
		p = t.p
		return err
	})
	return p, err
}

// DiffProtocols compares two protocols, or two texts of one by their "id@version".
func (s *Service) DiffProtocols(ctx context.Context, who Who, a, b string) (ProtocolDiff, error) {
	const op = "response.DiffProtocols"
	if err := s.allow(who, auth.ProtocolRead, auth.Resource{Kind: seawall.KindSystem}); err != nil {
		return ProtocolDiff{}, seawall.Wrap(op, err)
	}
	out := ProtocolDiff{A: a, B: b}
	from, err := s.shownProtocol(ctx, op, a)
	if err != nil {
		return out, err
	}
	to, err := s.shownProtocol(ctx, op, b)
	if err != nil {
		return out, err
	}
	out.Rows = protocol.DiffRows(from, to)
	return out, nil
}

// LintProtocol checks one file as if it were added, in words of lang. Nothing is
// kept.
func (s *Service) LintProtocol(_ context.Context, who Who, name, text, lang string) (ProtocolLint, error) {
	const op = "response.LintProtocol"
	if err := s.allow(who, auth.ProtocolRead, auth.Resource{Kind: seawall.KindSystem}); err != nil {
		return ProtocolLint{}, seawall.Wrap(op, err)
	}
	p, problems := s.d.Protocols.Check(name, []byte(text))
	out := ProtocolLint{OK: p != nil, Problems: problems}
	if out.Problems == nil {
		out.Problems = []protocol.Problem{}
	}
	var b strings.Builder
	if err := s.d.Protocols.LintFile(&b, lang, name, []byte(text)); err != nil && !seawall.Is(err, seawall.Invalid) {
		return out, seawall.Wrap(op, err)
	}
	out.Text = b.String()
	if p == nil {
		return out, nil
	}
	var words strings.Builder
	err := protocol.Explain(&words, lang, p)
	out.Explain = words.String()
	return out, seawall.Wrap(op, err)
}
