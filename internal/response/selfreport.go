package response

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/loop"
)

// feverFrom is the body temperature in °C from which a self-report counts as
// symptoms. Source: established practice of the field (37.3 °C at the armpit).
const feverFrom = 37.3

// shortestKey is how many bytes a link key must have.
const shortestKey = 32

// linkAfterEnd is how long a link still opens the page after the follow-up has
// ended, so that the person can read why; reports end with the follow-up itself.
// Source: our own choice.
const linkAfterEnd = 14 * 24 * time.Hour

// SelfReportLink gives a contact's personal link to My follow-up. A new link
// ends the one before; every link ends soon after the follow-up (linkAfterEnd).
func (s *Service) SelfReportLink(ctx context.Context, who Who, id seawall.ContactID) (Link, error) {
	const op = "response.SelfReportLink"
	var out Link
	err := s.write(ctx, who, op, func(tx seawall.Tx) error {
		c, err := s.d.Cases.Contact(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := s.allow(who, auth.FollowUpLink, auth.Resource{Kind: seawall.KindContact, ID: string(id), Area: c.Area, Owner: c.Owner}); err != nil {
			return err
		}
		if c.State != casebook.Following {
			return seawall.E(op, seawall.Conflict, "contact_not_followed", "state", string(c.State))
		}
		c.LinkSerial++
		token, err := s.token(c.ID, c.LinkSerial)
		if err != nil {
			return err
		}
		out = Link{URL: s.d.LinkBase + token, Token: token, Until: c.Until}
		_, err = s.book.ChangeContact(ctx, tx, c, "link.issued", map[string]string{"serial": strconv.Itoa(c.LinkSerial)})
		return err
	})
	return out, err
}

// token signs a contact and the serial of its link. It carries nothing about the
// person; whoever does not hold the key cannot make one.
func (s *Service) token(id seawall.ContactID, serial int) (string, error) {
	if len(s.d.LinkKey) < shortestKey {
		return "", seawall.E("response.token", seawall.Unavailable, "link_key_missing")
	}
	body := string(id) + "." + strconv.Itoa(serial)
	mac := hmac.New(sha256.New, s.d.LinkKey)
	mac.Write([]byte("seawall follow-up link 1\x00" + body))
	return body + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:18]), nil
}

// linked finds the contact of a token. Errors: NotFound for a token that was
// never given, Gone for one that a newer link replaced or whose follow-up ended
// a while ago.
func (s *Service) linked(ctx context.Context, tx seawall.Tx, token string) (casebook.Contact, error) {
	const op = "response.linked"
	unknown := seawall.E(op, seawall.NotFound, "link_unknown")
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return casebook.Contact{}, unknown
	}
	serial, err := strconv.Atoi(parts[1])
	if err != nil {
		return casebook.Contact{}, unknown
	}
	want, err := s.token(seawall.ContactID(parts[0]), serial)
	if err != nil {
		return casebook.Contact{}, err
	}
	if !hmac.Equal([]byte(want), []byte(token)) {
		return casebook.Contact{}, unknown
	}
	c, err := s.d.Cases.Contact(ctx, tx, seawall.ContactID(parts[0]))
	if seawall.Is(err, seawall.NotFound) {
		return casebook.Contact{}, unknown
	}
	if err != nil {
		return casebook.Contact{}, err
	}
	if serial != c.LinkSerial {
		return casebook.Contact{}, seawall.E(op, seawall.Gone, "link_replaced")
	}
	if c.State == casebook.Following {
		return c, nil
	}
	ended := c.UpdatedAt
	if c.Loop != "" {
		l, err := s.d.Loops.Loop(ctx, tx, c.Loop)
		if err != nil {
			return casebook.Contact{}, err
		}
		ended = l.ClosedAt
	}
	if tx.Now().After(ended.Add(linkAfterEnd)) {
		return casebook.Contact{}, seawall.E(op, seawall.Gone, "link_ended")
	}
	return c, nil
}

// MyFollowUp shows somebody their own follow-up: what, until when, why, whom to
// call. It needs the link and nothing else, and carries no name.
func (s *Service) MyFollowUp(ctx context.Context, token string) (MyFollowUp, error) {
	const op = "response.MyFollowUp"
	var out MyFollowUp
	err := s.read(ctx, op, func(tx seawall.Tx) error {
		c, err := s.linked(ctx, tx, token)
		if err != nil {
			return err
		}
		out, err = s.mine(ctx, tx, c)
		return err
	})
	return out, err
}

// SelfReport records what somebody says about themselves today. Feeling well
// closes the day's report; symptoms or fever put them before staff at once, and
// a later "well" of the same day does not take that back.
func (s *Service) SelfReport(ctx context.Context, token string, in SelfReport) (MyFollowUp, error) {
	const op = "response.SelfReport"
	var out MyFollowUp
	err := s.d.Work.Write(ctx, seawall.Actor{Kind: seawall.ActorPublic, Name: "self"}, func(tx seawall.Tx) error {
		c, err := s.linked(ctx, tx, token)
		if err != nil {
			return err
		}
		u := casebook.FollowUp{Day: s.today(tx), Status: well, Temperature: in.Temperature, Symptoms: strings.TrimSpace(in.Symptoms), By: "self"}
		if !in.Well || in.Temperature >= feverFrom || u.Symptoms != "" {
			u.Status = ill
		}
		before, err := s.d.Cases.FollowUpOn(ctx, tx, c.ID, u.Day)
		if err != nil && !seawall.Is(err, seawall.NotFound) {
			return err
		}
		if err == nil && before.Status == ill && u.Status == well {
			u.Status, u.Symptoms, u.Note = ill, before.Symptoms, "later the same day: well"
		}
		if _, err := s.report(ctx, tx, c, u); err != nil {
			return err
		}
		if c, err = s.d.Cases.Contact(ctx, tx, c.ID); err != nil {
			return err
		}
		out, err = s.mine(ctx, tx, c)
		return err
	})
	return out, seawall.Wrap(op, err)
}

// mine builds the person's own page.
func (s *Service) mine(ctx context.Context, tx seawall.Tx, c casebook.Contact) (MyFollowUp, error) {
	out := MyFollowUp{Mask: c.Mask, Disease: c.Disease, State: string(c.State), From: c.LastExposure, Until: c.Until, Today: s.today(tx),
		PerDay: 0, Stays: []MyStay{}, Tests: []MyTest{}, Reports: []MyReport{}, Notices: []MyNotice{}, CallArea: c.Area}
	s.mineRule(c, &out)
	if err := s.mineStays(ctx, tx, c, &out); err != nil {
		return out, err
	}
	if err := s.mineDuty(ctx, tx, c, &out); err != nil {
		return out, err
	}
	ups, err := s.d.Cases.FollowUpsOf(ctx, tx, c.ID)
	if err != nil {
		return out, err
	}
	for _, u := range ups {
		by := "staff"
		if u.By == "self" {
			by = "self"
		}
		out.Reports = append(out.Reports, MyReport{Day: u.Day, Status: u.Status, Temperature: u.Temperature, At: u.At, By: by})
	}
	notices, _, err := s.d.Loops.NoticesFor(ctx, tx, casebook.PersonRef(c.Person), seawall.Page{Limit: 20})
	if err != nil {
		return out, err
	}
	for _, n := range notices {
		out.Notices = append(out.Notices, MyNotice{Text: n.Text, At: n.At})
	}
	out.CallPlace, err = s.areaName(ctx, tx, c.Area)
	return out, err
}

// mineRule says what is asked and by which rule.
func (s *Service) mineRule(c casebook.Contact, out *MyFollowUp) {
	r, ok := s.d.Rules.ByID(c.Regime)
	if !ok {
		return
	}
	p, err := r.ContactPlan(c.Class, wholePlan(c, s.d.Zone))
	if err != nil {
		return // a class that today's text of the rule no longer has
	}
	out.What, out.Why, out.Rule, out.Source = p.Text, p.Text, p.Why.String(), p.Why.Source
	if len(p.Segments) > 0 {
		out.Why = p.Segments[0].Text
	}
}

// mineStays lists the restrictions on the person that belong to this follow-up.
func (s *Service) mineStays(ctx context.Context, tx seawall.Tx, c casebook.Contact, out *MyFollowUp) error {
	rs, err := s.d.Loops.RestrictionsOn(ctx, tx, casebook.PersonRef(c.Person))
	if err != nil {
		return err
	}
	for _, r := range rs {
		if r.Loop != c.Loop {
			continue
		}
		out.Stays = append(out.Stays, MyStay{Kind: r.Kind, From: r.During.From, To: r.During.To, Reason: r.Reason, State: r.State})
		if r.State == loop.RestrictionActive {
			out.AppealHours = r.AppealHours
		}
	}
	return nil
}

// mineDuty lists the tests and today's reports, and whom to call.
func (s *Service) mineDuty(ctx context.Context, tx seawall.Tx, c casebook.Contact, out *MyFollowUp) error {
	if c.Loop == "" {
		return nil
	}
	l, err := s.d.Loops.Loop(ctx, tx, c.Loop)
	if err != nil {
		return err
	}
	out.Call = l.OwnerName
	steps, err := s.d.Loops.StepsOf(ctx, tx, c.Loop)
	if err != nil {
		return err
	}
	for _, st := range steps {
		switch {
		case isTest(st):
			out.Tests = append(out.Tests, MyTest{Day: st.Day, Title: st.Title, State: string(st.State)})
		case st.Key == stepMonitor && st.Day == out.Today:
			out.PerDay++
			if st.State == loop.Done {
				out.DoneToday++
			}
		}
	}
	return nil
}
