package response

import (
	"context"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/loop"
)

// FollowRoster passes the open duties of somebody who is away, or whose row on
// the roster has ended, to whoever answers in their stead now, and says how many
// moved. Duties that they hold although the roster never named them (a hand-over
// they accepted) go the same way: nobody answers for what they cannot reach.
// Call it after a change of the roster.
func (s *Service) FollowRoster(ctx context.Context, who Who, of seawall.PrincipalID) (int, error) {
	const op = "response.FollowRoster"
	ids, err := s.dutiesOf(ctx, who, of)
	if err != nil {
		return 0, seawall.Wrap(op, err)
	}
	moved := 0
	for len(ids) > 0 {
		part := ids[:min(chunk, len(ids))]
		ids = ids[len(part):]
		n := 0
		err := s.write(ctx, who, op, func(tx seawall.Tx) error {
			n = 0
			to := map[seawall.PrincipalID]int{}
			for _, id := range part {
				l, ok, err := s.engine.FollowRoster(ctx, tx, id)
				if err != nil && !seawall.Is(err, seawall.Conflict) { // it has ended meanwhile
					return err
				}
				if ok {
					n++
					to[l.Owner]++
				}
			}
			return s.tellTaken(ctx, tx, to)
		})
		if err != nil {
			return moved, err
		}
		moved += n
	}
	return moved, nil
}

// dutiesOf lists the open duties that somebody owns, as far as the asker may
// change the roster there.
func (s *Service) dutiesOf(ctx context.Context, who Who, of seawall.PrincipalID) ([]seawall.LoopID, error) {
	var out []seawall.LoopID
	seen := map[seawall.LoopID]bool{}
	q := loop.StepQuery{Scope: seawall.Scope{s.d.City}, Owner: of, Page: seawall.Page{Limit: 500}}
	err := s.d.Work.Read(ctx, func(tx seawall.Tx) error {
		for {
			steps, next, _, err := s.d.Loops.Steps(ctx, tx, q)
			if err != nil {
				return err
			}
			for _, st := range steps {
				if seen[st.Loop] {
					continue
				}
				seen[st.Loop] = true
				l, err := s.d.Loops.Loop(ctx, tx, st.Loop) // its own area: a step stays listed below
				if err != nil {
					return err
				}
				r := auth.Resource{Kind: seawall.KindDuty, ID: string(st.Loop), Area: l.Area, Owner: of}
				if s.allow(who, auth.RosterAbsence, r) == nil {
					out = append(out, st.Loop)
				}
			}
			if q.Page.Cursor = next; next == "" {
				return nil
			}
		}
	})
	return out, err
}

// tellTaken tells each new owner how many duties came to them.
func (s *Service) tellTaken(ctx context.Context, tx seawall.Tx, to map[seawall.PrincipalID]int) error {
	for _, p := range sortedKeys(to) {
		n := itoa(to[p])
		if err := s.tell(ctx, tx, seawall.Ref{Kind: seawall.KindPrincipal, ID: string(p)}, seawall.Ref{Kind: seawall.KindDuty, ID: string(p)}, true, seawall.Text{
			ZH: "按值班表，" + n + " 件闭环转由您负责。", EN: "By the duty roster " + n + " duties have come to you."}); err != nil {
			return err
		}
	}
	return nil
}
