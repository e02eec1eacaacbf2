package area

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/seawall-city/seawall"
)

// Reject is a row of a file that was not taken, with the reason. Line counts
// from 1, the header included, as an editor shows it.
type Reject struct {
	Line int    `json:"line"`
	ID   string `json:"id"`
	// Code and Args are the reason, as in an error.
	Code string            `json:"code"`
	Args map[string]string `json:"args,omitempty"`
}

// line is one row of a CSV file by field name.
type line struct {
	number int
	cells  map[string]string
}

// columns maps the headings that files use to the fields of this package; a
// heading is compared in lower case without spaces, "_" and "-".
func columns() map[string]string {
	return map[string]string{
		"code": "id", "id": "id", "areaid": "id", "locationid": "id", "代码": "id", "区划代码": "id", "编码": "id", "区域代码": "id",
		"name": "name", "namezh": "name", "名称": "name", "区划名称": "name",
		"nameen": "nameEn", "englishname": "nameEn", "英文名称": "nameEn",
		"level": "level", "adminlevel": "level", "级别": "level", "层级": "level",
		"parent": "parent", "parentid": "parent", "parentcode": "parent", "parentlocationid": "parent", "上级": "parent", "上级代码": "parent",
		"population": "population", "pop": "population", "常住人口": "population", "人口": "population",
		"populationkind": "populationKind", "人口口径": "populationKind",
		"populationsource": "populationSource", "source": "populationSource", "人口来源": "populationSource", "来源": "populationSource",
		"lat": "lat", "latitude": "lat", "纬度": "lat",
		"lon": "lon", "lng": "lon", "long": "lon", "longitude": "lon", "经度": "lon",
		"area": "area", "areacode": "area", "区域": "area",
		"kind": "kind", "类别": "kind", "资源": "kind",
		"total": "total", "总数": "total", "used": "used", "已用": "used", "在用": "used",
	}
}

// headingOf makes a heading comparable.
func headingOf(s string) string {
	return strings.NewReplacer(" ", "", "_", "", "-", "").Replace(strings.ToLower(strings.TrimSpace(s)))
}

// readTable reads a CSV file in UTF-8 (with or without a byte order mark) whose
// first row names the columns; unknown columns are passed over. A heading
// "code" is the field id unless the file has an id of its own (Go.Data does).
// Errors: Invalid when a needed column is missing or the file is no CSV.
func readTable(r io.Reader, needed ...string) ([]line, []Reject, error) {
	const op = "area.readTable"
	cr := csv.NewReader(withoutBOM(r))
	cr.FieldsPerRecord = -1
	head, err := cr.Read()
	if err != nil {
		return nil, nil, &seawall.Error{Op: op, Kind: seawall.Invalid, Code: "area_file_not_csv", Err: err}
	}
	fields, err := fieldsOf(head, needed)
	if err != nil {
		return nil, nil, seawall.Wrap(op, err)
	}
	var lines []line
	var rejects []Reject
	for {
		row, err := cr.Read()
		if errors.Is(err, io.EOF) {
			return lines, rejects, nil
		}
		var syntax *csv.ParseError
		if errors.As(err, &syntax) {
			rejects = append(rejects, Reject{Line: syntax.Line, Code: "area_row_malformed"})
			continue
		}
		if err != nil {
			return nil, nil, seawall.Wrap(op, err)
		}
		number, _ := cr.FieldPos(0)
		l := line{number: number, cells: map[string]string{}}
		for i, f := range fields {
			if f != "" && i < len(row) {
				l.cells[f] = strings.TrimSpace(row[i])
			}
		}
		if len(row) != len(head) {
			rejects = append(rejects, Reject{Line: number, ID: l.cells["id"], Code: "area_row_cells",
				Args: map[string]string{"got": strconv.Itoa(len(row)), "want": strconv.Itoa(len(head))}})
			continue
		}
		lines = append(lines, l)
	}
}

// withoutBOM passes over a byte order mark at the beginning.
func withoutBOM(r io.Reader) io.Reader {
	br := bufio.NewReader(r)
	if bom, err := br.Peek(3); err != nil || !bytes.Equal(bom, []byte("\xef\xbb\xbf")) {
		return br
	}
	rest := make([]byte, 3)
	if _, err := io.ReadFull(br, rest); err != nil {
		return bytes.NewReader(nil)
	}
	return br
}

// fieldsOf maps a header row; the first heading for a field counts, an
// identifier that says so goes before a mere code.
func fieldsOf(head, needed []string) ([]string, error) {
	fields := make([]string, len(head))
	at := map[string]int{}
	for i, h := range head {
		f := columns()[headingOf(h)]
		was, taken := at[f]
		switch {
		case f == "":
			continue
		case taken && f == "id" && headingOf(head[was]) == "code":
			fields[was] = ""
		case taken:
			continue
		}
		fields[i], at[f] = f, i
	}
	for _, n := range needed {
		if _, ok := at[n]; !ok {
			return nil, seawall.E("area.fieldsOf", seawall.Invalid, "area_column_missing", "column", n)
		}
	}
	return fields, nil
}

// amount reads an optional number between lo and hi; the empty text is 0.
func (l line) amount(field string, lo, hi float64) (float64, *Reject) {
	s := strings.ReplaceAll(l.cells[field], ",", "")
	if s == "" {
		return 0, nil
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || v != v || v < lo || v > hi {
		return 0, &Reject{Line: l.number, ID: l.cells["id"], Code: "area_number", Args: map[string]string{"field": field, "value": s}}
	}
	return v, nil
}
