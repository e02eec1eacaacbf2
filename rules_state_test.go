package seawall_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"strings"
	"testing"
)

// A package-level variable is state that nobody handed in. It is allowed only
// where it cannot change after the program has started:
//
//   - embedded files and the blank identifier,
//   - a value made by one of a few calls that give something immutable
//     (errors.New, regexp.MustCompile, …),
//   - an unexported table, written out where it stands and not empty, or a
//     plain literal, to which nothing in the package assigns, whose elements
//     nobody sets or deletes, and whose address nobody takes,
//   - in test files: the flags of the test.
func TestNoPackageState(t *testing.T) {
	byDir := map[string][]source{}
	for _, s := range sources(t) {
		key := s.dir
		if strings.HasSuffix(s.file.Name.Name, "_test") {
			key += "_test"
		}
		byDir[key] = append(byDir[key], s)
	}
	for _, files := range byDir {
		for _, problem := range packageState(files) {
			t.Error(problem)
		}
	}
}

// packageState gives the variables of one package that break the rule.
func packageState(files []source) []string {
	var problems []string
	changed := map[string]string{}
	for _, s := range files {
		changes(s, changed)
	}
	for _, s := range files {
		for _, d := range s.file.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.VAR {
				continue
			}
			for _, spec := range g.Specs {
				v := spec.(*ast.ValueSpec)
				if embeds(g, v) {
					continue
				}
				for i, name := range v.Names {
					if why := stateOf(name, valueAt(v, i), s.test, changed); why != "" {
						problems = append(problems, s.fset.Position(name.Pos()).String()+": "+name.Name+" is package state: "+why)
					}
				}
			}
		}
	}
	return problems
}

func valueAt(v *ast.ValueSpec, i int) ast.Expr {
	if i < len(v.Values) {
		return v.Values[i]
	}
	return nil
}

func embeds(g *ast.GenDecl, v *ast.ValueSpec) bool {
	for _, doc := range []*ast.CommentGroup{g.Doc, v.Doc} {
		if doc != nil {
			for _, c := range doc.List {
				if strings.HasPrefix(c.Text, "//go:embed ") {
					return true
				}
			}
		}
	}
	return false
}

// stateOf says why the variable is state, "" if it is none.
func stateOf(name *ast.Ident, value ast.Expr, test bool, changed map[string]string) string {
	if name.Name == "_" {
		return ""
	}
	if where, ok := changed[name.Name]; ok {
		return "it changes at " + where
	}
	switch v := value.(type) {
	case nil:
		return "it has no value of its own, so somebody must set it"
	case *ast.BasicLit:
		return ""
	case *ast.CallExpr:
		if immutableCall(v, test) {
			return ""
		}
		return "its value comes from a call"
	case *ast.CompositeLit:
		switch {
		case len(v.Elts) == 0:
			return "an empty table waits to be filled"
		case name.IsExported():
			return "an exported table can be changed by anybody"
		}
		return ""
	}
	return "only literals and a few immutable values may stand here"
}

// immutableCall reports whether a call gives a value that cannot change.
func immutableCall(c *ast.CallExpr, test bool) bool {
	sel, ok := c.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	pkg, ok := sel.X.(*ast.Ident)
	if !ok {
		return false
	}
	switch pkg.Name + "." + sel.Sel.Name {
	case "errors.New", "fmt.Errorf", "regexp.MustCompile", "strings.NewReplacer", "time.FixedZone", "language.MustParse":
		return true
	}
	return test && pkg.Name == "flag"
}

// changes records every place of a file where a package-level name is assigned
// to, has an element set or deleted, or has its address taken.
func changes(s source, changed map[string]string) {
	note := func(e ast.Expr) {
		for {
			switch x := e.(type) {
			case *ast.IndexExpr:
				e = x.X
			case *ast.SelectorExpr:
				e = x.X
			case *ast.ParenExpr:
				e = x.X
			case *ast.StarExpr:
				e = x.X
			case *ast.Ident:
				if packageLevel(s, x) {
					changed[x.Name] = s.fset.Position(x.Pos()).String()
				}
				return
			default:
				return
			}
		}
	}
	ast.Inspect(s.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if n.Tok != token.DEFINE {
				for _, e := range n.Lhs {
					note(e)
				}
			}
		case *ast.IncDecStmt:
			note(n.X)
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				note(n.X)
			}
		case *ast.CallExpr:
			if f, ok := n.Fun.(*ast.Ident); ok && (f.Name == "delete" || f.Name == "clear") && len(n.Args) > 0 {
				note(n.Args[0])
			}
		}
		return true
	})
}

// packageLevel reports whether an identifier means a variable of the package:
// one declared at the top of this file, or none of this file.
func packageLevel(s source, id *ast.Ident) bool {
	if id.Obj == nil {
		return true
	}
	return s.file.Scope != nil && s.file.Scope.Lookup(id.Name) == id.Obj
}

// The rule sees what it should and lets pass what it should.
func TestPackageStateRuleBites(t *testing.T) {
	for src, want := range map[string]bool{
		"var ErrX = errors.New(\"x\")":                                            false,
		"var form = regexp.MustCompile(`x`)":                                      false,
		"var names = map[string]int{\"a\": 1}":                                    false,
		"var _ I = (*T)(nil)":                                                     false,
		"var names = map[string]int{\"a\": 1}\nfunc f() { names[\"b\"] = 2 }":     true,
		"var names = map[string]int{\"a\": 1}\nfunc f() { delete(names, \"a\") }": true,
		"var names = []int{1}\nfunc f() { names = nil }":                          true,
		"var names = []int{1}\nfunc f() { names := 2; names = 3; _ = names }":     false,
		"var n = 1\nfunc f() { n++ }":                                             true,
		"var n = 1\nfunc f() *int { return &n }":                                  true,
		"var cache = map[string]int{}":                                            true,
		"var mu sync.Mutex":                                                       true,
		"var Names = []string{\"a\"}":                                             true,
		"var client = newClient()":                                                true,
	} {
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, "p.go", "package p\n"+src+"\n", parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		got := packageState([]source{{path: "p.go", dir: path.Dir("p.go"), fset: fset, file: f}})
		if (len(got) > 0) != want {
			t.Errorf("%q: %v", src, got)
		}
	}
}
