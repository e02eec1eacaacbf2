package intake

import (
	_ "embed" // the field and vocabulary files
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/seawall-city/seawall"
)

//go:embed fields.yaml
var fieldsFile []byte

//go:embed vocabulary.yaml
var vocabularyFile []byte

// Field is one thing that a row may tell.
type Field struct {
	Field    string   `yaml:"field" json:"field"`
	Type     string   `yaml:"type" json:"type"`
	Required bool     `yaml:"required" json:"required,omitempty"`
	Sealed   bool     `yaml:"sealed" json:"sealed,omitempty"`
	ZH       string   `yaml:"zh" json:"-"`
	EN       string   `yaml:"en" json:"-"`
	Alias    []string `yaml:"alias" json:"-"`
}

// Label is the field's name for people.
func (f Field) Label() seawall.Text { return seawall.Text{ZH: f.ZH, EN: f.EN} }

// Catalog knows the fields of each kind of file and the vocabularies. It is
// read-only and safe for concurrent use.
type Catalog struct {
	fields map[Kind][]Field
	// words maps vocabulary name → normalised code → meaning; "?" means that
	// the code is known to say nothing.
	words   map[string]map[string]string
	unknown map[string]bool
}

// Load reads the embedded files. Errors: Corrupt, which a test rules out for a
// released binary.
func Load() (*Catalog, error) {
	const op = "intake.Load"
	corrupt := func(err error) error {
		return &seawall.Error{Op: op, Kind: seawall.Corrupt, Code: "kind_corrupt", Err: err}
	}
	c := &Catalog{fields: map[Kind][]Field{}, words: map[string]map[string]string{}, unknown: map[string]bool{}}
	if err := yaml.UnmarshalWithOptions(fieldsFile, &c.fields, yaml.Strict()); err != nil {
		return nil, corrupt(err)
	}
	raw := map[string]any{}
	if err := yaml.Unmarshal(vocabularyFile, &raw); err != nil {
		return nil, corrupt(err)
	}
	for name, v := range raw {
		if err := c.addWords(name, v); err != nil {
			return nil, corrupt(err)
		}
	}
	return c, nil
}

func (c *Catalog) addWords(name string, v any) error {
	if list, ok := v.([]any); ok && name == "unknown" {
		for _, w := range list {
			c.unknown[codeKey(fmt.Sprint(w))] = true
		}
		return nil
	}
	means, ok := v.(map[string]any)
	if !ok {
		return fmt.Errorf("vocabulary %s is not a map of lists", name)
	}
	c.words[name] = map[string]string{}
	for meaning, list := range means {
		codes, ok := list.([]any)
		if !ok {
			return fmt.Errorf("vocabulary %s/%s is not a list", name, meaning)
		}
		for _, w := range codes {
			key := codeKey(fmt.Sprint(w))
			if old, dup := c.words[name][key]; dup && old != meaning {
				return fmt.Errorf("vocabulary %s: %q means both %s and %s", name, w, old, meaning)
			}
			c.words[name][key] = meaning
		}
	}
	return nil
}

// Fields gives the fields of a kind of file, in order.
func (c *Catalog) Fields(k Kind) []Field { return c.fields[k] }

// Field finds a field of a kind by name.
func (c *Catalog) Field(k Kind, name string) (Field, bool) {
	for _, f := range c.fields[k] {
		if f.Field == name {
			return f, true
		}
	}
	return Field{}, false
}

// vocabularyOf gives the vocabulary behind a type, "" if it has none.
func (c *Catalog) vocabularyOf(typ string) string {
	if _, ok := c.words[typ]; ok {
		return typ
	}
	return ""
}

// Meaning looks a code up. Codes of Go.Data stand behind a long path
// ("LNG_REFERENCE_DATA_CATEGORY_GENDER_MALE"); there the longest known tail
// counts.
func (c *Catalog) Meaning(vocabulary, code string) (string, bool) {
	key := codeKey(code)
	words := c.words[vocabulary]
	if m, ok := words[key]; ok {
		return m, true
	}
	if !strings.HasPrefix(key, "lng ") {
		return "", false
	}
	for rest := key; ; {
		_, after, ok := strings.Cut(rest, " ")
		if !ok {
			return "", false
		}
		if m, ok := words[after]; ok {
			return m, true
		}
		rest = after
	}
}

// saysNothing reports whether a value stands for "we do not know".
func (c *Catalog) saysNothing(s string) bool { return s == "" || c.unknown[codeKey(s)] }

// codeKey brings a code to the form in which it is compared: lower case, words
// apart by one space. Signs that are the whole code ("+") stay.
func codeKey(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	out := strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return strings.ContainsRune(" \t\n_-./,;:'’\"", r)
	}), " ")
	if out == "" {
		return s
	}
	return out
}
