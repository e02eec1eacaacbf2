package seawall_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"
)

// source is one Go file of the repository.
type source struct {
	path, dir string
	test      bool
	generated bool
	lines     int
	fset      *token.FileSet
	file      *ast.File
	imports   []imported
}

// imported is one import; path is the directory for packages of ours.
type imported struct {
	path string
	ours bool
	line int
}

// sources parses every Go file outside of what tools install, build and test
// with.
func sources(t *testing.T) []source {
	t.Helper()
	var out []source
	eachFile(t, func(p string, text []byte) {
		if path.Ext(p) != ".go" {
			return
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, p, text, parser.ParseComments)
		if err != nil {
			t.Errorf("%v", err)
			return
		}
		s := source{path: p, dir: path.Dir(p), test: strings.HasSuffix(p, "_test.go") || testSupport(path.Dir(p)),
			generated: ast.IsGenerated(f), lines: bytes.Count(text, []byte("\n")), fset: fset, file: f}
		for _, spec := range f.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Errorf("%s: %v", p, err)
				continue
			}
			imp := imported{path: name, line: fset.Position(spec.Pos()).Line}
			if rest, ok := strings.CutPrefix(name, module); ok && (rest == "" || rest[0] == '/') {
				imp.path, imp.ours = path.Clean("./"+rest), true
			}
			s.imports = append(s.imports, imp)
		}
		out = append(out, s)
	})
	return out
}

// testSupport reports whether a directory holds a package for tests only, by
// its name: storetest, vaulttest.
func testSupport(dir string) bool { return strings.HasSuffix(path.Base(dir), "test") }

// eachFile calls fn for every file that belongs to the repository.
func eachFile(t *testing.T, fn func(path string, text []byte)) {
	t.Helper()
	root := os.DirFS(".")
	err := fs.WalkDir(root, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			skip := []string{".git", "node_modules", "testdata", "dist", "bin", "seawall-data", "test-results", "playwright-report"}
			if slices.Contains(skip, d.Name()) {
				return fs.SkipDir
			}
			return nil
		}
		text, err := fs.ReadFile(root, p)
		if err != nil {
			return err
		}
		fn(p, text)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// packageDirs gives the directories that hold a package, sorted.
func packageDirs(t *testing.T) []string {
	seen := map[string]bool{}
	for _, s := range sources(t) {
		seen[s.dir] = true
	}
	out := make([]string, 0, len(seen))
	for d := range seen {
		out = append(out, d)
	}
	sort.Strings(out)
	return out
}

// Files stay short enough to be read in one sitting.
func TestFileSizes(t *testing.T) {
	const usual, limit = 450, 700
	var sizes []int
	for _, s := range sources(t) {
		if s.generated {
			continue
		}
		sizes = append(sizes, s.lines)
		if s.lines > limit {
			t.Errorf("%s:1: %d lines, at most %d", s.path, s.lines, limit)
		}
	}
	if p := percentile95(sizes); p > usual {
		t.Errorf("95 of 100 files have up to %d lines, wanted %d", p, usual)
	}
	eachFile(t, func(p string, text []byte) {
		ext := path.Ext(p)
		if n := bytes.Count(text, []byte("\n")); n > limit && (ext == ".ts" || ext == ".vue") && !bytes.Contains(text[:min(len(text), 300)], []byte("generated")) {
			t.Errorf("%s:1: %d lines, at most %d", p, n, limit)
		}
	})
}

// Functions fit on a screen. Lines of table literals do not count: a table is
// read by row.
func TestFunctionSizes(t *testing.T) {
	const usual, limit = 45, 75
	var sizes []int
	for _, s := range sources(t) {
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || s.generated || f.Body == nil {
				continue
			}
			n := functionLines(s.fset, f)
			sizes = append(sizes, n)
			if n > limit {
				t.Errorf("%s: %s has %d lines, at most %d", s.fset.Position(f.Pos()), f.Name.Name, n, limit)
			}
		}
	}
	if p := percentile95(sizes); p > usual {
		t.Errorf("95 of 100 functions have up to %d lines, wanted %d", p, usual)
	}
}

// functionLines counts a function's lines less those of its table literals:
// slices, arrays and maps written out over several lines.
func functionLines(fset *token.FileSet, f *ast.FuncDecl) int {
	line := func(p token.Pos) int { return fset.Position(p).Line }
	n := line(f.End()) - line(f.Pos()) + 1
	ast.Inspect(f.Body, func(node ast.Node) bool {
		lit, ok := node.(*ast.CompositeLit)
		if !ok {
			return true
		}
		switch lit.Type.(type) {
		case *ast.ArrayType, *ast.MapType:
			n -= line(lit.End()) - line(lit.Pos())
			return false
		}
		return true
	})
	return n
}

func percentile95(n []int) int {
	if len(n) == 0 {
		return 0
	}
	slices.Sort(n)
	return n[(len(n)*95+99)/100-1]
}

// Every package and every exported name says what it is.
func TestEverythingIsDocumented(t *testing.T) {
	documented := map[string]bool{}
	for _, s := range sources(t) {
		documented[s.dir] = documented[s.dir] || s.file.Doc != nil && (!s.test || testSupport(s.dir))
		if s.test || s.generated {
			continue
		}
		for _, d := range s.file.Decls {
			for _, bare := range undocumented(d) {
				t.Errorf("%s: exported %s has no comment", s.fset.Position(bare.Pos()), bare.Name)
			}
		}
	}
	for _, dir := range packageDirs(t) {
		if !documented[dir] {
			t.Errorf("%s: the package has no comment", dir)
		}
	}
}

// undocumented gives the exported names that a declaration leaves without a
// comment. One comment serves a group.
func undocumented(d ast.Decl) []*ast.Ident {
	var out []*ast.Ident
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Name.IsExported() && d.Doc == nil && (d.Recv == nil || exportedReceiver(d.Recv)) {
			out = append(out, d.Name)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				if s.Name.IsExported() && s.Doc == nil && s.Comment == nil && d.Doc == nil {
					out = append(out, s.Name)
				}
			case *ast.ValueSpec:
				for _, name := range s.Names {
					if name.IsExported() && s.Doc == nil && s.Comment == nil && d.Doc == nil {
						out = append(out, name)
					}
				}
			}
		}
	}
	return out
}

func exportedReceiver(recv *ast.FieldList) bool {
	t := recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.Ident:
			return x.IsExported()
		default:
			return true
		}
	}
}

// What runs before main cannot be ordered, passed or tested.
func TestNoInit(t *testing.T) {
	for _, s := range sources(t) {
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s: init()", s.fset.Position(f.Pos()))
			}
		}
	}
}

// Time, identifiers and randomness are handed in, so that a test and the
// demonstration can hand in their own; and nobody waits by sleeping. Where the
// real ones are made, in the composition root, is the exception.
func TestTimeAndRandomnessAreHandedIn(t *testing.T) {
	forbidden := map[string][]string{
		"time":         {"Now", "Since", "Until", "Sleep"},
		"math/rand":    nil, // nil: all of it
		"math/rand/v2": nil,
		"crypto/rand":  {"Reader", "Read", "Text", "Int", "Prime"},
	}
	// A generator made from a seed that was handed in repeats itself; only the
	// package's global functions do not.
	seeded := []string{"Rand", "New", "NewPCG", "NewZipf", "Zipf"}
	for _, s := range sources(t) {
		root := matchAny([]string{"cmd/...", "internal/app/..."}, s.dir)
		names := map[string]string{}
		for _, spec := range s.file.Imports {
			p, _ := strconv.Unquote(spec.Path.Value)
			if _, ok := forbidden[p]; ok {
				names[localName(spec, p)] = p
			}
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			x, ok := sel.X.(*ast.Ident)
			if !ok || x.Obj != nil {
				return true
			}
			p, ok := names[x.Name]
			if p == "math/rand/v2" && slices.Contains(seeded, sel.Sel.Name) {
				return true
			}
			if !ok || len(forbidden[p]) > 0 && !slices.Contains(forbidden[p], sel.Sel.Name) {
				return true
			}
			if sleeps := p == "time" && sel.Sel.Name == "Sleep"; sleeps || !s.test && !root {
				t.Errorf("%s: %s.%s", s.fset.Position(sel.Pos()), p, sel.Sel.Name)
			}
			return true
		})
	}
}

// localName is the name under which a file knows an import.
func localName(spec *ast.ImportSpec, importPath string) string {
	if spec.Name != nil {
		return spec.Name.Name
	}
	base := path.Base(importPath)
	if base == "v2" {
		base = path.Base(path.Dir(importPath))
	}
	return base
}

// unwanted is a text that has no place in the repository.
type unwanted struct {
	form   *regexp.Regexp
	reason string
}

// Paths of one machine, addresses of registries and marks of unfinished work
// stay out. The forms are spelled apart so that this file does not match them.
func TestUnwantedTexts(t *testing.T) {
	list := []unwanted{
		{regexp.MustCompile(`(^|[^\w.])/(wo` + `rk|ro` + `ot)/`), "a path of one machine"},
		{regexp.MustCompile(`registry\.npm` + `js|registry\.npm` + `mirror|proxy\.go` + `lang|go` + `proxy\.|py` + `pi\.org`), "the address of a package registry"},
		{regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|HA` + `CK|W` + `IP)\b|\bX{3}\b`), "a mark of unfinished work"},
		{regexp.MustCompile(`(?i)not (yet )?impl` + `emented|\bfor n` + `ow\b|\bplace` + `holder implementation`), "a mark of unfinished work"},
	}
	text := []string{".go", ".ts", ".vue", ".js", ".mjs", ".json", ".css", ".html", ".md", ".yaml", ".yml", ".sql", ".sh", ".mod", ""}
	eachFile(t, func(p string, b []byte) {
		if !slices.Contains(text, path.Ext(p)) || bytes.IndexByte(b[:min(len(b), 1000)], 0) >= 0 {
			return
		}
		for _, u := range list {
			for _, at := range u.form.FindAllIndex(b, 5) {
				t.Errorf("%s:%d: %q: %s", p, 1+bytes.Count(b[:at[0]], []byte("\n")), b[at[0]:at[1]], u.reason)
			}
		}
	})
}
