package response

import (
	"context"
	"slices"
	"strings"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/protocol"
)

// Decision ends a duty or opens it again.
type Decision struct {
	// Version is the version of the duty as it was read; 0 does not check.
	Version int `json:"version,omitempty"`
	// Key is one of the reasons that the protocol lists, where it lists any.
	Key    string `json:"key,omitempty"`
	Reason string `json:"reason"`
}

// CancelLoop ends a duty before its evidence is in, by a decision with its reason:
// steps, clocks, restrictions and the duties that it waits for go with it. Errors:
// Conflict when its protocol does not allow it, or it has ended; Denied where a
// measure in force would end with it and the asker may not decide about that.
func (s *Service) CancelLoop(ctx context.Context, who Who, id seawall.LoopID, in Decision) (LoopView, error) {
	const op = "response.CancelLoop"
	var out LoopView
	err := s.write(ctx, who, op, func(tx seawall.Tx) error {
		l, home, p, err := s.decided(ctx, tx, who, id, auth.LoopCancel, in)
		if err != nil {
			return err
		}
		if p.Cancel == nil {
			return seawall.E(op, seawall.Conflict, "loop_not_cancellable")
		}
		reason, err := cancelReason(op, p.Cancel.Reasons, in)
		if err != nil {
			return err
		}
		if l.State != loop.Open {
			return seawall.E(op, seawall.Conflict, "loop_ended", "state", string(l.State))
		}
		if err := s.mayLift(ctx, tx, who, l, home); err != nil {
			return err
		}
		if _, err := s.engine.Cancel(ctx, tx, id, reason); err != nil {
			return err
		}
		out, err = s.loopView(ctx, tx, id)
		return err
	})
	return out, err
}

// cancelReason is the reason as it is kept: the one of the list and the words.
func cancelReason(op string, list []protocol.Option, in Decision) (string, error) {
	words := strings.TrimSpace(in.Reason)
	if len(list) == 0 || in.Key == "other" {
		return words, reasonGiven(op, words)
	}
	at := slices.IndexFunc(list, func(o protocol.Option) bool { return o.Key == in.Key })
	if at < 0 {
		return "", &seawall.Error{Op: op, Kind: seawall.Invalid, Code: "cancel_reason_unknown",
			Fields: []seawall.FieldError{{Field: "key", Code: "required"}}}
	}
	return strings.TrimSpace(list[at].Text.ZH + "　" + list[at].Text.EN + "　" + words), nil
}

// ReopenLoop opens a duty again that was done or cancelled, within its protocol's
// limit. Errors: Conflict beyond it, where something else has taken its place or
// its ground is gone, and where another duty of the kind about the same subject is
// open.
func (s *Service) ReopenLoop(ctx context.Context, who Who, id seawall.LoopID, in Decision) (LoopView, error) {
	const op = "response.ReopenLoop"
	var out LoopView
	err := s.write(ctx, who, op, func(tx seawall.Tx) error {
		l, _, _, err := s.decided(ctx, tx, who, id, auth.LoopReopen, in)
		if err != nil {
			return err
		}
		if err := s.stands(ctx, tx, l); err != nil {
			return err
		}
		others, err := s.d.Loops.LoopsAbout(ctx, tx, l.Subject)
		if err != nil {
			return err
		}
		for _, o := range others {
			if o.ID != l.ID && o.Kind == l.Kind && o.Parent == l.Parent && l.Parent == "" && o.State == loop.Open {
				return seawall.E(op, seawall.Conflict, "loop_other_open")
			}
		}
		if l.State == loop.Done || l.State == loop.Cancelled {
			if err := s.planRelease(ctx, tx, l); err != nil {
				return err
			}
		}
		if _, err := s.engine.ReopenLoop(ctx, tx, id, in.Reason); err != nil {
			return err
		}
		out, err = s.loopView(ctx, tx, id)
		return err
	})
	return out, err
}

// decided reads a duty that somebody decides about, with the area of its record and
// its protocol; a kind without one allows nothing beyond its steps.
func (s *Service) decided(ctx context.Context, tx seawall.Tx, who Who, id seawall.LoopID, a auth.Action, in Decision) (loop.Loop, seawall.AreaPath, *protocol.Protocol, error) {
	l, home, err := s.mayWork(ctx, tx, who, id, a)
	if err != nil {
		return l, home, nil, err
	}
	if in.Version != 0 && in.Version != l.Version {
		return l, home, nil, seawall.E("response.decided", seawall.Conflict, "changed_meanwhile", "kind", "loop", "id", string(id))
	}
	p, ok, err := s.protocolOf(ctx, tx, l)
	if !ok {
		p = &protocol.Protocol{}
	}
	return l, home, p, err
}
