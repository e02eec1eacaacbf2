package httpapi

import (
	"context"
	"strconv"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/border"
	"github.com/seawall-city/seawall/internal/response"
)

type arrivalsIn struct {
	Paging
	Missing string `query:"missing" doc:"headcount, identity, location, measure or any"`
	Tier    string `query:"tier"`
	Origin  string `query:"origin" doc:"by the beginning of its code"`
	Channel string `query:"channel" doc:"declared, feed, gate or found"`
	State   string `query:"state" doc:"one or several, separated by commas"`
	Area    string `query:"area"`
	Group   string `query:"group"`
	Q       string `query:"q" doc:"number or vehicle, by its beginning"`
	From    string `query:"from" doc:"day of arrival"`
	To      string `query:"to" doc:"day of arrival"`
	Late    bool   `query:"late" doc:"only those with a check overdue"`
	Sort    string `query:"sort" doc:"arrived (default), due, area or no"`
}

func (in *arrivalsIn) filter() (f response.ArrivalFilter, err error) {
	f = response.ArrivalFilter{Area: seawall.AreaID(in.Area), Late: in.Late, Query: border.Query{Missing: in.Missing, Tier: in.Tier,
		Origin: in.Origin, Channel: in.Channel, States: split(in.State), Text: in.Q, Group: seawall.GroupID(in.Group), Sort: in.Sort}}
	if f.From, err = seawall.ParseDay(in.From); err != nil {
		return f, err
	}
	f.To, err = seawall.ParseDay(in.To)
	return f, err
}

// feedTaken says what became of a feed's rows, the rejections as sentences.
type feedTaken struct {
	response.FeedReport
	Problems []string `json:"problems"`
}

// gradesTaken says what became of a file of grades.
type gradesTaken struct {
	response.GradesReport
	Problems []string `json:"problems"`
}

// Companions names further people of a group.
type Companions struct {
	Request string                    `json:"request"`
	People  []response.DeclaredPerson `json:"people"`
}

func (s *Server) arrivalRoutes() {
	handle(s, signedIn, "GET", "/arrivals", "list-arrivals", "Arrivals with their four checks",
		func(ctx context.Context, who response.Who, in *arrivalsIn) (out response.List[border.Arrival], err error) {
			f, err := in.filter()
			if err != nil {
				return out, err
			}
			return s.d.Main.Arrivals(ctx, who, f, in.page())
		})
	handle(s, signedIn, "GET", "/arrivals/unresolved", "unresolved-arrivals", "Who is here and lacks a check, the ones due first in front",
		func(ctx context.Context, who response.Who, in *arrivalsIn) (out response.List[border.Arrival], err error) {
			f, err := in.filter()
			if err != nil {
				return out, err
			}
			return s.d.Main.Unresolved(ctx, who, f, in.page())
		})
	handle(s, signedIn, "GET", "/arrivals/checks", "arrival-checks", "The four checks by area, with median hours",
		func(ctx context.Context, who response.Who, in *struct {
			Parent string `query:"parent"`
		}) (response.ChecksView, error) {
			return s.d.Main.ArrivalChecks(ctx, who, seawall.AreaID(in.Parent))
		})
	handle(s, signedIn, "GET", "/arrivals/{id}", "get-arrival", "An arrival with group, checks, measure, duty and custody",
		func(ctx context.Context, who response.Who, in *IDPath) (response.ArrivalView, error) {
			return s.d.Main.ArrivalView(ctx, who, seawall.ArrivalID(in.ID))
		})
	handle(s, signedIn, "POST", "/arrivals", "record-arrivals", "Record a group that comes or has come",
		func(ctx context.Context, who response.Who, in *struct{ Body response.NewArrivals }) (response.RecordedArrivals, error) {
			return s.d.Main.RecordArrivals(ctx, who, in.Body)
		})
	handle(s, signedIn, "POST", "/arrivals/gate", "gate-arrivals", "Register a group at a gate, with the number counted",
		func(ctx context.Context, who response.Who, in *struct{ Body response.NewArrivals }) (response.RecordedArrivals, error) {
			in.Body.Channel = border.Gate
			return s.d.Main.RecordArrivals(ctx, who, in.Body)
		})
	handle(s, signedIn, "POST", "/arrivals/feed", "feed-arrivals", "Take in rows of a station, airport, exit or partner city", s.feed)
	s.arrivalMoves()
	s.gradeRoutes()
}

// feed takes rows in; they may be sent again, late and out of order.
func (s *Server) feed(ctx context.Context, who response.Who, in *struct{ Body response.FeedBatch }) (out feedTaken, err error) {
	out.Problems = []string{}
	out.FeedReport, err = s.d.Main.ReceiveFeed(ctx, who, in.Body)
	for _, f := range out.Fates {
		if f.Code != "" {
			out.Problems = append(out.Problems, f.External+": "+s.d.Texts.Render(requestOf(ctx).lang, f.Code, f.Args))
		}
	}
	return out, err
}

// arrivalMoves are the operations on one arrival.
func (s *Server) arrivalMoves() {
	handle(s, signedIn, "POST", "/arrivals/{id}/checks", "check-arrival", "Make one of the four checks; the measure's is a decision",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body response.NewCheck
		}) (border.Arrival, error) {
			return s.d.Main.RecordCheck(ctx, who, seawall.ArrivalID(in.ID), in.Body)
		})
	handle(s, signedIn, "POST", "/arrivals/{id}/companions", "add-companions", "Name further people of the group",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body Companions
		}) (response.RecordedArrivals, error) {
			return s.d.Main.AddCompanions(ctx, who, seawall.ArrivalID(in.ID), in.Body.Request, in.Body.People)
		})
	type moveIn struct {
		IDPath
		Body response.Move
	}
	handle(s, signedIn, "POST", "/arrivals/{id}/arrive", "arrive", "Somebody announced has come",
		func(ctx context.Context, who response.Who, in *moveIn) (border.Arrival, error) {
			return s.d.Main.Arrive(ctx, who, seawall.ArrivalID(in.ID), in.Body)
		})
	handle(s, signedIn, "POST", "/arrivals/{id}/not-coming", "not-coming", "Somebody did not travel, or has left again",
		func(ctx context.Context, who response.Who, in *moveIn) (border.Arrival, error) {
			return s.d.Main.NotComing(ctx, who, seawall.ArrivalID(in.ID), in.Body)
		})
	handle(s, signedIn, "POST", "/arrivals/{id}/hand-on", "hand-on-arrival", "Offer an arrival to another city, which has to receipt it",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body response.HandOn
		}) (border.Arrival, error) {
			return s.d.Main.HandOnArrival(ctx, who, seawall.ArrivalID(in.ID), in.Body)
		})
	handle(s, signedIn, "POST", "/arrivals/{id}/receipt", "receipt-arrival", "Another city, or the next place of the chain, has taken over",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body response.Receipt
		}) (border.Arrival, error) {
			return s.d.Main.ReceiptArrival(ctx, who, seawall.ArrivalID(in.ID), in.Body)
		})
	handle(s, signedIn, "POST", "/arrivals/{id}/retract", "retract-arrival", "Take an arrival back with all that hung on it",
		func(ctx context.Context, who response.Who, in *moveIn) (response.Retracted, error) {
			return s.d.Main.RetractArrival(ctx, who, seawall.ArrivalID(in.ID), in.Body)
		})
}

// gradeRoutes are the grades of areas and the table of origins.
func (s *Server) gradeRoutes() {
	handle(s, signedIn, "GET", "/origins", "search-origins", "Places somebody may come from, by the beginning of name, pinyin or code",
		func(_ context.Context, _ response.Who, in *struct {
			Q     string `query:"q"`
			Limit int    `query:"limit" default:"20" minimum:"1" maximum:"100"`
		}) (response.List[border.Place], error) {
			items := s.d.Main.SearchOrigins(in.Q, in.Limit)
			return response.List[border.Place]{Items: items, Total: len(items)}, nil
		})
	handle(s, signedIn, "GET", "/grades", "list-grades", "The grading in force on a day, and the grade of a place",
		func(ctx context.Context, who response.Who, in *struct {
			Day     string `query:"day" doc:"empty is today"`
			Disease string `query:"disease"`
			Place   string `query:"place" doc:"a code; the most specific grade wins"`
		}) (out response.GradesView, err error) {
			day, err := seawall.ParseDay(in.Day)
			if err != nil {
				return out, err
			}
			return s.d.Main.Grades(ctx, who, in.Disease, in.Place, day)
		})
	handle(s, signedIn, "POST", "/grades", "import-grades", "Take grades from a CSV: code, level, from, to, source",
		func(ctx context.Context, who response.Who, in *struct {
			Body struct {
				Disease string `json:"disease,omitempty"`
				CSV     string `json:"csv"`
				DryRun  bool   `json:"dryRun,omitempty"`
			}
		}) (out gradesTaken, err error) {
			out.Problems = []string{}
			out.GradesReport, err = s.d.Main.ImportGrades(ctx, who, in.Body.Disease, in.Body.CSV, in.Body.DryRun)
			for _, r := range out.Rejects {
				out.Problems = append(out.Problems, strconv.Itoa(r.Line)+" "+r.ID+": "+s.d.Texts.Render(requestOf(ctx).lang, r.Code, r.Args))
			}
			return out, err
		})
}
