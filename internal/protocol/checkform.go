package protocol

import (
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"

	"github.com/seawall-city/seawall/internal/strictyaml"
)

// checkForm checks one form and compiles the conditions of its fields.
func (f *file) checkForm(i int, env *cel.Env) {
	form := &f.built.Forms[i]
	form.rules = map[string]*condition{}
	at := fmt.Sprintf("forms[%d]", i)
	f.key(at+".key", form.Key, keyForm)
	f.both(at+".title", form.Title, true)
	if first, _ := f.built.form(form.Key); first != form {
		f.problem(at+".key", textf("键“%s”重复", "key %q is repeated", form.Key))
	}
	if i >= maxForms {
		f.problem(at, textf("表单超过 %d 个", "there are more than %d forms", maxForms))
		return
	}
	if n := len(form.Fields); n == 0 || n > maxFields {
		f.problem(at+".fields", textf("表单应有 1 至 %d 个栏目，这里有 %d 个", "a form has 1 to %d fields, this one %d", maxFields, n))
		return
	}
	var before []Field
	for j, x := range form.Fields {
		path := fmt.Sprintf("%s.fields[%d]", at, j)
		f.checkField(path, x, before)
		if x.When != "" {
			form.rules[x.Key] = f.condition(path+".when", x.When, env, append(fieldVars("form.", before), variable{name: "now", typ: cel.TimestampType}))
		}
		before = append(before, x)
	}
}

// checkField checks one question; a condition or a bound may name the ones before
// it.
func (f *file) checkField(path string, x Field, before []Field) {
	f.key(path+".key", x.Key, keyForm)
	if x.Key == "given" || x.Key == "done" {
		f.problem(path+".key", textf("“%s”是条件中的保留字", "%q is a word of conditions and names no field", x.Key))
	}
	if slices.ContainsFunc(before, func(b Field) bool { return b.Key == x.Key }) {
		f.problem(path+".key", textf("键“%s”重复", "key %q is repeated", x.Key))
	}
	f.oneOf(path+".type", x.Type, fieldTypes()...)
	f.both(path+".label", x.Label, true)
	f.both(path+".help", x.Help, false)
	f.checkAnswers(path, x)
	f.only(path+".min", x.Min != nil, x, FieldNumber, FieldInteger)
	f.only(path+".max", x.Max != nil, x, FieldNumber, FieldInteger)
	f.only(path+".unit", x.Unit != "", x, FieldNumber, FieldInteger)
	f.only(path+".max_len", x.MaxLen != 0, x, FieldText, FieldLong)
	f.only(path+".not_future", x.NotFuture, x, FieldDate, FieldTime)
	f.only(path+".not_before", x.NotBefore != "", x, FieldDate, FieldTime)
	if x.Min != nil && x.Max != nil && *x.Min > *x.Max {
		f.problem(path+".max", text("max 小于 min", "max is less than min"))
	}
	if x.MaxLen < 0 || x.MaxLen > maxLong {
		f.problem(path+".max_len", textf("%d 应在 %d 与 %d 之间", "%d must lie between %d and %d", x.MaxLen, 1, maxLong))
	}
	if x.NotBefore == "" {
		return
	}
	i := slices.IndexFunc(before, func(b Field) bool { return b.Key == x.NotBefore })
	if i < 0 || before[i].Type != FieldDate && before[i].Type != FieldTime {
		f.problem(path+".not_before", textf("前面没有名为“%s”的日期栏目", "no field above is a date called %q", x.NotBefore))
	}
}

// only checks that a key stands with a type that it means something for.
func (f *file) only(path string, there bool, x Field, types ...string) {
	if there && !slices.Contains(types, x.Type) {
		f.problem(path, textf("这个键只用于 %s，这里的类型是 %s", "this key is for %s; the type here is %s", strings.Join(types, ", "), x.Type))
	}
}

// checkAnswers checks the options of a choice.
func (f *file) checkAnswers(path string, x Field) {
	choice := x.Type == FieldChoice || x.Type == FieldMany
	switch {
	case choice && len(x.Options) == 0:
		f.problem(path, textf("类型 %s 需要选项 options", "type %s needs options", x.Type))
	case !choice && len(x.Options) > 0:
		f.problem(path+".options", textf("类型 %s 没有选项", "type %s has no options", x.Type))
	case len(x.Options) > maxOptions:
		f.problem(path+".options", textf("选项超过 %d 个", "there are more than %d options", maxOptions))
	default:
		f.checkOptions(path+".options", x.Options)
	}
}

func (f *file) checkOptions(path string, options []Option) {
	var seen []string
	for i, o := range options {
		at := fmt.Sprintf("%s[%d]", path, i)
		f.both(at, o.Text, true)
		if !optionForm.MatchString(o.Key) {
			f.problem(at, textf("选项的键“%s”应为 1 至 60 个字符，不含空格和引号", "option key %q must have 1 to 60 characters without spaces and quotes", o.Key))
		}
		if slices.Contains(seen, o.Key) {
			f.problem(at+".key", textf("键“%s”重复", "key %q is repeated", o.Key))
		}
		seen = append(seen, o.Key)
	}
}

// condition compiles a condition and says what is wrong with it, with the place
// inside of its line.
func (f *file) condition(path, source string, env *cel.Env, vars []variable) *condition {
	c, bad := compile(env, source, vars)
	if len(f.Problems) >= strictyaml.MaxProblems {
		return nil
	}
	if bad != nil {
		f.problem(path, bad.text)
		f.point(bad.at)
		return nil
	}
	if c.never {
		f.problem(path, textf("条件“%s”从不成立", "the condition %q never holds", source))
	}
	return c
}

// point moves the last problem to a place inside of a value that is written on one
// line, and its caret too.
func (f *file) point(at int) {
	p := f.Problems[len(f.Problems)-1]
	whole, ok := f.Line(p.Line)
	if !ok {
		return
	}
	line := []rune(whole)
	start := p.Column - 1
	if start < 0 || start >= len(line) {
		return
	}
	switch line[start] {
	case '"', '\'':
		start++
	case '|', '>':
		return // written over several lines
	}
	if start+at > len(line) {
		return
	}
	f.Move(start + at + 1)
}

// fieldVars gives the fields of a form as variables of a condition.
func fieldVars(prefix string, fields []Field) []variable {
	out := make([]variable, 0, len(fields))
	for _, x := range fields {
		v := variable{name: prefix + x.Key, typ: celType(x.Type)}
		for _, o := range x.Options {
			v.options = append(v.options, o.Key)
		}
		out = append(out, v)
	}
	return out
}

// nameVars gives named facts as variables of a condition.
func nameVars(prefix string, list []Name) []variable {
	out := make([]variable, 0, len(list))
	for _, n := range list {
		out = append(out, variable{name: prefix + n.Key, typ: celType(n.Type)})
	}
	return out
}

// celType gives the type of a condition's variable for a field's or fact's type.
func celType(t string) *cel.Type {
	switch t {
	case FieldNumber:
		return cel.DoubleType
	case FieldInteger:
		return cel.IntType
	case FieldYes:
		return cel.BoolType
	case FieldDate, FieldTime:
		return cel.TimestampType
	case FieldMany, "list":
		return cel.ListType(cel.StringType)
	}
	return cel.StringType
}
