package httpapi

import (
	"fmt"
	"strings"

	"github.com/skip2/go-qrcode"

	"github.com/seawall-city/seawall"
)

// longestQR bounds the text of a picture, in bytes: what a phone still reads from
// a printed slip of 3 cm. Source: our own choice; version 20 of ISO/IEC 18004 at
// level M takes 666.
const longestQR = 600

// qrSVG draws a text as a QR code (ISO/IEC 18004, level M, with its quiet zone) in
// an SVG that scales to any size, asks nobody else for anything and prints sharp:
// for slips, cards and paper forms. The text is data, never markup: nothing of it
// stands in the drawing. Errors: Invalid for an empty text or one that is too
// long to be read back from paper.
func qrSVG(text string) (string, error) {
	const op = "httpapi.qrSVG"
	if text == "" || len(text) > longestQR {
		return "", seawall.E(op, seawall.Invalid, "qr_text", "max", fmt.Sprint(longestQR))
	}
	code, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		return "", &seawall.Error{Op: op, Kind: seawall.Invalid, Code: "qr_text", Args: map[string]string{"max": fmt.Sprint(longestQR)}, Err: err}
	}
	rows := code.Bitmap()
	var path strings.Builder
	for y, row := range rows {
		for x := 0; x < len(row); x++ {
			from := x
			for x < len(row) && row[x] {
				x++
			}
			if x > from { // one stroke for a run of dark modules
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", from, y, x-from, x-from)
			}
		}
	}
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h%dv%dH0z"/><path d="%s"/></svg>`,
		len(rows), len(rows), len(rows), len(rows), path.String()), nil
}

// slipQR draws the address under which a declaration's code opens its page; "" where
// it cannot be drawn, because the code is printed beside it anyway.
func (s *Server) slipQR(code string) string {
	svg, err := qrSVG(s.d.PublicURL + "/me/duties/" + code)
	if err != nil {
		return ""
	}
	return svg
}
