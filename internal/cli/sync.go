package cli

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/app"
	"github.com/seawall-city/seawall/internal/device"
	"github.com/seawall-city/seawall/internal/response"
)

// syncCmd replays a phone's queue: a file with one signed operation a line. It
// speaks to the running server where there is one, else to the database itself, and
// may be run again: what came before is repeated, not done twice.
type syncCmd struct {
	place
	File   string    `arg:"" type:"existingfile" help:"Operations as the phone signed them, one a line."`
	Device string    `required:"" help:"The phone's id."`
	Sent   time.Time `help:"The phone's own time at sending; its difference to the server's is measured." format:"2006-01-02T15:04:05Z07:00"`
	JSON   bool      `name:"json" help:"Print as JSON."`
}

// Run sends the file in batches and prints what came of each operation; the exit
// code is 3 when some were refused.
func (c *syncCmd) Run(e *env) error {
	b, err := os.ReadFile(c.File)
	if err != nil {
		return &seawall.Error{Op: "cli.sync", Kind: seawall.Invalid, Code: "file_unreadable", Args: map[string]string{"path": c.File}, Err: err}
	}
	var ops []string
	for line := range strings.SplitSeq(string(b), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			ops = append(ops, line)
		}
	}
	var all response.Synced
	for len(ops) > 0 {
		n := min(len(ops), device.MaxBatch)
		out, err := c.send(e, ops[:n])
		if err != nil {
			return err
		}
		for _, r := range out.Results {
			r.N += all.In
			all.Results = append(all.Results, r)
		}
		all.In, all.Done, all.Repeated = all.In+out.In, all.Done+out.Done, all.Repeated+out.Repeated
		all.Conflicts, all.Refused, all.Offset, all.Now = all.Conflicts+out.Conflicts, all.Refused+out.Refused, out.Offset, out.Now
		ops = ops[n:]
	}
	if all.Refused > 0 {
		e.code = exitRejected
	}
	if c.JSON {
		return json.NewEncoder(e.io.Out).Encode(all)
	}
	for _, r := range all.Results {
		first := ""
		if r.First != "" {
			first = " (" + r.First + ")"
		}
		e.say("%3d  %s  %s%s  %s", r.N+1, r.ID, r.Outcome, first, r.Problem)
	}
	e.say("in %d = done %d + repeated %d + conflict %d + refused %d", all.In, all.Done, all.Repeated, all.Conflicts, all.Refused)
	return nil
}

func (c *syncCmd) send(e *env, ops []string) (out response.Synced, err error) {
	in := response.Batch{Device: seawall.DeviceID(c.Device), SentAt: c.Sent, Ops: ops}
	err = c.reach(e, http.MethodPost, "/sync", in, &out, func(a *app.App) (err error) {
		out, err = a.Main.Sync(e.ctx, operator(), in)
		return err
	})
	return out, err
}

// stepCmd is about single steps of duties.
type stepCmd struct {
	Paper stepPaperCmd `cmd:"" help:"Write the paper form of a step, to print."`
}

type stepPaperCmd struct {
	place
	ID       string `arg:"" help:"The step's id."`
	Language string `default:"zh" enum:"zh,en" help:"Language of the form: zh or en."`
	Out      string `required:"" help:"File into which the page (HTML) is written."`
}

// Run writes the page and prints its code. The page is drawn by the running server.
func (c *stepPaperCmd) Run(e *env) error {
	var f response.PaperForm
	err := c.reach(e, http.MethodGet, "/steps/"+c.ID+"/paper"+query("lang", c.Language), nil, &f, func(*app.App) error {
		return seawall.E("cli.step", seawall.Unavailable, "server_not_running")
	})
	if err != nil {
		return err
	}
	if err := os.WriteFile(c.Out, []byte(f.Page), 0o600); err != nil {
		return &seawall.Error{Op: "cli.step", Kind: seawall.Unavailable, Code: "file_unreadable", Args: map[string]string{"path": c.Out}, Err: err}
	}
	e.say("%s", f.Code)
	return nil
}
