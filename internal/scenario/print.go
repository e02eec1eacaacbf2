package scenario

import (
	"fmt"
	"io"
)

// Print tells what became of a scenario: one line when it holds, with each
// problem below it when not.
func (o *Outcome) Print(w io.Writer, say Wording) {
	word := "ok  "
	if len(o.Problems) > 0 {
		word = "FAIL"
	}
	args := map[string]string{"steps": itoa(o.Steps), "pages": itoa(o.Pages), "seed": fmt.Sprint(o.Seed)}
	fmt.Fprintf(w, "%s  %s  %s\n", word, o.File, say("scenario_ran", args))
	if o.Skipped > 0 {
		fmt.Fprintf(w, "      %s\n", say("scenario_skipped", map[string]string{"count": itoa(o.Skipped)}))
	}
	if o.Rewritten != "" {
		fmt.Fprintf(w, "      %s\n", say("scenario_rewritten", nil))
	}
	for _, p := range o.Problems {
		fmt.Fprint(w, p.Render(say))
	}
}
