package regime

import "github.com/seawall-city/seawall"

// document is a rule file as it is written. Everything but the id is optional
// here; what a file must have after taking over from its parent is checked
// later. Pointers keep "no figure" apart from zero.
type document struct {
	ID string `yaml:"id"`
	// Scope is what the file is about: ScopeDisease when empty.
	Scope string `yaml:"scope"`
	// Abstract marks a file that only serves as a parent.
	Abstract      bool                    `yaml:"abstract"`
	Parent        string                  `yaml:"parent"`
	Title         seawall.Text            `yaml:"title"`
	Disease       *diseaseDoc             `yaml:"disease"`
	Jurisdiction  string                  `yaml:"jurisdiction"`
	Valid         *validDoc               `yaml:"valid"`
	Source        string                  `yaml:"source"`
	Sources       map[string]sourceDoc    `yaml:"sources"`
	Transmission  []string                `yaml:"transmission"`
	Incubation    *incubationDoc          `yaml:"incubation"`
	Infectious    *infectiousDoc          `yaml:"infectious"`
	CaseIsolation *isolationDoc           `yaml:"case_isolation"`
	Abolished     []string                `yaml:"abolished"`
	Classes       map[string]classDoc     `yaml:"contact_classes"`
	CaseClocks    []clockDoc              `yaml:"case_clocks"`
	NoOvernight   *cutOffDoc              `yaml:"no_overnight"`
	Cluster       *clusterDoc             `yaml:"cluster"`
	Appeal        *appealDoc              `yaml:"appeal"`
	Zones         []zoneDoc               `yaml:"zones"`
	ReportHours   *int                    `yaml:"report_h"`
	Checks        *checksDoc              `yaml:"checks"`
	Grades        []gradeDoc              `yaml:"grades"`
	Tiers         map[string]tierDoc      `yaml:"tiers"`
	Limits        map[string]string       `yaml:"limits"`
	Waivers       []waiverDoc             `yaml:"waivers"`
	WaiverMax     *int                    `yaml:"waiver_max_d"`
	Dimensions    map[string]dimensionDoc `yaml:"dimensions"`
	Conditions    map[string]seawall.Text `yaml:"conditions"`
	Texts         map[string]seawall.Text `yaml:"texts"`
	Notes         seawall.Text            `yaml:"notes"`
}

type diseaseDoc struct {
	ID string `yaml:"id"`
	ZH string `yaml:"zh"`
	EN string `yaml:"en"`
}

type validDoc struct {
	From string `yaml:"from"`
	To   string `yaml:"to"`
}

type sourceDoc struct {
	Title     seawall.Text `yaml:"title"`
	Basis     string       `yaml:"basis"`
	Secondary bool         `yaml:"secondary"`
}

type incubationDoc struct {
	Min     *float64  `yaml:"min_d"`
	Max     *float64  `yaml:"max_d"`
	Typical []float64 `yaml:"typical_d"`
	Source  string    `yaml:"source"`
}

type infectiousDoc struct {
	BeforeOnset  *int         `yaml:"before_onset_d"`
	BeforeSample *int         `yaml:"before_sample_d"`
	AfterOnset   *int         `yaml:"after_onset_d"`
	End          seawall.Text `yaml:"end"`
	OnsetMeans   seawall.Text `yaml:"onset_means"`
	Source       string       `yaml:"source"`
}

type isolationDoc struct {
	AfterOnset *int     `yaml:"after_onset_d"`
	ReleaseIf  []string `yaml:"release_if"`
	HomeDays   *int     `yaml:"home_monitoring_d"`
	Source     string   `yaml:"source"`
}

type classDoc struct {
	Name          seawall.Text     `yaml:"name"`
	Who           seawall.Text     `yaml:"who"`
	Clock         string           `yaml:"clock"`
	Plan          []stayDoc        `yaml:"plan"`
	IfSusceptible []stayDoc        `yaml:"plan_if_susceptible"`
	Monitoring    *monitoringDoc   `yaml:"monitoring"`
	TransferHours *int             `yaml:"transfer_h"`
	Prophylaxis   []prophylaxisDoc `yaml:"prophylaxis"`
	ReleaseIf     []string         `yaml:"release_if"`
	Else          *elseDoc         `yaml:"else"`
	Source        string           `yaml:"source"`
}

type stayDoc struct {
	Type  string       `yaml:"type"`
	Days  *int         `yaml:"days"`
	Tests *testsDoc    `yaml:"tests"`
	Text  seawall.Text `yaml:"text"`
}

type testsDoc struct {
	Kind string `yaml:"kind"`
	Days []int  `yaml:"days"`
	// Dual are the days with two samples and two kits.
	Dual []int `yaml:"dual"`
}

type monitoringDoc struct {
	PerDay int  `yaml:"per_day"`
	Days   *int `yaml:"days"`
}

type prophylaxisDoc struct {
	Key    string       `yaml:"key"`
	Within int          `yaml:"within_h"`
	From   string       `yaml:"from"`
	Text   seawall.Text `yaml:"text"`
	Source string       `yaml:"source"`
}

type elseDoc struct {
	PromoteTo string `yaml:"promote_to"`
}

type clockDoc struct {
	Key    string       `yaml:"key"`
	After  string       `yaml:"after"`
	Hours  *int         `yaml:"hours"`
	Text   seawall.Text `yaml:"text"`
	Source string       `yaml:"source"`
}

type cutOffDoc struct {
	CutOff   int    `yaml:"cut_off_h"`
	LateOpen int    `yaml:"late_open_h"`
	MaxAge   int    `yaml:"max_age_h"`
	Source   string `yaml:"source"`
}

type clusterDoc struct {
	Count       int          `yaml:"count"`
	Days        int          `yaml:"days"`
	Scope       seawall.Text `yaml:"scope"`
	ReportHours *int         `yaml:"report_h"`
	Source      string       `yaml:"source"`
}

// Keys of texts that a file (or its parent) gives beside one per kind of stay.
const (
	textPlan = "plan" // the plan in one sentence
	textTest = "test" // one test
	textOver = "over" // the follow-up is over
	// What a row of an arrival matrix says at the gate.
	textGate     = "gate"      // tests are asked for
	textGateFree = "gate_free" // a recent negative result is enough
)

// What a window of prophylaxis counts from.
const (
	firstExposure = "first_exposure"
	lastExposure  = "last_exposure"
)

// What a case clock may start at, beside the key of an earlier clock.
const (
	afterRecorded   = "recorded"
	afterDiscovered = "discovered"
)
