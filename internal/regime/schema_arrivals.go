package regime

import "github.com/seawall-city/seawall"

type appealDoc struct {
	DecideHours *int   `yaml:"decide_h"`
	Source      string `yaml:"source"`
}

type zoneDoc struct {
	Level   string       `yaml:"level"`
	Name    seawall.Text `yaml:"name"`
	Release *int         `yaml:"release_d"`
	Text    seawall.Text `yaml:"text"`
	Source  string       `yaml:"source"`
}

// checksDoc gives the hours from arrival to each of the four checks.
type checksDoc struct {
	Headcount *int   `yaml:"headcount_h"`
	Identity  *int   `yaml:"identity_h"`
	Location  *int   `yaml:"location_h"`
	Measure   *int   `yaml:"measure_h"`
	Source    string `yaml:"source"`
}

type gradeDoc struct {
	Key  string `yaml:"key"`
	ZH   string `yaml:"zh"`
	EN   string `yaml:"en"`
	Risk string `yaml:"risk"`
}

type tierDoc struct {
	Name          seawall.Text   `yaml:"name"`
	Who           seawall.Text   `yaml:"who"`
	When          fitsDoc        `yaml:"when"`
	Clock         string         `yaml:"clock"`
	Plan          []stayDoc      `yaml:"plan"`
	Monitoring    *monitoringDoc `yaml:"monitoring"`
	Gate          *gateDoc       `yaml:"gate"`
	ReportHours   *int           `yaml:"report_h"`
	TransferHours *int           `yaml:"transfer_h"`
	ReleaseIf     []string       `yaml:"release_if"`
	Source        string         `yaml:"source"`
}

type fitsDoc struct {
	Grades   []string `yaml:"grades"`
	Abroad   bool     `yaml:"abroad"`
	Crossing bool     `yaml:"crossing"`
}

type gateDoc struct {
	Kind   string    `yaml:"kind"`
	Free   *int      `yaml:"free_if_negative_h"`
	Within *int      `yaml:"within_h"`
	Again  *againDoc `yaml:"again"`
}

type againDoc struct {
	From  int `yaml:"from_h"`
	To    int `yaml:"to_h"`
	Apart int `yaml:"apart_h"`
}

type waiverDoc struct {
	Dimension  string       `yaml:"dimension"`
	Rows       []string     `yaml:"rows"`
	Reason     seawall.Text `yaml:"reason"`
	Approver   string       `yaml:"approver"`
	ApprovedBy seawall.Text `yaml:"approved_by"`
	ApprovedOn string       `yaml:"approved_on"`
	Expires    string       `yaml:"expires"`
	Source     string       `yaml:"source"`
}

type dimensionDoc struct {
	Name   seawall.Text `yaml:"name"`
	Levels []levelDoc   `yaml:"levels"`
}

type levelDoc struct {
	Key string `yaml:"key"`
	ZH  string `yaml:"zh"`
	EN  string `yaml:"en"`
}
