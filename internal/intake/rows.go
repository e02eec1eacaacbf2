package intake

import (
	"strconv"
	"strings"

	"github.com/seawall-city/seawall"
)

// reportedLongBefore is how many days a report may precede the onset before it
// looks like a mistake: people are reported before their first symptom when a
// test finds them in quarantine, within the longest incubations we know.
const reportedLongBefore = 21

func (e *Evaluation) caseRow(i int, r *Record) {
	c := &CaseFacts{}
	r.Case = c
	r.Visible = e.text(i, "id")
	c.Class = e.code(i, "class", "class", r)
	if c.Class == "" {
		c.Class = "suspected"
		if _, col := e.cell(i, "class"); col != "" {
			r.warn(col, "import_class_missing")
		}
	}
	c.Onset, c.Exposed = e.day(i, "onset", r), e.day(i, "exposed", r)
	c.Sampled, c.Diagnosed = e.day(i, "sampled", r), e.day(i, "diagnosed", r)
	c.Reported = e.day(i, "reported", r)
	c.Outcome, c.OutcomeDay = e.code(i, "outcome", "outcome", r), e.day(i, "outcome_day", r)
	if died := e.day(i, "death_day", r); died.Known() {
		if c.OutcomeDay.Known() && c.OutcomeDay != died {
			_, col := e.cell(i, "outcome_day")
			r.keep(col, c.OutcomeDay.String())
		}
		c.Outcome, c.OutcomeDay = "died", died
	}
	c.Channel, c.Facility = e.plain(i, "channel", r), e.plain(i, "facility", r)
	c.Setting, c.Infector = e.plain(i, "setting", r), e.text(i, "infector")
	if c.Infector != "" {
		_, col := e.cell(i, "infector")
		r.keep(col, c.Infector)
	}
	e.person(i, r, c.Reported, c.Diagnosed, c.Onset, c.Sampled)
	e.checkCase(i, r, c)
}

// checkCase warns of days that cannot be right together.
func (e *Evaluation) checkCase(i int, r *Record, c *CaseFacts) {
	column := func(f string) string { _, col := e.cell(i, f); return col }
	outcome := column("outcome_day")
	if outcome == "" || c.Outcome == "died" && column("death_day") != "" {
		outcome = column("death_day")
	}
	e.before(r, outcome, "import_outcome_before_onset", c.OutcomeDay, c.Onset, 0)
	e.before(r, column("reported"), "import_report_before_onset", c.Reported, c.Onset, reportedLongBefore)
	e.before(r, column("onset"), "import_onset_before_exposure", c.Onset, c.Exposed, 0)
	if !c.Onset.Known() {
		e.before(r, outcome, "import_outcome_before_report", c.OutcomeDay, c.Reported, 0)
	}
	for f, d := range map[string]seawall.Day{"onset": c.Onset, "exposed": c.Exposed, "sampled": c.Sampled,
		"diagnosed": c.Diagnosed, "reported": c.Reported} {
		e.future(r, column(f), d)
	}
	e.future(r, outcome, c.OutcomeDay)
	sortProblems(r.Problems)
}

// before warns when a lies more than tolerance days before b.
func (e *Evaluation) before(r *Record, column, code string, a, b seawall.Day, tolerance int) {
	if a.Known() && b.Known() && a.Add(tolerance) < b {
		r.warn(column, code, "day", a.String(), "other", b.String())
	}
}

func (e *Evaluation) future(r *Record, column string, d seawall.Day) {
	if d.Known() && e.o.Today.Known() && d > e.o.Today {
		r.warn(column, "import_day_future", "day", d.String())
	}
}

func (e *Evaluation) contactRow(i int, r *Record) {
	c := &ContactFacts{}
	r.Contact = c
	r.Visible = e.text(i, "id")
	c.Case, c.Class = e.text(i, "case"), e.plain(i, "class", r)
	c.State = e.code(i, "status", "contactstatus", r)
	c.First, c.Last, c.Until = e.day(i, "first_exposure", r), e.day(i, "last_exposure", r), e.day(i, "until", r)
	c.Setting, c.Relation, c.Place = e.plain(i, "setting", r), e.plain(i, "relation", r), e.plain(i, "place", r)
	if c.Case != "" {
		_, col := e.cell(i, "case")
		r.keep(col, c.Case)
	}
	e.person(i, r, c.Last, c.First)
	_, last := e.cell(i, "last_exposure")
	_, until := e.cell(i, "until")
	e.before(r, last, "import_last_before_first", c.Last, c.First, 0)
	e.before(r, until, "import_until_before_last", c.Until, c.Last, 0)
	e.future(r, last, c.Last)
	if !c.Last.Known() {
		r.warn(last, "import_no_exposure_day")
	}
	sortProblems(r.Problems)
}

func (e *Evaluation) linkRow(i int, r *Record) {
	l := &LinkFacts{From: e.text(i, "from"), To: e.text(i, "to"), FromNo: e.text(i, "from_no"), ToNo: e.text(i, "to_no")}
	r.Link = l
	if l.From == "" {
		l.From, l.FromNo = l.FromNo, ""
	}
	if l.To == "" {
		l.To, l.ToNo = l.ToNo, ""
	}
	_, from := e.cell(i, "from")
	_, to := e.cell(i, "to")
	switch {
	case l.From == "" && l.To == "":
		r.reject(from, "import_link_no_ends")
	case l.From == "":
		r.reject(from, "import_link_no_end", "column", from)
	case l.To == "":
		r.reject(to, "import_link_no_end", "column", to)
	case l.From == l.To:
		r.reject(to, "import_link_self", "id", l.From)
	}
	l.Day = e.day(i, "day", r)
	l.Setting, l.Certainty = e.plain(i, "setting", r), e.code(i, "certainty", "certainty", r)
	if l.Kind = e.code(i, "kind", "linkkind", r); l.Kind == "" {
		l.Kind = "exposure"
	}
	_, col := e.cell(i, "day")
	e.future(r, col, l.Day)
}

func (e *Evaluation) followUpRow(i int, r *Record) {
	f := &FollowUpFacts{Contact: e.text(i, "contact"), ContactNo: e.text(i, "contact_no")}
	r.FollowUp = f
	_, who := e.cell(i, "contact")
	if who == "" {
		_, who = e.cell(i, "contact_no")
	}
	if f.Contact == "" && f.ContactNo == "" {
		r.reject(who, "import_followup_no_contact")
	}
	f.Day = e.day(i, "day", r)
	value, day := e.cell(i, "day")
	if !f.Day.Known() {
		r.reject(day, "import_followup_no_day", "value", value)
	}
	e.future(r, day, f.Day)
	f.Symptoms, f.Note = e.plain(i, "symptoms", r), e.plain(i, "note", r)
	if v, col := e.cell(i, "temperature"); v != "" {
		if t, ok := parseNumberValue(v); ok && t >= 30 && t <= 45 {
			f.Temperature = t
		} else {
			r.warn(col, "import_temperature", "value", v)
			r.keep(col, v)
		}
	}
	if f.Status = e.code(i, "status", "status", r); f.Status == "" {
		f.Status = "not_performed"
		switch {
		case f.Symptoms != "" || f.Temperature >= 37.3:
			f.Status = "symptoms"
		case f.Temperature > 0:
			f.Status = "well"
		default:
			_, col := e.cell(i, "status")
			r.warn(col, "import_followup_no_status")
		}
	}
	sortProblems(r.Problems)
}

func (e *Evaluation) resultRow(i int, r *Record) {
	f := &ResultFacts{Case: e.text(i, "case"), Contact: e.text(i, "contact"), Accession: e.text(i, "accession"),
		Value: e.plain(i, "value", r), Lab: e.plain(i, "lab", r)}
	r.Result = f
	_, col := e.cell(i, "accession")
	if f.Accession == "" {
		r.reject(col, "import_result_no_sample")
	}
	f.Outcome = e.code(i, "outcome", "result", r)
	value, col := e.cell(i, "outcome")
	if f.Outcome == "" || f.Outcome == "?" {
		if value != "" {
			r.reject(col, "import_result_unreadable", "value", value)
		} else {
			f.Outcome = "pending"
			r.warn(col, "import_result_pending")
		}
	}
	if f.Kind = e.code(i, "kind", "test", r); f.Kind == "" {
		f.Kind = "other"
	}
	f.Collected, f.Resulted = e.instant(i, "collected", r), e.instant(i, "resulted", r)
	_, col = e.cell(i, "resulted")
	if !f.Resulted.IsZero() && f.Resulted.Before(f.Collected) {
		r.warn(col, "import_result_before_sample")
	}
	if f.Resulted.IsZero() && f.Outcome != "pending" {
		r.warn(col, "import_result_no_time")
	}
	if !f.Resulted.IsZero() {
		e.future(r, col, seawall.DayOf(f.Resulted, e.o.Zone))
	}
	day := seawall.NoDay
	if !f.Collected.IsZero() {
		day = seawall.DayOf(f.Collected, e.o.Zone)
	}
	e.person(i, r, day)
	if f.Case == "" && f.Contact == "" && r.Identity.DocNumber == "" {
		r.reject("", "import_result_no_person")
	}
	sortProblems(r.Problems)
}

// person reads what a row tells about its person. days are those of the record,
// the first known one says in which year an age was true.
func (e *Evaluation) person(i int, r *Record, days ...seawall.Day) {
	id := &r.Identity
	id.Name = e.text(i, "name")
	if parts := fullName(e.text(i, "given_name"), e.text(i, "middle_name"), e.text(i, "family_name")); id.Name == "" {
		id.Name = parts
	}
	id.Sex = e.code(i, "sex", "sex", r)
	id.Birth = e.day(i, "birth", r)
	id.DocNumber, id.Phone = e.text(i, "document"), e.text(i, "phone")
	if id.DocNumber != "" {
		if t, ok := e.cat.Meaning("documenttype", e.text(i, "document_type")); ok {
			id.DocType = t
		}
	}
	var address []string
	for _, f := range []string{"address", "address_3", "address_2", "address_4"} {
		if v := e.text(i, f); v != "" {
			address = append(address, v)
		}
	}
	for _, col := range e.sealed {
		if v := e.table.Rows[i].Cells[col]; v != "" && !e.cat.saysNothing(v) {
			address = append(address, e.table.Columns[col]+": "+v)
		}
	}
	id.Address = strings.Join(address, " · ")
	e.bound(i, r, "name", id.Name, longestName)
	e.bound(i, r, "document", id.DocNumber, longestName)
	e.bound(i, r, "phone", id.Phone, longestName)
	e.bound(i, r, "address", id.Address, longestAddress)
	r.Area = e.text(i, "area")
	for _, d := range append(days, e.o.Today) {
		if d.Known() {
			r.Year = d.Start(e.o.Zone).Year()
			break
		}
	}
	e.age(i, r)
	r.Sex, r.BirthYear = id.Sex, id.BirthYear
}

// What the vault takes, in characters.
const (
	longestName    = 200
	longestAddress = 500
)

func (e *Evaluation) bound(i int, r *Record, field, value string, most int) {
	if len([]rune(value)) > most {
		_, col := e.cell(i, field)
		r.reject(col, "import_value_long", "max", strconv.Itoa(most))
	}
}

// age turns an age into a year of birth; bands stay among the further data.
func (e *Evaluation) age(i int, r *Record) {
	if v, col := e.cell(i, "age_class"); v != "" && !e.cat.saysNothing(v) {
		r.keep(col, v)
	}
	if r.Identity.Birth.Known() {
		r.Identity.BirthYear = r.Identity.Birth.Start(e.o.Zone).Year()
		e.future(r, "", r.Identity.Birth)
	}
	v, col := e.cell(i, "age")
	if v == "" || e.cat.saysNothing(v) {
		return
	}
	years, band, ok := parseAge(v)
	switch {
	case !ok:
		r.warn(col, "import_age_unreadable", "value", v)
		r.keep(col, v)
	case band:
		r.keep(col, v)
	case years > 115:
		r.warn(col, "import_age_unlikely", "value", v)
		r.keep(col, v)
	case r.Identity.BirthYear == 0 && r.Year > 0:
		r.Identity.BirthYear = r.Year - years
	}
}

// sortProblems puts errors first and keeps the order of columns stable.
func sortProblems(ps []Problem) {
	// Maps were walked to collect warnings; the order must not depend on that.
	for i := 1; i < len(ps); i++ {
		for j := i; j > 0 && less(ps[j], ps[j-1]); j-- {
			ps[j], ps[j-1] = ps[j-1], ps[j]
		}
	}
}

func less(a, b Problem) bool {
	if a.Severity != b.Severity {
		return a.Severity == Error
	}
	if a.Column != b.Column {
		return a.Column < b.Column
	}
	return a.Code < b.Code
}
