package response

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/protocol"
	"github.com/seawall-city/seawall/internal/relief"
	"github.com/seawall-city/seawall/internal/vault"
)

// helpKind is the kind of a help request's loop; its steps are answerStep,
// calling back, and helpStep, being there.
const (
	helpKind   loop.Kind = "help"
	answerStep           = "answer"
	helpStep             = "help"
)

// AskHelp takes a request for help from anybody, with or without a code. It is
// acknowledged at once; a medical one is never refused: what cannot be kept (the
// vault is away, the place is unknown) is left out and said.
func (s *Service) AskHelp(ctx context.Context, in NewHelp) (MyHelp, error) {
	in.Channel = channelOf(in.Channel)
	return s.takeHelp(ctx, Who{Actor: public(in.Channel)}, in, in.Request)
}

// FileHelp takes a request for help on somebody's behalf.
func (s *Service) FileHelp(ctx context.Context, who Who, in NewHelp) (MyHelp, error) {
	if err := s.allow(who, auth.HelpFile, auth.Resource{Kind: seawall.KindHelp}); err != nil {
		return MyHelp{}, err
	}
	if in.Channel == "" {
		in.Channel = relief.Desk
	}
	return s.takeHelp(ctx, who, in, string(who.Principal.ID)+" "+in.Request)
}

// check names what is wrong with a request; of a medical one nothing is.
func (in NewHelp) check() error {
	bad := relief.CheckHelp(in.Kind, in.Words)
	for _, field := range in.unread {
		if in.Kind != relief.Medical {
			bad = append(bad, seawall.FieldError{Field: field, Code: "help_field"})
		}
	}
	if in.Kind != relief.Medical && len(in.Request) < shortestRequest {
		bad = append(bad, seawall.FieldError{Field: "request", Code: "request_id_short", Args: map[string]string{"min": itoa(shortestRequest)}})
	}
	return invalid("response.AskHelp", "help_invalid", bad)
}

func (s *Service) takeHelp(ctx context.Context, who Who, in NewHelp, request string) (MyHelp, error) {
	const op = "response.AskHelp"
	if err := in.check(); err != nil {
		return MyHelp{}, err
	}
	person, sealed, err := s.sealCaller(ctx, in, request)
	if err != nil {
		return MyHelp{}, seawall.Wrap(op, err)
	}
	var out MyHelp
	code := ""
	err = s.d.Work.Write(ctx, who.Actor, func(tx seawall.Tx) error {
		minted := request
		if len(in.Request) < shortestRequest {
			minted = tx.NewID() // an emergency typed in by a program that sends no id
		}
		code = relief.Code(s.d.LinkKey, "H", minted)
		h, err := s.keepHelp(ctx, tx, in, person, relief.Secret(s.d.LinkKey, code))
		if err != nil {
			return err
		}
		out, err = s.myHelp(ctx, tx, h)
		return err
	})
	if err != nil {
		return MyHelp{}, seawall.Wrap(op, err)
	}
	out.Code, out.NoPhone = code, in.Phone != "" && !sealed
	if sealed {
		err = s.d.Vault.Commit(ctx, []string{s.sealedAs(request)})
		if in.Kind == relief.Medical {
			err = nil // the duty is open; the sweep asks the records before it forgets anybody
		}
	}
	return out, seawall.Wrap(op, err)
}

// sealedAs is the id under which the caller's identity is sealed. The request gives
// the code that opens the answer, so the vault keeps no more of it than the
// records do: the keyed hash of the code.
func (s *Service) sealedAs(request string) string {
	return "help/" + relief.Secret(s.d.LinkKey, relief.Code(s.d.LinkKey, "H", request))
}

// sealCaller seals who asks, where they say anything about themselves. Of a
// medical emergency a vault that is away is no obstacle.
func (s *Service) sealCaller(ctx context.Context, in NewHelp, request string) (casebook.Person, bool, error) {
	if in.Name+in.Phone+in.Address == "" || len(in.Request) < shortestRequest {
		return casebook.Person{}, false, nil
	}
	id := vault.Identity{Name: in.Name, Phone: in.Phone, Address: in.Address, Birth: seawall.NoDay}
	year := s.d.Clock.Now().In(s.d.Zone).Year()
	got, err := s.d.Vault.Seal(ctx, []vault.Request{{ID: s.sealedAs(request), Identity: id, Year: year}})
	if err != nil {
		if in.Kind == relief.Medical {
			err = nil
		}
		return casebook.Person{}, false, err
	}
	return personOf(got[0], id, ""), true, nil
}

// keepHelp keeps a request and opens its duty. The same request gives what it
// made before.
func (s *Service) keepHelp(ctx context.Context, tx seawall.Tx, in NewHelp, person casebook.Person, secret string) (relief.Help, error) {
	old, err := s.d.Relief.HelpBySecret(ctx, tx, secret)
	if err == nil || !seawall.Is(err, seawall.NotFound) {
		return old, err
	}
	h, err := s.newHelp(ctx, tx, in)
	if err != nil {
		return h, err
	}
	h.Secret = secret
	if person.No != "" {
		person.Home = h.Area // where they are: who helps there may open the number
		p, err := s.person(ctx, tx, person)
		if err != nil {
			return h, err
		}
		h.Person, h.Mask = p.No, p.Mask
	}
	if err := s.d.Relief.SaveHelp(ctx, tx, h); err != nil {
		return h, err
	}
	l, err := s.openHelp(ctx, tx, h)
	if err != nil {
		return h, err
	}
	if h.Urgent {
		for _, at := range []time.Time{h.AnswerBy, h.HelpBy} {
			if err := s.engine.StartTimer(ctx, tx, l, loop.KindUrgent, string(h.ID), at); err != nil {
				return h, err
			}
		}
	}
	if h, err = s.d.Relief.Help(ctx, tx, h.ID); err != nil {
		return h, err
	}
	err = s.record(ctx, tx, "help.asked", h.Ref(), h.Area, h.Person, map[string]string{"no": h.No, "kind": h.Kind, "channel": h.Channel,
		"answerBy": h.AnswerBy.UTC().Format(time.RFC3339)}, h.About)
	if err != nil || h.Owner == "" {
		return h, err
	}
	kind := helpWords(h.Kind)
	return h, s.tell(ctx, tx, seawall.Ref{Kind: seawall.KindPrincipal, ID: string(h.Owner)}, h.Ref(), h.Urgent, seawall.Text{
		ZH: "求助 " + h.No + "：" + kind.ZH + "。请在 " + s.clockTime(h.AnswerBy) + " 前回电。",
		EN: "Request for help " + h.No + ": " + kind.EN + ". Call back by " + s.clockTime(h.AnswerBy) + "."})
}

// helpFigures are the clocks of help as the protocol in use has them.
func (s *Service) helpFigures() relief.Figures {
	p, ok := s.d.Protocols.ByID(string(helpKind))
	if !ok {
		return nil
	}
	return p.Figures
}

// newHelp makes the row of a request.
func (s *Service) newHelp(ctx context.Context, tx seawall.Tx, in NewHelp) (relief.Help, error) {
	c := s.helpFigures().ClocksOf(in.Kind)
	h := relief.Help{ID: seawall.HelpID(tx.NewID()), Kind: in.Kind, Urgent: c.Urgent, Words: relief.Cut(in.Words), Place: relief.Cut(in.Place),
		People: min(max(1, in.People), 999), Mask: "—", Channel: in.Channel, FiledBy: tx.Actor().Name, At: tx.Now(),
		AnswerBy: tx.Now().Add(c.Answer), HelpBy: tx.Now().Add(c.Help), State: relief.HelpOpen, Version: 1}
	if in.Key != "" {
		mine, err := s.reach(ctx, tx, in.Key)
		switch {
		case err == nil:
			h.About, h.Area, h.Person, h.Mask = mine.about, mine.area, mine.person, mine.mask
		case !seawall.Is(err, seawall.NotFound) && !seawall.Is(err, seawall.Gone) && in.Kind != relief.Medical:
			return h, err
		}
	}
	p := places{s: s, ctx: ctx, tx: tx}
	if path := p.path(in.Area, "area"); path != "" {
		h.Area = path
	}
	if in.Kind != relief.Medical {
		if err := invalid("response.newHelp", "help_invalid", p.bad); err != nil {
			return h, err
		}
		if p.err != nil {
			return h, p.err
		}
	}
	h.Area = s.answering(h.Area)
	year := tx.Now().In(s.d.Zone).Year()
	n, err := s.d.Cases.NextNo(ctx, tx, fmt.Sprintf("help/%d", year))
	h.No = fmt.Sprintf("H-%d-%04d", year, n)
	h.Trail = []relief.Mark{{At: tx.Now(), What: "filed", Text: seawall.Text{
		ZH: "求助已收到，编号 " + h.No + "。", EN: "Your request has arrived. Its number is " + h.No + "."}}}
	return h, err
}

// helpWords names the kinds of help.
func helpWords(kind string) seawall.Text {
	words := map[string]seawall.Text{
		relief.Medical:  {ZH: "医疗急救", EN: "medical emergency"},
		relief.Medicine: {ZH: "用药或常规治疗", EN: "medicine or regular treatment"},
		relief.Food:     {ZH: "食品饮水取暖", EN: "food, water, heating"},
		relief.Care:     {ZH: "老人、儿童或残疾人需要照料", EN: "a child, an old or a disabled person needs somebody"},
		relief.Stuck:    {ZH: "滞留途中", EN: "stranded on the road"},
		relief.Other:    {ZH: "其他困难", EN: "another difficulty"},
	}
	return words[kind]
}

// openHelp opens the duty to help.
func (s *Service) openHelp(ctx context.Context, tx seawall.Tx, h relief.Help) (loop.Loop, error) {
	return s.openLoop(ctx, tx, string(helpKind), dutyAbout{Subject: h.Ref(), Person: h.Person, No: h.No, Mask: h.Mask, Unit: h.Place,
		Area: h.Area, Places: []loop.Place{{Path: h.Area, Why: "area"}},
		Given: protocol.Subject{Class: helpWords(h.Kind), Facts: map[string]any{"kind": h.Kind, "urgent": h.Urgent, "people": h.People},
			Events: map[string]time.Time{"asked": h.At, "answer_by": h.AnswerBy, "help_by": h.HelpBy}}})
}

// mirrorHelp keeps a request's row in step with its duty.
func (s *Service) mirrorHelp(ctx context.Context, tx seawall.Tx, l loop.Loop, steps []loop.Step) error {
	h, err := s.d.Relief.Help(ctx, tx, seawall.HelpID(l.Subject.ID))
	if err != nil {
		return err
	}
	was := h
	h.Loop, h.Owner, h.OwnerName, h.Area = l.ID, l.Owner, l.OwnerName, l.Area
	done := func(key string) bool {
		return slices.ContainsFunc(steps, func(st loop.Step) bool { return st.Key == key && st.State == loop.Done })
	}
	h.State = relief.StateAfter(done(answerStep), done(helpStep))
	if l.State != loop.Open && h.State != relief.HelpDone {
		h.State = relief.HelpClosed
	}
	if h.State != was.State && h.State != relief.HelpOpen {
		texts := map[string]seawall.Text{
			relief.HelpAnswered: {ZH: "工作人员已与您联系。", EN: "Staff have been in touch with you."},
			relief.HelpDone:     {ZH: "帮助已到位。", EN: "Help has arrived."},
			relief.HelpClosed:   {ZH: "这件求助已结束。如仍需要帮助，请再次提出。", EN: "This request is closed. Ask again if you still need help."}}
		h.Trail = append(slices.Clone(h.Trail), relief.Mark{At: tx.Now(), What: h.State, By: tx.Actor().Name, Text: texts[h.State]})
	}
	if was.Loop == h.Loop && was.Owner == h.Owner && was.OwnerName == h.OwnerName && was.Area == h.Area && was.State == h.State {
		return nil
	}
	h.Version++
	return s.d.Relief.SaveHelp(ctx, tx, h)
}

// urgentDue looks at somebody in need who should have been answered or helped by
// now: their duty goes up one level at once, and is looked at again soon.
func (s *Service) urgentDue(ctx context.Context, tx seawall.Tx, id seawall.HelpID) (*loop.Climb, error) {
	h, err := s.d.Relief.Help(ctx, tx, id)
	if err != nil || h.Loop == "" {
		return nil, err
	}
	key := answerStep
	switch {
	case h.State == relief.HelpDone || h.State == relief.HelpClosed:
		return nil, nil
	case h.State == relief.HelpAnswered && h.HelpBy.After(tx.Now()):
		return nil, nil
	case h.State == relief.HelpAnswered:
		key = helpStep
	}
	c := s.helpFigures().ClocksOf(h.Kind)
	if h.Climbs >= s.helpFigures().MostClimbs() {
		return nil, nil // the cut-off goes on asking
	}
	again := tx.Now().Add(c.Answer)
	climb, err := s.engine.Raise(ctx, tx, h.Loop, key, again)
	if err != nil {
		return nil, err
	}
	if h, err = s.d.Relief.Help(ctx, tx, id); err != nil {
		return nil, err
	}
	h.Climbs, h.Version = h.Climbs+1, h.Version+1
	if key == helpStep {
		h.HelpBy = again
	} else {
		h.AnswerBy = again
	}
	h.Trail = append(slices.Clone(h.Trail), relief.Mark{At: tx.Now(), What: "climbed", Text: seawall.Text{
		ZH: "未按时答复，已上报上一级：" + strings.TrimSpace(h.OwnerName) + "。", EN: "Not answered in time; it has gone one level up, to " + strings.TrimSpace(h.OwnerName) + "."}})
	if err := s.d.Relief.SaveHelp(ctx, tx, h); err != nil {
		return nil, err
	}
	if err := s.engine.StartTimer(ctx, tx, climb.Loop, loop.KindUrgent, string(h.ID), again); err != nil {
		return nil, err
	}
	return &climb, s.record(ctx, tx, "help.climbed", h.Ref(), h.Area, h.Person, map[string]string{"no": h.No, "step": key})
}

// MyHelp gives a request for help to whoever holds its code. Errors: NotFound.
func (s *Service) MyHelp(ctx context.Context, code string) (MyHelp, error) {
	var out MyHelp
	err := s.read(ctx, "response.MyHelp", func(tx seawall.Tx) error {
		h, err := s.d.Relief.HelpBySecret(ctx, tx, relief.Secret(s.d.LinkKey, code))
		if err != nil {
			return err
		}
		out, err = s.myHelp(ctx, tx, h)
		return err
	})
	return out, err
}

func (s *Service) myHelp(ctx context.Context, tx seawall.Tx, h relief.Help) (MyHelp, error) {
	name, err := s.areaName(ctx, tx, h.Area)
	return MyHelp{No: h.No, Kind: h.Kind, Urgent: h.Urgent, State: h.State, Words: h.Words, At: h.At, AnswerBy: h.AnswerBy,
		HelpBy: h.HelpBy, Who: h.OwnerName, Place: name, Trail: h.Trail}, err
}
