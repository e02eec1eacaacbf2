package response

import (
	"context"
	"strings"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/loop"
)

// The statuses of a follow-up that somebody was heard in.
const (
	well = "well"
	ill  = "symptoms"
)

// RecordFollowUp records one day's follow-up of a contact by staff. It closes
// that day's report; symptoms open an urgent step; hearing from somebody closes
// the silent days before as missed.
func (s *Service) RecordFollowUp(ctx context.Context, who Who, id seawall.ContactID, in NewFollowUp) (casebook.FollowUp, error) {
	const op = "response.RecordFollowUp"
	var out casebook.FollowUp
	err := s.write(ctx, who, op, func(tx seawall.Tx) (err error) {
		out, err = s.recordFollowUp(ctx, tx, who, id, in)
		return err
	})
	return out, err
}

func (s *Service) recordFollowUp(ctx context.Context, tx seawall.Tx, who Who, id seawall.ContactID, in NewFollowUp) (casebook.FollowUp, error) {
	c, err := s.d.Cases.Contact(ctx, tx, id)
	if err != nil {
		return casebook.FollowUp{}, err
	}
	if err := s.allow(who, auth.FollowUpRecord, auth.Resource{Kind: seawall.KindFollowUp, ID: string(id), Area: c.Area, Owner: c.Owner}); err != nil {
		return casebook.FollowUp{}, err
	}
	day := known(in.Day)
	if !day.Known() {
		day = s.today(tx)
	}
	return s.report(ctx, tx, c, casebook.FollowUp{Day: day, Status: in.Status, Temperature: in.Temperature,
		Symptoms: strings.TrimSpace(in.Symptoms), Note: strings.TrimSpace(in.Note), By: string(who.Principal.ID)})
}

// report keeps a follow-up record and does what follows from it.
func (s *Service) report(ctx context.Context, tx seawall.Tx, c casebook.Contact, u casebook.FollowUp) (casebook.FollowUp, error) {
	if c.State != casebook.Following {
		return u, seawall.E("response.report", seawall.Conflict, "contact_not_followed", "state", string(c.State))
	}
	u, c, err := s.book.RecordFollowUp(ctx, tx, c, u)
	if err != nil {
		return u, err
	}
	return u, s.afterReport(ctx, tx, c, u)
}

// afterReport does what follows from a follow-up record of somebody who is
// followed: the day's step closes, symptoms raise an alarm, release is tried.
func (s *Service) afterReport(ctx context.Context, tx seawall.Tx, c casebook.Contact, u casebook.FollowUp) error {
	if err := s.closeReports(ctx, tx, c, u); err != nil {
		return err
	}
	if u.Status == ill {
		if err := s.urgent(ctx, tx, c, stepSymptoms, seawall.Text{ZH: "出现症状：联系本人，安排就医和采样",
			EN: "Symptoms: call the person, arrange care and a sample"}); err != nil {
			return err
		}
	}
	_, err := s.tryRelease(ctx, tx, c.ID)
	return err
}

// closeReports closes the day's report step, one for each record. When somebody
// was heard, silent days before are closed as missed: they are heard now.
func (s *Service) closeReports(ctx context.Context, tx seawall.Tx, c casebook.Contact, u casebook.FollowUp) error {
	steps, err := s.d.Loops.StepsOf(ctx, tx, c.Loop)
	if err != nil {
		return err
	}
	heard := u.Status == well || u.Status == ill
	closed := false
	for _, st := range steps {
		if st.Key != stepMonitor || st.State != loop.Open {
			continue
		}
		switch {
		case st.Day == u.Day && !closed && heard:
			_, err = s.engine.Complete(ctx, tx, st.ID, 0, loop.Evidence{Kind: "report", Text: u.Status,
				Ref: seawall.Ref{Kind: seawall.KindFollowUp, ID: string(u.ID)}})
			closed = true
		case st.Day == u.Day && !closed:
			_, err = s.engine.Impossible(ctx, tx, st.ID, 0, strings.TrimSpace(u.Status+" "+u.Note))
			closed = true
		case st.Day < u.Day && heard:
			_, err = s.engine.Impossible(ctx, tx, st.ID, 0, "missed; heard on "+u.Day.String())
		}
		if err != nil {
			return err
		}
	}
	return nil
}
