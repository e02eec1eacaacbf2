package intake

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/seawall-city/seawall"
)

// unzipLimit bounds what a workbook may unpack to, so that a small file cannot
// fill the machine's memory.
const unzipLimit = 4 * MaxBytes

// readXLSX reads one sheet of a workbook: the named one, else the first that
// has content. Cells come as their stored values, except dates: those of
// columns formatted as dates come as ISO text.
func readXLSX(data []byte, o ReadOptions) (*Table, error) {
	const op = "intake.readXLSX"
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{
		UnzipSizeLimit: unzipLimit, UnzipXMLSizeLimit: unzipLimit, RawCellValue: true})
	if err != nil {
		return nil, &seawall.Error{Op: op, Kind: seawall.Invalid, Code: "import_workbook", Err: err}
	}
	defer f.Close()
	t := &Table{Format: "xlsx", Sheets: f.GetSheetList()}
	sheets := t.Sheets
	if o.Sheet != "" {
		sheets = []string{o.Sheet}
	}
	for _, s := range sheets {
		records, err := sheetRecords(f, s, true, MaxRows+10)
		if err != nil {
			return nil, &seawall.Error{Op: op, Kind: seawall.Invalid, Code: "import_sheet",
				Args: map[string]string{"sheet": s}, Err: err}
		}
		if headerAt(records) < 0 {
			continue
		}
		t.Sheet = s
		if err := datesAsText(f, s, records); err != nil {
			return nil, &seawall.Error{Op: op, Kind: seawall.Invalid, Code: "import_sheet",
				Args: map[string]string{"sheet": s}, Err: err}
		}
		return t, t.fill(records)
	}
	return nil, seawall.E(op, seawall.Invalid, "import_empty")
}

// sheetRecords streams up to limit rows of a sheet.
func sheetRecords(f *excelize.File, sheet string, raw bool, limit int) ([]record, error) {
	rows, err := f.Rows(sheet)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []record
	for n := 1; rows.Next() && n <= limit; n++ {
		cells, err := rows.Columns(excelize.Options{RawCellValue: raw})
		if err != nil {
			return nil, fmt.Errorf("row %d: %w", n, err)
		}
		out = append(out, record{line: n, cells: cells})
	}
	return out, rows.Error()
}

// datesAsText rewrites the serial numbers of date columns as ISO days or
// instants. A column holds dates if, among the first rows, cells that are
// numbers in storage are shown with date separators.
func datesAsText(f *excelize.File, sheet string, records []record) error {
	shown, err := sheetRecords(f, sheet, false, 60)
	if err != nil {
		return err
	}
	dates := map[int]bool{}
	for i, r := range shown {
		for j, text := range r.cells {
			if i < len(records) && j < len(records[i].cells) && shownAsDate(records[i].cells[j], text) {
				dates[j] = true
			}
		}
	}
	props, err := f.GetWorkbookProps()
	since1904 := err == nil && props.Date1904 != nil && *props.Date1904
	for i := range records {
		for j := range records[i].cells {
			if dates[j] {
				records[i].cells[j] = serialText(records[i].cells[j], since1904)
			}
		}
	}
	return nil
}

func shownAsDate(raw, shown string) bool {
	v, err := strconv.ParseFloat(raw, 64)
	if err != nil || !(v >= 1 && v <= maxSerial) || raw == shown {
		return false
	}
	return strings.ContainsAny(shown, "/年月") || strings.Count(shown, "-") >= 1 && !strings.HasPrefix(shown, "-") ||
		strings.Count(shown, ".") == 2
}

// serialText writes an Excel serial as ISO text; other text stays.
func serialText(s string, since1904 bool) string {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || !(v >= 1 && v <= maxSerial) {
		return s
	}
	if since1904 {
		v += 1462
	}
	day := serialDay(v).String()
	seconds := int(math.Round((v - math.Floor(v)) * 86400))
	if seconds == 0 || seconds == 86400 {
		return day
	}
	return fmt.Sprintf("%s %02d:%02d:%02d", day, seconds/3600, seconds/60%60, seconds%60)
}
