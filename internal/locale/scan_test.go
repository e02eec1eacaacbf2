package locale

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

// use is one place in the sources that names a message code.
type use struct {
	where, code string
	// args are the names given; argsKnown is false where they are computed.
	args      map[string]bool
	argsKnown bool
}

// scanCodes finds the codes in all Go sources below root except tests: the
// third argument of seawall.E and the Code of an Error or FieldError literal.
func scanCodes(root fs.FS) ([]use, error) {
	var uses []use
	err := fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); name == "node_modules" || name == "testdata" || len(name) > 1 && name[0] == '.' {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		src, err := fs.ReadFile(root, path)
		if err != nil {
			return err
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, path, src, parser.SkipObjectResolution)
		if err != nil {
			return nil // a file being written; the compiler reports it
		}
		s := scanner{fset: fset, consts: constants(f)}
		ast.Inspect(f, s.visit)
		uses = append(uses, s.uses...)
		return nil
	})
	return uses, err
}

// scanner collects the uses in one file.
type scanner struct {
	fset   *token.FileSet
	consts map[string]string
	uses   []use
}

func (s *scanner) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.CallExpr:
		if isCall(n, "E") && len(n.Args) >= 3 {
			s.addCall(n)
		}
	case *ast.CompositeLit:
		switch t := n.Type.(type) {
		case *ast.ArrayType:
			if isErrorType(t.Elt) {
				for _, e := range n.Elts {
					if lit, ok := e.(*ast.CompositeLit); ok && lit.Type == nil {
						s.addLiteral(lit)
					}
				}
			}
		default:
			if isErrorType(n.Type) {
				s.addLiteral(n)
			}
		}
	}
	return true
}

func (s *scanner) addCall(n *ast.CallExpr) {
	code, ok := s.text(n.Args[2])
	if !ok {
		return
	}
	u := use{where: s.fset.Position(n.Pos()).String(), code: code,
		args: map[string]bool{}, argsKnown: n.Ellipsis == token.NoPos}
	for i := 3; i < len(n.Args); i += 2 {
		name, ok := s.text(n.Args[i])
		u.argsKnown = u.argsKnown && ok
		u.args[name] = true
	}
	s.uses = append(s.uses, u)
}

func (s *scanner) addLiteral(n *ast.CompositeLit) {
	u := use{where: s.fset.Position(n.Pos()).String(), args: map[string]bool{}, argsKnown: true}
	found := false
	for _, e := range n.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		switch key, _ := kv.Key.(*ast.Ident); {
		case key == nil:
		case key.Name == "Code":
			u.code, found = s.text(kv.Value)
		case key.Name == "Args":
			s.addArgs(&u, kv.Value)
		}
	}
	if found && u.code != "" {
		s.uses = append(s.uses, u)
	}
}

func (s *scanner) addArgs(u *use, v ast.Expr) {
	m, ok := v.(*ast.CompositeLit)
	if !ok {
		u.argsKnown = false
		return
	}
	for _, e := range m.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			name, known := s.text(kv.Key)
			u.argsKnown = u.argsKnown && known
			u.args[name] = true
		}
	}
}

// text gives the value of a string literal or of a constant of the same file.
func (s *scanner) text(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		v, err := strconv.Unquote(e.Value)
		return v, err == nil && e.Kind == token.STRING
	case *ast.Ident:
		v, ok := s.consts[e.Name]
		return v, ok
	}
	return "", false
}

// constants gives the string constants declared in f.
func constants(f *ast.File) map[string]string {
	out := map[string]string{}
	ast.Inspect(f, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		for i, name := range spec.Names {
			if i < len(spec.Values) {
				if lit, ok := spec.Values[i].(*ast.BasicLit); ok && lit.Kind == token.STRING {
					if v, err := strconv.Unquote(lit.Value); err == nil {
						out[name.Name] = v
					}
				}
			}
		}
		return true
	})
	return out
}

func isCall(n *ast.CallExpr, name string) bool {
	switch f := n.Fun.(type) {
	case *ast.SelectorExpr:
		pkg, ok := f.X.(*ast.Ident)
		return ok && pkg.Name == "seawall" && f.Sel.Name == name
	case *ast.Ident:
		return f.Name == name
	}
	return false
}

func isErrorType(t ast.Expr) bool {
	switch t := t.(type) {
	case *ast.SelectorExpr:
		pkg, ok := t.X.(*ast.Ident)
		return ok && pkg.Name == "seawall" && (t.Sel.Name == "Error" || t.Sel.Name == "FieldError")
	case *ast.Ident:
		return t.Name == "Error" || t.Name == "FieldError"
	}
	return false
}

// The scan sees each way of naming a code, and only those.
func TestScanCodes(t *testing.T) {
	src := `package p
const coded = "from_const"
var _ = seawall.E("op", seawall.Invalid, "from_call", "id", x)
var _ = seawall.E("op", seawall.Invalid, coded, name, x)
var _ = &seawall.Error{Op: "op", Code: "from_literal", Args: map[string]string{"a": "1"}}
var _ = []seawall.FieldError{{Field: "f", Code: "from_list"}}
var _ = candidate{Code: "not_a_message"}
`
	uses, err := scanCodes(fstest.MapFS{"p/p.go": {Data: []byte(src)}})
	if err != nil {
		t.Fatal(err)
	}
	got := make([]string, 0, len(uses))
	for _, u := range uses {
		got = append(got, fmt.Sprintf("%s known=%v args=%d", u.code, u.argsKnown, len(u.args)))
	}
	want := "from_call known=true args=1; from_const known=false args=1; " +
		"from_literal known=true args=1; from_list known=true args=0"
	if s := strings.Join(got, "; "); s != want {
		t.Errorf("got  %s\nwant %s", s, want)
	}
}
