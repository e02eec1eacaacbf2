package story_test

import (
	"strings"
	"testing"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/gate"
	"github.com/seawall-city/seawall/internal/story"
)

// IMP-08: 27 motorway gates, all six kinds of transport sites and the shoreline are
// seeded; each leads on to a site that is there.
func TestSitesOfTheDemonstration(t *testing.T) {
	lines, err := story.Sites("yancheng")
	if err != nil {
		t.Fatal(err)
	}
	kinds, ids := map[string]int{}, map[seawall.SiteID]bool{}
	for _, l := range lines {
		kinds[l.Kind]++
		if ids[l.ID] {
			t.Errorf("%s stands here twice", l.ID)
		}
		ids[l.ID] = true
		site := gate.Site{ID: l.ID, Kind: l.Kind, Name: l.Name, Lat: l.Lat, Lon: l.Lon}
		if bad := site.Faults(); len(bad) > 0 || !strings.HasPrefix(string(l.Area), "3209") {
			t.Errorf("%s: %v in %s", l.ID, bad, l.Area)
		}
	}
	for _, l := range lines {
		if l.Next != "" && !ids[l.Next] {
			t.Errorf("%s leads on to %s, which is nowhere", l.ID, l.Next)
		}
	}
	if kinds[gate.Checkpoint] != 27 {
		t.Errorf("%d motorway gates, want 27", kinds[gate.Checkpoint])
	}
	for _, kind := range gate.Kinds() {
		if kinds[kind] == 0 {
			t.Errorf("no %s", kind)
		}
	}
}
