package response

import (
	"context"
	"strings"
	"sync"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/protocol"
)

// law is the text that a duty runs under.
type law struct {
	p    *protocol.Protocol
	rule loop.Rule
	// own is false where today's text stands in for one that nobody kept.
	own bool
}

// laws are the protocols by id and by "id@version": today's files, and the kept
// ones as they are asked for. Safe for concurrent use.
type laws struct {
	today map[string]law

	mu  sync.RWMutex
	old map[string]law
}

// newLaws reads today's files; a set does not change while a process runs.
func newLaws(set *protocol.Set) *laws {
	t := &laws{today: map[string]law{}, old: map[string]law{}}
	if set == nil {
		return t
	}
	for _, p := range set.All() {
		t.today[p.ID] = law{p: p, rule: ruleOf(p), own: true}
	}
	return t
}

// KeepProtocols keeps the text of every protocol that this process works with,
// before anything can be opened under it: each text once, with an event of its own.
// A server calls it when it starts; to call it again changes nothing.
func (s *Service) KeepProtocols(ctx context.Context) error {
	const op = "response.KeepProtocols"
	for _, p := range s.d.Protocols.All() {
		k, _ := s.d.Protocols.Text(p.ID)
		known := false
		err := s.read(ctx, op, func(tx seawall.Tx) error {
			_, err := s.d.Texts.Protocol(ctx, tx, k.Ref)
			known = err == nil
			if seawall.Is(err, seawall.NotFound) {
				return nil
			}
			return err
		})
		if err != nil {
			return err
		}
		if known {
			continue
		}
		err = seawall.Wrap(op, s.d.Work.Write(ctx, seawall.System("protocols"), func(tx seawall.Tx) error {
			k.At = tx.Now()
			if err := s.d.Texts.SaveProtocol(ctx, tx, k); err != nil {
				return err
			}
			return s.d.Log.Record(ctx, tx, ledger.Event{Type: "protocol.kept", Subject: seawall.Ref{Kind: seawall.KindSystem, ID: "protocols"},
				Data: map[string]string{"protocol": k.Ref, "hash": k.Hash, "file": k.File}})
		}))
		if err != nil {
			return err
		}
	}
	return nil
}

// lawOf gives the text behind an "id@version": today's file, else the one that was
// kept. Where nobody kept it, which is so for duties of before texts were kept,
// today's stands in; ok is false where there is no such protocol at all.
func (s *Service) lawOf(ctx context.Context, tx seawall.Tx, ref string) (l law, ok bool, err error) {
	id, version, _ := strings.Cut(ref, "@")
	today, there := s.laws.today[id]
	if there && (version == "" || today.p.Version == version) {
		return today, true, nil
	}
	s.laws.mu.RLock()
	l, ok = s.laws.old[ref]
	s.laws.mu.RUnlock()
	if ok {
		return l, l.p != nil, nil
	}
	k, err := s.d.Texts.Protocol(ctx, tx, ref)
	switch {
	case seawall.Is(err, seawall.NotFound):
		l = today
		l.own, l.rule.Again = false, false
	case err != nil:
		return law{}, false, err
	default:
		p, err := s.d.Protocols.Read(k)
		if err != nil {
			return law{}, false, err
		}
		l = law{p: p, rule: ruleOf(p), own: true}
	}
	s.laws.mu.Lock()
	s.laws.old[ref] = l
	s.laws.mu.Unlock()
	return l, l.p != nil, nil
}

// protocolOf gives the protocol that a duty runs under.
func (s *Service) protocolOf(ctx context.Context, tx seawall.Tx, l loop.Loop) (*protocol.Protocol, bool, error) {
	if l.Protocol == "" {
		return nil, false, nil
	}
	t, ok, err := s.lawOf(ctx, tx, l.Protocol)
	return t.p, ok, err
}

// loopRule gives the engine what the protocol of a loop says of it.
func (s *Service) loopRule(ctx context.Context, tx seawall.Tx, ref string) (loop.Rule, error) {
	t, _, err := s.lawOf(ctx, tx, ref)
	return t.rule, err
}

// DutyText says under which text a duty runs.
type DutyText struct {
	// Ref is its "id@version".
	Ref string `json:"ref"`
	// Newer is today's "id@version" where the file has changed since, "" where it is
	// the same; Gone says that there is no such file any more.
	Newer string `json:"newer,omitempty"`
	Gone  bool   `json:"gone,omitempty"`
	// Lost says that nobody kept the text: today's stands in for it, and the duty is
	// not planned anew.
	Lost bool `json:"lost,omitempty"`
}

// textOf says under which text a duty runs, nil for one without protocol.
func (s *Service) textOf(ctx context.Context, tx seawall.Tx, l loop.Loop) (*DutyText, error) {
	if l.Protocol == "" {
		return nil, nil
	}
	t, _, err := s.lawOf(ctx, tx, l.Protocol)
	if err != nil {
		return nil, err
	}
	out := &DutyText{Ref: l.Protocol, Lost: !t.own}
	today, there := s.laws.today[string(l.Kind)]
	switch {
	case !there:
		out.Gone = true
	case today.p.Ref() != l.Protocol:
		out.Newer = today.p.Ref()
	}
	return out, nil
}
