// Package cli is the command line: each command composes the application or
// speaks to the running server, prints what it did and gives an exit code.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/config"
	"github.com/seawall-city/seawall/internal/locale"
)

// Streams are the process's standard streams.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// Exit codes beside 0 for success.
const (
	exitFailed   = 1 // the operation failed; nothing was half done
	exitUsage    = 2 // the command line is wrong
	exitRejected = 3 // the file was worked through, but rows were rejected
)

// env is what a command runs in.
type env struct {
	ctx     context.Context
	io      Streams
	texts   *locale.Catalogue
	lang    string
	version string
	// code is the exit code of a command that did not fail.
	code int
}

// place says where the data are; most commands take it.
type place struct {
	Config   string `short:"c" help:"Configuration file." type:"existingfile" env:"SEAWALL_CONFIG"`
	Data     string `help:"Data directory." default:"seawall-data" env:"SEAWALL_DIR"`
	Database string `help:"Records database: sqlite:PATH or a postgres:// URL." env:"SEAWALL_DATABASE"`
}

// config gives the configuration that the flags describe.
func (p place) config() (config.Config, error) {
	c := config.Default(p.Data)
	if p.Config != "" {
		var err error
		if c, err = config.Load(p.Config); err != nil {
			return c, err
		}
	}
	if p.Database != "" {
		c.Database, c.Vault = p.Database, ""
	}
	return c, nil
}

// commands is the command line as a whole.
type commands struct {
	Lang string `help:"Language of messages: zh or en." env:"SEAWALL_LANG"`

	Demo     demoCmd        `cmd:"" help:"Start a demonstration city on this machine."`
	Serve    serveCmd       `cmd:"" help:"Start the server."`
	Doctor   doctorCmd      `cmd:"" help:"Look for what is wrong with an installation."`
	Backup   backupCmd      `cmd:"" help:"Write all records and identities into one file."`
	Restore  restoreCmd     `cmd:"" help:"Fill an empty installation from a backup."`
	Import   ImportCmd      `cmd:"" help:"Import a file of areas, cases, contacts, links, follow-ups or results."`
	Capacity capacityCmd    `cmd:"" help:"Take rooms, teams and other means of areas from a CSV file."`
	Arrival  arrivalCmd     `cmd:"" help:"Take in and look at arrivals and the grades of areas."`
	Trip     tripCmd        `cmd:"" help:"Look at freight trips and take in a carrier's table."`
	Area     serviceAreaCmd `cmd:"" name:"service-area" help:"Look at motorway service areas and tell what is open."`
	Carrier  carrierCmd     `cmd:"" help:"Enter carriers and look at the white list."`
	Lot      lotCmd         `cmd:"" help:"Look at goods, parcels and sampled places; release what is complete."`
	Appeal   appealCmd      `cmd:"" help:"Look at objections to measures and take them down."`
	Help     helpRequestCmd `cmd:"" name:"help-request" help:"Look at requests for help and take them down."`
	Board    boardCmd       `cmd:"" help:"Look at the duties of one kind: list, pipeline, calendar, load by owner."`
	Entry    entryCmd       `cmd:"" help:"Fill in forms that open duties, and look at them."`
	Device   deviceCmd      `cmd:"" help:"Look at phones of the field, report them lost, sign as one."`
	Sync     syncCmd        `cmd:"" help:"Send a phone's queue of signed operations."`
	Step     stepCmd        `cmd:"" help:"Print the paper form of a step."`
	Regime   regimeCmd      `cmd:"" help:"Explain, compare and check rule files."`
	Protocol protocolCmd    `cmd:"" help:"Write, check and try protocol files."`
	Waits    waitsCmd       `cmd:"" help:"How long vehicles wait at gates, how long they will, and what other lanes would do."`
	Log      logCmd         `cmd:"" help:"Verify and publish the log."`
	Account  accountCmd     `cmd:"" help:"Create an account on this machine."`
	Scenario scenarioCmd    `cmd:"" help:"Run and check scenarios written as text."`
	Gate     gateCmd        `cmd:"" help:"Look at gates, try their rules, take in a shift without a network."`
	Bench    benchCmd       `cmd:"" help:"Measure."`
	Openapi  openapiCmd     `cmd:"" help:"Print the API's description (OpenAPI 3.1)."`
	Version  versionCmd     `cmd:"" help:"Print the version."`
}

// Run runs one command and gives its exit code.
func Run(ctx context.Context, args []string, io Streams, version string) int {
	texts, err := locale.Load()
	if err != nil {
		fmt.Fprintln(io.Err, "seawall:", err)
		return exitFailed
	}
	var c commands
	exit := -1
	lang := helpLanguage(args)
	parser, err := kong.New(&c, kong.Name("seawall"), kong.Writers(io.Out, io.Err), kong.UsageOnError(),
		kong.Description("A city's working system for outbreak prevention and control."), kong.Help(helpPrinter(lang)),
		kong.Exit(func(code int) { exit = code }), kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		fmt.Fprintln(io.Err, "seawall:", err)
		return exitFailed
	}
	if lang == "zh" {
		translateHelp(parser.Model.Node)
	}
	k, err := parser.Parse(askedForHelp(args))
	if exit >= 0 {
		return exit
	}
	if err != nil {
		fmt.Fprintln(io.Err, "seawall:", err)
		return exitUsage
	}
	e := &env{ctx: ctx, io: io, texts: texts, lang: language(c.Lang), version: version}
	if err := k.Run(e); err != nil {
		fmt.Fprintln(io.Err, "seawall:", e.message(err))
		return exitFailed
	}
	return e.code
}

// language is the one asked for, else the terminal's.
func language(asked string) string {
	if asked == "" {
		asked = os.Getenv("LANG")
	}
	if strings.HasPrefix(asked, "zh") {
		return "zh"
	}
	return "en"
}

// message is an error in the reader's words, with the cause where the words do
// not say it all.
func (e *env) message(err error) string {
	var known *seawall.Error
	if !errors.As(err, &known) {
		return err.Error()
	}
	text := e.texts.Message(e.lang, err)
	if known.KindOf() == seawall.Other || known.KindOf() == seawall.Unavailable || text == "" {
		return strings.TrimSpace(text + "\n  " + err.Error())
	}
	return text
}

func (e *env) say(format string, args ...any) { fmt.Fprintf(e.io.Out, format+"\n", args...) }
