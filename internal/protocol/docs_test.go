package protocol

import (
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// docs/protocols.md holds the shipped example word for word, and names every key,
// type, moment, figure, fact and list there is: who reads it needs nothing else.
func TestDocsSayEverything(t *testing.T) {
	doc, err := os.ReadFile("../../docs/protocols.md")
	if err != nil {
		t.Fatal(err)
	}
	example, err := os.ReadFile("../../protocols/needlestick.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := string(doc)
	if body := string(example)[strings.Index(string(example), "id: "):]; !strings.Contains(text, "```yaml\n"+body+"```") {
		t.Error("the example is not that of protocols/needlestick.yaml")
	}
	names := fileKeys(reflect.TypeFor[document]())
	names = append(names, fileKeys(reflect.TypeFor[trial]())...)
	names = append(names, fieldTypes()...)
	for _, s := range Subjects() {
		names = append(append(append(names, s.Key), keys(Events(s.Key))...), needs(s.Key)...)
		for _, l := range Lists(s.Key) {
			names = append(names, l.Key)
			for _, n := range itemFacts(l.Key) {
				names = append(names, "item."+n.Key)
			}
		}
		for _, n := range Figures(s.Key) {
			names = append(names, n.Key)
		}
		for _, n := range OwnFigures(s.Key) {
			names = append(names, n.Key)
		}
		for _, n := range Facts(s.Key) {
			names = append(names, "subject."+n.Key)
		}
		for _, n := range PlanFacts(s.Key) {
			names = append(names, "plan."+n.Key)
		}
	}
	slices.Sort(names)
	for _, n := range slices.Compact(names) {
		if n == "zh" || n == "en" || n == "done" {
			continue // said in the text
		}
		if !strings.Contains(text, "`"+n+"`") && !strings.Contains(text, "`"+n+":") && !strings.Contains(text, "{"+n+":") && !strings.Contains(text, ", "+n+":") {
			t.Errorf("docs/protocols.md does not name %s", n)
		}
	}
}
