package gate

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
)

// Faults names what is wrong with a site, all at once.
func (s Site) Faults() (bad []seawall.FieldError) {
	if !isSiteID(string(s.ID)) {
		bad = append(bad, seawall.FieldError{Field: "id", Code: "gate_site_id"})
	}
	if !slices.Contains(Kinds(), s.Kind) {
		bad = append(bad, seawall.FieldError{Field: "kind", Code: "not_a_choice", Args: map[string]string{"value": s.Kind}})
	}
	if strings.TrimSpace(s.Name.ZH) == "" || strings.TrimSpace(s.Name.EN) == "" {
		bad = append(bad, seawall.FieldError{Field: "name", Code: "required"})
	}
	if s.Lat < -90 || s.Lat > 90 || s.Lon < -180 || s.Lon > 180 {
		bad = append(bad, seawall.FieldError{Field: "lat", Code: "gate_number"})
	}
	return bad
}

// isSiteID reports small letters, digits and hyphens.
func isSiteID(s string) bool {
	for _, c := range s {
		if !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-') {
			return false
		}
	}
	return s != "" && len(s) <= 40
}

// slack is how far ahead of the server's clock a phone's may go before its
// instants are refused.
const slack = 5 * time.Minute

// Faults names what is wrong with a pass that somebody sent: its id, the lane, the
// order of its instants.
func (p Pass) Faults(site Site, now time.Time) (bad []seawall.FieldError) {
	if !isPassID(string(p.ID)) {
		bad = append(bad, seawall.FieldError{Field: "id", Code: "gate_pass_id"})
	}
	if _, ok := site.Lane(p.Lane); p.Lane != 0 && !ok {
		bad = append(bad, seawall.FieldError{Field: "lane", Code: "gate_lane_unknown", Args: map[string]string{"lane": strconv.Itoa(p.Lane)}})
	}
	last := time.Time{}
	for _, t := range []time.Time{p.Arrived, p.Served, p.Decided, p.Left} {
		if t.IsZero() {
			continue
		}
		if t.Before(last) || t.After(now.Add(slack)) {
			bad = append(bad, seawall.FieldError{Field: "decided", Code: "gate_time_order"})
			break
		}
		last = t
	}
	return bad
}

// isPassID reports 16 to 40 letters and digits: what nobody mints twice.
func isPassID(s string) bool {
	for _, c := range s {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-') {
			return false
		}
	}
	return len(s) >= 16 && len(s) <= 40
}

// complaintLength is how many characters of a pass's id make its complaint code:
// 50 of its random bits, five to a character.
const complaintLength = 10

// ComplaintCode gives the code under which a driver reads why and complains. It
// follows from the pass's id, so that a phone without a network can show it; letters
// that look like digits are written as those.
func ComplaintCode(id seawall.PassID) string {
	s := strings.NewReplacer("-", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(string(id)))
	return s[max(0, len(s)-complaintLength):]
}

// Overridden applies what an officer decided against the rule and names what is
// wrong with it. To let a medical emergency pass needs nobody's leave; everything
// else a reason and a second officer, and nobody refuses an emergency.
func Overridden(d Decision, f Facts, o Override, officer seawall.PrincipalID) (Decision, []seawall.FieldError) {
	if !slices.Contains(Outcomes(), o.To) {
		return d, []seawall.FieldError{{Field: "override.to", Code: "not_a_choice", Args: map[string]string{"value": o.To}}}
	}
	if o.To == d.Outcome {
		return d, nil
	}
	var bad []seawall.FieldError
	if f.Emergency {
		return d, []seawall.FieldError{{Field: "override.to", Code: "gate_override_emergency"}}
	}
	if strings.TrimSpace(o.Reason) == "" {
		bad = append(bad, seawall.FieldError{Field: "override.reason", Code: "gate_override_reason"})
	}
	switch {
	case o.Second == "":
		bad = append(bad, seawall.FieldError{Field: "override.second", Code: "gate_override_second"})
	case o.Second == officer:
		bad = append(bad, seawall.FieldError{Field: "override.second", Code: "gate_override_same"})
	}
	d.Outcome, d.Log = o.To, true
	if o.To == Hold {
		d.HoldMinutes = max(1, min(overrideHold, MaxHold-f.HeldMinutes))
	} else {
		d.HoldMinutes = 0
	}
	return d, bad
}

// overrideHold is how long an officer may hold against the rule, in minutes: half
// of what any rule may.
const overrideHold = MaxHold / 2
