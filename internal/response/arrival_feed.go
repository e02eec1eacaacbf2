package response

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/border"
)

const (
	// feedTogether is how many rows share a transaction.
	feedTogether = 200
	// mostFeedRows bounds one call; a sender with more calls again.
	mostFeedRows = 10000
)

// feedLine is one row of a feed on its way.
type feedLine struct {
	row FeedRow
	at  int // its place in the batch
	who *traveller
	journey
	report border.Report
	old    *border.Report
	fate   FeedFate
}

// ReceiveFeed takes what a station, airport, motorway exit or partner city
// reports. Each row counts by the feed's own id, however often, late or out of
// order it comes; a changed row corrects what the first one said. A bad row is
// rejected with its reason and loses no other: rows = accepted + rejected.
func (s *Service) ReceiveFeed(ctx context.Context, who Who, in FeedBatch) (FeedReport, error) {
	const op = "response.ReceiveFeed"
	in.Feed = strings.TrimSpace(in.Feed)
	out := FeedReport{Rows: len(in.Rows), Fates: make([]FeedFate, len(in.Rows))}
	if in.Feed == "" || strings.Contains(in.Feed, "/") {
		return out, invalid(op, "arrival_invalid", []seawall.FieldError{{Field: "feed", Code: "feed_name"}})
	}
	if len(in.Rows) > mostFeedRows {
		return out, invalid(op, "arrival_invalid", []seawall.FieldError{{Field: "rows", Code: "feed_rows", Args: map[string]string{"max": fmt.Sprint(mostFeedRows)}}})
	}
	at := s.d.City
	if who.Principal.Path.Within(s.d.City) {
		at = who.Principal.Path
	}
	if err := s.allow(who, auth.ArrivalFeed, auth.Resource{Kind: seawall.KindArrival, Area: at}); err != nil {
		return out, err
	}
	lines, err := s.feedLines(ctx, op, in)
	if err != nil {
		return out, err
	}
	for _, part := range feedParts(lines) {
		if err := s.feedPart(ctx, who, part); err != nil {
			return out, seawall.Wrap(op, err)
		}
	}
	for _, l := range lines {
		out.add(l.at, l.fate)
	}
	return out, nil
}

// add counts a row's fate.
func (r *FeedReport) add(at int, f FeedFate) {
	r.Fates[at] = f
	switch f.Fate {
	case fateRejected:
		r.Rejected++
		return
	case fateNew:
		r.New++
	case fateKnown:
		r.Known++
	case fateCompanion:
		r.Companions++
	case fateCorrected:
		r.Corrected++
	case fateUnchanged:
		r.Unchanged++
	}
	r.Accepted++
}

// feedLines reads the rows of a batch; what cannot be read has its fate already.
func (s *Service) feedLines(ctx context.Context, op string, in FeedBatch) ([]*feedLine, error) {
	lines := make([]*feedLine, len(in.Rows))
	err := s.read(ctx, op, func(tx seawall.Tx) error {
		var ids []string
		for i, row := range in.Rows {
			l := &feedLine{row: row, at: i, fate: FeedFate{External: row.External}}
			lines[i] = l
			if err := s.feedLine(ctx, tx, in.Feed, l); err != nil {
				return err
			}
			ids = append(ids, l.report.ID)
		}
		old, err := s.d.Border.Reports(ctx, tx, ids)
		if err != nil {
			return err
		}
		byID := make(map[string]*border.Report, len(old))
		for i := range old {
			byID[old[i].ID] = &old[i]
		}
		for _, l := range lines {
			if l.old = byID[l.report.ID]; l.old != nil && l.old.Print == l.report.Print && l.fate.Fate == "" {
				l.fate.Fate, l.fate.Arrival = fateUnchanged, l.old.Arrival
			}
		}
		return nil
	})
	return lines, err
}

// feedLine reads one row.
func (s *Service) feedLine(ctx context.Context, tx seawall.Tx, feed string, l *feedLine) error {
	row := l.row
	l.report = border.Report{ID: feed + "/" + row.External, Feed: feed, External: row.External, At: micros(row.At), Print: s.print(row)}
	reject := func(code string, args map[string]string) {
		l.fate.Fate, l.fate.Code, l.fate.Args = fateRejected, code, args
	}
	if strings.TrimSpace(row.External) == "" || len(row.External) > 200 {
		reject("feed_external", nil)
		return nil
	}
	j, bad, err := s.readJourney(ctx, tx, row.Journey)
	if err != nil {
		return err
	}
	l.journey = j
	l.who = &traveller{in: DeclaredPerson{Identity: row.Identity, Seat: strings.ToUpper(strings.TrimSpace(row.Seat))},
		request: requestOfFeed(feed, row.External, s.print(FeedRow{Identity: row.Identity})), day: j.day(s.d.Zone)}
	switch {
	case len(bad) > 0:
		args := map[string]string{"field": bad[0].Field}
		for k, v := range bad[0].Args {
			args[k] = v
		}
		if bad[0].Code == "required" {
			reject("grades_cell_missing", args)
		} else {
			reject(bad[0].Code, args)
		}
	case !l.who.named() && l.who.in.Seat == "" && j.vehicle == "":
		reject("feed_nobody", nil)
	}
	return nil
}

// requestOfFeed is the idempotent id under which a row's identity is sealed; a row
// corrected to somebody else (another print of the identity) is another one.
func requestOfFeed(feed, external, identity string) string {
	sum := sha256.Sum256([]byte(feed + "\x00" + external + "\x00" + identity))
	return "feed-" + hex.EncodeToString(sum[:12])
}

// print is the keyed hash of what a row says.
func (s *Service) print(row FeedRow) string {
	b, err := json.Marshal(row)
	if err != nil { // plain values always have a JSON form
		return ""
	}
	mac := hmac.New(sha256.New, s.d.LinkKey)
	mac.Write([]byte("seawall feed row 1\x00"))
	mac.Write(b)
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// feedParts cuts the rows that are still to do into transactions. Nobody stands in
// one twice, because who somebody is is found out before it.
func feedParts(lines []*feedLine) [][]*feedLine {
	var parts [][]*feedLine
	var part []*feedLine
	seen := map[string]bool{}
	for _, l := range lines {
		if l.fate.Fate != "" {
			continue
		}
		keys := l.keys()
		clash := len(part) >= feedTogether
		for _, k := range keys {
			clash = clash || seen[k]
		}
		if clash {
			parts, part, seen = append(parts, part), nil, map[string]bool{}
		}
		part = append(part, l)
		for _, k := range keys {
			seen[k] = true
		}
	}
	if len(part) > 0 {
		parts = append(parts, part)
	}
	return parts
}

// keys are what two rows about one person share.
func (l *feedLine) keys() []string {
	id := l.row.Identity
	out := []string{"row " + l.report.ID}
	if id.DocNumber != "" {
		out = append(out, "doc "+strings.ToUpper(strings.TrimSpace(id.DocNumber)))
	}
	if id.Phone != "" {
		out = append(out, "phone "+id.Phone)
	}
	return out
}

// feedPart records some rows in one transaction; if that fails, each by itself, so
// that a bad one loses no other.
func (s *Service) feedPart(ctx context.Context, who Who, part []*feedLine) error {
	err := s.feedTogether(ctx, who, part)
	if err == nil || ctx.Err() != nil {
		return err
	}
	for _, l := range part {
		err := s.feedTogether(ctx, who, []*feedLine{l})
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if seawall.Is(err, seawall.Unavailable) {
			return err
		}
		if err != nil {
			l.fate.Fate, l.fate.Code, l.fate.Args = fateRejected, "feed_row_failed", nil
			if code := codeOf(err); code != "" {
				l.fate.Code, l.fate.Args = code, argsOf(err)
			}
		}
	}
	return nil
}

func (s *Service) feedTogether(ctx context.Context, who Who, part []*feedLine) error {
	ts := make([]*traveller, len(part))
	for i, l := range part {
		ts[i] = l.who
	}
	if err := s.identify(ctx, ts); err != nil {
		return err
	}
	fates := make([]FeedFate, len(part))
	err := s.d.Work.Write(ctx, who.Actor, func(tx seawall.Tx) error {
		for i, l := range part {
			f := FeedFate{External: l.row.External}
			if err := s.feedRow(ctx, tx, l, &f); err != nil {
				return err
			}
			fates[i] = f
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i, l := range part {
		l.fate = fates[i]
	}
	return s.commitSealed(ctx, ts)
}

// feedRow records one row: as news, as a further channel, or as the correction of
// what it had said before.
func (s *Service) feedRow(ctx context.Context, tx seawall.Tx, l *feedLine, f *FeedFate) error {
	c := coming{journey: l.journey, who: l.who, channel: border.Feed, head: true, report: l.report}
	was, err := s.d.Border.Reports(ctx, tx, []string{l.report.ID}) // a row above, or another call, may have told it meanwhile
	if err != nil {
		return err
	}
	if len(was) == 1 {
		l.old = &was[0]
		if l.old.Print == l.report.Print || l.report.At.Before(l.old.At) { // a late row says nothing newer
			f.Fate, f.Arrival = fateUnchanged, l.old.Arrival
			return nil
		}
		return s.correctRow(ctx, tx, l, c, f)
	}
	if l.row.Cancelled {
		return s.cancelRow(ctx, tx, c, f)
	}
	a, fate, err := s.come(ctx, tx, c)
	f.Arrival, f.No, f.Fate = a.ID, a.No, fate
	return err
}

// cancelRow takes note that a passenger did not travel: who was only expected is
// not coming, who is here stays here.
func (s *Service) cancelRow(ctx context.Context, tx seawall.Tx, c coming, f *FeedFate) error {
	a, why, err := s.sameComing(ctx, tx, c)
	if err != nil {
		return err
	}
	if why == "" {
		f.Fate, f.Code = fateRejected, "feed_cancel_unknown"
		return nil
	}
	f.Arrival, f.No, f.Fate = a.ID, a.No, fateKnown
	if err := s.keepReport(ctx, tx, a, c, why); err != nil || !a.Arrived.IsZero() || !border.Standing(a.State) {
		return err
	}
	return s.notComing(ctx, tx, a, "未乘坐 did not travel: "+c.report.Feed)
}

// correctRow does what a changed row means for the coming it had told of.
func (s *Service) correctRow(ctx context.Context, tx seawall.Tx, l *feedLine, c coming, f *FeedFate) error {
	a, err := s.d.Border.Arrival(ctx, tx, l.old.Arrival)
	if err != nil {
		return err
	}
	f.Arrival, f.No, f.Fate = a.ID, a.No, fateCorrected
	old := *l.old
	old.Print, old.At = l.report.Print, l.report.At
	if c.who.person.No != "" {
		if c.who.person, err = s.person(ctx, tx, c.who.person); err != nil {
			return err
		}
	}
	no := c.who.person.No
	if no != "" && a.Person != "" && a.Person != no && !l.row.Cancelled {
		return s.anotherPerson(ctx, tx, a, old, c, f)
	}
	if err := s.border.KeepReport(ctx, tx, old); err != nil {
		return err
	}
	if no != "" && a.Person == "" { // a number gets its name
		if a, err = s.nameUnnamed(ctx, tx, a, c.who); err != nil {
			return err
		}
	}
	was := a
	a.Vehicle, a.Entry = pick(c.vehicle, a.Vehicle), pick(c.entry, a.Entry)
	a.Seat, a.Origins, a.Expected = pick(c.who.in.Seat, a.Seat), c.origins, c.expected
	if c.mode != "other" {
		a.Mode = c.mode
	}
	if !a.Check(border.Location).Made() && c.stay != "" {
		a.Stay, a.StayText, a.Area = c.stay, pick(c.stayText, a.StayText), s.answering(c.stay)
	}
	tier := a.Tier
	if r, ok := s.matrix(a); ok && a.ConfirmedBy != "" {
		if t, _, fits := tierOf(r, a.Origins); fits {
			tier = t.Key
		}
	}
	if a, err = s.applyTier(ctx, tx, a); err != nil {
		return err
	}
	if a, err = s.border.Change(ctx, tx, a, "arrival.corrected", map[string]string{"feed": old.Feed}); err != nil {
		return err
	}
	if l.row.Cancelled && a.Arrived.IsZero() && border.Standing(a.State) {
		return s.notComing(ctx, tx, a, "未乘坐 did not travel: "+old.Feed)
	}
	if a.State == border.NotComing && c.arrived.IsZero() && !l.row.Cancelled {
		return s.travelsAfterAll(ctx, tx, a, c, old.Feed)
	}
	if a, err = s.relocate(ctx, tx, was, a); err != nil {
		return err
	}
	if a.ConfirmedBy != "" && (tier != a.Tier || leftOf(was) != leftOf(a)) { // decided on another origin: somebody has to look again
		return s.measureAgain(ctx, tx, a, old.Feed)
	}
	if !c.arrived.IsZero() && !c.arrived.Equal(was.Arrived) {
		_, err = s.here(ctx, tx, a, c.arrived)
	}
	return err
}

// travelsAfterAll awaits again somebody of whom a feed had said that they do not
// travel.
func (s *Service) travelsAfterAll(ctx context.Context, tx seawall.Tx, a border.Arrival, c coming, feed string) error {
	a, err := s.comesAgain(ctx, tx, a)
	if err != nil {
		return err
	}
	if a, err = s.border.Change(ctx, tx, a, "arrival.corrected", map[string]string{"feed": feed}); err != nil {
		return err
	}
	if err = s.countGroup(ctx, tx, a.Group, c.size, border.Feed); err != nil {
		return err
	}
	if a, err = s.d.Border.Arrival(ctx, tx, a.ID); err != nil {
		return err
	}
	_, err = s.startArrival(ctx, tx, a)
	return err
}

// anotherPerson takes a row that names another one than before for that one's
// coming. Of whom it had told wrongly, and nobody else told, nobody comes; where
// others told too or they are here, their owner has to look.
func (s *Service) anotherPerson(ctx context.Context, tx seawall.Tx, a border.Arrival, old border.Report, c coming, f *FeedFate) error {
	told, err := s.d.Border.ReportsOf(ctx, tx, a.ID)
	if err != nil {
		return err
	}
	c.report.ID = "" // the trace is there; it points to the other coming from now on
	b, fate, err := s.come(ctx, tx, c)
	if err != nil {
		return err
	}
	f.Arrival, f.No, f.Fate = b.ID, b.No, fateCorrected
	old.Arrival, old.Why = b.ID, fate
	if err := s.border.KeepReport(ctx, tx, old); err != nil {
		return err
	}
	if err := s.border.Note(ctx, tx, b, "arrival.reported", map[string]string{"feed": old.Feed, "why": fate}, a.Ref()); err != nil {
		return err
	}
	if a, err = s.d.Border.Arrival(ctx, tx, a.ID); err != nil {
		return err
	}
	if len(told) == 1 && len(a.Channels) == 1 && a.ConfirmedBy == "" && border.Standing(a.State) {
		return s.notComing(ctx, tx, a, "来源更正为另一人 corrected to another person: "+old.Feed)
	}
	if a.Owner == "" {
		return nil
	}
	return s.tell(ctx, tx, seawall.Ref{Kind: seawall.KindPrincipal, ID: string(a.Owner)}, a.Ref(), true, seawall.Text{
		ZH: old.Feed + "把一条记录由" + a.Mask + "（" + a.No + "）更正为" + b.Mask + "（" + b.No + "），请核对两人。",
		EN: old.Feed + " corrected a row from " + a.Mask + " (" + a.No + ") to " + b.Mask + " (" + b.No + "): please look at both."})
}

// measureAgain asks the owner to look at a measure whose fact was corrected. The
// measure itself stays until a person decides.
func (s *Service) measureAgain(ctx context.Context, tx seawall.Tx, a border.Arrival, feed string) error {
	if a.Owner == "" {
		return nil
	}
	return s.tell(ctx, tx, seawall.Ref{Kind: seawall.KindPrincipal, ID: string(a.Owner)}, a.Ref(), true, seawall.Text{
		ZH: a.Mask + "（" + a.No + "）的来源地已由" + feed + "更正，适用规定可能不同，请核对管控措施。",
		EN: "The origin of " + a.Mask + " (" + a.No + ") was corrected by " + feed + "; another row may apply: please look at the measure again."})
}

// pick gives the first text that says something.
func pick(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// codeOf gives the message key of an error: of its first bad field, else its own.
func codeOf(err error) string {
	var e *seawall.Error
	for errors.As(err, &e) {
		if len(e.Fields) > 0 {
			return e.Fields[0].Code
		}
		if e.Code != "" {
			return e.Code
		}
		err = e.Err
	}
	return ""
}

// argsOf gives what the message of codeOf needs.
func argsOf(err error) map[string]string {
	var e *seawall.Error
	for errors.As(err, &e) {
		if len(e.Fields) > 0 {
			out := map[string]string{"field": e.Fields[0].Field}
			for k, v := range e.Fields[0].Args {
				out[k] = v
			}
			return out
		}
		if e.Code != "" {
			return e.Args
		}
		err = e.Err
	}
	return nil
}
