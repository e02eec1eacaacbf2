package cli

import "github.com/seawall-city/seawall/internal/app"

// doctorCmd looks for what is wrong with an installation and changes nothing.
type doctorCmd struct {
	place
}

// Run prints one line for each thing looked at; the exit code is 1 when
// something is bad.
func (c *doctorCmd) Run(e *env) error {
	cfg, err := c.config()
	if err != nil {
		return err
	}
	for _, f := range app.Doctor(e.ctx, cfg) {
		mark := map[string]string{"ok": "✓", "warn": "!", "bad": "✗"}[f.Grade]
		e.say("%s %-11s %s", mark, f.Check, e.texts.Render(e.lang, f.Code, f.Args))
		if f.Grade == "bad" {
			e.code = exitFailed
		}
	}
	return nil
}
