package intake

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/seawall-city/seawall"
)

// decode turns a text file into UTF-8. Without a byte order mark it is UTF-8 if
// it is valid as such; else GB18030 (Chinese Excel), unless its high bytes stand
// alone between ASCII letters as accents do in windows-1252.
func decode(data []byte, want string) (text, encoding string, err error) {
	const op = "intake.decode"
	switch want {
	case "":
	case "utf-8", "gb18030", "windows-1252", "utf-16":
	default:
		return "", "", seawall.E(op, seawall.Invalid, "import_encoding_name", "value", want)
	}
	switch {
	case bytes.HasPrefix(data, []byte("\xEF\xBB\xBF")) && (want == "" || want == "utf-8"):
		data, want = data[3:], "utf-8"
	case want == "utf-16" || want == "" && (bytes.HasPrefix(data, []byte("\xFF\xFE")) || bytes.HasPrefix(data, []byte("\xFE\xFF"))):
		out, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(data)
		if err != nil {
			return "", "", &seawall.Error{Op: op, Kind: seawall.Invalid, Code: "import_encoding", Args: map[string]string{"line": "1"}, Err: err}
		}
		return string(out), "utf-16", nil
	}
	bad := invalidAt(data)
	if bad < 0 && want == "" || want == "utf-8" {
		if bad >= 0 {
			return "", "", seawall.E(op, seawall.Invalid, "import_encoding", "line", lineOf(data, bad))
		}
		return string(data), "utf-8", nil
	}
	if want == "windows-1252" || want == "" && looksWestern(data) {
		out, err := charmap.Windows1252.NewDecoder().Bytes(data)
		if err != nil {
			return "", "", seawall.E(op, seawall.Invalid, "import_encoding", "line", lineOf(data, bad))
		}
		return string(out), "windows-1252", nil
	}
	return decodeGB(data, max(bad, 0))
}

// decodeGB reads GB18030 and names the line of the first byte pair that is not.
func decodeGB(data []byte, bad int) (string, string, error) {
	out, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data)
	if i := bytes.IndexRune(out, utf8.RuneError); err != nil || i >= 0 {
		line := lineOf(data, bad)
		if i >= 0 {
			line = lineOf(out, i)
		}
		return "", "", seawall.E("intake.decode", seawall.Invalid, "import_encoding", "line", line)
	}
	return string(out), "gb18030", nil
}

// invalidAt gives the offset of the first byte that is not UTF-8, -1 if none.
func invalidAt(data []byte) int {
	for i := 0; i < len(data); {
		if data[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n <= 1 {
			return i
		}
		i += n
	}
	return -1
}

// looksWestern counts high bytes that stand alone against those in pairs.
func looksWestern(data []byte) bool {
	alone, paired := 0, 0
	for i := 0; i < len(data); i++ {
		if data[i] < 0x80 {
			continue
		}
		if i+1 < len(data) && data[i+1] >= 0x80 {
			paired++
			i++
			continue
		}
		alone++
	}
	return alone > 2*paired
}

func lineOf(data []byte, offset int) string {
	return strconv.Itoa(1 + bytes.Count(data[:min(offset, len(data))], []byte("\n")))
}

// findDelimiter picks, among the usual separators, the one that splits the
// first lines into the most columns alike.
func findDelimiter(text string) rune {
	head := text
	if len(head) > 64<<10 {
		head = head[:64<<10]
		if i := strings.LastIndexByte(head, '\n'); i > 0 {
			head = head[:i]
		}
	}
	best, bestScore := ',', 0
	for _, c := range []rune{',', ';', '\t', '|'} {
		records, err := parseCSV(head, c)
		if err != nil && len(records) == 0 {
			continue
		}
		if s := alike(records); s > bestScore {
			best, bestScore = c, s
		}
	}
	return best
}

// alike scores a split: columns beyond the first, times the lines among the
// first twenty that have exactly as many as the widest of the first ten.
func alike(records []record) int {
	if len(records) > 20 {
		records = records[:20]
	}
	width := 0
	for i, r := range records {
		if i < 10 {
			width = max(width, len(r.cells))
		}
	}
	same := 0
	for _, r := range records {
		if len(r.cells) == width {
			same++
		}
	}
	return (width - 1) * same
}
