package vault

// Points are what each ground adds to the score of a pair, or takes away. The
// defaults weigh how rarely two different people share the value:
//
//	ground            points  why
//	document            +70   one number, one person; offered even when the name was mistyped
//	document differs    -40   two valid resident numbers are two people, whatever else agrees
//	phone               +35   families share a number (children above all), so not enough alone
//	name                +30   one name in five thousand people, yet 张伟 by the thousand in a city
//	pinyin              +25   same sound, other characters: 王小明 and 王晓明; never beside "name"
//	birth               +25   one day in 25,000; with the sound of the name just enough to offer
//	birth year           +8   where only a year or an age is known
//	birth differs       -20   different days, or years more than one apart (ages are rounded)
//	sex differs         -25   more often another person than a slip
//	last four           +20   each of document and phone, where a full number is missing
//
// A score is cut to 0–100. A name alone (30), with the year of birth (38) or
// with a phone's last digits of unlike length stays below the offer of 50; two
// independent grounds reach it. Where the documents agree, a differing sex or
// birth day takes nothing: the document holds both, so the entry is the slip.
type Points struct {
	Document        int `yaml:"document"`
	DocumentDiffers int `yaml:"documentDiffers"`
	Phone           int `yaml:"phone"`
	Name            int `yaml:"name"`
	Pinyin          int `yaml:"pinyin"`
	Birth           int `yaml:"birth"`
	BirthYear       int `yaml:"birthYear"`
	BirthDiffers    int `yaml:"birthDiffers"`
	SexDiffers      int `yaml:"sexDiffers"`
	LastFour        int `yaml:"lastFour"`
}

// Matching configures the search for duplicates.
type Matching struct {
	Points Points `yaml:"points"`
	// Offer is the score from which a candidate is shown.
	Offer int `yaml:"offer"`
	// TokenRows bounds the rows fetched for one token. Of a name that more
	// people bear, the surplus is found by their other tokens or not at all.
	TokenRows int `yaml:"tokenRows"`
	// Compare bounds how many people are compared in plain with one identity.
	Compare int `yaml:"compare"`
}

// DefaultMatching gives the table in the comment of Points, an offer from 50,
// and at most 2,000 rows a token and 200 comparisons. In a city of 6.7 million
// last four digits are shared by about 670 people, so those lists are complete.
func DefaultMatching() Matching {
	return Matching{
		Points: Points{Document: 70, DocumentDiffers: -40, Phone: 35, Name: 30, Pinyin: 25, Birth: 25,
			BirthYear: 8, BirthDiffers: -20, SexDiffers: -25, LastFour: 20},
		Offer: 50, TokenRows: 2000, Compare: 200,
	}
}

// compare gives the grounds that speak for and against a and b being one
// person, and their sum within 0–100. It is symmetric.
func (p Points) compare(a, b normal) (int, []Reason) {
	var rs []Reason
	add := func(code string, points int) {
		if points != 0 {
			rs = append(rs, Reason{Code: code, Points: points})
		}
	}
	same := sameDocument(a, b)
	switch {
	case same:
		add("document", p.Document)
	case a.doc.State == DocValid && b.doc.State == DocValid && a.doc.Type == DocResidentID && b.doc.Type == DocResidentID:
		add("document", p.DocumentDiffers)
	}
	if a.phone != "" && a.phone == b.phone {
		add("phone", p.Phone)
	}
	if name := exactName(a); name != "" && name == exactName(b) {
		add("name", p.Name)
	} else if meet(a.name.full, b.name.full) {
		add("pinyin", p.Pinyin)
	}
	p.compareBirth(a, b, same, add)
	if !same && a.sex != "" && b.sex != "" && a.sex != b.sex {
		add("sex", p.SexDiffers)
	}
	add("last4", p.LastFour*sharedTails(a, b))
	sum := 0
	for _, r := range rs {
		sum += r.Points
	}
	return min(100, max(0, sum)), rs
}

func (p Points) compareBirth(a, b normal, sameDoc bool, add func(string, int)) {
	switch apart := a.birthYear - b.birthYear; {
	case a.birthYear == 0 || b.birthYear == 0:
	case a.birth.Known() && b.birth.Known() && a.birth == b.birth:
		add("birth", p.Birth)
	case a.birth.Known() && b.birth.Known() || apart > 1 || apart < -1:
		if !sameDoc {
			add("birth", p.BirthDiffers)
		}
	case apart == 0:
		add("birth_year", p.BirthYear)
	}
}

// sameDocument reports whether both carry the same valid number.
func sameDocument(a, b normal) bool {
	return a.doc.State == DocValid && b.doc.State == DocValid && a.doc.Number == b.doc.Number
}

// sharedTails counts equal last fours that no full numbers have settled.
func sharedTails(a, b normal) int {
	n := 0
	if a.docTail != "" && a.docTail == b.docTail && (a.doc.State != DocValid || b.doc.State != DocValid) {
		n++
	}
	if a.phoneTail != "" && a.phoneTail == b.phoneTail && (a.phone == "" || b.phone == "") {
		n++
	}
	return n
}
