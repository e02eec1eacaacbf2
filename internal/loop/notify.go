package loop

import (
	"context"
	"slices"
	"strings"

	"github.com/seawall-city/seawall"
)

// happening is what a notice may be about; its fields fill the text's {words}.
type happening struct {
	on     string
	reason string
	step   seawall.Text
}

// notify keeps the notices that the loop's protocol gives when something happens.
// The event that follows carries their rows.
func (e *Engine) notify(ctx context.Context, tx seawall.Tx, l Loop, h happening) error {
	rule, err := e.rule(ctx, tx, l)
	if err != nil {
		return err
	}
	for _, r := range rule.Notices {
		if r.On != h.on {
			continue
		}
		to, err := e.recipients(ctx, tx, l, r.To)
		if err != nil {
			return err
		}
		for _, ref := range to {
			if err := e.give(ctx, tx, l, ref, h.on == OnEscalated || h.on == OnGap, h.fill(r.Text, l)); err != nil {
				return err
			}
		}
	}
	return nil
}

// give saves one notice about a loop.
func (e *Engine) give(ctx context.Context, tx seawall.Tx, l Loop, to seawall.Ref, urgent bool, text seawall.Text) error {
	return e.Store.SaveNotice(ctx, tx, Notice{ID: tx.NewID(), To: to, About: l.Ref(), Text: text, At: tx.Now(), Urgent: urgent, Version: 1})
}

// recipients names those whom a rule means, each once. Nobody where the loop has
// no owner, no person or nobody above.
func (e *Engine) recipients(ctx context.Context, tx seawall.Tx, l Loop, to string) ([]seawall.Ref, error) {
	var ids []seawall.PrincipalID
	role, isRole := strings.CutPrefix(to, "role:")
	switch {
	case to == "person" && l.Person != "":
		return []seawall.Ref{{Kind: seawall.KindPerson, ID: string(l.Person)}}, nil
	case to == "owner":
		ids = append(ids, l.Owner)
	case to == "area":
		id, err := e.above(ctx, tx, l)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	case isRole && e.Holders != nil:
		var err error
		if ids, err = e.Holders(ctx, tx, role, l.Area); err != nil {
			return nil, err
		}
	}
	var out []seawall.Ref
	for _, id := range ids {
		ref := seawall.Ref{Kind: seawall.KindPrincipal, ID: string(id)}
		if id != "" && !slices.Contains(out, ref) {
			out = append(out, ref)
		}
	}
	return out, nil
}

// above names who answers one level above a loop, "" where nobody does.
func (e *Engine) above(ctx context.Context, tx seawall.Tx, l Loop) (seawall.PrincipalID, error) {
	up, ok, err := e.Up(ctx, tx, l.Area)
	if err != nil {
		return "", err
	}
	if !ok || !up.Within(e.City) || l.Area == e.City {
		up = e.City
	}
	a, err := e.answers(ctx, tx, l, up)
	return a.Principal, err
}

// fill puts the words of a happening into a notice's text.
func (h happening) fill(t seawall.Text, l Loop) seawall.Text {
	in := func(lang string) string {
		no := l.No
		if no == "" {
			no = l.Title.In(lang)
		}
		r := strings.NewReplacer("{title}", l.Title.In(lang), "{no}", no, "{mask}", l.Mask, "{owner}", l.OwnerName,
			"{reason}", h.reason, "{step}", h.step.In(lang))
		return r.Replace(t.In(lang))
	}
	return seawall.Text{ZH: in("zh"), EN: in("en")}
}
