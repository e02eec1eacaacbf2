package response

import (
	"context"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/freight"
	"github.com/seawall-city/seawall/internal/relief"
)

// cardDays is how long a driver's card opens after the trip has ended, so that a
// complaint can still be read.
const cardDays = 14

// tripByCode finds the trip of a card's code. Errors: NotFound, Gone.
func (s *Service) tripByCode(ctx context.Context, tx seawall.Tx, code string) (freight.Trip, error) {
	const op = "response.tripByCode"
	t, err := s.d.Freight.TripBySecret(ctx, tx, relief.Secret(s.d.LinkKey, code))
	if seawall.Is(err, seawall.NotFound) {
		return t, seawall.E(op, seawall.NotFound, "code_unknown")
	}
	if err == nil && !t.EndedAt.IsZero() && tx.Now().Sub(t.EndedAt) > cardDays*24*time.Hour {
		return t, seawall.E(op, seawall.Gone, "card_over")
	}
	return t, err
}

// reachTrip finds what a driver's card opens: help goes to where the trip is, and
// is about the trip. Nobody is named by it.
func (s *Service) reachTrip(ctx context.Context, tx seawall.Tx, code string) (reached, error) {
	t, err := s.tripByCode(ctx, tx, code)
	if err != nil {
		return reached{}, err
	}
	crew, err := s.d.Freight.CrewOf(ctx, tx, t.ID)
	if err != nil {
		return reached{}, err
	}
	out := reached{about: t.Ref(), area: s.answering(t.Area), mask: t.PlateMask}
	if len(crew) > 0 {
		out.person = crew[0].Person
	}
	return out, nil
}

// MyTrip shows a trip to whoever holds its card.
func (s *Service) MyTrip(ctx context.Context, code string) (MyTrip, error) {
	var out MyTrip
	err := s.read(ctx, "response.MyTrip", func(tx seawall.Tx) error {
		t, err := s.tripByCode(ctx, tx, code)
		if err != nil {
			return err
		}
		out, err = s.myTrip(ctx, tx, t)
		return err
	})
	return out, err
}

func (s *Service) myTrip(ctx context.Context, tx seawall.Tx, t freight.Trip) (MyTrip, error) {
	out := MyTrip{No: t.No, At: t.CreatedAt, PlateMask: t.PlateMask, State: t.State, Transit: t.Transit, Cargo: t.Cargo, Planned: t.Planned, Route: t.Route,
		Needs: []MyHelp{}}
	if next, ok := t.NextStop(); ok && freight.Running(t.State) {
		out.Next = &next
	}
	if t.Permit != "" {
		p, err := s.d.Freight.Permit(ctx, tx, t.Permit)
		if err != nil {
			return out, err
		}
		out.Permit, out.PermitNo, out.Ticket = p.Fit(freight.Shown{At: tx.Now()}), p.No, p.Ticket
	}
	legs, err := s.d.Freight.LegsOf(ctx, tx, t.ID)
	if err != nil {
		return out, err
	}
	if now, ok := freight.Holding(legs); ok {
		out.Holder = now.Receiver
	}
	helps, err := s.d.Relief.HelpsAbout(ctx, tx, t.Ref())
	if err != nil {
		return out, err
	}
	for _, h := range helps {
		mine, err := s.myHelp(ctx, tx, h)
		if err != nil {
			return out, err
		}
		out.Needs = append(out.Needs, mine)
	}
	if out.Moves, err = s.d.Freight.MovesOf(ctx, tx, t.ID); err != nil {
		return out, err
	}
	for i := range out.Moves { // what staff wrote for staff stays with them
		out.Moves[i].Note, out.Moves[i].Ref = "", seawall.Ref{}
	}
	out.Call, out.Advice = t.OwnerName, adviceOf(t, out)
	out.CallPlace, err = s.areaName(ctx, tx, s.answering(t.Area))
	return out, err
}

// adviceOf says in one sentence what a driver does next.
func adviceOf(t freight.Trip, m MyTrip) seawall.Text {
	next := seawall.Text{}
	if m.Next != nil {
		next = seawall.Text{ZH: "下一站：" + m.Next.Name + "。", EN: "Next: " + m.Next.Name + ". "}
	}
	words := map[string]seawall.Text{
		freight.Declared:  {ZH: "已申报，通行证办好后会显示在这里；没有通行证也不会因此被劝返。", EN: "Declared. The permit appears here when it is issued; nobody is turned back for not having it yet."},
		freight.Permitted: {ZH: "通行证已签发，到关口出示下面的二维码。", EN: "Your permit is issued: show the code below at the gate."},
		freight.AtGate:    {ZH: "正在关口。等待最长 60 分钟，超时放行。", EN: "At the gate. Nobody waits longer than 60 minutes; after that you pass."},
		freight.Inside:    {ZH: "请沿登记路线行驶。需要吃饭、如厕、休息、就医，点下面的按钮。", EN: "Follow the declared route. For food, toilet, rest or a doctor press a button below."},
		freight.Unloading: {ZH: "请留在驾驶室，由收货方无接触卸货；需要下车请告诉我们。", EN: "Please stay in the cab while the consignee unloads; tell us if you need to get out."},
		freight.Left:      {ZH: "本次行程已结束，一路平安。", EN: "This trip has ended. Safe driving."},
	}
	w, ok := words[t.State]
	if !ok {
		w = seawall.Text{ZH: "本次行程状态：" + t.State + "。", EN: "State of this trip: " + t.State + "."}
	}
	if t.Stranded || t.Orphan {
		w = seawall.Text{ZH: "我们知道您在等待，当地社区正在联系您。", EN: "We know that you are waiting; the community there is getting in touch."}
	}
	return seawall.Text{ZH: next.ZH + w.ZH, EN: next.EN + w.EN}
}

// cardKinds says under which kind of help a driver's need is filed: a doctor is
// never refused.
func cardKinds() map[string]string {
	return map[string]string{"doctor": relief.Medical, "medicine": relief.Medicine, "food": relief.Food, "water": relief.Food,
		"toilet": relief.Stuck, "rest": relief.Stuck, "complaint": relief.Other}
}

// cardWords names a driver's needs, as staff read them first.
func cardWords(kind string) string {
	return map[string]string{"doctor": "就医", "medicine": "药品", "food": "用餐", "water": "饮水", "toilet": "如厕", "rest": "休息", "complaint": "投诉"}[kind]
}

// AskByCard files what a driver needs, or complains about, as a request for help
// about the trip.
func (s *Service) AskByCard(ctx context.Context, code string, in CardRequest) (MyHelp, error) {
	const op = "response.AskByCard"
	kind, ok := cardKinds()[in.Kind]
	if !ok {
		return MyHelp{}, invalid(op, "help_invalid", []seawall.FieldError{{Field: "kind", Code: "not_a_choice", Args: map[string]string{"value": in.Kind}}})
	}
	if in.Kind == "complaint" && strings.TrimSpace(in.Words) == "" {
		return MyHelp{}, invalid(op, "help_invalid", []seawall.FieldError{{Field: "words", Code: "required"}})
	}
	place := strings.TrimSpace(in.Place)
	if kind != relief.Medical || place == "" {
		t, err := s.tripOfCard(ctx, code)
		if err != nil && kind != relief.Medical {
			return MyHelp{}, err
		}
		place = pick(place, t.SeenPlace)
	}
	words := strings.TrimSpace("【货车" + cardWords(in.Kind) + "】" + in.Words)
	return s.AskHelp(ctx, NewHelp{Request: in.Request, Kind: kind, Words: words, Place: place, Phone: in.Phone, Key: code, Channel: relief.Self})
}

func (s *Service) tripOfCard(ctx context.Context, code string) (freight.Trip, error) {
	var t freight.Trip
	err := s.read(ctx, "response.AskByCard", func(tx seawall.Tx) (err error) {
		t, err = s.tripByCode(ctx, tx, code)
		return err
	})
	return t, err
}
