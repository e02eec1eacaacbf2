package response_test

import (
	"context"
	"errors"
	"testing"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/response"
	"github.com/seawall-city/seawall/internal/vault"
)

// flakyVault fails its next merge or un-merge once.
type flakyVault struct {
	vault.Vault
	fail bool
}

func (f *flakyVault) down() error {
	if f.fail {
		f.fail = false
		return errors.New("the vault does not answer")
	}
	return nil
}

func (f *flakyVault) Merge(ctx context.Context, loser, winner seawall.PersonNo) error {
	if err := f.down(); err != nil {
		return err
	}
	return f.Vault.Merge(ctx, loser, winner)
}

func (f *flakyVault) Unmerge(ctx context.Context, loser seawall.PersonNo) error {
	if err := f.down(); err != nil {
		return err
	}
	return f.Vault.Unmerge(ctx, loser)
}

// A merge and its taking back that the vault broke off are finished by the same
// request again, and a merge of a merge is taken back from its end.
func TestMergeIsRepeatable(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c := o.positive(grid1)
		cs := o.candidates(c.Case, 3, "close", "")
		loser, winner, third := cs[0].Person, cs[1].Person, cs[2].Person
		o.flaky.fail = true
		m := response.MergeRequest{Loser: loser, Winner: winner, Reason: "同一人"}
		if _, err := o.main.Merge(o.ctx, o.epi, m); err == nil {
			t.Fatal("the vault's failure was swallowed")
		}
		got, err := o.main.Merge(o.ctx, o.epi, m)
		o.ok(err)
		if got.Moved == 0 || got.Person.No != winner {
			t.Fatalf("repeated merge %+v", got)
		}
		_, err = o.main.Merge(o.ctx, o.epi, response.MergeRequest{Loser: winner, Winner: third, Reason: "同一人"})
		o.ok(err)
		_, err = o.main.Unmerge(o.ctx, o.epi, loser, "不是同一人")
		o.refuse(err, seawall.Conflict, "unmerge_later_first")
		_, err = o.main.Unmerge(o.ctx, o.epi, winner, "不是同一人")
		o.ok(err)
		o.flaky.fail = true
		if _, err := o.main.Unmerge(o.ctx, o.epi, loser, "不是同一人"); err == nil {
			t.Fatal("the vault's failure was swallowed")
		}
		back, err := o.main.Unmerge(o.ctx, o.epi, loser, "不是同一人")
		o.ok(err)
		if v := o.contact(cs[0].ID); back.Moved != got.Moved || v.Contact.Person != loser {
			t.Fatalf("taken back %+v, the contact is %q", back, v.Contact.Person)
		}
	})
}
