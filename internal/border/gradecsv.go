package border

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/seawall-city/seawall"
)

// Reject is a row of a file that was not taken, with the reason. Line counts from
// 1, the header included.
type Reject struct {
	Line int               `json:"line"`
	ID   string            `json:"id"`
	Code string            `json:"code"`
	Args map[string]string `json:"args,omitempty"`
}

// GradeLine is one readable row of a file of grades.
type GradeLine struct {
	Line  int
	Grade Grade
}

// gradeColumns maps headings, in lower case without blanks and underlines, to the
// fields of a grade.
func gradeColumns() map[string]string {
	return map[string]string{
		"disease": "disease", "病种": "disease", "疾病": "disease",
		"code": "code", "areacode": "code", "代码": "code", "区划代码": "code",
		"name": "name", "area": "name", "名称": "name", "地区": "name",
		"level": "level", "grade": "level", "风险等级": "level", "等级": "level",
		"from": "from", "起": "from", "开始日期": "from", "生效日期": "from",
		"to": "to", "止": "to", "结束日期": "to",
		"source": "source", "来源": "source", "文件": "source",
		"invented": "invented", "虚构": "invented",
	}
}

// levelWords maps what lists write to the keys of the levels.
func levelWords() map[string]string {
	return map[string]string{"高": "high", "高风险": "high", "中": "medium", "中风险": "medium", "低": "low", "低风险": "low",
		"high": "high", "medium": "medium", "mid": "medium", "low": "low"}
}

// ReadGrades reads a CSV file of grades in UTF-8 with the columns code, level,
// from, to and source. Rows without a disease get the given one. A row that
// cannot be read is rejected with its line; the others are not lost by it.
// Errors: Invalid when a column is missing or the file is no CSV.
func ReadGrades(r io.Reader, disease string) ([]GradeLine, []Reject, error) {
	const op = "border.ReadGrades"
	br := bufio.NewReader(r)
	if bom, err := br.Peek(3); err == nil && string(bom) == "\xef\xbb\xbf" {
		if _, err := br.Discard(3); err != nil {
			return nil, nil, seawall.Wrap(op, err)
		}
	}
	cr := csv.NewReader(br)
	cr.FieldsPerRecord = -1
	head, err := cr.Read()
	if err != nil {
		return nil, nil, &seawall.Error{Op: op, Kind: seawall.Invalid, Code: "grades_not_csv", Err: err}
	}
	fields := make([]string, len(head))
	have := map[string]bool{}
	for i, h := range head {
		key := strings.NewReplacer(" ", "", "_", "", "-", "").Replace(strings.ToLower(strings.TrimSpace(h)))
		fields[i] = gradeColumns()[key]
		have[fields[i]] = true
	}
	for _, n := range []string{"code", "level", "from", "source"} {
		if !have[n] {
			return nil, nil, seawall.E(op, seawall.Invalid, "grades_column_missing", "column", n)
		}
	}
	var out []GradeLine
	var bad []Reject
	for {
		row, err := cr.Read()
		if errors.Is(err, io.EOF) {
			return out, bad, nil
		}
		var syntax *csv.ParseError
		if errors.As(err, &syntax) {
			bad = append(bad, Reject{Line: syntax.Line, Code: "area_row_malformed"})
			continue
		}
		if err != nil {
			return nil, nil, seawall.Wrap(op, err)
		}
		line, _ := cr.FieldPos(0)
		if len(row) != len(head) {
			bad = append(bad, Reject{Line: line, Code: "area_row_cells",
				Args: map[string]string{"got": strconv.Itoa(len(row)), "want": strconv.Itoa(len(head))}})
			continue
		}
		g, reject := gradeOf(row, fields, disease)
		if reject != nil {
			reject.Line = line
			bad = append(bad, *reject)
			continue
		}
		out = append(out, GradeLine{Line: line, Grade: g})
	}
}

// gradeOf reads one row.
func gradeOf(row, fields []string, disease string) (Grade, *Reject) {
	cells := map[string]string{}
	for i, f := range fields {
		if f != "" {
			cells[f] = strings.TrimSpace(row[i])
		}
	}
	g := Grade{Disease: cells["disease"], Code: strings.ToUpper(cells["code"]), Name: cells["name"], Source: cells["source"],
		Level: cells["level"], Invented: truth(cells["invented"])}
	if g.Disease == "" {
		g.Disease = disease
	}
	if word, ok := levelWords()[strings.ToLower(g.Level)]; ok {
		g.Level = word
	}
	no := func(code string, args map[string]string) (Grade, *Reject) {
		return g, &Reject{ID: g.Code, Code: code, Args: args}
	}
	var err error
	if g.From, err = seawall.ParseDay(cells["from"]); err != nil {
		return no("day_malformed", map[string]string{"value": cells["from"]})
	}
	if g.To, err = seawall.ParseDay(cells["to"]); err != nil {
		return no("day_malformed", map[string]string{"value": cells["to"]})
	}
	if bad := g.check(); len(bad) > 0 {
		args := map[string]string{"field": bad[0].Field}
		for k, v := range bad[0].Args {
			args[k] = v
		}
		if bad[0].Code == "required" {
			return no("grades_cell_missing", args)
		}
		return no(bad[0].Code, args)
	}
	return g, nil
}

// truth reads a mark of yes.
func truth(s string) bool {
	switch strings.ToLower(s) {
	case "1", "yes", "true", "是", "y":
		return true
	}
	return false
}
