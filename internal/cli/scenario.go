package cli

import (
	"context"
	"io"
	"os"
	"os/exec"
	"strconv"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/app"
	"github.com/seawall-city/seawall/internal/scenario"
)

// scenarioCmd runs scenarios written as text.
type scenarioCmd struct {
	Run   scenarioRun   `cmd:"" help:"Run scenarios on an instance that is thrown away."`
	Lint  scenarioLint  `cmd:"" help:"Check scenarios without running them."`
	Words scenarioWords `cmd:"" help:"List the directives of a scenario and every operation with its fields."`
}

type scenarioRun struct {
	Database    string   `help:"PostgreSQL server on which a database is made and dropped; default SQLite." env:"SEAWALL_SCENARIO_DATABASE"`
	Rewrite     bool     `help:"Put what came in the place of what was expected, in the files."`
	StrictPages bool     `help:"Fail where a page cannot be looked at because there is no Chromium."`
	NoPages     bool     `help:"Look at no page."`
	Keep        string   `help:"Directory in which the data of the runs stay." placeholder:"DIR"`
	File        []string `arg:"" help:"Scenario files."`
}

// pageWait is how long a page may take until its words are on it.
const pageWait = 15 * time.Second

// Run runs each file by itself and says what became of all.
func (c *scenarioRun) Run(e *env) error {
	spec, err := scenarioSpec(e)
	if err != nil {
		return err
	}
	o := scenario.Options{Host: app.ScenarioHost{}, Database: c.Database, Keep: c.Keep, Lang: e.lang, Version: e.version, Rewrite: c.Rewrite, StrictPages: c.StrictPages,
		PageWait: pageWait, Say: e.wording(), Command: func(ctx context.Context, args []string, out, errs io.Writer) int {
			return Run(ctx, args, Streams{In: e.io.In, Out: out, Err: errs}, e.version)
		}}
	if !c.NoPages {
		o.Browser = findChromium()
	}
	failed := 0
	for _, name := range c.File {
		text, err := os.ReadFile(name)
		if err != nil {
			return seawall.E("cli.scenario", seawall.NotFound, "scenario_file", "path", name)
		}
		out, err := scenario.Run(e.ctx, name, string(text), spec, o)
		if err != nil {
			return err
		}
		if out.Rewritten != "" {
			if err := os.WriteFile(name, []byte(out.Rewritten), 0o644); err != nil {
				return err
			}
		}
		out.Print(e.io.Out, o.Say)
		if len(out.Problems) > 0 {
			failed++
		}
	}
	return scenarioFailures(failed, len(c.File))
}

// scenarioFailures is the error of some files that failed.
func scenarioFailures(failed, of int) error {
	if failed == 0 {
		return nil
	}
	return seawall.E("cli.scenario", seawall.Invalid, "scenario_failed", "failed", strconv.Itoa(failed), "of", strconv.Itoa(of))
}

// scenarioSpec gives the operations that this program offers.
func scenarioSpec(e *env) (*scenario.Spec, error) {
	b, err := app.OpenAPI(e.version)
	if err != nil {
		return nil, err
	}
	return scenario.ReadSpec(b)
}

// wording gives messages in the reader's language.
func (e *env) wording() scenario.Wording {
	return func(code string, args map[string]string) string { return e.texts.Render(e.lang, code, args) }
}

// findChromium gives the browser that is installed, "" for none: the one that
// SEAWALL_CHROMIUM names, else the system's.
func findChromium() string {
	if path := os.Getenv("SEAWALL_CHROMIUM"); path != "" {
		return path
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

type scenarioLint struct {
	File []string `arg:"" help:"Scenario files."`
}

// Run checks.
func (c *scenarioLint) Run(e *env) error {
	spec, err := scenarioSpec(e)
	if err != nil {
		return err
	}
	failed := 0
	for _, name := range c.File {
		text, err := os.ReadFile(name)
		if err != nil {
			return seawall.E("cli.scenario", seawall.NotFound, "scenario_file", "path", name)
		}
		script, problems := scenario.Parse(name, string(text))
		if len(problems) == 0 {
			problems = scenario.Check(script, spec)
		}
		for _, p := range problems {
			e.say("%s", p.Render(e.wording()))
		}
		if len(problems) > 0 {
			failed++
			continue
		}
		e.say("ok    %s", name)
	}
	return scenarioFailures(failed, len(c.File))
}

type scenarioWords struct{}

// Run lists.
func (scenarioWords) Run(e *env) error {
	spec, err := scenarioSpec(e)
	if err != nil {
		return err
	}
	return scenario.PrintWords(e.io.Out, e.lang, spec)
}
