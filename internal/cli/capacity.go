package cli

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/app"
	"github.com/seawall-city/seawall/internal/area"
)

// capacityCmd takes capacities from a file: through the running server where
// there is one, else on the database itself.
type capacityCmd struct {
	place
	File   string `arg:"" type:"existingfile" help:"CSV with the columns area, kind, total and, where known, used."`
	DryRun bool   `help:"Say what would happen and write nothing."`
	JSON   bool   `name:"json" help:"Print the counts and problems as JSON."`
}

// Run takes the file and prints what became of its rows; the exit code is 3 when
// some were rejected.
func (c *capacityCmd) Run(e *env) error {
	cfg, err := c.config()
	if err != nil {
		return err
	}
	text, err := os.ReadFile(c.File)
	if err != nil {
		return &seawall.Error{Op: "cli.capacity", Kind: seawall.Invalid, Code: "file_unreadable", Args: map[string]string{"path": c.File}, Err: err}
	}
	var rep area.Report
	if socket := runningServer(e.ctx, cfg); socket != "" {
		body, err := json.Marshal(map[string]any{"csv": string(text), "dryRun": c.DryRun})
		if err != nil {
			return err
		}
		err = (&remote{socket: socket, lang: e.lang}).call(e.ctx, http.MethodPost, "/capacity", "application/json", bytes.NewReader(body), &rep)
		if err != nil {
			return err
		}
	} else {
		a, err := app.Open(e.ctx, cfg, app.Options{Version: e.version, Log: logger(e, cfg)})
		if err != nil {
			return err
		}
		defer a.Close()
		err = a.DB.Write(e.ctx, seawall.Actor{Kind: seawall.ActorOperator, Name: "operator"}, func(tx seawall.Tx) (err error) {
			rep, err = a.Areas.ImportCapacity(e.ctx, tx, bytes.NewReader(text), c.DryRun)
			return err
		})
		if err != nil {
			return err
		}
	}
	if rep.Rejected > 0 {
		e.code = exitRejected
	}
	if c.JSON {
		return json.NewEncoder(e.io.Out).Encode(rep)
	}
	for _, r := range append(rep.Rejects, rep.Notes...) {
		e.say("! %d %s: %s", r.Line, r.ID, e.texts.Render(e.lang, r.Code, r.Args))
	}
	e.say("rows %d  accepted %d  rejected %d  unchanged %d  warnings %d", rep.Rows, rep.Accepted, rep.Rejected, rep.Unchanged, rep.Warnings)
	return nil
}
