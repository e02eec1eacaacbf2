package store_test

import (
	"reflect"
	"slices"
	"testing"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/loop"
	"github.com/seawall-city/seawall/internal/protocol"
	"github.com/seawall-city/seawall/internal/store"
	"github.com/seawall-city/seawall/internal/store/storetest"
)

// The text of a protocol comes back as it was kept; keeping it again is no second
// one; what open duties run under is counted by text (GOV-08).
func TestTextsOfProtocols(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		ctx := t.Context()
		k := protocol.Kept{Ref: "p@1", ID: "p", Version: "1", Hash: "1a", File: "p.yaml", Text: "id: p\n# 流程", At: clock.Now().UTC()}
		must(t, db.Write(ctx, seawall.System("test"), func(tx seawall.Tx) error {
			for _, one := range []protocol.Kept{k, k, {Ref: "q@1", ID: "q", Version: "1", Hash: "1b", At: clock.Now().UTC()}} {
				must(t, db.SaveProtocol(ctx, tx, one))
			}
			for i, state := range []loop.State{loop.Open, loop.Open, loop.Done} {
				must(t, db.SaveLoop(ctx, tx, loop.Loop{ID: seawall.LoopID([]string{"a", "b", "c"}[i]), Kind: "p", Protocol: "p@1", State: state, Version: 1}))
			}
			store.Settle(tx)
			return nil
		}))
		must(t, db.Read(ctx, func(tx seawall.Tx) error {
			got, err := db.Protocol(ctx, tx, "p@1")
			must(t, err)
			if !reflect.DeepEqual(got, k) {
				t.Errorf("kept %+v, read %+v", k, got)
			}
			if _, err := db.Protocol(ctx, tx, "p@2"); !seawall.Is(err, seawall.NotFound) {
				t.Errorf("a text that is not there: %v", err)
			}
			for id, want := range map[string][]string{"": {"p@1", "q@1"}, "p": {"p@1"}, "r": {}} {
				if refs, err := db.ProtocolRefs(ctx, tx, id); err != nil || !slices.Equal(refs, want) {
					t.Errorf("of %q there are %v: %v", id, refs, err)
				}
			}
			uses, err := db.ProtocolUse(ctx, tx)
			if len(uses) != 1 || uses[0] != (protocol.Use{Ref: "p@1", Open: 2}) {
				t.Errorf("in use %+v", uses)
			}
			return err
		}))
	})
}
