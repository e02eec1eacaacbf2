package response

import (
	"context"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/area"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/protocol"
)

// The views of a board.
const (
	BoardList     = "list"     // the duties, newest first
	BoardPipeline = "pipeline" // a column for each step, with what is open in it
	BoardCalendar = "calendar" // what is due on each day
	BoardLoad     = "load"     // what each owner answers for
)

const (
	// columnItems is how many steps a column of the pipeline shows; it counts all.
	columnItems = 20
	// calendarDays bounds the days of a calendar: six weeks fill a month's page.
	calendarDays = 42
	// boardOwners bounds the owners of a load.
	boardOwners = 200
)

// BoardQuery asks for a board of one kind of duty.
type BoardQuery struct {
	View  string
	Area  seawall.AreaID // "" is all that the asker may see
	Owner seawall.PrincipalID
	State loop.State // of the list: "" is open
	// From is the first day of the calendar; today where it is not given. Days is
	// how many it has.
	From seawall.Day
	Days int
	Page seawall.Page
}

// BoardView is a board; only the part of the view that was asked for is filled.
type BoardView struct {
	Kind  string       `json:"kind"`
	Title seawall.Text `json:"title"`
	View  string       `json:"view"`
	Now   time.Time    `json:"now"`
	// Loops is the list.
	Loops *List[loop.Loop] `json:"loops,omitempty"`
	// Columns are the steps of the pipeline, in the protocol's order.
	Columns []BoardColumn `json:"columns,omitempty"`
	// Days is the calendar; Late counts what was due before its first day.
	Days []loop.DayDue `json:"days,omitempty"`
	Late int           `json:"late"`
	// Owners is the load.
	Owners []loop.OwnerLoad `json:"owners,omitempty"`
	// AreaNames are the names of the areas shown, by path.
	AreaNames map[seawall.AreaPath]seawall.Text `json:"areaNames"`
}

// BoardColumn is one step of the protocol with what is open and waiting in it.
type BoardColumn struct {
	Key       string       `json:"key"`
	Title     seawall.Text `json:"title"`
	Open      int          `json:"open"`
	Waiting   int          `json:"waiting"`
	Late      int          `json:"late"`
	Escalated int          `json:"escalated"`
	// Items are the first open ones by their due time.
	Items []loop.Step `json:"items"`
}

// Board shows the duties of one kind in the asker's areas. Errors: NotFound for a
// kind without protocol, Invalid for an unknown view.
func (s *Service) Board(ctx context.Context, who Who, kind string, q BoardQuery) (BoardView, error) {
	const op = "response.Board"
	v := BoardView{Kind: kind, View: q.View, AreaNames: map[seawall.AreaPath]seawall.Text{}}
	if v.View == "" {
		v.View = BoardList
	}
	p, ok := s.d.Protocols.ByID(kind)
	if !ok {
		return v, seawall.E(op, seawall.NotFound, "protocol_unknown", "kind", kind)
	}
	v.Kind, v.Title = p.ID, p.Title
	if err := s.allow(who, auth.BoardRead, auth.Resource{Kind: seawall.KindLoop}); err != nil {
		return v, err
	}
	part, ok := map[string]func(context.Context, seawall.Tx, *protocol.Protocol, BoardQuery, seawall.Scope, *BoardView) error{
		BoardList: s.boardList, BoardPipeline: s.boardPipeline, BoardCalendar: s.boardCalendar, BoardLoad: s.boardLoad}[v.View]
	if !ok {
		return v, seawall.E(op, seawall.Invalid, "board_view_unknown", "view", v.View)
	}
	err := s.read(ctx, op, func(tx seawall.Tx) error {
		scope, err := s.boardScope(ctx, tx, who, q.Area)
		if err != nil {
			return err
		}
		v.Now = tx.Now()
		return part(ctx, tx, p, q, scope, &v)
	})
	return v, err
}

// boardScope gives what of an area the asker may see.
func (s *Service) boardScope(ctx context.Context, tx seawall.Tx, who Who, id seawall.AreaID) (seawall.Scope, error) {
	if id == "" {
		return s.narrow(who, nil), nil
	}
	want, err := s.d.Roster.ScopeOf(ctx, tx, id, area.Command)
	return s.narrow(who, want), err
}

func (s *Service) boardList(ctx context.Context, tx seawall.Tx, p *protocol.Protocol, q BoardQuery, scope seawall.Scope, v *BoardView) error {
	lq := loop.LoopQuery{Kind: loop.Kind(p.ID), Scope: scope, Owner: q.Owner, Page: q.Page}
	switch q.State {
	case "":
	case "all":
		lq.States = []loop.State{loop.Open, loop.Done, loop.Cancelled, loop.Withdrawn}
	default:
		lq.States = []loop.State{q.State}
	}
	var out List[loop.Loop]
	var err error
	if out.Items, out.Next, out.Total, err = s.d.Boards.Loops(ctx, tx, lq); err != nil {
		return err
	}
	v.Loops = &out
	paths := make([]seawall.AreaPath, 0, len(out.Items))
	for _, l := range out.Items {
		paths = append(paths, l.Area)
	}
	v.AreaNames, err = s.areaNames(ctx, tx, paths...)
	return err
}

// counting turns the question into a query over steps.
func counting(tx seawall.Tx, p *protocol.Protocol, q BoardQuery, scope seawall.Scope) loop.BoardQuery {
	return loop.BoardQuery{Kind: loop.Kind(p.ID), Scope: scope, Owner: q.Owner, Now: tx.Now()}
}

func (s *Service) boardPipeline(ctx context.Context, tx seawall.Tx, p *protocol.Protocol, q BoardQuery, scope seawall.Scope, v *BoardView) error {
	counts, err := s.d.Boards.CountByKey(ctx, tx, counting(tx, p, q, scope))
	if err != nil {
		return err
	}
	keys := make([][]string, len(p.Steps))
	for _, st := range p.Steps { // every step has its column, an empty one too
		v.Columns = append(v.Columns, BoardColumn{Key: st.Key, Title: st.Title, Items: []loop.Step{}})
	}
	for _, c := range counts {
		i := columnOf(p, c.Key, v)
		if i == len(keys) {
			keys = append(keys, nil)
		}
		keys[i] = append(keys[i], c.Key)
		v.Columns[i].count(c)
	}
	for i := range v.Columns {
		if err := s.columnItems(ctx, tx, p, q, scope, keys[i], &v.Columns[i]); err != nil {
			return err
		}
	}
	var paths []seawall.AreaPath
	for _, c := range v.Columns {
		for _, st := range c.Items {
			paths = append(paths, st.Area)
		}
	}
	v.AreaNames, err = s.areaNames(ctx, tx, paths...)
	return err
}

// columnOf finds the column of a step's key; a step that the work itself added,
// such as an alarm, gets one of its own at the end.
func columnOf(p *protocol.Protocol, key string, v *BoardView) int {
	if st, ok := p.Step(key); ok {
		key = st.Key
	}
	for i, c := range v.Columns {
		if c.Key == key {
			return i
		}
	}
	v.Columns = append(v.Columns, BoardColumn{Key: key, Title: seawall.Text{ZH: key, EN: key}, Items: []loop.Step{}})
	return len(v.Columns) - 1
}

// count adds the steps of one key and state.
func (c *BoardColumn) count(n loop.KeyCount) {
	if n.State == loop.Waiting {
		c.Waiting += n.N
	} else {
		c.Open += n.N
	}
	c.Late, c.Escalated = c.Late+n.Late, c.Escalated+n.Escalated
}

// columnItems puts the first open steps into a column.
func (s *Service) columnItems(ctx context.Context, tx seawall.Tx, p *protocol.Protocol, q BoardQuery, scope seawall.Scope, keys []string, c *BoardColumn) error {
	if len(keys) == 0 {
		return nil
	}
	items, _, _, err := s.d.Loops.Steps(ctx, tx, loop.StepQuery{Scope: scope, Kind: loop.Kind(p.ID), Keys: keys, Owner: q.Owner,
		NoTotal: true, Page: seawall.Page{Limit: columnItems}})
	if err != nil {
		return err
	}
	c.Items = items
	if _, planned := p.Step(c.Key); !planned && len(items) > 0 {
		c.Title = items[0].Title
	}
	return nil
}

func (s *Service) boardCalendar(ctx context.Context, tx seawall.Tx, p *protocol.Protocol, q BoardQuery, scope seawall.Scope, v *BoardView) error {
	from, days := known(q.From), q.Days
	if !from.Known() {
		from = s.today(tx)
	}
	if days <= 0 || days > calendarDays {
		days = calendarDays
	}
	// the first pair counts what was due before the calendar begins
	bounds := []time.Time{{}, from.Start(s.d.Zone)}
	for i := range days {
		bounds = append(bounds, from.Add(i+1).Start(s.d.Zone))
	}
	counts, err := s.d.Boards.CountByDay(ctx, tx, counting(tx, p, q, scope), bounds)
	if err != nil {
		return err
	}
	v.Late, v.Days = counts[0].N, counts[1:]
	for i := range v.Days {
		v.Days[i].Day = from.Add(i)
	}
	return nil
}

func (s *Service) boardLoad(ctx context.Context, tx seawall.Tx, p *protocol.Protocol, q BoardQuery, scope seawall.Scope, v *BoardView) (err error) {
	v.Owners, err = s.d.Boards.CountByOwner(ctx, tx, counting(tx, p, q, scope), boardOwners)
	return err
}
