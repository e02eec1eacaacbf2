package cli

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/app"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/protocol"
	"github.com/seawall-city/seawall/internal/regime"
)

// protocolCmd reads protocol files.
type protocolCmd struct {
	Lint    protocolLint    `cmd:"" help:"Check protocol files."`
	Explain protocolExplain `cmd:"" help:"Say in words what a protocol asks."`
	Diff    protocolDiff    `cmd:"" help:"What differs between two protocols."`
	Try     protocolTry     `cmd:"" help:"Show the loop that a protocol would open, with due times and reasons."`
	List    protocolList    `cmd:"" help:"The protocols there are."`
	Convert protocolConvert `cmd:"" help:"Make protocols of the forms that others use."`
}

// protocolFiles are the directories that add to the shipped protocols.
type protocolFiles struct {
	Protocols []string `help:"Directory whose files add to the shipped ones." type:"existingdir"`
	Regimes   []string `help:"Directory of rule files that add to the shipped ones." type:"existingdir"`
}

func (c protocolFiles) fs() []fs.FS {
	var out []fs.FS
	for _, d := range c.Protocols {
		out = append(out, os.DirFS(d))
	}
	return out
}

// known gives the roles and diseases that protocols may name.
func (c protocolFiles) known() (protocol.Known, *regime.Set, error) {
	rules, err := regime.Load(regimeFiles{c.Regimes}.fs()...)
	if err != nil {
		return protocol.Known{}, nil, err
	}
	policies, err := auth.Load(nil)
	if err != nil {
		return protocol.Known{}, nil, err
	}
	k := protocol.Known{Roles: []string{}, Diseases: []string{}}
	for _, r := range policies.Roles() {
		k.Roles = append(k.Roles, r.ID)
	}
	for _, d := range rules.Diseases() {
		k.Diseases = append(k.Diseases, d.ID)
	}
	return k, rules, nil
}

// load reads the protocols and rules.
func (c protocolFiles) load() (*protocol.Set, *regime.Set, error) {
	k, rules, err := c.known()
	if err != nil {
		return nil, nil, err
	}
	set, err := protocol.Load(k, c.fs()...)
	return set, rules, err
}

// one gives a protocol by its id, or out of a file; what is wrong with the file is
// printed.
func (c protocolFiles) one(e *env, set *protocol.Set, name string) (*protocol.Protocol, error) {
	if !strings.HasSuffix(name, ".yaml") {
		p, ok := set.ByID(name)
		if !ok {
			return nil, seawall.E("cli.protocol", seawall.NotFound, "protocol_not_found", "id", name)
		}
		return p, nil
	}
	src, err := readSmall(name)
	if err != nil {
		return nil, err
	}
	if p, _ := set.Check(filepath.Base(name), src); p != nil {
		return p, nil
	}
	return nil, set.LintFile(e.io.Err, e.lang, filepath.Base(name), src)
}

// readSmall reads a file that a person names.
func readSmall(name string) ([]byte, error) {
	src, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, seawall.E("cli.protocol", seawall.NotFound, "protocol_not_found", "id", name)
	}
	return src, err
}

type protocolLint struct {
	Regimes []string `help:"Directory of rule files that add to the shipped ones." type:"existingdir"`
	Path    []string `arg:"" optional:"" help:"Files, or directories to check on top of the shipped protocols." type:"path"`
}

// Run checks.
func (c *protocolLint) Run(e *env) error {
	files := protocolFiles{Regimes: c.Regimes}
	var single []string
	for _, p := range c.Path {
		if info, err := os.Stat(p); err == nil && info.IsDir() {
			files.Protocols = append(files.Protocols, p)
		} else {
			single = append(single, p)
		}
	}
	k, _, err := files.known()
	if err != nil {
		return err
	}
	if len(single) == 0 {
		return protocol.Lint(e.io.Out, e.lang, k, files.fs()...)
	}
	set, err := protocol.Load(k, files.fs()...)
	if err != nil {
		return err
	}
	for _, name := range single {
		src, err := readSmall(name)
		if err == nil {
			err = set.LintFile(e.io.Out, e.lang, filepath.Base(name), src)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

type protocolExplain struct {
	protocolFiles
	ID string `arg:"" help:"Protocol, or a file."`
}

// Run explains.
func (c *protocolExplain) Run(e *env) error {
	set, _, err := c.load()
	if err != nil {
		return err
	}
	p, err := c.one(e, set, c.ID)
	if err != nil {
		return err
	}
	return protocol.Explain(e.io.Out, e.lang, p)
}

type protocolDiff struct {
	protocolFiles
	A string `arg:"" help:"Protocol, or a file."`
	B string `arg:"" help:"Protocol, or a file."`
}

// Run compares.
func (c *protocolDiff) Run(e *env) error {
	set, _, err := c.load()
	if err != nil {
		return err
	}
	a, err := c.one(e, set, c.A)
	if err != nil {
		return err
	}
	b, err := c.one(e, set, c.B)
	if err != nil {
		return err
	}
	return protocol.Diff(e.io.Out, e.lang, a, b)
}

type protocolTry struct {
	protocolFiles
	ID   string `arg:"" help:"Protocol, or a file."`
	With string `arg:"" help:"File with the facts to try it with (YAML or JSON)." type:"path"`
	Zone string `help:"Time zone of the city." default:"Asia/Shanghai"`
}

// Run tries.
func (c *protocolTry) Run(e *env) error {
	set, rules, err := c.load()
	if err != nil {
		return err
	}
	p, err := c.one(e, set, c.ID)
	if err != nil {
		return err
	}
	src, err := readSmall(c.With)
	if err != nil {
		return err
	}
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		return seawall.E("cli.protocol", seawall.Invalid, "protocol_subject_invalid", "detail", "zone: "+c.Zone)
	}
	subject, err := protocol.ReadTrial(e.ctx, src, p, rules, app.WallClock().Now(), zone)
	if err != nil {
		e.sayFields(err)
		return err
	}
	return protocol.Try(e.ctx, e.io.Out, e.lang, p, subject)
}

// sayFields prints what is wrong with each field.
func (e *env) sayFields(err error) {
	var known *seawall.Error
	if !errors.As(err, &known) {
		return
	}
	for _, f := range known.Fields {
		fmt.Fprintf(e.io.Err, "%s: %s\n", f.Field, e.texts.Render(e.lang, f.Code, f.Args))
	}
}

type protocolList struct{ protocolFiles }

// Run lists.
func (c *protocolList) Run(e *env) error {
	set, _, err := c.load()
	if err != nil {
		return err
	}
	for _, p := range set.All() {
		e.say("%-16s %-8s %s", p.ID, p.Subject, p.Title.In(e.lang))
	}
	return nil
}

// protocolHelp is the Chinese of the help texts of these commands.
func protocolHelp() map[string]string {
	return map[string]string{
		"Write, check and try protocol files.":                                  "编写、检查和试运行流程文件。",
		"Check protocol files.":                                                 "检查流程文件。",
		"Say in words what a protocol asks.":                                    "用文字说明一个流程的要求。",
		"What differs between two protocols.":                                   "两个流程有何不同。",
		"Show the loop that a protocol would open, with due times and reasons.": "显示流程会建立的闭环，附时限和理由。",
		"The protocols there are.":                                              "列出现有的流程。",
		"Make protocols of the forms that others use.":                          "把他人的表单转换为流程。",
		"The outbreak dictionaries of MSF (XLSX).":                              "无国界医生（MSF）的疫情数据字典（XLSX）。",
		"Workbook of dictionaries.":                                             "数据字典工作簿。",
		"Directory to write the protocols to.":                                  "写入流程文件的目录。",
		"CSV with the columns en and zh: the Chinese of labels and answers.":    "CSV 文件，列为 en 和 zh：标签和选项的中文。",
		"Directory of rule files that add to the shipped ones.":                 "目录，其中的防控规则文件加到自带文件之上。",
		"Files, or directories to check on top of the shipped protocols.":       "要检查的文件，或在自带流程之外还要检查的目录。",
		"Protocol, or a file.":                                                  "流程编号，或文件。",
		"File with the facts to try it with (YAML or JSON).":                    "试运行所用事实的文件（YAML 或 JSON）。",
		"Time zone of the city.":                                                "城市所在时区。",
	}
}

// protocolConvert makes protocols of others' forms.
type protocolConvert struct {
	MSF convertMSF `cmd:"" name:"msf" help:"The outbreak dictionaries of MSF (XLSX)."`
}

type convertMSF struct {
	File  string `arg:"" help:"Workbook of dictionaries." type:"path"`
	Out   string `required:"" help:"Directory to write the protocols to." type:"path"`
	Words string `help:"CSV with the columns en and zh: the Chinese of labels and answers." type:"path"`
}

// Run converts; what became no field, or another one, is said row by row.
func (c *convertMSF) Run(e *env) error {
	src, err := readSmall(c.File)
	if err != nil {
		return err
	}
	words, err := readWords(c.Words)
	if err != nil {
		return err
	}
	made, err := protocol.ConvertMSF(src, words)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(c.Out, 0o755); err != nil {
		return err
	}
	zh := e.lang == "zh"
	for _, f := range made.Files {
		if err := os.WriteFile(filepath.Join(c.Out, f.Name), f.Text, 0o644); err != nil {
			return err
		}
		if zh {
			e.say("%s：%d 行 = %d 个栏目 + %d 行未采用；检查规则 %d 条，其中 %d 条由表单执行", f.Name, f.Rows, f.Fields, len(f.Rejected), f.Rules, f.Applied)
		} else {
			e.say("%s: %d rows = %d fields + %d rejected; %d checks, %d of them made by the form", f.Name, f.Rows, f.Fields, len(f.Rejected), f.Rules, f.Applied)
		}
		for _, r := range append(f.Rejected, f.Noted...) {
			e.say("  %s %d  %s: %s", f.Sheet, r.Row, r.What, r.Why.In(e.lang))
		}
		if len(f.Rejected) > 0 {
			e.code = exitRejected
		}
	}
	return nil
}

// readWords reads a table of words, none where there is no file.
func readWords(name string) (map[string]string, error) {
	out := map[string]string{}
	if name == "" {
		return out, nil
	}
	src, err := readSmall(name)
	if err != nil {
		return nil, err
	}
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(src, []byte("\xef\xbb\xbf")))).ReadAll()
	if err != nil {
		return nil, seawall.E("cli.readWords", seawall.Invalid, "protocol_convert_invalid", "detail", err.Error())
	}
	for _, r := range rows {
		if len(r) >= 2 && r[1] != "" {
			out[strings.Join(strings.Fields(r[0]), " ")] = r[1]
		}
	}
	return out, nil
}
