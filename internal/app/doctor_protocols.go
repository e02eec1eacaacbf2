package app

import (
	"context"
	"strconv"
	"strings"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/config"
	"github.com/seawall-city/seawall/internal/protocol"
	"github.com/seawall-city/seawall/internal/store"
)

// doctorProtocols reads the protocol files and says which open duties run under
// another text than today's: they end under it, unless nobody kept it.
func doctorProtocols(ctx context.Context, c config.Config, add finder) {
	set, err := protocol.Load(protocol.Known{}, overlay(c.Protocols)...)
	if err != nil {
		add("protocols", "bad", "doctor_files", "detail", err.Error())
		return
	}
	uses, kept, err := textsInUse(ctx, c.RecordsURL())
	if err != nil { // no database yet, or one of before texts were kept: said elsewhere
		add("protocols", "ok", "doctor_fine")
		return
	}
	fine := true
	for _, u := range uses {
		id, _, _ := strings.Cut(u.Ref, "@")
		p, there := set.ByID(id)
		switch {
		case there && p.Ref() == u.Ref:
			continue
		case kept[u.Ref] && there:
			add("protocols", "ok", "doctor_protocol_former", "n", strconv.Itoa(u.Open), "ref", u.Ref, "newer", p.Ref())
		case kept[u.Ref]:
			add("protocols", "ok", "doctor_protocol_gone", "n", strconv.Itoa(u.Open), "ref", u.Ref)
		default:
			add("protocols", "warn", "doctor_protocol_lost", "n", strconv.Itoa(u.Open), "ref", u.Ref)
		}
		fine = false
	}
	if fine {
		add("protocols", "ok", "doctor_fine")
	}
}

// textsInUse counts the open duties by their text and names the texts that are
// kept.
func textsInUse(ctx context.Context, url string) (uses []protocol.Use, kept map[string]bool, err error) {
	d, err := snapshot(url)
	if err != nil {
		return nil, nil, err
	}
	defer d.Close()
	db := store.New(d, store.Options{Clock: wallClock{}})
	kept = map[string]bool{}
	err = db.Read(ctx, func(tx seawall.Tx) error {
		refs, err := db.ProtocolRefs(ctx, tx, "")
		if err != nil {
			return err
		}
		for _, ref := range refs {
			kept[ref] = true
		}
		uses, err = db.ProtocolUse(ctx, tx)
		return err
	})
	return uses, kept, err
}
