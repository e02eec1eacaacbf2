package freight

import "strings"

// NormalPlate is a plate as it is compared: capitals, without blanks, dots and
// hyphens.
func NormalPlate(s string) string {
	return strings.ToUpper(strings.NewReplacer(" ", "", "-", "", "·", "", "•", "", ".", "", "　", "").Replace(strings.TrimSpace(s)))
}

// MaskPlate is what lists show of a plate: where it is registered and its last
// three signs, "苏J·**345". Half of a short plate is hidden.
func MaskPlate(s string) string {
	r := []rune(NormalPlate(s))
	switch {
	case len(r) == 0:
		return ""
	case len(r) < 6:
		return string(r[:1]) + "·" + strings.Repeat("*", max(1, len(r)-2)) + string(r[len(r)-1:])
	}
	return string(r[:2]) + "·" + strings.Repeat("*", len(r)-5) + string(r[len(r)-3:])
}
