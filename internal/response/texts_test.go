package response_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/protocol"
	"github.com/seawall-city/seawall/internal/response"
	"github.com/seawall-city/seawall/protocols"
)

// edited gives the shipped file of a protocol with words put in place of others.
func (o *office) edited(name string, words ...string) fstest.MapFS {
	o.t.Helper()
	src, err := fs.ReadFile(protocols.Files, name)
	o.ok(err)
	text := string(src)
	for i := 0; i < len(words); i += 2 {
		if !strings.Contains(text, words[i]) {
			o.t.Fatalf("%s does not say %q", name, words[i])
		}
		text = strings.ReplaceAll(text, words[i], words[i+1])
	}
	return fstest.MapFS{name: {Data: []byte(text)}}
}

// restart gives the office as a server sees it that starts with further files.
func (o *office) restart(keep bool, files ...fs.FS) *response.Service {
	o.t.Helper()
	d := o.deps
	var err error
	d.Protocols, err = protocol.Load(protocol.Known{}, files...)
	o.ok(err)
	s := response.New(d)
	if keep {
		o.ok(s.KeepProtocols(o.ctx))
	}
	return s
}

// changedCluster is the cluster's file after an office has rewritten it: other
// hours, another form, no cancelling, no opening again, no notices.
func (o *office) changedCluster() fs.FS {
	return o.edited("cluster.yaml", "due: {after: step.check, hours: 2}", "due: {after: step.check, hours: 9}",
		"key: samples", "key: swabs", "reopen: {within_days: 60}\n", "",
		"cancel:\n  reasons:\n    - {key: duplicate, zh: 重复报告, en: Reported twice}\n    - {key: elsewhere, zh: 不在本市, en: Not in this city}\n", "",
		"  - key: review\n", "  - key: review\n    help: {zh: 新, en: new}\n")
}

// A duty runs to its end under the text that it was opened with, though the file
// changed under it: forms, due times, cancelling and opening again are the old
// ones; what opens from now on follows the new one; both say which (GOV-08).
func TestADutyKeepsTheTextItWasOpenedWith(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		old := o.illness()
		before := o.main
		o.main = o.restart(true, o.changedCluster())
		fresh := o.illness()
		v, steps := o.duty(old.Loop)
		if v.Text == nil || v.Text.Ref != v.Loop.Protocol || v.Text.Newer != o.ref("cluster") || v.Text.Lost || v.Text.Gone {
			t.Errorf("the old duty says %+v", v.Text)
		}
		if f := v.Forms["finding"].Fields; !slices.ContainsFunc(f, func(x protocol.Field) bool { return x.Key == "samples" }) {
			t.Errorf("the old duty's form has %+v", f)
		}
		o.fill(steps["check"].ID, map[string]any{"true_cluster": true, "samples": 4})
		_, steps = o.duty(old.Loop)
		if want := o.clock.Now().Add(2 * time.Hour); steps["report"].State != loop.Open || !steps["report"].Due.Equal(want) || !steps["review"].Required {
			t.Errorf("report is %s due %s, want %s", steps["report"].State, steps["report"].Due, want)
		}
		_, err := o.main.CancelLoop(o.ctx, o.epi, old.Loop, response.Decision{Key: "duplicate"})
		o.ok(err)
		again, err := o.main.ReopenLoop(o.ctx, o.epi, old.Loop, response.Decision{Reason: "并非重复"})
		o.ok(err)
		if again.Loop.Protocol != v.Loop.Protocol {
			t.Errorf("opened again under %s", again.Loop.Protocol)
		}
		v, steps = o.duty(fresh.Loop)
		if v.Loop.Protocol != o.ref("cluster") || v.Text.Newer != "" || v.MayCancel {
			t.Errorf("the new duty %+v, may cancel %v", v.Text, v.MayCancel)
		}
		_, err = o.main.CompleteStep(o.ctx, o.epi, steps["check"].ID, response.NewEvidence{Kind: "form", Data: map[string]any{"true_cluster": true, "samples": 4}})
		o.refuse(err, seawall.Invalid, "form_invalid")
		o.fill(steps["check"].ID, map[string]any{"true_cluster": true, "swabs": 4})
		if _, steps = o.duty(fresh.Loop); !steps["report"].Due.Equal(o.clock.Now().Add(9 * time.Hour)) {
			t.Errorf("the new duty's report is due %s", steps["report"].Due)
		}
		_, err = o.main.CancelLoop(o.ctx, o.epi, fresh.Loop, response.Decision{Key: "duplicate"})
		o.refuse(err, seawall.Conflict, "loop_not_cancellable")
		// a node that still runs with the old files works by the new text where a duty
		// has it
		other, err := before.LoopView(o.ctx, o.epi, fresh.Loop)
		o.ok(err)
		if other.Text.Lost || other.MayCancel || other.Loop.Protocol != fresh.Entry.Protocol {
			t.Errorf("on the other node %+v", other.Text)
		}
	})
}

// ref is today's "id@version" of a protocol.
func (o *office) ref(id string) string {
	o.t.Helper()
	v, err := o.main.ProtocolView(o.ctx, o.epi, id, "zh")
	o.ok(err)
	return v.Protocol.Ref()
}

// What a server works with is kept once, whichever server; the texts in use can be
// read and compared by their "id@version", and come again from the log alone.
func TestTextsAreKeptOnce(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		first := o.ref("cluster")
		o.clock.Advance(time.Hour)
		o.main = o.restart(true, o.changedCluster())
		o.ok(o.main.KeepProtocols(o.ctx))
		var refs []string
		o.read(func(tx seawall.Tx) (err error) {
			refs, err = o.db.ProtocolRefs(o.ctx, tx, "cluster")
			return err
		})
		if want := []string{first, o.ref("cluster")}; !slices.Equal(refs, want) {
			t.Errorf("kept %v, want %v", refs, want)
		}
		diff, err := o.main.DiffProtocols(o.ctx, o.epi, first, "cluster")
		o.ok(err)
		if len(diff.Rows) == 0 {
			t.Error("the two texts do not differ")
		}
		view, err := o.main.ProtocolView(o.ctx, o.epi, first, "zh")
		o.ok(err)
		if view.Protocol.Ref() != first || view.Protocol.Cancel == nil || view.Newer != o.ref("cluster") {
			t.Errorf("the former text is shown as %s, newer %q", view.Protocol.Ref(), view.Newer)
		}
		o.sequence()
		var kept int
		o.read(func(tx seawall.Tx) error {
			evs, err := o.log.Events(o.ctx, tx, ledger.Query{Type: "protocol.kept", Limit: 100})
			for _, ev := range evs {
				if ev.Data["protocol"] == first {
					kept++
				}
				if ev.Person != "" || len(ev.Changes) != 1 {
					t.Errorf("the event of %s carries %d rows for %q", ev.Data["protocol"], len(ev.Changes), ev.Person)
				}
			}
			return err
		})
		if kept != 1 {
			t.Errorf("the text is on the log %d times", kept)
		}
	})
}

// A duty of before texts were kept goes on as it was planned and says that its text
// is lost; a kept text that was altered is refused.
func TestATextThatIsNotThere(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.main = o.restart(false, o.changedCluster())
		e := o.illness()
		o.main = o.restart(true)
		v, steps := o.duty(e.Loop)
		if v.Text == nil || !v.Text.Lost || v.Text.Newer != o.ref("cluster") {
			t.Errorf("the duty says %+v", v.Text)
		}
		o.fill(steps["check"].ID, map[string]any{"true_cluster": false})
		if _, steps = o.duty(e.Loop); steps["report"].State != loop.Open {
			t.Errorf("without its text the duty was planned anew: report is %s", steps["report"].State)
		}
		o.main = o.restart(true, o.changedCluster())
		e = o.illness()
		o.write(func(tx seawall.Tx) error {
			k, err := o.db.Protocol(o.ctx, tx, e.Entry.Protocol)
			o.ok(err)
			k.Text += "\n# another word"
			if err := o.db.SaveProtocol(o.ctx, tx, k); err != nil {
				return err
			}
			return o.log.Record(o.ctx, tx, ledger.Event{Type: "test", Subject: seawall.Ref{Kind: seawall.KindSystem, ID: "test"}})
		})
		o.main = o.restart(false)
		_, err := o.main.LoopView(o.ctx, o.epi, e.Loop)
		o.refuse(err, seawall.Corrupt, "protocol_text_altered")
	})
}
