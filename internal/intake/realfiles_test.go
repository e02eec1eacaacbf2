package intake

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
)

// dataFile reads a file of the shared data, which is not part of the
// repository; SEAWALL_DATA says where it lies.
func dataFile(t testing.TB, name string) []byte {
	t.Helper()
	dir := os.Getenv("SEAWALL_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	b, err := os.ReadFile(filepath.Join(dir, name))
	if os.IsNotExist(err) {
		t.Skipf("no shared data at %s; set SEAWALL_DATA", dir)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func catalog(t testing.TB) *Catalog {
	t.Helper()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func shanghai() *time.Location { return time.FixedZone("CST", 8*3600) }

// testDay is the server's day in these tests, after all the real outbreaks.
func testDay() seawall.Day { return seawall.DateOf(2022, time.March, 28) }

type realFile struct {
	name string
	kind Kind
	rows int
	// columns are exactly the mapped ones.
	columns   map[string]string
	constants map[string]string
	// warnings counts problems over all rows by severity and code; the figures
	// were counted from the files with other means.
	warnings map[string]int
}

func realFiles() []realFile {
	return []realFile{
		{"linelists/mers_korea_2015_linelist.csv", LineList, 162, map[string]string{
			"id": "id", "age": "age", "age_class": "age_class", "sex": "sex", "loc_hosp": "facility",
			"dt_onset": "onset", "dt_report": "reported", "dt_start_exp": "exposed", "dt_diag": "diagnosed",
			"outcome": "outcome", "dt_death": "death_day"}, map[string]string{"class": "confirmed"}, map[string]int{"warning import_outcome_before_report": 2}},
		{"linelists/mers_korea_2015_contacts.csv", Links, 98, map[string]string{
			"from": "from", "to": "to", "exposure": "setting"}, map[string]string{"kind": "exposure"}, nil},
		{"linelists/covid_hongkong_2020_cases.csv", LineList, 1038, map[string]string{
			"case.no": "id", "onset.date": "onset", "confirm.date": "diagnosed", "symptomatic": "class",
			"cluster.setting.1": "setting"}, nil, nil},
		{"linelists/covid_hongkong_2020_transmission_pairs.csv", Links, 169, map[string]string{
			"infector.case": "from", "infectee.case": "to", "cluster.risk": "setting"}, map[string]string{"kind": "infection"}, nil},
		{"linelists/measles_hagelloch_1861.csv", LineList, 188, map[string]string{
			"case_ID": "id", "infector": "infector", "date_of_prodrome": "onset", "date_of_death": "death_day",
			"age": "age", "gender": "sex"}, map[string]string{"class": "confirmed"}, nil},
		{"linelists/ebola_simulated_linelist.csv", LineList, 5829, map[string]string{
			"case_id": "id", "date_of_infection": "exposed", "date_of_onset": "onset", "date_of_outcome": "outcome_day",
			"outcome": "outcome", "gender": "sex", "hospital": "facility"}, map[string]string{"class": "confirmed"}, map[string]int{"warning import_outcome_before_onset": 197}},
		{"linelists/ebola_simulated_contacts.csv", Links, 3800, map[string]string{
			"infector": "from", "case_id": "to", "source": "setting"}, map[string]string{"kind": "infection"}, nil},
		{"linelists/covid_china_2020_transmission_pairs.csv", Links, 886, map[string]string{
			"infector_id": "from", "infectee_id": "to"}, map[string]string{"kind": "infection"}, nil},
		{"linelists/fluH7N9_china_2013.csv", LineList, 136, map[string]string{
			"case_id": "id", "date_of_onset": "onset", "date_of_outcome": "outcome_day", "outcome": "outcome",
			"gender": "sex", "age": "age", "province": "area"}, map[string]string{"class": "confirmed"}, nil},
		{"yardsticks/godata_trainingland/cases.csv", LineList, 56, map[string]string{
			"uuid": "uuid", "case_id": "id", "location_id": "area", "address": "address", "postal_code": "address_2",
			"city": "address_3", "firstName": "given_name", "middleName": "middle_name", "lastName": "family_name",
			"gender": "sex", "age": "age", "age_class": "age_class", "classification": "class", "telephone": "phone",
			"email": "address_4", "outcome_id": "outcome", "date_of_reporting": "reported", "date_of_infection": "exposed",
			"date_of_onset": "onset", "date_of_outcome": "outcome_day"}, nil, map[string]int{"warning import_outcome_before_onset": 34, "warning import_outcome_before_report": 3,
			"warning import_report_before_onset": 2, "warning import_number_missing": 7, "warning import_number_taken": 3}},
		{"yardsticks/godata_trainingland/contacts.csv", Contacts, 66, map[string]string{
			"uuid": "uuid", "contact_id": "id", "contact_status": "status", "location_id": "area", "address": "address",
			"postal_code": "address_2", "city": "address_3", "telephone": "phone", "email": "address_4",
			"firstName": "given_name", "lastName": "family_name", "gender": "sex", "age": "age", "age_class": "age_class",
			"date_of_last_contact": "last_exposure", "date_of_followup_end": "until"}, nil, map[string]int{"warning import_number_missing": 2}},
		{"yardsticks/godata_trainingland/relationships.csv", Links, 100, map[string]string{
			"uuid": "uuid", "source_uuid": "from", "source_visualid": "from_no", "target_uuid": "to",
			"target_visualid": "to_no", "date_of_last_contact": "day", "context_of_exposure": "setting",
			"certainty_level": "certainty"}, map[string]string{"kind": "exposure"}, nil},
		{"yardsticks/godata_trainingland/followups.csv", FollowUps, 437, map[string]string{
			"uuid": "uuid", "contact_id": "contact_no", "contact_uuid": "contact", "followup_status": "status",
			"date_of_followup": "day", "address": "sealed_1", "postal_code": "sealed_2", "telephone": "sealed_3",
			"email": "sealed_4"}, nil, nil},
	}
}

// Every real file that the issue names maps by itself, and none of its rows is
// lost (NF-01).
func TestRealFilesMapByThemselves(t *testing.T) {
	c := catalog(t)
	for _, f := range realFiles() {
		t.Run(filepath.Base(filepath.Dir(f.name))+"/"+filepath.Base(f.name), func(t *testing.T) {
			tab, err := Read(f.name, dataFile(t, f.name), ReadOptions{})
			if err != nil {
				t.Fatal(err)
			}
			m, _ := c.Suggest(f.kind, tab)
			if !reflect.DeepEqual(m.Columns, f.columns) {
				t.Errorf("columns\n got %v\nwant %v", m.Columns, f.columns)
			}
			if !reflect.DeepEqual(m.Constants, f.constants) {
				t.Errorf("constants: got %v, want %v", m.Constants, f.constants)
			}
			ev, err := c.Evaluate(tab, m, Options{Today: testDay(), Zone: shanghai()})
			if err != nil {
				t.Fatal(err)
			}
			counts := map[string]int{}
			for i := range ev.Rows() {
				r := ev.Record(i)
				for _, p := range r.Problems {
					counts[string(p.Severity)+" "+p.Code]++
				}
			}
			if ev.Rows() != f.rows {
				t.Errorf("%d rows, want %d", ev.Rows(), f.rows)
			}
			if len(counts) != len(f.warnings) {
				t.Errorf("problems: got %v, want %v", counts, f.warnings)
			}
			for code, n := range f.warnings {
				if counts[code] != n {
					t.Errorf("%s: %d, want %d", code, counts[code], n)
				}
			}
		})
	}
}
