package httpapi

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/skip2/go-qrcode"

	"github.com/seawall-city/seawall"
)

// modules reads the drawing back: which squares are dark.
func modules(t *testing.T, svg string) map[[2]int]bool {
	t.Helper()
	dark := map[[2]int]bool{}
	for _, m := range regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-(\d+)z`).FindAllStringSubmatch(svg, -1) {
		var n [3]int
		for i := range n {
			n[i], _ = strconv.Atoi(m[i+1])
		}
		if m[3] != m[4] {
			t.Errorf("a stroke that does not close: %s", m[0])
		}
		for x := range n[2] {
			dark[[2]int{n[0] + x, n[1]}] = true
		}
	}
	return dark
}

// The drawing is the code, module for module, with a quiet zone of four around it
// and nothing of the text in the markup. APP-02 (the slip), IMP-01.
func TestQRIsDrawnWhole(t *testing.T) {
	for _, text := range []string{"https://seawall.example/me/duties/7K3M-9QTR-22WX-80AB", "SW1.H.盐城 & <script>", strings.Repeat("x", longestQR)} {
		svg, err := qrSVG(text)
		if err != nil {
			t.Fatal(err)
		}
		code, err := qrcode.New(text, qrcode.Medium)
		if err != nil {
			t.Fatal(err)
		}
		rows, dark := code.Bitmap(), modules(t, svg)
		for y, row := range rows {
			for x, want := range row {
				if dark[[2]int{x, y}] != want {
					t.Fatalf("%q: module %d,%d is %v", text, x, y, !want)
				}
				if edge := min(x, y, len(rows)-1-x, len(rows)-1-y); edge < 4 && want {
					t.Fatalf("%q: the quiet zone is broken at %d,%d", text, x, y)
				}
			}
		}
		if !strings.Contains(svg, fmt.Sprintf(`viewBox="0 0 %d %d"`, len(rows), len(rows))) || strings.Contains(svg, "script") {
			t.Errorf("%q: %.200s", text, svg)
		}
	}
	for _, text := range []string{"", strings.Repeat("x", longestQR+1)} {
		if _, err := qrSVG(text); !seawall.Is(err, seawall.Invalid) {
			t.Errorf("%d bytes: %v", len(text), err)
		}
	}
}
