package area

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/ledger"
)

// maxChain bounds the way up from a leaf, so that a damaged tree ends a search
// instead of running it for ever. The deepest real tree has nine levels.
const maxChain = 24

// Book is the service of this package: the tree of areas, the duty roster and
// the capacities. Every method works inside the caller's transaction.
type Book struct {
	store Store
	rec   ledger.Recorder
	loc   *time.Location
}

// New makes the service. loc is the city's time zone, in which the hours of the
// duty roster and the days of a move are read.
func New(store Store, rec ledger.Recorder, loc *time.Location) *Book {
	return &Book{store: store, rec: rec, loc: loc}
}

// Get gives one area. Errors: NotFound.
func (b *Book) Get(ctx context.Context, tx seawall.Tx, id seawall.AreaID) (Area, error) {
	a, err := b.store.Area(ctx, tx, id)
	if seawall.Is(err, seawall.NotFound) {
		return Area{}, seawall.E("area.Get", seawall.NotFound, "area_not_found", "id", string(id))
	}
	return a, seawall.Wrap("area.Get", err)
}

// Place gives the statistical path of an area. Errors: NotFound.
func (b *Book) Place(ctx context.Context, tx seawall.Tx, id seawall.AreaID) (seawall.AreaPath, error) {
	a, err := b.Get(ctx, tx, id)
	return a.Path, err
}

// Children gives the areas directly under parent in hierarchy h; the empty
// parent asks for the roots.
func (b *Book) Children(ctx context.Context, tx seawall.Tx, parent seawall.AreaID, h Hierarchy) ([]Area, error) {
	as, err := b.store.Children(ctx, tx, parent, h)
	return as, seawall.Wrap("area.Children", err)
}

// Search finds areas by name, pinyin or code inside the scope, best first.
func (b *Book) Search(ctx context.Context, tx seawall.Tx, q string, within seawall.Scope, limit int) ([]Area, error) {
	q = strings.ToLower(strings.TrimSpace(q))
	if q == "" || len(within) == 0 {
		return nil, nil
	}
	as, err := b.store.SearchAreas(ctx, tx, q, within, limit)
	return as, seawall.Wrap("area.Search", err)
}

// Chain gives the areas that answer for path, the nearest first: the leaf and
// then each parent in the command hierarchy up to the root. Identifiers that no
// area carries (a household nobody registered) are passed over.
func (b *Book) Chain(ctx context.Context, tx seawall.Tx, path seawall.AreaPath) ([]Area, error) {
	known, err := b.onPath(ctx, tx, path)
	if err != nil {
		return nil, seawall.Wrap("area.Chain", err)
	}
	ids := pathIDs(path)
	var next seawall.AreaID
	for i := len(ids) - 1; i >= 0; i-- {
		if _, ok := known[ids[i]]; ok {
			next = ids[i]
			break
		}
	}
	var chain []Area
	for next != "" && len(chain) < maxChain {
		a, ok := known[next]
		if !ok {
			// A zone stands outside the statistical path of its territory.
			if a, err = b.store.Area(ctx, tx, next); err != nil {
				return nil, seawall.Wrap("area.Chain", err)
			}
		}
		chain = append(chain, a)
		next = a.commandParent()
	}
	return chain, nil
}

// Up gives the area one level above path in the command hierarchy, to which an
// unfinished duty climbs. The top is the city, or the root of a tree without
// one; there Up gives the top itself and false.
func (b *Book) Up(ctx context.Context, tx seawall.Tx, path seawall.AreaPath) (seawall.AreaPath, bool, error) {
	chain, err := b.Chain(ctx, tx, path)
	if err != nil {
		return "", false, seawall.Wrap("area.Up", err)
	}
	if len(chain) == 0 {
		return path, false, nil
	}
	if chain[0].Path != path {
		return chain[0].Path, true, nil // the leaf itself is not registered
	}
	if chain[0].Level == City || len(chain) == 1 {
		return path, false, nil
	}
	return chain[1].Path, true, nil
}

// onPath loads the areas named on a path.
func (b *Book) onPath(ctx context.Context, tx seawall.Tx, path seawall.AreaPath) (map[seawall.AreaID]Area, error) {
	as, err := b.store.Areas(ctx, tx, pathIDs(path))
	if err != nil {
		return nil, err
	}
	known := make(map[seawall.AreaID]Area, len(as))
	for _, a := range as {
		known[a.ID] = a
	}
	return known, nil
}

// commandParent is the parent that the area answers to.
func (a Area) commandParent() seawall.AreaID {
	if a.CommandParent != "" {
		return a.CommandParent
	}
	return a.Parent
}

// Ref points to the area in events.
func (a Area) Ref() seawall.Ref { return seawall.Ref{Kind: seawall.KindArea, ID: string(a.ID)} }

// pathIDs splits a path into its identifiers, root first.
func pathIDs(p seawall.AreaPath) []seawall.AreaID {
	var ids []seawall.AreaID
	for part := range strings.SplitSeq(strings.Trim(string(p), "/"), "/") {
		if part != "" {
			ids = append(ids, seawall.AreaID(part))
		}
	}
	return ids
}

// ScopeOf resolves an area in a hierarchy to the paths it covers. Statistically
// that is its subtree. In command it is the subtree less what answers to
// somebody else, plus what answers to it from outside: 盐都区 loses the two
// sub-districts of 盐南高新区, which gets them.
func (b *Book) ScopeOf(ctx context.Context, tx seawall.Tx, id seawall.AreaID, h Hierarchy) (seawall.Scope, error) {
	const op = "area.ScopeOf"
	root, err := b.Get(ctx, tx, id)
	if err != nil {
		return nil, seawall.Wrap(op, err)
	}
	if h != Command {
		return seawall.Scope{root.Path}, nil
	}
	moved, err := b.store.Commanded(ctx, tx)
	if err != nil {
		return nil, seawall.Wrap(op, err)
	}
	// Areas with a command parent of their own are where the territory differs
	// from the subtree: each is either gained or lost as a whole, and others may
	// lie inside it.
	roots, cuts := []Area{root}, []seawall.AreaPath(nil)
	for _, m := range moved {
		above, err := b.Chain(ctx, tx, m.Path)
		if err != nil {
			return nil, seawall.Wrap(op, err)
		}
		if slices.ContainsFunc(above, func(a Area) bool { return a.ID == root.ID }) {
			roots = append(roots, m)
		} else {
			cuts = append(cuts, m.Path)
		}
	}
	var scope seawall.Scope
	for _, r := range roots {
		if err := b.cutOut(ctx, tx, r, cuts, &scope); err != nil {
			return nil, seawall.Wrap(op, err)
		}
	}
	return shortest(scope), nil
}

// shortest sorts a scope and drops what another part of it covers.
func shortest(scope seawall.Scope) seawall.Scope {
	slices.Sort(scope)
	scope = slices.Compact(scope)
	var out seawall.Scope
	for _, p := range scope {
		own, _ := p.IsAlone()
		covered := slices.ContainsFunc(scope, func(q seawall.AreaPath) bool {
			_, alone := q.IsAlone()
			return q != p && !alone && own.Within(q)
		})
		if !covered {
			out = append(out, p)
		}
	}
	return out
}

// cutOut adds the subtree of a to the scope, leaving out the cut subtrees: an
// area above a cut stands alone and its other children follow one by one.
func (b *Book) cutOut(ctx context.Context, tx seawall.Tx, a Area, cuts []seawall.AreaPath, scope *seawall.Scope) error {
	if slices.Contains(cuts, a.Path) {
		return nil
	}
	if !slices.ContainsFunc(cuts, func(c seawall.AreaPath) bool { return c.Within(a.Path) }) {
		*scope = append(*scope, a.Path)
		return nil
	}
	*scope = append(*scope, a.Path.Alone())
	children, err := b.store.Children(ctx, tx, a.ID, Statistical)
	if err != nil {
		return err
	}
	for _, c := range children {
		if err := b.cutOut(ctx, tx, c, cuts, scope); err != nil {
			return err
		}
	}
	return nil
}
