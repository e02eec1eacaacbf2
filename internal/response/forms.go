package response

import (
	"context"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/protocol"
)

// checkForm checks the values that come with a step by the form of its protocol
// and puts their normal form in their place. Errors: Invalid with every wrong
// field, or for values of a step without a form; Conflict when the protocol has
// lost the form since.
func (s *Service) checkForm(ctx context.Context, tx seawall.Tx, l loop.Loop, st loop.Step, ev *NewEvidence) error {
	const op = "response.checkForm"
	if st.Form == "" {
		if len(ev.Data) > 0 {
			return invalid(op, "form_invalid", []seawall.FieldError{{Field: "data", Code: "unknown_field", Args: map[string]string{"field": "data"}}})
		}
		return nil
	}
	if len(ev.Data) == 0 && st.Needs != "form" {
		return nil // the form is offered, not asked for
	}
	p, ok, err := s.protocolOf(ctx, tx, l)
	if err != nil {
		return err
	}
	var form *protocol.Form
	if ok {
		form, ok = p.Form(st.Form)
	}
	if !ok {
		return seawall.E(op, seawall.Conflict, "form_unknown", "form", st.Form)
	}
	values, bad := form.Check(ctx, ev.Data, tx.Now().In(s.d.Zone))
	at := places{s: s, ctx: ctx, tx: tx}
	at.form(form, values, "data.")
	if at.err != nil {
		return at.err
	}
	if err := invalid(op, "form_invalid", append(prefixed("data.", bad), at.bad...)); err != nil {
		return err
	}
	ev.Data = values
	if st.Needs == "form" {
		ev.Kind = "form"
	}
	return nil
}

// form looks the areas up that somebody chose in a form: one that is not in the tree
// is no answer.
func (p *places) form(f *protocol.Form, values map[string]any, prefix string) {
	for _, x := range f.Fields {
		if id, ok := values[x.Key].(string); ok && x.Type == protocol.FieldArea {
			p.path(seawall.AreaID(id), prefix+x.Key)
		}
	}
}

// kindOf adds to a duty's page what its protocol and the duties around it say.
func (s *Service) kindOf(ctx context.Context, tx seawall.Tx, v *LoopView) (err error) {
	if v.Loop.Parent != "" {
		up, err := s.d.Loops.Loop(ctx, tx, v.Loop.Parent)
		if err != nil {
			return err
		}
		v.Parent = &up
	}
	for _, st := range v.Steps {
		if st.ChildLoop == "" {
			continue
		}
		child, err := s.d.Loops.Loop(ctx, tx, st.ChildLoop)
		if err != nil {
			return err
		}
		v.Children = append(v.Children, child)
	}
	p, ok, err := s.protocolOf(ctx, tx, v.Loop)
	if err != nil || !ok {
		return err
	}
	if v.Text, err = s.textOf(ctx, tx, v.Loop); err != nil {
		return err
	}
	v.Limits = limitsOf(p, v.Steps)
	v.MayReopen = p.Reopen != nil && (v.Loop.State == loop.Done || v.Loop.State == loop.Cancelled)
	if p.Cancel != nil && v.Loop.State == loop.Open {
		v.MayCancel, v.Reasons = true, p.Cancel.Reasons
	}
	v.fill(p)
	return nil
}

// fill adds the forms and the help of a duty's steps.
func (v *LoopView) fill(p *protocol.Protocol) {
	v.Forms, v.Help = map[string]protocol.Form{}, map[string]seawall.Text{}
	for _, st := range v.Steps {
		if f, ok := p.Form(st.Form); ok {
			v.Forms[st.Form] = *f
		}
		if file, ok := p.Step(st.Key); ok && file.Help != (seawall.Text{}) {
			v.Help[st.Key] = file.Help
		}
	}
}
