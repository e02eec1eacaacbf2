package area

import (
	"cmp"
	"context"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/seawall-city/seawall"
)

// Report is the outcome of an import: Rows = Accepted + Rejected + Unchanged.
type Report struct {
	Rows      int `json:"rows"`
	Accepted  int `json:"accepted"`
	Rejected  int `json:"rejected"`
	Unchanged int `json:"unchanged"`
	Warnings  int `json:"warnings"`
	// Rejects are the rows not taken, Notes the warnings, both by line.
	Rejects []Reject `json:"rejects,omitempty"`
	Notes   []Reject `json:"notes,omitempty"`
}

// Row is one area as a file gives it.
type Row struct {
	Line int
	Area Area // without Path; Level may be empty
}

// The bounds of a file's values.
const (
	maxCode      = 64
	maxAreaName  = 100
	maxPathDepth = 16
	maxPeople    = 2_000_000_000
)

// ParseAreas reads a CSV of areas: the columns code, name and parent, and, where
// the file has them, level, name_en, population, population_kind,
// population_source, lat, lon. Columns may stand in any order and be named in
// Chinese; a level is a name of this package or its number from the root.
// Rows that cannot be read come back with the reason.
func ParseAreas(r io.Reader) ([]Row, []Reject, error) {
	lines, rejects, err := readTable(r, "id", "name", "parent")
	if err != nil {
		return nil, nil, seawall.Wrap("area.ParseAreas", err)
	}
	rows := make([]Row, 0, len(lines))
	for _, l := range lines {
		a, bad := l.area()
		if bad != nil {
			rejects = append(rejects, *bad)
			continue
		}
		rows = append(rows, Row{Line: l.number, Area: a})
	}
	return rows, rejects, nil
}

// area reads one row.
func (l line) area() (Area, *Reject) {
	c := l.cells
	reject := func(code string, args ...string) *Reject {
		e := seawall.E("", seawall.Invalid, code, args...)
		return &Reject{Line: l.number, ID: c["id"], Code: code, Args: e.Args}
	}
	switch {
	case !validCode(c["id"]):
		return Area{}, reject("area_code_malformed", "id", c["id"])
	case c["name"] == "" || len([]rune(c["name"])) > maxAreaName:
		return Area{}, reject("area_name_missing", "id", c["id"])
	}
	level, ok := parseLevel(c["level"])
	if !ok {
		return Area{}, reject("area_level_unknown", "value", c["level"])
	}
	a := newArea(seawall.AreaID(c["id"]), c["name"], level, seawall.AreaID(c["parent"]), "")
	if c["nameEn"] != "" {
		a.Name.EN = c["nameEn"]
	}
	people, bad := l.amount("population", 0, maxPeople)
	if bad != nil {
		return Area{}, bad
	}
	if a.Lat, bad = l.amount("lat", -90, 90); bad != nil {
		return Area{}, bad
	}
	if a.Lon, bad = l.amount("lon", -180, 180); bad != nil {
		return Area{}, bad
	}
	a.Population = int(people)
	if a.Population > 0 {
		a.PopulationKind, a.PopulationSource = cmp.Or(c["populationKind"], "estimate"), c["populationSource"]
	}
	return a, nil
}

// validCode reports whether a text can be an area's identifier: it stands in
// paths, addresses and file names.
func validCode(s string) bool {
	for i, r := range s {
		alnum := r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !alnum && (i == 0 || !strings.ContainsRune("._:-", r)) {
			return false
		}
	}
	return s != "" && len(s) <= maxCode
}

// parseLevel reads a level by name or by number from the root; empty is left to
// the depth in the tree.
func parseLevel(s string) (Level, bool) {
	if n, err := strconv.Atoi(s); err == nil {
		if n < 0 || n >= len(levelsByDepth()) {
			return "", false
		}
		return levelsByDepth()[n], true
	}
	return Level(s), s == "" || Level(s) == Zone || slices.Contains(levelsByDepth(), Level(s))
}

// Plan sorts the rows of a file into areas to write, parents first, and a
// report, without touching anything. known gives areas that exist already; nil
// for none, as in a dry run without a database. Repeated rows that say the same
// are unchanged; a repeat that differs, an orphan, a cycle and whatever hangs on
// them are rejected. A row that names itself as its parent is a root, as some
// systems write it, with a warning.
func Plan(rows []Row, unread []Reject, known func(seawall.AreaID) (Area, bool)) ([]Area, Report) {
	p := planner{known: known, first: map[seawall.AreaID]Row{}, state: map[seawall.AreaID]fate{}}
	if known == nil {
		p.known = func(seawall.AreaID) (Area, bool) { return Area{}, false }
	}
	p.report.Rows = len(rows) + len(unread)
	p.report.Rejects = slices.Clone(unread)
	var order []seawall.AreaID
	for _, r := range rows {
		if r.Area.Parent == r.Area.ID {
			r.Area.Parent = ""
			p.note(r, "area_own_parent")
		}
		was, repeated := p.first[r.Area.ID]
		switch {
		case !repeated:
			p.first[r.Area.ID] = r
			order = append(order, r.Area.ID)
		case was.Area == r.Area:
			p.report.Unchanged++
		default:
			p.reject(r, "area_repeat_differs", "id", string(r.Area.ID), "line", strconv.Itoa(was.Line))
		}
	}
	for _, id := range order {
		p.place(id)
	}
	p.report.Rejected = len(p.report.Rejects)
	p.report.Warnings = len(p.report.Notes)
	byLine := func(x, y Reject) int { return cmp.Compare(x.Line, y.Line) }
	slices.SortStableFunc(p.report.Rejects, byLine)
	slices.SortStableFunc(p.report.Notes, byLine)
	return p.write, p.report
}

// fate is what became of a row while a file is planned.
type fate struct {
	area Area
	// placed, refused, or still on the way up to its parent.
	placed, refused, open bool
}

// planner is the state of one Plan.
type planner struct {
	known  func(seawall.AreaID) (Area, bool)
	first  map[seawall.AreaID]Row
	state  map[seawall.AreaID]fate
	write  []Area
	report Report
}

// reject notes a row that is not taken.
func (p *planner) reject(r Row, code string, args ...string) {
	e := seawall.E("", seawall.Invalid, code, args...)
	p.report.Rejects = append(p.report.Rejects, Reject{Line: r.Line, ID: string(r.Area.ID), Code: code, Args: e.Args})
}

// note adds a warning about a row that is taken all the same.
func (p *planner) note(r Row, code string) {
	p.report.Notes = append(p.report.Notes, Reject{Line: r.Line, ID: string(r.Area.ID), Code: code, Args: map[string]string{"id": string(r.Area.ID)}})
}

// place puts an area and, before it, the rows above it where they belong.
func (p *planner) place(id seawall.AreaID) fate {
	if f, done := p.state[id]; done {
		return f
	}
	r := p.first[id]
	p.state[id] = fate{open: true}
	f := fate{area: r.Area}
	code, args := p.put(&f.area)
	if code != "" {
		p.reject(r, code, args...)
		f.refused = true
	} else {
		f.placed = true
		p.keep(r, f.area)
	}
	p.state[id] = f
	return f
}

// put gives an area its path and level below its parent, or the reason why not.
func (p *planner) put(a *Area) (code string, args []string) {
	id, parent := string(a.ID), string(a.Parent)
	var above Area
	switch _, inFile := p.first[a.Parent]; {
	case a.Parent == "":
	case inFile:
		up := p.place(a.Parent)
		if up.open {
			return "area_cycle", []string{"id", id}
		}
		if up.refused {
			return "area_parent_rejected", []string{"parent", parent}
		}
		above = up.area
	default:
		var ok bool
		if above, ok = p.known(a.Parent); !ok {
			return "area_parent_unknown", []string{"parent", parent}
		}
	}
	depth := above.Path.Depth()
	if a.Level == "" {
		if depth >= len(levelsByDepth()) {
			return "area_too_deep", []string{"id", id}
		}
		a.Level = levelsByDepth()[depth]
	}
	switch {
	case depth >= maxPathDepth:
		return "area_too_deep", []string{"id", id}
	case a.Parent != "" && levelRank(above.Level) > levelRank(a.Level):
		return "area_parent_lower", []string{"id", id, "parent", parent}
	}
	a.Path = above.Path + seawall.AreaPath(a.ID) + "/"
	if was, ok := p.known(a.ID); ok && was.Parent != a.Parent {
		return "area_moved_by_file", []string{"id", id, "parent", string(was.Parent)}
	}
	return "", nil
}

// keep decides whether a placed area has to be written.
func (p *planner) keep(r Row, a Area) {
	if was, ok := p.known(a.ID); ok {
		// What a file does not carry stays as it is.
		a.CommandParent, a.ValidFrom, a.ValidTo = was.CommandParent, was.ValidFrom, was.ValidTo
		if a.Population == 0 {
			a.Population, a.PopulationKind, a.PopulationSource = was.Population, was.PopulationKind, was.PopulationSource
		}
		if a.Lat == 0 && a.Lon == 0 {
			a.Lat, a.Lon = was.Lat, was.Lon
		}
		if a == was {
			p.report.Unchanged++
			return
		}
	}
	if a.Population > 0 && a.PopulationSource == "" {
		p.note(r, "area_population_source")
	}
	p.report.Accepted++
	p.write = append(p.write, a)
}

// Import takes a CSV of areas into the tree; see ParseAreas for its columns and
// Plan for its rules. The same file again changes nothing. With dry set nothing
// is written.
func (b *Book) Import(ctx context.Context, tx seawall.Tx, file io.Reader, dry bool) (Report, error) {
	const op = "area.Import"
	rows, unread, err := ParseAreas(file)
	if err != nil {
		return Report{}, seawall.Wrap(op, err)
	}
	ids := make([]seawall.AreaID, 0, 2*len(rows))
	for _, r := range rows {
		ids = append(ids, r.Area.ID)
		if r.Area.Parent != "" {
			ids = append(ids, r.Area.Parent)
		}
	}
	slices.Sort(ids)
	found := map[seawall.AreaID]Area{}
	for part := range slices.Chunk(slices.Compact(ids), batch) {
		as, err := b.store.Areas(ctx, tx, part)
		if err != nil {
			return Report{}, seawall.Wrap(op, err)
		}
		for _, a := range as {
			found[a.ID] = a
		}
	}
	write, report := Plan(rows, unread, func(id seawall.AreaID) (Area, bool) { a, ok := found[id]; return a, ok })
	if dry {
		return report, nil
	}
	return report, seawall.Wrap(op, b.saveAll(ctx, tx, "area.imported", write))
}

// ImportCapacity takes a CSV with the columns area, kind, total and, where the
// file has it, used. A row replaces the figure of its area and kind.
func (b *Book) ImportCapacity(ctx context.Context, tx seawall.Tx, file io.Reader, dry bool) (Report, error) {
	const op = "area.ImportCapacity"
	lines, rejects, err := readTable(file, "area", "kind", "total")
	if err != nil {
		return Report{}, seawall.Wrap(op, err)
	}
	have, err := b.store.Capacities(ctx, tx, nil)
	if err != nil {
		return Report{}, seawall.Wrap(op, err)
	}
	stored := map[string]Capacity{}
	for _, c := range have {
		stored[c.ID] = c
	}
	report := Report{Rows: len(lines) + len(rejects), Rejects: rejects}
	for _, l := range lines {
		c, bad := l.capacity()
		if bad == nil {
			bad, err = b.takeCapacity(ctx, tx, l.number, c, stored, dry, &report)
			if err != nil {
				return Report{}, seawall.Wrap(op, err)
			}
		}
		if bad != nil {
			report.Rejects = append(report.Rejects, *bad)
		}
	}
	report.Rejected = len(report.Rejects)
	return report, nil
}

// capacity reads one row.
func (l line) capacity() (Capacity, *Reject) {
	total, bad := l.amount("total", 0, maxPeople)
	if bad != nil {
		return Capacity{}, bad
	}
	used, bad := l.amount("used", 0, maxPeople)
	if bad != nil {
		return Capacity{}, bad
	}
	c := Capacity{Area: seawall.AreaID(l.cells["area"]), Kind: l.cells["kind"], Total: int(total), Used: int(used)}
	if wrong := c.wrongFields(); len(wrong) > 0 {
		return Capacity{}, &Reject{Line: l.number, ID: l.cells["area"], Code: wrong[0].Code, Args: wrong[0].Args}
	}
	return c, nil
}

// takeCapacity writes a row unless it says what is known already.
func (b *Book) takeCapacity(ctx context.Context, tx seawall.Tx, line int, c Capacity, stored map[string]Capacity, dry bool, report *Report) (*Reject, error) {
	id := capacityID(c.Area, c.Kind)
	if was, ok := stored[id]; ok && was.Total == c.Total && was.Used == c.Used {
		report.Unchanged++
		return nil, nil
	}
	if _, err := b.Get(ctx, tx, c.Area); seawall.Is(err, seawall.NotFound) {
		return &Reject{Line: line, ID: string(c.Area), Code: "area_not_found", Args: map[string]string{"id": string(c.Area)}}, nil
	} else if err != nil {
		return nil, err
	}
	stored[id] = c
	report.Accepted++
	if dry {
		return nil, nil
	}
	_, err := b.SetCapacity(ctx, tx, c)
	return nil, err
}
