package response

import (
	"time"

	"github.com/seawall-city/seawall"
)

// Waits are the waits of all gates in somebody's area; GET /waits. Times are in
// seconds, shares between 0 and 1:
//
//	{"items": [{"site": "g15-dafeng", "name": {"zh": "…", "en": "…"}, "kind": "checkpoint", "areaName": {…},
//	  "p95": 2140, "target": 1800, "ahead": 3300, "at": "2022-03-28T20:00:00+08:00", "passed": 61, "alarm": {…}}],
//	 "target": 1800, "passed": 1210, "over": 2}
type Waits struct {
	Items []WaitLine `json:"items"`
	// Target is the city's, in seconds; Passed and Over count the vehicles of the last
	// hour and the sites whose p95 is above it.
	Target int `json:"target"`
	Passed int `json:"passed"`
	Over   int `json:"over"`
}

// WaitLine is one site in the list.
type WaitLine struct {
	Site     seawall.SiteID `json:"site"`
	Name     seawall.Text   `json:"name"`
	Kind     string         `json:"kind"`
	AreaName seawall.Text   `json:"areaName"`
	// P50 and P95 are of the vehicles served in the last hour.
	P50    int `json:"p50"`
	P95    int `json:"p95"`
	Target int `json:"target"`
	Passed int `json:"passed" doc:"vehicles of the last hour"`
	Lanes  int `json:"lanes" doc:"lanes open now"`
	// Ahead is the longest p95 of the hours forecast, At the hour of it.
	Ahead int        `json:"ahead"`
	At    time.Time  `json:"at"`
	Alarm *WaitAlarm `json:"alarm,omitempty"`
}

// WaitAlarm is an open alarm about waits.
type WaitAlarm struct {
	Loop      seawall.LoopID `json:"loop"`
	Since     time.Time      `json:"since"`
	OwnerName string         `json:"ownerName"`
	// Hopeless says that not even all lanes keep the longest wait: vehicles must be
	// let pass and traced.
	Hopeless bool `json:"hopeless"`
}

// GateWaits are the waits at one site; GET /gates/{id}/waits?hours=. A site whose
// lorries and cars have lanes of their own has a queue for each:
//
//	{"site": {"id": "g15-dafeng", …}, "now": "2022-03-28T18:40:00+08:00", "target": 1800, "longest": 3600, "officersPerLane": 2,
//	 "alarm": null, "queues": [{"for": "freight",
//	   "last": {"passed": 61, "p50": 840, "p95": 2140, "mean": 900, "most": 2600, "above": 0.21, "waiting": 18, "lanes": 3},
//	   "service": {"mean": 171, "cv2": 0.62, "low": 160, "high": 183, "n": 410, "few": false},
//	   "arrivals": {"spread": 0.03, "today": 1.2, "days": 28, "few": false},
//	   "hours": [{"from": "2022-03-28T18:00:00+08:00", "lanes": 3, "expected": 64.1, "usual": 52.0, "declared": 30.5,
//	     "load": 1.02, "mean": 1260, "p50": 1200, "p95": 2500, "above": 0.24, "queue": 22.4}],
//	   "worst": 3300, "laneHours": 12, "staffHours": 24,
//	   "advice": [{"kind": "lane", "from": "2022-03-28T19:00:00+08:00", "by": 0, "worst": 1700, "saved": 61200, "laneHours": 1, "staffHours": 2,
//	     "lanes": [3, 4, 3, 3], "text": {"zh": "19:00 起增开一条车道：…", "en": "One lane more from 19:00: …"}}]}]}
type GateWaits struct {
	Site WaitSite  `json:"site"`
	Now  time.Time `json:"now"`
	// Target is the wait that 95 of 100 must not exceed, Longest the longest that
	// anybody may be held (the gate rules in force), in seconds; 0 where no rule
	// speaks.
	Target  int `json:"target"`
	Longest int `json:"longest"`
	// OfficersPerLane is how many people work one open lane.
	OfficersPerLane int         `json:"officersPerLane"`
	Alarm           *WaitAlarm  `json:"alarm,omitempty"`
	Queues          []WaitQueue `json:"queues"`
}

// WaitSite is the site in short.
type WaitSite struct {
	ID       seawall.SiteID `json:"id"`
	Name     seawall.Text   `json:"name"`
	Kind     string         `json:"kind"`
	AreaName seawall.Text   `json:"areaName"`
}

// WaitQueue is one queue of a site: the last hour, the forecast, the advice.
type WaitQueue struct {
	// For is freight, car, or "" where lanes are for all.
	For      string       `json:"for" doc:"freight, car, or empty for all"`
	Last     WaitLast     `json:"last"`
	Service  WaitService  `json:"service"`
	Arrivals WaitArrivals `json:"arrivals"`
	Hours    []WaitHour   `json:"hours"`
	// Worst is the longest p95 of the hours. StaffHours are lane-hours times the
	// people of a lane.
	Worst      int          `json:"worst"`
	LaneHours  float64      `json:"laneHours"`
	StaffHours float64      `json:"staffHours"`
	Most       int          `json:"most" doc:"lanes that there are"`
	Advice     []WaitAdvice `json:"advice"`
	Shift      *WaitShift   `json:"shift,omitempty"`
}

// WaitShift is who works the site now.
type WaitShift struct {
	ID       string    `json:"id"`
	LeadName string    `json:"leadName"`
	Lanes    int       `json:"lanes"`
	Officers int       `json:"officers"`
	To       time.Time `json:"to"`
}

// WaitLast is what was measured over the last hour. Waiting is how many wait now,
// estimated: those who came since the one served last came.
type WaitLast struct {
	Passed  int     `json:"passed"`
	Timed   int     `json:"timed" doc:"how many of them have a time of arrival and of service"`
	Mean    int     `json:"mean"`
	P50     int     `json:"p50"`
	P95     int     `json:"p95"`
	Most    int     `json:"most"`
	Above   float64 `json:"above" doc:"share that waited longer than the target"`
	Waiting float64 `json:"waiting"`
	Lanes   int     `json:"lanes"`
}

// WaitService is how long a vehicle takes in its lane, as timed.
type WaitService struct {
	Mean int     `json:"mean"`
	CV2  float64 `json:"cv2" doc:"variance over mean squared"`
	Low  int     `json:"low" doc:"the mean lies above with 97.5 %"`
	High int     `json:"high"`
	N    int     `json:"n"`
	Few  bool    `json:"few" doc:"rests more on an assumption than on measurements"`
}

// WaitArrivals says what the forecast of arrivals rests on.
type WaitArrivals struct {
	Spread float64 `json:"spread" doc:"variance of how heavy the day is"`
	Today  float64 `json:"today" doc:"how heavy today is so far, 1 as usual"`
	Days   int     `json:"days"`
	Few    bool    `json:"few"`
}

// WaitHour is the forecast of one hour.
type WaitHour struct {
	From     time.Time `json:"from"`
	Lanes    int       `json:"lanes"`
	Expected float64   `json:"expected"`
	Usual    float64   `json:"usual"`
	Declared float64   `json:"declared"`
	Load     float64   `json:"load" doc:"arrivals over what the lanes can serve"`
	Mean     int       `json:"mean"`
	P50      int       `json:"p50"`
	P95      int       `json:"p95"`
	Above    float64   `json:"above"`
	Queue    float64   `json:"queue" doc:"vehicles waiting, mean over the hour"`
}

// WaitAdvice is one change and what it does to the hours forecast.
type WaitAdvice struct {
	Kind  string    `json:"kind" doc:"lane: one lane more in an hour; shift: a shift moved by an hour"`
	From  time.Time `json:"from"`
	Shift string    `json:"shift,omitempty"`
	By    int       `json:"by" doc:"hours by which the shift moves"`
	Lanes []int     `json:"lanes"`
	// Worst is the longest p95 after it, Saved the seconds of waiting that all
	// vehicles together are spared.
	Worst      int          `json:"worst"`
	Saved      int          `json:"saved"`
	LaneHours  float64      `json:"laneHours"`
	StaffHours float64      `json:"staffHours"`
	Text       seawall.Text `json:"text"`
}

// WaitPlan asks what a plan of lanes does, or for the cheapest one;
// POST /gates/{id}/waits/plan:
//
//	{"hours": 6, "for": "freight", "lanes": [2, 2, 3, 3, 2, 2]}
//	{"hours": 6, "for": "freight", "most": 5, "keep": true}
type WaitPlan struct {
	For string `json:"for,omitempty" doc:"freight, car, or empty: the site's first queue"`
	// Hours is how many from now on, 1 to 24.
	Hours int `json:"hours,omitempty" doc:"1 to 24; without it as many as lanes, else 8"`
	// Lanes is the plan to look at; without it only the cheapest is looked for.
	Lanes []int `json:"lanes,omitempty" doc:"lanes open in each hour, from this hour on"`
	// Target in minutes; without it the city's. Most is how many lanes can be
	// staffed; without it all that there are.
	Target int `json:"target,omitempty"`
	Most   int `json:"most,omitempty"`
	// Keep puts the plan in force: the given lanes, else the cheapest.
	Keep bool `json:"keep,omitempty"`
}

// WaitPlanned compares plans. Given is what was asked about; Best the cheapest that
// keeps the target, or where Kept is false the one that comes nearest. LongestKept
// says whether p95 stays below the longest wait; where it does not, Hopeless is set
// and Text says that vehicles must be let pass and traced.
type WaitPlanned struct {
	For         string          `json:"for"`
	Target      int             `json:"target"`
	Longest     int             `json:"longest"`
	Now         WaitPlanResult  `json:"now" doc:"the lanes as planned so far"`
	Given       *WaitPlanResult `json:"given,omitempty"`
	Best        WaitPlanResult  `json:"best"`
	Kept        bool            `json:"kept"`
	LongestKept bool            `json:"longestKept"`
	Hopeless    bool            `json:"hopeless"`
	Text        seawall.Text    `json:"text"`
	// InForce is the plan that was put in force, empty where none was.
	InForce []int `json:"inForce"`
}

// WaitPlanResult is a plan and what it does.
type WaitPlanResult struct {
	Lanes      []int      `json:"lanes"`
	Hours      []WaitHour `json:"hours"`
	Worst      int        `json:"worst"`
	Waited     int        `json:"waited" doc:"seconds that all vehicles together wait"`
	LaneHours  float64    `json:"laneHours"`
	StaffHours float64    `json:"staffHours"`
}
