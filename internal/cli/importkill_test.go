package cli_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	sw "github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/app"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/cli"
	"github.com/seawall-city/seawall/internal/config"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/store/storetest"
)

// envImportChild carries the command line of the process that gets killed.
const envImportChild = "SEAWALL_IMPORT_CHILD"

// killedRows is the length of the list that the killed imports bring in.
const killedRows = 3000

// TestImportChild is that process.
func TestImportChild(t *testing.T) {
	line := os.Getenv(envImportChild)
	if line == "" {
		t.Skip("runs as the child of TestProofKilledImports only")
	}
	var args []string
	if err := json.Unmarshal([]byte(line), &args); err != nil {
		t.Fatal(err)
	}
	os.Exit(cli.Run(context.Background(), args, cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}, "test"))
}

// Imports are killed with SIGKILL at random points, over and over. In the end
// every row is there once, with its person, its identity and its link, and the
// log verifies.
func TestProofKilledImports(t *testing.T) {
	if os.Getenv("SEAWALL_PROOF") == "" {
		t.Skip("set SEAWALL_PROOF=1 to kill processes")
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 7))
	file := writeFile(t, "list.csv", killedList())
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			cfg := config.Default(t.TempDir())
			args := []string{"import", "linelist", file, "--disease", "measles", "--source", "h", "--json", "--data", cfg.Data}
			if kind == "postgres" {
				cfg.Database, cfg.Vault = storetest.PostgresURL(t, ""), ""
				args = append(args, "--database", cfg.Database)
			}
			killed := 0
			for range importKills() {
				if child(t, args, time.Duration(50+r.IntN(1500))*time.Millisecond) {
					killed++
				}
			}
			child(t, args, 0)
			t.Logf("%d kills", killed)
			checkKilled(t, cfg)
		})
	}
}

// importKills is how often each database's import is killed.
func importKills() int {
	if n, err := strconv.Atoi(os.Getenv("SEAWALL_PROOF_KILLS")); err == nil {
		return n
	}
	if os.Getenv("SEAWALL_PROOF_FULL") != "" {
		return 100
	}
	return 25
}

func killedList() string {
	var b strings.Builder
	b.WriteString("case_id,name,sex,age,date of onset,infector\n")
	for i := range killedRows {
		fmt.Fprintf(&b, "Q%d,测试%c%c,%s,%d,2019-%02d-%02d,Q%d\n", i, rune(0x4e00+i%71), rune(0x4e00+i), []string{"m", "f"}[i%2], i%80, 1+i%12, 1+i%28, i/2)
	}
	return b.String()
}

// child runs the command in a process of its own and kills it after a while; 0
// lets it end. It reports whether the process was killed.
func child(t *testing.T, args []string, after time.Duration) bool {
	t.Helper()
	line, err := json.Marshal(args)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "-test.run", "^TestImportChild$")
	cmd.Env = append(os.Environ(), envImportChild+"="+string(line))
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if after > 0 {
		timer := time.AfterFunc(after, func() { cmd.Process.Kill() })
		defer timer.Stop()
	}
	err = cmd.Wait()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == -1 {
		return true
	}
	if err != nil {
		t.Fatalf("%v\n%s%s", err, out.String(), errs.String())
	}
	if s := decode(t, out.String()); *s.Rows != killedRows || *s.Rejected != 0 {
		t.Fatalf("%s", out.String())
	}
	return false
}

// checkKilled looks at what the killed imports left behind.
func checkKilled(t *testing.T, cfg config.Config) {
	t.Helper()
	ctx := context.Background()
	a, err := app.Open(ctx, cfg, app.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	seen, people := map[string]bool{}, map[sw.PersonNo]bool{}
	var nos []sw.PersonNo
	err = a.DB.Read(ctx, func(tx sw.Tx) error {
		for page := (sw.Page{Limit: 200}); ; {
			cs, next, total, err := a.DB.Cases(ctx, tx, casebook.CaseQuery{Disease: "measles", Page: page})
			if err != nil {
				return err
			}
			if total != killedRows {
				t.Fatalf("%d cases, want %d", total, killedRows)
			}
			for _, c := range cs {
				if seen[c.Origin.External] || people[c.Person] {
					t.Errorf("%s is there twice", c.Origin.External)
				}
				seen[c.Origin.External], people[c.Person] = true, true
				nos = append(nos, c.Person)
			}
			if next == "" {
				break
			}
			page.Cursor = next
		}
		ls, err := a.DB.LinksOfPersons(ctx, tx, nos)
		if len(ls) != killedRows-1 {
			t.Errorf("%d links, want %d", len(ls), killedRows-1)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Main.SweepIdentities(ctx, a.Clock.Now().Add(time.Hour)); err != nil { // orphans go, nobody else
		t.Fatal(err)
	}
	masks, err := a.Vault.Masks(ctx, nos)
	if err != nil {
		t.Fatal(err)
	}
	for i, m := range masks {
		if m.Mask == "" {
			t.Errorf("person %s has lost their identity", nos[i])
		}
	}
	if n, err := a.Vault.Count(ctx); err != nil || n != killedRows {
		t.Errorf("%d identities, want %d; %v", n, killedRows, err)
	}
	rep, err := ledger.Verify(ctx, a.DB, a.Journal, a.Signer.Key(), "", nil)
	if err != nil || !rep.OK() {
		t.Errorf("the log: %+v %v", rep, err)
	}
}
