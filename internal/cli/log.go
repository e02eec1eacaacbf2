package cli

import (
	"os"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/app"
	"github.com/seawall-city/seawall/internal/ledger"
)

// logCmd works on the one log.
type logCmd struct {
	Verify logVerify `cmd:"" help:"Recompute the log from the stored events and compare."`
	Export logExport `cmd:"" help:"Write the log as tlog-tiles, for anyone's tool to verify."`
	Key    logKey    `cmd:"" help:"Print the public key that verifies checkpoints."`
}

type logVerify struct {
	place
	Earlier string `help:"File with a checkpoint kept elsewhere; the log must continue it." type:"existingfile"`
}

// Run verifies and prints what it found.
func (c *logVerify) Run(e *env) error {
	a, err := c.open(e)
	if err != nil {
		return err
	}
	defer a.Close()
	earlier := ""
	if c.Earlier != "" {
		b, err := os.ReadFile(c.Earlier)
		if err != nil {
			return err
		}
		earlier = string(b)
	}
	rep, err := ledger.Verify(e.ctx, a.DB, a.Journal, a.Signer.Key(), earlier, nil)
	if err != nil {
		return err
	}
	e.say("events %d  opened %d  forgotten %d  waiting %d  checkpoints %d\nroot %s", rep.Size, rep.Opened, rep.Forgotten, rep.Waiting, rep.Checkpoints, rep.Root)
	for _, p := range rep.Problems {
		e.say("! %s", e.texts.Render(e.lang, p.Code, p.Args))
	}
	if !rep.OK() {
		e.code = exitFailed
		return nil
	}
	e.say("ok")
	return nil
}

type logExport struct {
	place
	Dir string `arg:"" help:"Directory to write to."`
}

// Run exports.
func (c *logExport) Run(e *env) error {
	a, err := c.open(e)
	if err != nil {
		return err
	}
	defer a.Close()
	cp, err := ledger.Export(e.ctx, a.DB, a.Journal, a.Signer.Key(), c.Dir)
	if err != nil {
		return err
	}
	e.say("%d events in %s\nkey %s", cp.Size, c.Dir, a.Signer.Key())
	return nil
}

type logKey struct{ place }

// Run prints the key.
func (c *logKey) Run(e *env) error {
	a, err := c.open(e)
	if err != nil {
		return err
	}
	defer a.Close()
	e.say("%s", a.Signer.Key())
	return nil
}

// open composes the application on the database that the flags name.
func (p place) open(e *env) (*app.App, error) {
	cfg, err := p.config()
	if err != nil {
		return nil, err
	}
	if cfg.Data == "" {
		return nil, seawall.E("cli.open", seawall.Invalid, "required")
	}
	return app.Open(e.ctx, cfg, app.Options{Version: e.version, Log: logger(e, cfg)})
}
