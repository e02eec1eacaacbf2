package store

import (
	"slices"
	"strconv"
	"strings"

	"github.com/seawall-city/seawall"
)

// where collects the conditions of a statement and their arguments. The text
// of a condition marks its values with "?", which become $1, $2, … in the order
// of all arguments.
type where struct {
	conds []string
	args  []any
}

// mark takes a value and gives its placeholder.
func (w *where) mark(v any) string {
	w.args = append(w.args, v)
	return "$" + strconv.Itoa(len(w.args))
}

// text numbers the marks of a condition without adding it.
func (w *where) text(cond string, values ...any) string {
	var b strings.Builder
	for _, v := range values {
		before, after, _ := strings.Cut(cond, "?")
		b.WriteString(before)
		b.WriteString(w.mark(v))
		cond = after
	}
	b.WriteString(cond)
	return b.String()
}

// add adds a condition.
func (w *where) add(cond string, values ...any) {
	w.conds = append(w.conds, w.text(cond, values...))
}

// eq adds "col = v" unless v is empty.
func (w *where) eq(col, v string) {
	if v != "" {
		w.add(col+" = ?", v)
	}
}

// in gives "col IN (…)", or a condition that nothing meets for no values.
func in[S ~string](w *where, col string, vs []S) string {
	switch len(vs) {
	case 0:
		return "1 = 0"
	case 1:
		return w.text(col+" = ?", string(vs[0]))
	}
	marks := make([]string, len(vs))
	for i, v := range vs {
		marks[i] = w.mark(string(v))
	}
	return col + " IN (" + strings.Join(marks, ", ") + ")"
}

// all joins conditions with AND.
func all(conds ...string) string {
	conds = slices.DeleteFunc(conds, func(c string) bool { return c == "" })
	if len(conds) == 0 {
		return "1 = 1"
	}
	return strings.Join(conds, " AND ")
}

// last is greater than every character that a stored text continues with, so
// [p, p+last) holds exactly the texts that begin with p.
const last = "\U0010FFFF"

// prefixed gives the condition that a column begins with p; it walks an index
// on the column on both databases, which LIKE does not.
func (w *where) prefixed(col, p string) string {
	return w.text(col+" >= ? AND "+col+" < ?", p, p+last)
}

// reach is a part of a scope as SQL compares it: one area alone, or the range
// of paths [from, to) of a subtree.
type reach struct {
	from, to string
	alone    bool
	depth    int
}

// reaches gives the parts of a scope, each path in one part at most. A nil
// scope was not given and limits nothing (ok is false); one without entries, or
// with the empty path only, contains nothing.
func reaches(s seawall.Scope) (parts []reach, ok bool) {
	if s == nil {
		return nil, false
	}
	roots := slices.Clone(s)
	slices.Sort(roots)
	roots = slices.Compact(roots)
	for _, p := range roots {
		own, alone := p.IsAlone()
		covered := slices.ContainsFunc(roots, func(q seawall.AreaPath) bool {
			_, single := q.IsAlone()
			return q != p && !single && own.Within(q)
		})
		if own == "" || covered {
			continue
		}
		r := subtree(string(own))
		if alone {
			r.to, r.alone = "", true
		}
		parts = append(parts, r)
	}
	return parts, true
}

// subtree is the range of a path and everything below: a path ends with "/",
// and "0" is the next character after that.
func subtree(path string) reach {
	return reach{from: path, to: strings.TrimSuffix(path, "/") + "0", depth: seawall.AreaPath(path).Depth()}
}

// area gives the condition of one part of a scope on a column.
func (w *where) area(col string, r reach) string {
	if r.alone {
		return w.text(col+" = ?", r.from)
	}
	return w.text(col+" >= ? AND "+col+" < ?", r.from, r.to)
}

// areas gives the condition that a column lies in any of the parts.
func (w *where) areas(col string, rs []reach) string {
	if len(rs) == 0 {
		return "1 = 0"
	}
	parts := make([]string, len(rs))
	for i, r := range rs {
		parts[i] = w.area(col, r)
	}
	return "(" + strings.Join(parts, " OR ") + ")"
}

// narrowDepth is the depth of a path (county = 3) from which on walking the
// part of the tree costs less than walking the list's order.
const narrowDepth = 3

// maxRanges bounds the index ranges that one statement walks.
const maxRanges = 48

// hull is one index range of areas and, when it holds more than it should, what
// of it is meant.
type hull struct {
	reach
	parts []reach
}

// hulls gives the parts of a scope as index ranges: each part its own, or, when
// that were too many, one for each county with its parts as a filter.
func hulls(parts []reach, most int) []hull {
	out := []hull{}
	if len(parts) <= most {
		for _, r := range parts {
			out = append(out, hull{reach: r})
		}
		return out
	}
	for _, r := range parts { // sorted by path, so a county's parts are neighbours
		county := above(r.from, narrowDepth)
		if n := len(out); n > 0 && out[n-1].from == county {
			out[n-1].parts = append(out[n-1].parts, r)
			continue
		}
		out = append(out, hull{reach: subtree(county), parts: []reach{r}})
	}
	return out
}

// above gives the first n areas of a path.
func above(path string, n int) string {
	end := 0
	for i := 0; i < n; i++ {
		j := strings.IndexByte(path[end:], '/')
		if j < 0 {
			return path
		}
		end += j + 1
	}
	return path[:end]
}

// ranges gives the disjoint conditions whose union is "state is one of states
// and area lies in the scope"; a list walks one index range for each. A narrow
// scope gives one for each of its parts, for an index on state and area; a wide
// one gives one for each state, for an index on state and the list's order.
func (w *where) ranges(states []string, scope seawall.Scope) (conds []string, narrow bool) {
	parts, limited := reaches(scope)
	if limited && len(parts) == 0 || len(states) == 0 {
		return []string{"1 = 0"}, false
	}
	areas := hulls(parts, maxRanges)
	narrow = limited && len(areas) <= maxRanges
	for _, r := range parts {
		narrow = narrow && r.depth >= narrowDepth
	}
	if narrow {
		state := in(w, "state", states)
		for _, h := range areas {
			meant := ""
			if h.parts != nil {
				meant = w.areas("area", h.parts)
			}
			conds = append(conds, all(state, w.area("area", h.reach), meant))
		}
		return conds, true
	}
	return w.stateRanges(states, scope), false
}

// stateRanges gives one range for each state, with the scope as a filter: for
// an index that leads to few rows by something else, such as their owner.
func (w *where) stateRanges(states []string, scope seawall.Scope) (conds []string) {
	within := ""
	if parts, limited := reaches(scope); limited {
		within = all(w.bounds("area", parts), w.areas("area", parts))
	}
	for _, s := range states {
		conds = append(conds, all(w.text("state = ?", s), within))
	}
	return conds
}

// bounds gives the one range that many parts lie in, so that a row outside is
// known by two comparisons.
func (w *where) bounds(col string, parts []reach) string {
	if len(parts) < 2 {
		return ""
	}
	end := ""
	for _, r := range parts {
		end = max(end, subtree(r.from).to)
	}
	return w.area(col, reach{from: parts[0].from, to: end})
}

// within adds the conditions of states and scope to a query that few rows meet
// already, so that one range serves.
func (w *where) within(states []string, scope seawall.Scope) {
	if len(states) > 0 {
		w.conds = append(w.conds, in(w, "state", states))
	}
	if parts, limited := reaches(scope); limited {
		w.conds = append(w.conds, w.areas("area", parts))
	}
}

// page bounds of a list.
const (
	usualLimit = 50
	maxLimit   = 5000
)

func limitOf(p seawall.Page) int {
	if p.Limit <= 0 {
		return usualLimit
	}
	return min(p.Limit, maxLimit)
}
