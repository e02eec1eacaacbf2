package protocol

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/seawall-city/seawall"
)

// What a condition may cost: the length of its text, how deep it nests, and the
// number of operations of one evaluation. A condition is a short question about
// typed facts; whoever needs more needs a field in a form.
const (
	maxCondition      = 500
	maxConditionDepth = 24
	maxConditionCost  = 20000
	interruptEvery    = 100
)

// variable is a typed name that a condition may use; options are the answers of
// a choice.
type variable struct {
	name    string
	typ     *cel.Type
	options []string
}

// condition is a compiled "when".
type condition struct {
	source string
	prog   cel.Program
	uses   []string // the variables it asks about
	// never marks one that holds for nobody.
	never bool
}

// conditionError is what is wrong with a condition; at counts characters from its
// beginning.
type conditionError struct {
	at   int
	text seawall.Text
}

// baseEnv makes the ground that every condition stands on: the standard language
// and days(from, to), the whole days between two moments.
func baseEnv() (*cel.Env, error) {
	return cel.NewEnv(
		cel.CrossTypeNumericComparisons(true),
		cel.ParserExpressionSizeLimit(maxCondition),
		cel.ParserRecursionLimit(maxConditionDepth),
		cel.Function("days", cel.Overload("days_between", []*cel.Type{cel.TimestampType, cel.TimestampType}, cel.IntType,
			cel.BinaryBinding(func(from, to ref.Val) ref.Val {
				a, ok1 := from.Value().(time.Time)
				b, ok2 := to.Value().(time.Time)
				if !ok1 || !ok2 {
					return types.NewErr("days takes two moments")
				}
				return types.Int(floorDays(b.Sub(a)))
			}))),
	)
}

// floorDays gives the whole days of a stretch, rounded towards the past.
func floorDays(d time.Duration) int64 {
	const day = 24 * time.Hour
	n := int64(d / day)
	if d%day < 0 {
		n--
	}
	return n
}

// compile checks a condition against the variables it may use.
func compile(base *cel.Env, source string, vars []variable) (*condition, *conditionError) {
	if len(source) > maxCondition {
		return nil, &conditionError{text: textf("条件超过 %d 个字符", "the condition has more than %d characters", maxCondition)}
	}
	var opts []cel.EnvOption
	for _, v := range vars {
		if !strings.Contains(source, v.name) {
			continue // a condition about two fields does not carry a thousand others
		}
		opts = append(opts, cel.Variable(v.name, v.typ), cel.Variable(v.name+".given", cel.BoolType))
	}
	env, err := base.Extend(opts...)
	if err != nil {
		return nil, &conditionError{text: text("条件无法检查："+err.Error(), "the condition cannot be checked: "+err.Error())}
	}
	tree, issues := env.Compile(source)
	if issues.Err() != nil {
		return nil, worded(source, issues, vars)
	}
	if tree.OutputType() != cel.BoolType {
		return nil, &conditionError{text: textf("条件应为是或否，而它的结果是 %s", "the condition should be true or false, it gives %s", tree.OutputType())}
	}
	c := &condition{source: source}
	for _, r := range tree.NativeRep().ReferenceMap() {
		if name := strings.TrimSuffix(r.Name, ".given"); slices.ContainsFunc(vars, func(v variable) bool { return v.name == name }) {
			c.uses = append(c.uses, r.Name)
		}
	}
	slices.Sort(c.uses)
	c.uses = slices.Compact(c.uses)
	if bad := answers(tree.NativeRep(), vars); bad != nil {
		return nil, bad
	}
	c.prog, err = env.Program(tree, cel.CostLimit(maxConditionCost), cel.InterruptCheckFrequency(interruptEvery))
	if err != nil {
		return nil, &conditionError{text: text("条件无法执行："+err.Error(), "the condition cannot be run: "+err.Error())}
	}
	if len(c.uses) == 0 {
		out, _, err := c.prog.ContextEval(context.Background(), map[string]any{})
		c.never = err != nil || out != types.True
	}
	return c, nil
}

var undeclared = regexp.MustCompile(`undeclared reference to '([^']*)'`)

// worded says what the checker found, in both languages.
func worded(source string, issues *cel.Issues, vars []variable) *conditionError {
	errs := issues.Errors()
	if len(errs) == 0 {
		return &conditionError{text: text("条件有误："+issues.Err().Error(), "the condition is wrong: "+issues.Err().Error())}
	}
	first := errs[0]
	out := &conditionError{at: max(0, first.Location.Column())}
	for range first.Location.Line() - 1 {
		_, rest, _ := strings.Cut(source, "\n")
		out.at += len([]rune(source)) - len([]rune(rest))
		source = rest
	}
	message, _, _ := strings.Cut(first.Message, "\n")
	if m := undeclared.FindStringSubmatch(message); m != nil {
		written := whole(source, first.Location.Column(), m[1])
		hint := meant(written, names(vars))
		out.text = text("条件中没有“"+written+"”：它只能问对象、以及写在它前面的栏目和环节"+hint.ZH,
			fmt.Sprintf("a condition here cannot ask about %q: it knows the subject, and the fields and steps above it%s", written, hint.EN))
		return out
	}
	if strings.Contains(message, "input '<EOF>'") {
		out.text = text("条件没有写完", "the condition ends too early")
		return out
	}
	message, _, _ = strings.Cut(strings.TrimPrefix(message, "Syntax error: "), " expecting ")
	out.text = text("条件写法有误："+message, "the condition is not well written: "+message)
	if strings.HasPrefix(message, "found no matching overload") {
		out.text = text("条件中的类型不相配："+message, "the types in the condition do not fit: "+message)
	}
	return out
}

// whole gives the dotted name that stands around a place of the source.
func whole(source string, at int, part string) string {
	r := []rune(source)
	inName := func(c rune) bool {
		return c == '.' || c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
	}
	if at < 0 || at >= len(r) {
		return part
	}
	from, to := at, at
	for from > 0 && inName(r[from-1]) {
		from--
	}
	for to < len(r) && inName(r[to]) {
		to++
	}
	if from == to {
		return part
	}
	return string(r[from:to])
}

func names(vars []variable) []string {
	out := make([]string, len(vars))
	for i, v := range vars {
		out[i] = v.name
	}
	return out
}

// answers finds comparisons of a choice with an answer that it does not have.
func answers(tree *ast.AST, vars []variable) (bad *conditionError) {
	root := tree.Expr()
	ast.PreOrderVisit(root, ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() != ast.CallKind || bad != nil {
			return
		}
		call := e.AsCall()
		if !slices.Contains([]string{operators.Equals, operators.NotEquals, operators.In}, call.FunctionName()) || len(call.Args()) != 2 {
			return
		}
		for i, arg := range call.Args() {
			other := call.Args()[1-i]
			if other.Kind() != ast.LiteralKind {
				continue
			}
			said, ok := other.AsLiteral().Value().(string)
			at := slices.IndexFunc(vars, func(v variable) bool {
				r := tree.ReferenceMap()[arg.ID()]
				return r != nil && r.Name == v.name && len(v.options) > 0
			})
			if !ok || at < 0 || slices.Contains(vars[at].options, said) {
				continue
			}
			where := tree.SourceInfo().GetStartLocation(other.ID())
			bad = &conditionError{at: max(0, where.Column()), text: textf("%s 没有“%s”这个选项；可选：%s", "%s has no answer %q; there are: %s",
				vars[at].name, said, strings.Join(vars[at].options, ", "))}
		}
	}))
	return bad
}

// verdict is what a condition gave.
type verdict struct {
	holds   bool
	unknown []string // what it asks about and nobody knows
	failed  error    // it could not be computed (its cost, a division by zero)
}

// judge asks a condition; a nil one always holds. What it needs and nobody knows
// makes it not hold.
func (c *condition) judge(ctx context.Context, facts map[string]any) verdict {
	if c == nil {
		return verdict{holds: true}
	}
	in := map[string]any{}
	var unknown []string
	for _, name := range c.uses {
		if base, asks := strings.CutSuffix(name, ".given"); asks {
			_, known := facts[base]
			in[name] = known
			continue
		}
		if v, ok := facts[name]; ok {
			in[name] = v
			continue
		}
		unknown = append(unknown, name)
	}
	out, _, err := c.prog.ContextEval(ctx, in)
	switch {
	case err != nil && len(unknown) > 0 && !strings.Contains(err.Error(), "cost limit"):
		return verdict{unknown: unknown}
	case err != nil:
		return verdict{failed: err}
	}
	return verdict{holds: out == types.True}
}
