package response

import (
	"context"
	"strings"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/device"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/loop"
)

// paperTurns is how often another code is tried where two steps share one.
const paperTurns = 5

// PrintPaper gives the paper form of an open step. Printed again it carries the
// same code. Page and picture are drawn by whoever prints it. Errors: Conflict for
// a step that has ended.
func (s *Service) PrintPaper(ctx context.Context, who Who, id seawall.StepID, lang string) (PaperForm, error) {
	const op = "response.PrintPaper"
	out := PaperForm{By: who.Actor.Name}
	err := s.write(ctx, who, op, func(tx seawall.Tx) error {
		st, l, err := s.stepFor(ctx, tx, who, id, auth.StepRead)
		if err != nil {
			return err
		}
		if st.State != loop.Open && st.State != loop.Waiting {
			return seawall.E(op, seawall.Conflict, "step_not_open", "state", string(st.State))
		}
		out.At = tx.Now()
		if out.Step, err = s.paperStep(ctx, tx, st, l); err != nil {
			return err
		}
		for turn := range paperTurns {
			out.Code = device.PaperCode(s.d.LinkKey, st.ID, turn)
			key, _ := device.PaperID(s.d.LinkKey, out.Code)
			p, err := s.d.Field.Store.Paper(ctx, tx, key)
			switch {
			case seawall.Is(err, seawall.NotFound):
				p = device.Paper{ID: key, Step: st.ID, Loop: l.ID}
			case err != nil:
				return err
			case p.Step != st.ID:
				continue
			}
			p.Area, p.Base, p.Lang, p.By, p.At, p.Version = l.Area, stepBase(st, l), lang, who.Actor.Name, tx.Now(), p.Version+1
			return s.savePaper(ctx, tx, p, l, "paper.printed")
		}
		return seawall.E(op, seawall.Unavailable, "paper_code")
	})
	return out, err
}

// paperStep lays a step out with its place.
func (s *Service) paperStep(ctx context.Context, tx seawall.Tx, st loop.Step, l loop.Loop) (FieldStep, error) {
	f, err := s.fieldStep(ctx, tx, st, l)
	if err == nil {
		f.Place, err = s.areaName(ctx, tx, st.Area)
	}
	return f, err
}

func (s *Service) savePaper(ctx context.Context, tx seawall.Tx, p device.Paper, l loop.Loop, event string) error {
	if err := s.d.Field.Store.SavePaper(ctx, tx, p); err != nil {
		return err
	}
	return s.d.Log.Record(ctx, tx, ledger.Event{Type: event, Subject: seawall.Ref{Kind: seawall.KindStep, ID: string(p.Step)},
		Related: []seawall.Ref{l.Ref(), p.Ref()}, Person: l.Person, Area: l.Area})
}

// PaperByCode finds a paper form by its code, for who keys it in. Errors: Invalid
// "paper_typo" for what cannot be a code, NotFound "code_unknown".
func (s *Service) PaperByCode(ctx context.Context, who Who, code string) (KeyedPaper, error) {
	const op = "response.PaperByCode"
	var out KeyedPaper
	err := s.read(ctx, op, func(tx seawall.Tx) (err error) {
		p, err := s.paper(ctx, tx, code)
		if err != nil {
			return err
		}
		out, err = s.keyed(ctx, tx, who, p)
		return err
	})
	return out, err
}

// paper reads a paper form by its code.
func (s *Service) paper(ctx context.Context, tx seawall.Tx, code string) (device.Paper, error) {
	const op = "response.paper"
	id, ok := device.PaperID(s.d.LinkKey, code)
	if !ok {
		return device.Paper{}, &seawall.Error{Op: op, Kind: seawall.Invalid, Code: "paper_typo",
			Fields: []seawall.FieldError{{Field: "code", Code: "paper_typo"}}}
	}
	p, err := s.d.Field.Store.Paper(ctx, tx, id)
	if seawall.Is(err, seawall.NotFound) {
		err = seawall.E(op, seawall.NotFound, "code_unknown")
	}
	return p, err
}

// keyed shows a paper form with the step as it is now.
func (s *Service) keyed(ctx context.Context, tx seawall.Tx, who Who, p device.Paper) (KeyedPaper, error) {
	st, l, err := s.stepFor(ctx, tx, who, p.Step, auth.StepRead)
	if err != nil {
		return KeyedPaper{}, err
	}
	f, err := s.paperStep(ctx, tx, st, l)
	return KeyedPaper{Paper: p, Step: f, State: string(st.State)}, err
}

// KeyPaper takes the answers of a paper form in: by the same use cases and checks
// as at the desk, by the right of who keys them in. Errors: Gone "paper_dead" when
// the step has ended, Conflict "paper_old" when it asks something else by now.
func (s *Service) KeyPaper(ctx context.Context, who Who, code string, in PaperAnswers) (KeyedPaper, error) {
	const op = "response.KeyPaper"
	var out KeyedPaper
	err := s.write(ctx, who, op, func(tx seawall.Tx) error {
		p, err := s.paper(ctx, tx, code)
		if err != nil {
			return err
		}
		st, err := s.d.Loops.Step(ctx, tx, p.Step)
		if err != nil {
			return err
		}
		l, err := s.d.Loops.Loop(ctx, tx, st.Loop)
		if err != nil {
			return err
		}
		switch {
		case st.State != loop.Open && st.State != loop.Waiting:
			return seawall.E(op, seawall.Gone, "paper_dead", "state", string(st.State))
		case p.Base != stepBase(st, l):
			return seawall.E(op, seawall.Conflict, "paper_old")
		}
		if err := s.keyIn(ctx, tx, who, st, in); err != nil {
			return err
		}
		p.Used, p.UsedBy, p.Version = tx.Now(), who.Actor.Name, p.Version+1
		if err := s.savePaper(ctx, tx, p, l, "paper.keyed"); err != nil {
			return err
		}
		out, err = s.keyed(ctx, tx, who, p)
		return err
	})
	return out, err
}

// keyIn does what the answers say.
func (s *Service) keyIn(ctx context.Context, tx seawall.Tx, who Who, st loop.Step, in PaperAnswers) error {
	if reason := strings.TrimSpace(in.Cannot); reason != "" {
		if _, _, err := s.stepFor(ctx, tx, who, st.ID, auth.StepImpossible); err != nil {
			return err
		}
		_, err := s.impossibleFor(ctx, tx, st, 0, reason)
		return err
	}
	if in.Report != nil && st.Needs == "report" {
		up := *in.Report
		if !known(up.Day).Known() {
			up.Day = st.Day
		}
		if up.Day != st.Day {
			return &seawall.Error{Op: "response.keyIn", Kind: seawall.Invalid, Code: "followup_invalid",
				Fields: []seawall.FieldError{{Field: "report.day", Code: "paper_other_day", Args: map[string]string{"day": st.Day.String()}}}}
		}
		_, err := s.recordFollowUp(ctx, tx, who, seawall.ContactID(st.Subject.ID), up)
		return err
	}
	ev := NewEvidence{Kind: "note", Text: in.Text, Data: in.Data}
	if in.Evidence != nil {
		ev = *in.Evidence
	}
	if len(ev.Data) > 0 && st.Form != "" {
		ev.Kind = "form"
	}
	ev.Version = 0
	_, err := s.completeStep(ctx, tx, who, st.ID, ev)
	return err
}
