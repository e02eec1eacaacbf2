package protocol

import (
	"bytes"
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/seawall-city/seawall"
)

// Conversion is what a workbook of dictionaries became.
type Conversion struct {
	Files []Converted
}

// Converted is one dictionary: every row of it is a field or stands in Rejected.
type Converted struct {
	Name   string // of the file, "msf-cholera.yaml"
	Sheet  string
	Text   []byte
	Rows   int
	Fields int
	// Rejected are the rows that became no field, Noted what was taken otherwise
	// than the dictionary has it, each with the reason.
	Rejected, Noted []Remark
	// Rules counts the checks of the dictionary, Applied those that the form makes;
	// the others stand in the notes of the protocol.
	Rules, Applied int
}

// Remark says something about one row of a sheet.
type Remark struct {
	Row  int
	What string
	Why  seawall.Text
}

// maxBook bounds a workbook, packed, and its sheets unpacked.
const (
	maxBook     = 8 << 20
	maxUnpacked = 64 << 20
)

// ConvertMSF makes a protocol with an entry form of each dictionary of an MSF
// outbreak workbook (sheets of data elements, a sheet OptionCodes, a sheet Rules).
// words gives Chinese for English texts; what it does not have keeps the English,
// and the linter warns of it. Errors: Invalid when it is no such workbook.
func ConvertMSF(src []byte, words map[string]string) (Conversion, error) {
	const op = "protocol.ConvertMSF"
	bad := func(detail string) error {
		return seawall.E(op, seawall.Invalid, "protocol_convert_invalid", "detail", detail)
	}
	if len(src) > maxBook {
		return Conversion{}, bad("more than 8 MB")
	}
	book, err := excelize.OpenReader(bytes.NewReader(src), excelize.Options{UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxUnpacked})
	if err != nil {
		return Conversion{}, bad("not an XLSX workbook: " + err.Error())
	}
	m := &msf{words: words, options: map[string][]Option{}, codes: map[string]string{}}
	var out Conversion
	err = m.read(book)
	if closed := book.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return out, bad(err.Error())
	}
	if len(m.sheets) == 0 {
		return out, bad("no sheet has a column \"Data element valuetype\"")
	}
	for _, s := range m.sheets {
		out.Files = append(out.Files, m.convert(s))
	}
	return out, nil
}

// msf is a workbook that has been read.
type msf struct {
	words   map[string]string
	sheets  []msfSheet
	options map[string][]Option
	odd     map[string][]Remark // options that could not be taken, by set
	codes   map[string]string   // code of a data element by UID
	rules   []msfRule
}

type msfSheet struct {
	name string
	rows []msfRow
}

// msfRow is one data element.
type msfRow struct {
	row                                                     int
	uid, name, short, description, valueType, form, options string
}

type msfRule struct{ program, words, uid string }

// read takes the sheets apart by their headings.
func (m *msf) read(book *excelize.File) error {
	m.odd = map[string][]Remark{}
	for _, name := range book.GetSheetList() {
		rows, err := book.GetRows(name)
		if err != nil {
			return fmt.Errorf("sheet %s: %w", name, err)
		}
		if len(rows) == 0 {
			continue
		}
		col := map[string]int{}
		for i, h := range rows[0] {
			col[strings.ToLower(strings.TrimSpace(h))] = i
		}
		get := func(r []string, heading string) string {
			i, ok := col[heading]
			if !ok || i >= len(r) {
				return ""
			}
			return strings.Join(strings.Fields(r[i]), " ")
		}
		switch {
		case has(col, "data element valuetype"):
			m.elements(name, rows, get)
		case has(col, "option code"):
			m.optionSets(rows, get)
		case has(col, "program rule description"):
			for _, r := range rows[1:] {
				m.rules = append(m.rules, msfRule{get(r, "program"), get(r, "program rule description"), get(r, "de acted on uid")})
			}
		}
	}
	return nil
}

func has(m map[string]int, key string) bool { _, ok := m[key]; return ok }

// elements reads one dictionary; rows without anything in them are none.
func (m *msf) elements(name string, rows [][]string, get func([]string, string) string) {
	s := msfSheet{name: name}
	for i, r := range rows[1:] {
		if strings.TrimSpace(strings.Join(r, "")) == "" {
			continue
		}
		e := msfRow{row: i + 2, uid: get(r, "data element uid"), name: get(r, "data element name"), short: get(r, "data element shortname"),
			description: get(r, "data element description"), valueType: strings.ToUpper(get(r, "data element valuetype")),
			form: get(r, "data element formname"), options: get(r, "used optionset uid")}
		if code := elementCode.FindString(e.name); code != "" && e.uid != "" {
			m.codes[e.uid] = code
		}
		s.rows = append(s.rows, e)
	}
	m.sheets = append(m.sheets, s)
}

var (
	elementCode = regexp.MustCompile(`^[A-Z]+_[0-9]+`)
	codePrefix  = regexp.MustCompile(`^\[[^\]]*\]\s*`)
	notKey      = regexp.MustCompile(`[^a-z0-9]+`)
	unitForm    = regexp.MustCompile(`(?i)\((years|months|days|hours|weeks|kg|g|cm|mm|°c)\)`)
)

// optionSets reads the answers of choices.
func (m *msf) optionSets(rows [][]string, get func([]string, string) string) {
	type option struct {
		Option
		order string
	}
	sets := map[string][]option{}
	for i, r := range rows[1:] {
		set, code, name := get(r, "optionset uid"), get(r, "option code"), get(r, "option name")
		if set == "" && code == "" && name == "" {
			continue
		}
		key := strings.Join(strings.Fields(strings.NewReplacer(`"`, "", "'", "").Replace(code)), "_")
		label := strings.TrimSpace(codePrefix.ReplaceAllString(name, ""))
		if label == "" {
			label = or(name, code)
		}
		twice := slices.ContainsFunc(sets[set], func(o option) bool { return o.Key == key })
		if key == "" || len(key) > 60 || twice {
			m.odd[set] = append(m.odd[set], Remark{Row: i + 2, What: "option " + code + " " + name, Why: text("选项代码为空、过长或重复，未采用", "the code is empty, too long or repeated; not taken")})
			continue
		}
		if key != code {
			m.odd[set] = append(m.odd[set], Remark{Row: i + 2, What: "option " + code, Why: text("选项代码改写为 "+key, "the code is written "+key)})
		}
		sets[set] = append(sets[set], option{Option{Key: key, Text: m.both(label)}, fmt.Sprintf("%6s", get(r, "option order in set"))})
	}
	for set, list := range sets {
		slices.SortStableFunc(list, func(a, b option) int { return cmp.Compare(a.order, b.order) })
		for _, o := range list {
			m.options[set] = append(m.options[set], o.Option)
		}
	}
}

// both gives an English text with its Chinese, where the words are known.
func (m *msf) both(en string) seawall.Text { return text(m.words[en], en) }

// convert makes a protocol of one dictionary.
func (m *msf) convert(s msfSheet) Converted {
	out := Converted{Sheet: s.name, Rows: len(s.rows)}
	id := "msf-" + strings.Trim(notKey.ReplaceAllString(strings.ToLower(s.name), "-"), "-")
	out.Name = id + ".yaml"
	w := &msfWriter{m: m, out: &out, taken: map[string]int{}, byCode: map[string]int{}}
	for _, r := range s.rows {
		w.row(r)
	}
	w.applyRules(s.name)
	out.Fields = len(w.fields)
	out.Text = w.yaml(id, s.name)
	return out
}

// msfWriter builds one protocol.
type msfWriter struct {
	m      *msf
	out    *Converted
	fields []Field
	taken  map[string]int // how often a key was wanted
	byCode map[string]int // place of a field by its element's code
	notes  []string
}

func (w *msfWriter) note(r msfRow, zh, en string) {
	w.out.Noted = append(w.out.Noted, Remark{Row: r.row, What: or(r.name, r.short), Why: text(zh, en)})
}

// row makes a field of a data element, or says why not.
func (w *msfWriter) row(r msfRow) {
	label := or(or(r.form, r.short), r.name)
	if label == "" {
		w.out.Rejected = append(w.out.Rejected, Remark{Row: r.row, What: r.uid, Why: text("没有名称", "it has no name")})
		return
	}
	x := Field{Label: w.m.both(label), Help: w.m.both(r.description)}
	if r.description == label {
		x.Help = seawall.Text{}
	}
	if why := w.typed(&x, r); why != (seawall.Text{}) {
		w.out.Rejected = append(w.out.Rejected, Remark{Row: r.row, What: label, Why: why})
		return
	}
	if u := unitForm.FindStringSubmatch(r.name + " " + label); u != nil && (x.Type == FieldInteger || x.Type == FieldNumber) {
		x.Unit = strings.ToLower(u[1])
	}
	code := elementCode.FindString(r.name)
	x.Key = w.key(r, or(code, or(r.short, label)))
	if code != "" {
		w.byCode[code] = len(w.fields)
	}
	w.fields = append(w.fields, x)
}

// key makes a key of a code or name that no other field has.
func (w *msfWriter) key(r msfRow, from string) string {
	key := strings.Trim(notKey.ReplaceAllString(strings.ToLower(from), "_"), "_")
	if key == "" || key[0] < 'a' {
		key = "f_" + key
	}
	key = strings.TrimRight(key[:min(len(key), 50)], "_")
	if key == "given" || key == "done" {
		key += "_field"
	}
	w.taken[key]++
	if n := w.taken[key]; n > 1 {
		key = fmt.Sprintf("%s_%d", key, n)
		w.taken[key]++
		w.note(r, "同名栏目，键改为 "+key, "the name is there already; the key is "+key)
	}
	return key
}

// typed sets the type of a field; the reason where there is none.
func (w *msfWriter) typed(x *Field, r msfRow) seawall.Text {
	number := func(v float64) *float64 { return &v }
	switch r.valueType {
	case "TEXT":
		x.Type = FieldText
	case "LONG_TEXT":
		x.Type = FieldLong
	case "DATE":
		x.Type = FieldDate
	case "DATETIME":
		x.Type = FieldTime
	case "BOOLEAN", "TRUE_ONLY":
		x.Type = FieldYes
	case "ORGANISATION_UNIT", "ORG UNIT":
		x.Type = FieldArea
	case "INTEGER":
		x.Type = FieldInteger
	case "INTEGER_POSITIVE":
		x.Type, x.Min = FieldInteger, number(1)
	case "INTEGER_ZERO_OR_POSITIVE":
		x.Type, x.Min = FieldInteger, number(0)
	case "NUMBER", "UNIT_INTERVAL", "PERCENTAGE":
		x.Type = FieldNumber
		if r.valueType != "NUMBER" {
			x.Min, x.Max = number(0), number(map[string]float64{"UNIT_INTERVAL": 1, "PERCENTAGE": 100}[r.valueType])
		}
	default:
		return text("没有对应的类型："+r.valueType, "there is no type for "+r.valueType)
	}
	if r.options == "" {
		return seawall.Text{}
	}
	options := w.m.options[r.options]
	switch {
	case len(options) == 0:
		w.note(r, "工作簿中没有选项集 "+r.options+"，改为自由文字", "the workbook has no option set "+r.options+"; kept as free text")
	case x.Type != FieldText:
		w.note(r, "类型 "+r.valueType+" 不用选项集", "the type "+r.valueType+" takes no option set")
	default:
		x.Type, x.Options = FieldChoice, options
		w.out.Noted = append(w.out.Noted, w.m.odd[r.options]...)
	}
	return seawall.Text{}
}
