package scenario

import "strings"

// collect notes which steps, clocks and protocols the scenario has reached, as
// the machine's operator sees them at its end.
func (r *run) collect() {
	who, err := r.operator()
	if err != nil {
		return
	}
	// What cannot be read is not counted as reached.
	_ = r.asked(who, func() error {
		query := map[string]any{"state": "all", "limit": "500"}
		for range 20 {
			ans, err := r.ask(Pos{}, r.spec.Ops["list-steps"], input{path: map[string]any{}, query: query})
			if err != nil || !ans.ok() {
				return err
			}
			list, _, _ := look(ans.body, []string{"items"})
			for _, e := range asList(list) {
				m, _ := e.(map[string]any)
				r.out.Seen.Steps[textOf(m["kind"])+"/"+textOf(m["key"])] = true
				r.out.Seen.Protocols[textOf(m["kind"])] = true
				if strings.Contains(textOf(m["due"]), "T") && !strings.HasPrefix(textOf(m["due"]), "0001") {
					r.out.Seen.Clocks["due"] = true
				}
				if textOf(m["escalations"]) > "0" {
					r.out.Seen.Clocks["climb"] = true
				}
			}
			next, _, _ := look(ans.body, []string{"next"})
			if textOf(next) == "" {
				return nil
			}
			query["cursor"] = next
		}
		return nil
	})
}
