package freight

import (
	"slices"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
)

// Carrier is a haulage firm that declares trips through its own system.
type Carrier struct {
	ID   seawall.CarrierID `json:"id"`
	Name string            `json:"name"`
	Area seawall.AreaPath  `json:"area"`
	// Post is whom to call there: a post, not a person.
	Post string `json:"post,omitempty"`
	// Key is the keyed hash of what its system signs in with; it leaves the server
	// in no answer.
	Key string `json:"key,omitempty"`
	// White is why its trips get their permit at once; zero where they do not.
	White     White     `json:"white,omitzero"`
	Closed    bool      `json:"closed,omitempty"`
	Invented  bool      `json:"invented,omitempty"`
	CreatedAt time.Time `json:"createdAt"`
	Version   int       `json:"version"`
}

// Ref points to the carrier.
func (c Carrier) Ref() seawall.Ref {
	return seawall.Ref{Kind: seawall.KindCarrier, ID: string(c.ID)}
}

// White is one approval of the whitelist. It says why, until when and who stands
// for it. There is no place for a firm's size, turnover or registration: a permit
// for firms above a turnover was one of the failures of spring 2022 (requirements
// §2.7).
type White struct {
	Reason string      `json:"reason"`
	Words  string      `json:"words,omitempty"`
	From   seawall.Day `json:"from"`
	Until  seawall.Day `json:"until"`
	By     string      `json:"by"`
	At     time.Time   `json:"at"`
}

// WhiteReasons lists the reasons for which a carrier may be whitelisted: what it
// brings, never what it is.
func WhiteReasons() []string {
	return []string{"food", "medicine", "energy", "spring_ploughing", "relief", "key_parts"}
}

// longestWhite is how many days one approval holds at most; a need that lasts is
// looked at again.
const longestWhite = 90

// Whitelisted reports whether the carrier is on the whitelist on a day.
func (c Carrier) Whitelisted(day seawall.Day) bool {
	return !c.Closed && c.White.Reason != "" && day >= c.White.From && day <= c.White.Until
}

// CheckWhite says what is wrong with an approval.
func CheckWhite(w White, today seawall.Day) []seawall.FieldError {
	var f faults
	if !slices.Contains(WhiteReasons(), w.Reason) {
		f.add("reason", "whitelist_reason", "reasons", strings.Join(WhiteReasons(), ", "))
	}
	switch {
	case !w.Until.Known() || w.Until == 0:
		f.add("until", "required")
	case w.Until < today:
		f.add("until", "date_past")
	case w.Until > today.Add(longestWhite):
		f.add("until", "whitelist_long", "max", "90")
	}
	if size := sizeWord(w.Words); size != "" {
		f.add("words", "whitelist_size", "word", size)
	}
	return f
}

// sizeWord finds a word by which a firm's size is meant, "" for none.
func sizeWord(s string) string {
	for _, w := range []string{"规上", "规模以上", "注册资本", "年产值", "年营收", "年营业收入", "大型企业", "纳税大户", "turnover", "revenue", "registered capital", "large firm"} {
		if strings.Contains(strings.ToLower(s), w) {
			return w
		}
	}
	return ""
}
