package cli

import "github.com/seawall-city/seawall/internal/app"

// backupCmd writes a backup; the server may be running.
type backupCmd struct {
	place
	File string `arg:"" help:"File to write."`
	Keys string `help:"File for the keys; keep it apart from the backup. Default FILE.keys." placeholder:"FILE"`
}

// Run writes the backup and says what is in it.
func (c *backupCmd) Run(e *env) error {
	cfg, err := c.config()
	if err != nil {
		return err
	}
	if c.Keys == "" {
		c.Keys = c.File + ".keys"
	}
	m, err := app.Backup(e.ctx, cfg, e.version, c.File, c.Keys)
	if err != nil {
		return err
	}
	e.say("%s: %d rows of records, %d rows of identities (sealed)", c.File, total(m.Records), total(m.Vault))
	e.say("%s", e.texts.Render(e.lang, "backup_keys_apart", map[string]string{"path": c.Keys}))
	return nil
}

// restoreCmd fills an empty installation from a backup.
type restoreCmd struct {
	place
	File string `arg:"" help:"Backup to read." type:"existingfile"`
	Keys string `help:"File with the keys. Default FILE.keys." placeholder:"FILE"`
}

// Run restores, verifies and says what came back.
func (c *restoreCmd) Run(e *env) error {
	cfg, err := c.config()
	if err != nil {
		return err
	}
	if c.Keys == "" {
		c.Keys = c.File + ".keys"
	}
	m, rep, err := app.Restore(e.ctx, cfg, e.version, c.File, c.Keys)
	if err != nil {
		return err
	}
	e.say("%d rows of records, %d rows of identities; log: %d events, %d problems", total(m.Records), total(m.Vault), rep.Size, rep.Wrong)
	for _, p := range rep.Problems {
		e.say("! %s", e.texts.Render(e.lang, p.Code, p.Args))
	}
	if !rep.OK() {
		e.code = exitFailed
	}
	return nil
}

func total(counts map[string]int) int {
	n := 0
	for _, c := range counts {
		n += c
	}
	return n
}
