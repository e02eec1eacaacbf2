package intake

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/seawall-city/seawall"
)

// MaxBytes and MaxRows bound a file. MaxBytes holds for the file as it was sent
// and, separately, for each part that a workbook unpacks to; a bigger list is
// sent in parts.
const (
	MaxBytes   = 64 << 20
	MaxRows    = 500_000
	maxColumns = 2_000
)

// ReadOptions overrule what Read would find out by itself; empty fields do not.
type ReadOptions struct {
	Encoding  string // "utf-8", "gb18030", "windows-1252", "utf-16"
	Delimiter string // one character
	Sheet     string
}

// Read reads a CSV or XLSX file; which of the two it is shows in its first
// bytes, not in its name. Errors: Invalid, naming the line where there is one.
func Read(name string, data []byte, o ReadOptions) (*Table, error) {
	const op = "intake.Read"
	if len(data) > MaxBytes {
		return nil, seawall.E(op, seawall.Invalid, "import_too_big", "size", megabytes(len(data)), "max", megabytes(MaxBytes))
	}
	switch {
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return readXLSX(data, o)
	case bytes.HasPrefix(data, []byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}):
		return nil, seawall.E(op, seawall.Invalid, "import_old_excel")
	case len(bytes.TrimSpace(data)) == 0:
		return nil, seawall.E(op, seawall.Invalid, "import_empty")
	case bytes.HasPrefix(data, []byte("%PDF")), bytes.HasPrefix(data, []byte{0xFF, 0xD8, 0xFF}),
		bytes.HasPrefix(data, []byte("\x89PNG")), bytes.HasPrefix(data, []byte("{\\rtf")):
		return nil, seawall.E(op, seawall.Invalid, "import_not_a_table", "name", name)
	}
	text, encoding, err := decode(data, o.Encoding)
	if err != nil {
		return nil, err
	}
	return readText(text, encoding, o)
}

func readText(text, encoding string, o ReadOptions) (*Table, error) {
	comma := findDelimiter(text)
	if o.Delimiter != "" {
		comma, _ = utf8.DecodeRuneInString(o.Delimiter)
	}
	records, err := parseCSV(text, comma)
	if err != nil {
		return nil, err
	}
	t := &Table{Format: "csv", Encoding: encoding, Delimiter: string(comma)}
	return t, t.fill(records)
}

// record is one line of a file before it is known which one is the header.
type record struct {
	line  int
	cells []string
}

// fill finds the header among the records and makes the rest rows.
func (t *Table) fill(records []record) error {
	const op = "intake.Read"
	for i := range records {
		for j, c := range records[i].cells {
			records[i].cells[j] = cleanCell(c)
		}
	}
	h := headerAt(records)
	if h < 0 {
		return seawall.E(op, seawall.Invalid, "import_empty")
	}
	if len(records[h].cells) > maxColumns {
		return seawall.E(op, seawall.Invalid, "import_too_wide", "line", strconv.Itoa(records[h].line), "max", strconv.Itoa(maxColumns))
	}
	t.Columns = columnNames(records[h].cells, records[h+1:])
	n := len(t.Columns)
	for _, r := range records[h+1:] {
		if filled(r.cells) == 0 {
			continue
		}
		if len(t.Rows) == MaxRows {
			return seawall.E(op, seawall.Invalid, "import_too_long", "max", strconv.Itoa(MaxRows))
		}
		row := Row{Line: r.line, Cells: r.cells}
		if len(row.Cells) > n {
			row.Bad = filled(row.Cells[n:]) > 0
			if !row.Bad {
				row.Cells = row.Cells[:n]
			}
		}
		for len(row.Cells) < n {
			row.Cells = append(row.Cells, "")
		}
		t.Rows = append(t.Rows, row)
	}
	return nil
}

// headerAt gives the index of the header: the first line that has content,
// unless lines with a lone title stand above a wider one.
func headerAt(records []record) int {
	first := -1
	for i, r := range records {
		n := filled(r.cells)
		if n == 0 {
			continue
		}
		if n > 1 {
			return i
		}
		if first < 0 {
			first = i
		}
		if i-first >= 8 {
			break
		}
	}
	return first
}

// columnNames gives each column a name of its own: empty headers are numbered,
// repeated ones counted. Columns without header and content at the end go.
func columnNames(header []string, rows []record) []string {
	n := len(header)
	for n > 0 && header[n-1] == "" {
		used := false
		for _, r := range rows {
			if len(r.cells) >= n && r.cells[n-1] != "" {
				used = true
				break
			}
		}
		if used {
			break
		}
		n--
	}
	taken := map[string]bool{}
	for _, h := range header {
		taken[h] = true
	}
	seen := map[string]bool{}
	out := make([]string, n)
	for i, h := range header[:n] {
		h = strings.Join(strings.Fields(h), " ")
		if h == "" {
			h = fmt.Sprintf("column %d", i+1)
		}
		name := h
		for k := 2; seen[name] || name != h && taken[name]; k++ {
			name = fmt.Sprintf("%s (%d)", h, k)
		}
		seen[name] = true
		out[i] = name
	}
	return out
}

func filled(cells []string) int {
	n := 0
	for _, c := range cells {
		if c != "" {
			n++
		}
	}
	return n
}

// cleanCell trims a cell and takes out what no database keeps and nobody sees:
// control characters, byte order marks, zero-width spaces.
func cleanCell(s string) string {
	plain := true
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 && s[i] != '\n' || s[i] >= 0x7F {
			plain = false
			break
		}
	}
	if !plain {
		s = strings.Map(func(r rune) rune {
			switch {
			case r == '\r', r == '\t':
				return ' '
			case r == '\n':
				return r
			case unicode.IsControl(r), r == 0xFEFF, r == 0x200B, r == 0xFFFE, r == 0xFFFF:
				return -1
			case r == 0xA0, r == 0x3000:
				return ' '
			}
			return r
		}, s)
	}
	return strings.TrimSpace(s)
}

func megabytes(n int) string { return strconv.Itoa((n + 1<<20 - 1) >> 20) }

// AsCSV gives a file in any form that Read takes as plain CSV in UTF-8, for
// readers that know no other; a file that is so already comes back as it is.
func AsCSV(name string, data []byte, o ReadOptions) ([]byte, error) {
	t, err := Read(name, data, o)
	if err != nil {
		return nil, err
	}
	if t.Format == "csv" && t.Encoding == "utf-8" && t.Delimiter == "," {
		return data, nil
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if err := w.Write(t.Columns); err != nil {
		return nil, &seawall.Error{Op: "intake.AsCSV", Err: err}
	}
	for _, r := range t.Rows {
		if err := w.Write(r.Cells); err != nil {
			return nil, &seawall.Error{Op: "intake.AsCSV", Err: err}
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}
