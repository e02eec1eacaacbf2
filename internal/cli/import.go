package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/app"
	"github.com/seawall-city/seawall/internal/area"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/config"
	"github.com/seawall-city/seawall/internal/intake"
	"github.com/seawall-city/seawall/internal/response"
)

// ImportCmd imports one file: through the running server where there is one,
// else on the database itself. A dry run reads the file alone. The exit code is
// 0 when no row was rejected, 3 when some were, 1 when the file could not be
// worked through.
type ImportCmd struct {
	place
	Kind      string `arg:"" enum:"areas,linelist,contacts,links,followups,results" help:"What the rows are: areas, linelist, contacts (persons), links (who met or infected whom), followups or results."`
	File      string `arg:"" type:"existingfile" help:"CSV or XLSX file."`
	Disease   string `help:"Disease that the rows are about, as in the rule files (covid-19, measles, …)."`
	Source    string `help:"Whose numbers the ids in the file are. Default: the file's name." `
	Map       string `type:"existingfile" help:"YAML file that says which column is which field, over what is found by itself."`
	Encoding  string `help:"Character encoding, where the file is not read right: utf-8, gb18030, windows-1252, utf-16."`
	Delimiter string `help:"Separator, where the file is not read right."`
	Sheet     string `help:"Sheet of a workbook. Default: the first with content."`
	DryRun    bool   `help:"Say what would happen; needs no server and no database, and writes nothing."`
	JSON      bool   `name:"json" help:"Print the counts and problems as JSON."`
}

// importSummary is what the command prints: every row is in one of accepted,
// rejected and unchanged.
type importSummary struct {
	Rows         int                      `json:"rows"`
	Accepted     int                      `json:"accepted"`
	Rejected     int                      `json:"rejected"`
	Unchanged    int                      `json:"unchanged"`
	Warnings     int                      `json:"warnings"`
	Placeholders int                      `json:"placeholders,omitempty"`
	Duplicates   int                      `json:"duplicates,omitempty"`
	Duties       int                      `json:"duties,omitempty"`
	Source       string                   `json:"source"`
	Import       seawall.ImportID         `json:"import,omitempty"`
	DryRun       bool                     `json:"dryRun,omitempty"`
	Problems     []casebook.ImportProblem `json:"problems"`
}

// Run imports the file and prints what became of its rows.
func (c *ImportCmd) Run(e *env) error {
	const op = "cli.import"
	if c.Kind != string(intake.Areas) && c.Disease == "" {
		return seawall.E(op, seawall.Invalid, "import_disease_missing")
	}
	data, err := os.ReadFile(c.File)
	if err != nil {
		return &seawall.Error{Op: op, Kind: seawall.Invalid, Code: "file_unreadable", Args: map[string]string{"path": c.File}, Err: err}
	}
	in := response.ImportFile{Kind: intake.Kind(c.Kind), Disease: c.Disease, Source: c.Source, Name: filepath.Base(c.File), Data: data,
		ReadOptions: intake.ReadOptions{Encoding: c.Encoding, Delimiter: c.Delimiter, Sheet: c.Sheet}}
	over, err := c.mapping()
	if err != nil {
		return err
	}
	rep, err := c.carryOut(e, in, over)
	if err != nil {
		return err
	}
	sum := importSummary{Rows: rep.Rows, Accepted: rep.Accepted, Rejected: rep.Rejected, Unchanged: rep.Unchanged, Warnings: rep.Warnings,
		Placeholders: rep.Placeholders, Duplicates: rep.Duplicates, Duties: rep.Import.Duties, Source: rep.Import.Source,
		Import: rep.Import.ID, DryRun: c.DryRun, Problems: rep.Problems}
	if sum.Rejected > 0 {
		e.code = exitRejected
	}
	if c.JSON {
		enc := json.NewEncoder(e.io.Out)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		return enc.Encode(sum)
	}
	c.print(e, sum)
	if rep.Import.State == casebook.ImportFailed || rep.Import.State == casebook.ImportCancelled && !c.DryRun {
		return seawall.E(op, seawall.Conflict, "import_not_ready", "state", rep.Import.State)
	}
	return nil
}

func (c *ImportCmd) mapping() (*intake.Mapping, error) {
	if c.Map == "" {
		return nil, nil
	}
	b, err := os.ReadFile(c.Map)
	if err != nil {
		return nil, &seawall.Error{Op: "cli.import", Kind: seawall.Invalid, Code: "file_unreadable", Args: map[string]string{"path": c.Map}, Err: err}
	}
	m, err := intake.ParseMapping(b)
	return &m, err
}

// carryOut takes the way that there is: nothing but the file for a dry run, the
// server if one answers, else the database.
func (c *ImportCmd) carryOut(e *env, in response.ImportFile, over *intake.Mapping) (response.ImportReport, error) {
	if c.DryRun {
		return dryRun(in, over)
	}
	cfg, err := c.config()
	if err != nil {
		return response.ImportReport{}, err
	}
	if socket := runningServer(e.ctx, cfg); socket != "" {
		return (&remote{socket: socket, lang: e.lang}).importFile(e.ctx, in, over, c.progress(e))
	}
	a, err := app.Open(e.ctx, cfg, app.Options{Version: e.version, Log: logger(e, cfg)})
	if err != nil {
		return response.ImportReport{}, err
	}
	defer a.Close()
	who, err := a.Operator(e.ctx)
	if err != nil {
		return response.ImportReport{}, err
	}
	if _, err := a.Main.ResumeImports(e.ctx); err != nil { // what a killed command left half done
		return response.ImportReport{}, err
	}
	return a.Main.ImportWhole(e.ctx, who, in, over, false)
}

// runningServer gives the socket of a server that works on the same data, "" if
// none answers.
func runningServer(ctx context.Context, cfg config.Config) string {
	path := filepath.Join(cfg.Data, app.SocketName)
	d := net.Dialer{Timeout: time.Second}
	conn, err := d.DialContext(ctx, "unix", path)
	if err != nil {
		return ""
	}
	conn.Close()
	return path
}

// dryRun judges a file by itself. What only the records can tell (an unknown
// end, a row that is there already) it cannot say.
func dryRun(in response.ImportFile, over *intake.Mapping) (response.ImportReport, error) {
	out := response.ImportReport{Problems: []casebook.ImportProblem{}}
	if out.Import.Source = in.Source; in.Source == "" {
		out.Import.Source = response.SourceOf(in.Name)
	}
	if in.Kind == intake.Areas {
		data, err := intake.AsCSV(in.Name, in.Data, in.ReadOptions)
		if err != nil {
			return out, err
		}
		return dryAreas(data, out)
	}
	files, err := intake.Load()
	if err != nil {
		return out, err
	}
	t, err := intake.Read(in.Name, in.Data, in.ReadOptions)
	if err != nil {
		return out, err
	}
	m, _ := files.Suggest(in.Kind, t)
	if over != nil {
		m = m.Over(*over)
	}
	ev, err := files.Evaluate(t, m, intake.Options{Today: seawall.DayOf(app.WallClock().Now(), time.Local), Zone: time.Local})
	if err != nil {
		return out, err
	}
	for _, p := range ev.File {
		out.Warnings++
		out.Problems = append(out.Problems, problemOf(p))
	}
	for i := range ev.Rows() {
		rec := ev.Record(i)
		out.Rows++
		out.Warnings += rec.Warnings()
		switch {
		case rec.Rejected() != nil:
			out.Rejected++
		case rec.Again:
			out.Unchanged++
		default:
			out.Accepted++
		}
		for _, p := range rec.Problems {
			out.Problems = append(out.Problems, problemOf(p))
		}
	}
	return out, nil
}

// dryAreas judges a file of areas by itself. A parent that the file does not
// hold is taken to exist, with a warning.
func dryAreas(data []byte, out response.ImportReport) (response.ImportReport, error) {
	rows, unread, err := area.ParseAreas(bytes.NewReader(data))
	if err != nil {
		return out, err
	}
	inFile, assumed := map[seawall.AreaID]bool{}, map[seawall.AreaID]bool{}
	for _, r := range rows {
		inFile[r.Area.ID] = true
	}
	_, r := area.Plan(rows, unread, func(id seawall.AreaID) (area.Area, bool) {
		if inFile[id] {
			return area.Area{}, false
		}
		assumed[id] = true
		return area.Area{ID: id, Level: area.Province, Path: seawall.AreaPath(id) + "/"}, true
	})
	out.Rows, out.Accepted, out.Rejected, out.Unchanged = r.Rows, r.Accepted, r.Rejected, r.Unchanged
	out.Problems = append(out.Problems, response.AreaProblems(r)...)
	for _, id := range slices.Sorted(maps.Keys(assumed)) {
		out.Problems = append(out.Problems, casebook.ImportProblem{Severity: string(intake.Warning), Code: "import_parent_assumed",
			Args: map[string]string{"id": string(id)}})
	}
	out.Warnings = r.Warnings + len(assumed)
	return out, nil
}

func problemOf(p intake.Problem) casebook.ImportProblem {
	return casebook.ImportProblem{Line: p.Line, Column: p.Column, Severity: string(p.Severity), Code: p.Code, Args: p.Args}
}

// shownProblems is how many problems the command prints for people; --json
// gives more.
const shownProblems = 20

func (c *ImportCmd) print(e *env, s importSummary) {
	for i, p := range s.Problems {
		if i == shownProblems {
			e.say("… %d", len(s.Problems)-shownProblems)
			break
		}
		mark, where := "!", ""
		if p.Severity == string(intake.Error) {
			mark = "×"
		}
		if p.Line > 0 {
			where = fmt.Sprintf("%d ", p.Line)
		}
		if p.Column != "" {
			where += p.Column + ": "
		}
		e.say("%s %s%s", mark, where, e.texts.Render(e.lang, p.Code, p.Args))
	}
	e.say("rows %d  accepted %d  rejected %d  unchanged %d  warnings %d", s.Rows, s.Accepted, s.Rejected, s.Unchanged, s.Warnings)
	if s.Placeholders+s.Duplicates+s.Duties > 0 {
		e.say("placeholders %d  possible duplicates %d  duties opened %d", s.Placeholders, s.Duplicates, s.Duties)
	}
	if s.Import != "" {
		e.say("import %s  source %s", s.Import, s.Source)
	}
}

// progress prints how far an import has come, on standard error and not at all
// for machines.
func (c *ImportCmd) progress(e *env) func(done, rows int) {
	return func(done, rows int) {
		if !c.JSON && rows > 0 {
			fmt.Fprintf(e.io.Err, "\r%d / %d", min(done, rows), rows)
			if done >= rows {
				fmt.Fprintln(e.io.Err)
			}
		}
	}
}
