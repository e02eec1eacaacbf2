package response

import (
	"context"
	"strings"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/loop"
)

// errUnchanged says that a record needed nothing; it never leaves this package.
func errUnchanged() error { return seawall.E("response.each", seawall.Conflict, codeUnchanged) }

const codeUnchanged = "unchanged"

// one is what a bulk action does to one contact.
type one func(ctx context.Context, tx seawall.Tx, id seawall.ContactID, k *stock) error

// each runs an action over a selection, a hundred in a transaction. When one of
// a hundred is refused, the hundred is done again one by one, so that nothing of
// the refused one remains and the others are not held up by it.
func (s *Service) each(ctx context.Context, who Who, op string, sel Selection, do one) (BulkResult, error) {
	ids, err := s.selected(ctx, who, sel)
	if err != nil {
		return BulkResult{}, err
	}
	out := BulkResult{Outcomes: make([]Outcome, 0, len(ids))}
	for len(ids) > 0 {
		n := min(chunk, len(ids))
		part := ids[:n]
		ids = ids[n:]
		err := s.together(ctx, who, op, part, do)
		if err == nil {
			for _, id := range part {
				out.add(Outcome{ID: string(id), Result: "done"})
			}
			continue
		}
		if _, ok := refused("", err); !ok {
			return out, err
		}
		if err := s.oneByOne(ctx, who, op, part, do, &out); err != nil {
			return out, err
		}
	}
	return out, nil
}

// together does some contacts in one transaction.
func (s *Service) together(ctx context.Context, who Who, op string, ids []seawall.ContactID, do one) error {
	return s.write(ctx, who, op, func(tx seawall.Tx) error {
		k := s.stock(ctx, tx)
		for _, id := range ids {
			if err := do(ctx, tx, id, k); err != nil {
				return err
			}
		}
		if len(k.dirty) == 0 {
			return nil
		}
		if err := s.keepStock(ctx, tx, k); err != nil {
			return err
		}
		return s.record(ctx, tx, "capacity.used", seawall.Ref{Kind: seawall.KindCapacity, ID: rooms}, s.d.City, "", nil)
	})
}

// oneByOne does each contact in a transaction of its own.
func (s *Service) oneByOne(ctx context.Context, who Who, op string, ids []seawall.ContactID, do one, out *BulkResult) error {
	for _, id := range ids {
		err := s.together(ctx, who, op, []seawall.ContactID{id}, do)
		if err == nil {
			out.add(Outcome{ID: string(id), Result: "done"})
			continue
		}
		o, ok := refused(string(id), err)
		if !ok {
			return err
		}
		if o.Code == codeUnchanged {
			o = Outcome{ID: o.ID, Result: "unchanged"}
		}
		out.add(o)
	}
	return nil
}

// add counts one outcome.
func (b *BulkResult) add(o Outcome) {
	switch o.Result {
	case "done":
		b.Done++
	case "unchanged":
		b.Unchanged++
	default:
		b.Refused++
	}
	b.Outcomes = append(b.Outcomes, o)
}

// BulkContacts does one thing to many contacts and answers for each of them.
func (s *Service) BulkContacts(ctx context.Context, who Who, in Bulk) (BulkResult, error) {
	const op = "response.BulkContacts"
	if err := s.allow(who, auth.ContactBulk, auth.Resource{Kind: seawall.KindContact}); err != nil {
		return BulkResult{}, err
	}
	switch in.Action {
	case "confirm":
		return s.ConfirmContacts(ctx, who, Cut{Selection: in.Selection, Class: in.Class})
	case "dismiss":
		return s.DismissContacts(ctx, who, in.Selection, in.Reason)
	case "handover":
		return s.each(ctx, who, op, in.Selection, func(ctx context.Context, tx seawall.Tx, id seawall.ContactID, _ *stock) error {
			c, err := s.d.Cases.Contact(ctx, tx, id)
			if err != nil {
				return err
			}
			_, err = s.handOver(ctx, tx, who, c.Loop, in.To, in.Note)
			return err
		})
	case "followup":
		if in.FollowUp == nil {
			return BulkResult{}, seawall.E(op, seawall.Invalid, "followup_missing")
		}
		return s.each(ctx, who, op, in.Selection, func(ctx context.Context, tx seawall.Tx, id seawall.ContactID, _ *stock) error {
			_, err := s.recordFollowUp(ctx, tx, who, id, *in.FollowUp)
			return err
		})
	case "lost":
		return s.lose(ctx, who, in.Selection, in.Reason)
	case "step":
		if in.Evidence == nil || in.Step == "" {
			return BulkResult{}, seawall.E(op, seawall.Invalid, "evidence_needed", "needs", "note")
		}
		return s.each(ctx, who, op, in.Selection, func(ctx context.Context, tx seawall.Tx, id seawall.ContactID, _ *stock) error {
			return s.stepByKey(ctx, tx, who, id, in.Step, *in.Evidence)
		})
	}
	return BulkResult{}, seawall.E(op, seawall.Invalid, "action_unknown", "action", in.Action)
}

// lose ends the follow-up of people who cannot be found, with the reason; their
// restrictions end with it.
func (s *Service) lose(ctx context.Context, who Who, sel Selection, reason string) (BulkResult, error) {
	const op = "response.lose"
	if err := reasonGiven(op, reason); err != nil {
		return BulkResult{}, err
	}
	return s.each(ctx, who, op, sel, func(ctx context.Context, tx seawall.Tx, id seawall.ContactID, _ *stock) error {
		c, err := s.d.Cases.Contact(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := s.allow(who, auth.ContactDismiss, auth.Resource{Kind: seawall.KindContact, ID: string(id), Area: c.Area, Owner: c.Owner}); err != nil {
			return err
		}
		if c.State != casebook.Following {
			return seawall.E(op, seawall.Conflict, "contact_not_followed", "state", string(c.State))
		}
		_, err = s.engine.Close(ctx, tx, c.Loop, outcomeLost, reason, c.Ref())
		return err
	})
}

// stepByKey completes the open step of that key in a contact's duty.
func (s *Service) stepByKey(ctx context.Context, tx seawall.Tx, who Who, id seawall.ContactID, key string, ev NewEvidence) error {
	c, err := s.d.Cases.Contact(ctx, tx, id)
	if err != nil {
		return err
	}
	if c.Loop == "" {
		return errUnchanged()
	}
	steps, err := s.d.Loops.StepsOf(ctx, tx, c.Loop)
	if err != nil {
		return err
	}
	for _, st := range steps {
		if st.Key == key && st.State == loop.Open {
			_, err := s.completeStep(ctx, tx, who, st.ID, ev)
			return err
		}
	}
	return errUnchanged()
}

// reasonGiven asks for a reason in words.
func reasonGiven(op, reason string) error {
	if strings.TrimSpace(reason) != "" {
		return nil
	}
	return &seawall.Error{Op: op, Kind: seawall.Invalid, Code: "reason_needed",
		Fields: []seawall.FieldError{{Field: "reason", Code: "required"}}}
}
