package strictyaml

import (
	"errors"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
)

// addYAML records an error of the YAML reader; into is what was to be read, whose
// keys an unknown one is compared with.
func (f *File) addYAML(err error, into any) {
	p := Problem{File: f.Name, Line: 1, Column: 1}
	p.Text = text("语法有误："+err.Error(), "not well written: "+err.Error())
	var at yaml.Error
	if errors.As(err, &at) {
		p.Text = yamlText(at, into)
		if tok := at.GetToken(); tok != nil && tok.Position != nil {
			p.Line, p.Column = max(1, tok.Position.Line), max(1, tok.Position.Column)
		}
		if _, excerpt, ok := strings.Cut(at.FormatError(false, true), "\n"); ok {
			p.Excerpt = excerpt
		}
	}
	f.Problems = append(f.Problems, p)
}

// yamlText words an error of the YAML reader for somebody who writes such files.
func yamlText(err yaml.Error, into any) Words {
	key := ""
	if tok := err.GetToken(); tok != nil {
		key = tok.Value
	}
	var unknown *yaml.UnknownFieldError
	var repeated *yaml.DuplicateKeyError
	var wrong *yaml.TypeError
	switch {
	case errors.As(err, &unknown):
		hint := Meant(key, FileKeys(reflect.TypeOf(into)))
		return text("没有名为“"+key+"”的键"+hint.ZH, "there is no key "+strconv.Quote(key)+" here"+hint.EN)
	case errors.As(err, &repeated):
		return textf("键“%s”重复", "key %q is repeated", key)
	case errors.As(err, &wrong):
		want := kindText(wrong.DstType.Kind())
		return text("“"+key+"”应为"+want.ZH, strconv.Quote(key)+" should be "+want.EN)
	}
	message := err.GetMessage()
	if m := keyTwice.FindStringSubmatch(message); m != nil {
		return textf("键“%s”重复", "key %q is repeated", m[1])
	}
	for _, w := range yamlWords() {
		if strings.Contains(message, w.EN) {
			return text("语法有误："+w.ZH, "not well written: "+message)
		}
	}
	return text("语法有误："+message, "not well written: "+message)
}

var keyTwice = regexp.MustCompile(`^mapping key "([^"]*)" already defined`)

// yamlWords are what the YAML reader says most often, with the Chinese of it.
func yamlWords() []Words {
	return []Words{
		text("这里应为列表，写成 [甲, 乙] 或每行以“- ”开头", "where sequence is expected"),
		text("这里应为一组键值", "where mapping is expected"),
		text("缺少逗号或右括号", "must be specified"),
		text("缩进请用空格，不用制表符", "that cannot start any token"),
		text("冒号之后的文字含有冒号等符号，请加引号", "mapping value is not allowed in this context"),
		text("缩进不对", "value is not allowed in this context"),
		text("引号没有成对", "could not find end character"),
	}
}

// FileKeys gives every key that a file may have anywhere.
func FileKeys(t reflect.Type) []string {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	var out []string
	for i := range t.NumField() {
		if key, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ","); key != "" {
			out = append(out, key)
		}
		out = append(out, FileKeys(t.Field(i).Type)...)
	}
	return out
}

// kindText words what a key wants.
func kindText(k reflect.Kind) Words {
	switch k {
	case reflect.Int:
		return text("整数", "a whole number")
	case reflect.Float64:
		return text("数字", "a number")
	case reflect.Bool:
		return text(" true 或 false", "true or false")
	case reflect.Slice:
		return text("列表", "a list")
	case reflect.String:
		return text("文字", "text")
	}
	return text("一组键值", "keys with values")
}

// Meant ends a message with the word of a list that was probably meant; it is
// empty where none resembles what was written.
func Meant(written string, list []string) Words {
	best, least := "", max(2, len(written)/3)+1
	for _, w := range list {
		if d := distance(written, w, least); d > 0 && d < least {
			best, least = w, d
		}
	}
	if best == "" {
		return Words{}
	}
	return textf("；是否想写 %s？", "; did you mean %s?", best)
}

// distance counts the letters to change, put in or leave out, up to limit.
func distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit || len(a) > 80 || len(b) > 80 {
		return limit
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
