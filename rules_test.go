package seawall_test

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"
)

// This file holds the repository's own rules about who may know whom
// (design, §4 and §7); rules_source_test.go holds those about the text. Each
// rule is a row with its reason; a failure names file and line.

const module = "github.com/seawall-city/seawall"

// importRule says what a set of packages may not import.
type importRule struct {
	// who are directories, less those in unless; "x/..." is x and all below it.
	who, unless []string
	// not are directories of ours or import paths of others, "..." as above.
	not []string
	// but are exceptions to not.
	but []string
	// tests says that test files keep the rule too.
	tests  bool
	reason string
}

// domain packages, in the order in which they may know each other.
func domain() []string {
	return []string{"internal/ledger", "internal/area", "internal/regime", "internal/loop", "internal/casebook",
		"internal/border", "internal/place", "internal/surveillance", "internal/gap", "internal/plan",
		"internal/vault", "internal/auth", "internal/intake", "internal/protocol", "internal/gate", "internal/relief", "internal/device", "internal/freight", "internal/goods"}
}

// adapters stand between the domain and the world.
func adapters() []string {
	return []string{"internal/store/...", "internal/stream/...", "internal/httpapi/...", "internal/webui/...", "internal/config/..."}
}

func engines() []string { return []string{"detect/...", "exposure/...", "sim/..."} }

func importRules() []importRule {
	ours := []string{".", "cmd/...", "internal/...", "detect/...", "exposure/...", "sim/...", "regimes/...", "protocols/..."}
	outer := append(adapters(), "internal/app/...", "internal/cli/...", "cmd/...")
	rules := []importRule{
		{who: engines(), not: ours, reason: "an engine stands alone so that others can use it"},
		{who: []string{"internal/waits/..."}, not: append(ours, "net/...", "log/...", "database/sql/...", "os"),
			reason: "waits are computed by a pure engine: it knows numbers, not gates; its randomness comes from a seed that is handed in"},
		{who: engines(), not: []string{"net/...", "log/...", "database/sql/...", "os", "math/rand/..."},
			reason: "an engine reads no network, no log, no file and no global randomness"},
		{who: domain(), not: append(outer, "internal/response/..."),
			reason: "the domain knows neither its adapters nor those who coordinate it"},
		{who: domain(), not: []string{"database/sql/...", "net/http/..."}, tests: true,
			reason: "rules live in the domain, transport and SQL outside of it"},
		{who: []string{"internal/response/..."}, not: outer, reason: "the main path works on interfaces; app wires it"},
		{who: []string{"internal/story/..."}, not: outer, reason: "a demonstration walks the main path like anybody"},
		{who: []string{"internal/scenario/..."}, not: []string{"internal/..."}, but: []string{"internal/scenario"},
			reason: "a scenario comes in by the doors: HTTP, pages, commands and the clock; app hands it the instance"},
		{who: []string{"internal/store/..."}, not: []string{"internal/response/...", "internal/httpapi/...", "internal/webui/...",
			"internal/config/...", "internal/app/...", "internal/cli/...", "internal/stream/..."},
			reason: "the store serves the domain and nobody else"},
		{who: []string{"internal/httpapi/..."}, not: []string{"internal/store/...", "internal/stream/...", "internal/app/...", "internal/cli/...", "internal/config/..."},
			reason: "HTTP calls use cases, never the database"},
		{who: []string{"internal/webui/...", "internal/config/...", "internal/locale/...", "regimes/...", "protocols/...", "gates/...", "goods/..."},
			not: []string{"internal/...", "cmd/..."}, but: []string{"internal/locale"},
			reason: "files and figures know nobody"},
		{who: []string{"internal/strictyaml"}, not: ours, but: []string{"internal/strictyaml"}, reason: "reading YAML is the same whatever the file means"},
		{who: []string{"internal/app/..."}, not: []string{"internal/cli/...", "cmd/..."}, reason: "the command line starts the app, not the other way round"},
		{who: []string{"cmd/..."}, not: ours, but: []string{"internal/cli"}, reason: "main only calls the command line"},
	}
	rules = append(rules, domainRules()...)
	return append(rules, ownerRules()...)
}

// domainRules order the domain packages: ledger, area, regime ← loop ← the
// rest. Everybody may record events.
func domainRules() []importRule {
	const reason = "domain packages import each other in one order only: ledger, area, regime, then loop, then the rest"
	may := map[string][]string{
		"internal/ledger": nil,
		"internal/area":   {"internal/ledger"},
		"internal/regime": {"internal/ledger"},
		"internal/loop":   {"internal/ledger", "internal/area", "internal/regime"},
	}
	var rules []importRule
	for _, pkg := range domain() {
		but, special := may[pkg]
		if !special {
			but = []string{"internal/ledger", "internal/area", "internal/regime", "internal/loop"}
		}
		rules = append(rules, importRule{who: []string{pkg}, not: domain(), but: append(but, pkg), reason: reason})
	}
	return rules
}

// ownerRules name the few who may import something at all.
func ownerRules() []importRule {
	all := []string{"..."}
	return []importRule{
		{who: all, unless: []string{"internal/vault/...", "internal/response/...", "internal/store/...", "internal/app/..."},
			not: []string{"internal/vault/..."}, reason: "identity is opened in one place"},
		{who: all, unless: []string{"internal/config/...", "internal/app/...", "internal/cli/..."},
			not: []string{"internal/config/..."}, reason: "configuration does not reach inward"},
		{who: all, unless: []string{"internal/app/...", "internal/cli/..."},
			not: []string{"internal/app/..."}, reason: "the composition root is nobody's library"},
		{who: all, unless: []string{"internal/locale/...", "internal/httpapi/...", "internal/app/...", "internal/cli/..."},
			not: []string{"internal/locale/..."}, reason: "messages are worded at the edge; inside, an error carries its code"},
		{who: all, unless: []string{"internal/store/..."},
			not:    []string{"database/sql/...", "modernc.org/sqlite/...", "github.com/jackc/pgx/v5/...", "github.com/pressly/goose/v3/..."},
			reason: "only the store knows SQL"},
		{who: all, unless: []string{"internal/vault/...", "internal/app/..."},
			not: []string{"github.com/tink-crypto/tink-go/v2/..."}, reason: "only the vault holds keys"},
		{who: all, unless: []string{"internal/bench/...", "internal/app/..."},
			not: []string{"internal/bench/..."}, reason: "measurements rest on the program, not the other way round"},
		{who: all, not: []string{"internal/proof/..."}, reason: "the proofs look at the program from outside; nothing rests on them"},
		{who: all, unless: []string{"internal/cli/..."}, not: []string{"github.com/alecthomas/kong/..."}, tests: true,
			reason: "only the command line parses arguments"},
	}
}

// Who imports what is decided by the table above.
func TestImportDirections(t *testing.T) {
	rules := importRules()
	for _, s := range sources(t) {
		for _, imp := range s.imports {
			for _, r := range rules {
				if s.test && !r.tests || !r.forbids(s.dir, imp.path) {
					continue
				}
				t.Errorf("%s:%d: %s imports %s: %s", s.path, imp.line, s.dir, imp.path, r.reason)
			}
		}
	}
}

// forbids reports whether the rule keeps dir from importing imp.
func (r importRule) forbids(dir, imp string) bool {
	return matchAny(r.who, dir) && !matchAny(r.unless, dir) && matchAny(r.not, imp) && !matchAny(r.but, imp)
}

// The vocabulary imports the standard library only: it is everybody's.
func TestVocabularyStandsAlone(t *testing.T) {
	for _, s := range sources(t) {
		for _, imp := range s.imports {
			if s.dir == "." && !s.test && strings.Contains(imp.path, ".") {
				t.Errorf("%s:%d: the vocabulary imports %s", s.path, imp.line, imp.path)
			}
		}
	}
}

// The table is about the packages that exist: a new room gets its row first.
func TestEveryPackageHasItsPlace(t *testing.T) {
	known := append(append(domain(), adapters()...), engines()...)
	known = append(known, ".", "cmd/seawall", "internal/response/...", "internal/app/...", "internal/cli/...",
		"internal/locale", "internal/bench", "internal/proof", "internal/story", "internal/scenario", "internal/ticket", "internal/strictyaml", "internal/waits", "regimes", "protocols", "gates", "goods", "examples/...")
	for _, dir := range packageDirs(t) {
		if testSupport(dir) {
			dir = path.Dir(dir)
		}
		if !matchAny(known, dir) {
			t.Errorf("%s: no rule says where this package stands; add it to rules_test.go", dir)
		}
	}
}

// No chain of our own imports is longer than eight: a change does not travel
// further than one can follow.
func TestImportChain(t *testing.T) {
	const limit = 8
	graph := map[string][]string{}
	for _, s := range sources(t) {
		for _, imp := range s.imports {
			if imp.ours && !s.test {
				graph[s.dir] = append(graph[s.dir], imp.path)
			}
		}
	}
	longest := map[string][]string{}
	var walk func(dir string) []string
	walk = func(dir string) []string {
		if chain, ok := longest[dir]; ok {
			return chain
		}
		longest[dir] = nil // the compiler refuses circles
		var best []string
		for _, next := range graph[dir] {
			if c := walk(next); len(c) > len(best) {
				best = c
			}
		}
		longest[dir] = append([]string{dir}, best...)
		return longest[dir]
	}
	for dir := range graph {
		if chain := walk(dir); len(chain)-1 > limit {
			t.Errorf("%s: a chain of %d imports: %s", dir, len(chain)-1, strings.Join(chain, " → "))
		}
	}
}

// Names that say nothing collect everything.
func TestPackageNames(t *testing.T) {
	for _, s := range sources(t) {
		for _, bad := range []string{"util", "utils", "common", "helper", "helpers", "model", "models", "types", "misc"} {
			if name := strings.TrimSuffix(s.file.Name.Name, "_test"); name == bad || path.Base(s.dir) == bad {
				t.Errorf("%s:1: a package called %s", s.path, bad)
			}
		}
	}
}

// main is a door, not a room.
func TestMainIsShort(t *testing.T) {
	for _, s := range sources(t) {
		if strings.HasPrefix(s.dir, "cmd/") && !s.test && s.lines > 40 {
			t.Errorf("%s:1: %d lines, at most 40", s.path, s.lines)
		}
	}
}

// matchAny reports whether dir is one of the patterns, "x/..." meaning x and
// everything below it.
func matchAny(patterns []string, dir string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		root, below := strings.CutSuffix(p, "...")
		root = strings.TrimSuffix(root, "/")
		return dir == root || below && (root == "" || strings.HasPrefix(dir, root+"/"))
	})
}

// The matcher and the table bite: a forbidden import is found, an allowed one
// is not.
func TestImportRulesBite(t *testing.T) {
	for _, tc := range []struct {
		from, to string
		bad      bool
	}{
		{"internal/casebook", "internal/store", true},
		{"internal/casebook", "internal/vault", true},
		{"internal/casebook", "internal/loop", false},
		{"internal/loop", "internal/casebook", true},
		{"internal/area", "internal/regime", true},
		{"internal/regime", "regimes", false},
		{"internal/regime", "internal/strictyaml", false},
		{"internal/strictyaml", "internal/regime", true},
		{"internal/loop", "database/sql", true},
		{"internal/store/sqlite", "internal/store", false},
		{"internal/store/sqlite", "internal/vault", false},
		{"internal/httpapi", "internal/store", true},
		{"internal/httpapi", "internal/vault", true},
		{"internal/response", "internal/config", true},
		{"cmd/seawall", "internal/app", true},
		{"cmd/seawall", "internal/cli", false},
		{"detect/scan", ".", true},
	} {
		var reasons []string
		for _, r := range importRules() {
			if r.forbids(tc.from, tc.to) {
				reasons = append(reasons, r.reason)
			}
		}
		if (len(reasons) > 0) != tc.bad {
			t.Errorf("%s → %s: %v", tc.from, tc.to, fmt.Sprint(reasons))
		}
	}
}
