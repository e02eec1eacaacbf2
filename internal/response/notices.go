package response

import (
	"context"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/loop"
)

// tell keeps a notice and its event.
func (s *Service) tell(ctx context.Context, tx seawall.Tx, to, about seawall.Ref, urgent bool, text seawall.Text) error {
	n := loop.Notice{ID: tx.NewID(), To: to, About: about, Text: text, At: tx.Now(), Urgent: urgent, Version: 1}
	if err := s.d.Loops.SaveNotice(ctx, tx, n); err != nil {
		return err
	}
	return s.noticeEvent(ctx, tx, n, "notice.given")
}

func (s *Service) noticeEvent(ctx context.Context, tx seawall.Tx, n loop.Notice, kind string) error {
	var person seawall.PersonNo
	if n.To.Kind == seawall.KindPerson {
		person = seawall.PersonNo(n.To.ID)
	}
	return s.record(ctx, tx, kind, seawall.Ref{Kind: seawall.KindNotice, ID: n.ID}, "", person, nil, n.To, n.About)
}

// Notices gives the asker's own notices, newest first.
func (s *Service) Notices(ctx context.Context, who Who, p seawall.Page) (List[loop.Notice], error) {
	const op = "response.Notices"
	var out List[loop.Notice]
	if err := s.allow(who, auth.NoticeRead, auth.Resource{Kind: seawall.KindNotice}); err != nil {
		return out, err
	}
	err := s.read(ctx, op, func(tx seawall.Tx) (err error) {
		out.Items, out.Next, err = s.d.Loops.NoticesFor(ctx, tx, seawall.Ref{Kind: seawall.KindPrincipal, ID: string(who.Principal.ID)}, p)
		out.Total = len(out.Items)
		return err
	})
	return out, err
}

// ReadNotice marks one of the asker's own notices as read.
func (s *Service) ReadNotice(ctx context.Context, who Who, id string) (loop.Notice, error) {
	const op = "response.ReadNotice"
	var n loop.Notice
	err := s.write(ctx, who, op, func(tx seawall.Tx) (err error) {
		if n, err = s.d.Loops.Notice(ctx, tx, id); err != nil {
			return err
		}
		if n.To.Kind != seawall.KindPrincipal || n.To.ID != string(who.Principal.ID) {
			return seawall.E(op, seawall.NotFound, "not_found", "kind", "notice", "id", id)
		}
		if !n.ReadAt.IsZero() {
			return nil
		}
		n.ReadAt, n.Version = tx.Now(), n.Version+1
		if err = s.d.Loops.SaveNotice(ctx, tx, n); err != nil {
			return err
		}
		return s.noticeEvent(ctx, tx, n, "notice.read")
	})
	return n, err
}
