package response_test

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/device"
	"github.com/seawall-city/seawall/internal/response"
	"github.com/seawall-city/seawall/internal/ticket"
)

// heldFiles keeps what is put into it, as a directory does.
type heldFiles map[string][]byte

// Put keeps bytes.
func (h heldFiles) Put(name string, b []byte) error {
	h[name] = b
	return nil
}

// Get gives them back.
func (h heldFiles) Get(name string) ([]byte, error) {
	if b, ok := h[name]; ok {
		return b, nil
	}
	return nil, seawall.E("heldFiles.Get", seawall.NotFound, "photo_unknown")
}

// Remove forgets all whose name begins so.
func (h heldFiles) Remove(prefix string) error {
	for name := range h {
		if strings.HasPrefix(name, prefix) {
			delete(h, name)
		}
	}
	return nil
}

// phone is a device in somebody's hand: its key, its own clock and what it has
// queued while there was no network.
type phone struct {
	o      *office
	t      *testing.T
	who    response.Who
	key    *ticket.Key
	device device.Device
	// ahead is how far its clock is ahead of the server's.
	ahead time.Duration
	queue []string
	n     int
}

// phone registers a fresh device for an account.
func (o *office) phone(who response.Who, name string) *phone {
	o.t.Helper()
	key, err := ticket.NewKey(rand.Reader)
	o.ok(err)
	o.seq++
	p := &phone{o: o, t: o.t, who: who, key: key}
	p.device, err = o.main.EnrolDevice(o.ctx, who, response.NewDevice{Request: fmt.Sprintf("enrol-%012d", o.seq), Name: name,
		PublicKey: device.Key(key.Public())})
	o.ok(err)
	return p
}

// op queues an operation and gives its id.
func (p *phone) op(kind, target, base, on string, body any) string {
	p.t.Helper()
	p.n++
	id := fmt.Sprintf("%s-%06d", string(p.device.ID)[:12], p.n)
	p.queue = append(p.queue, p.sign(id, kind, target, base, on, body))
	return id
}

// sign makes an operation's ticket at the phone's own time.
func (p *phone) sign(id, kind, target, base, on string, body any) string {
	p.t.Helper()
	raw, err := json.Marshal(body)
	p.o.ok(err)
	text, err := p.key.Sign("O", device.Signed{Device: p.device.ID, ID: id, Kind: kind, Target: target, Base: base, On: on,
		At: p.o.clock.Now().Add(p.ahead), Body: raw})
	p.o.ok(err)
	return text
}

// sync sends the queue and empties it.
func (p *phone) sync() response.Synced {
	p.t.Helper()
	out, err := p.send(p.queue)
	p.o.ok(err)
	p.queue = nil
	return out
}

func (p *phone) send(ops []string) (response.Synced, error) {
	out, err := p.o.main.Sync(p.o.ctx, p.who, response.Batch{Device: p.device.ID, SentAt: p.o.clock.Now().Add(p.ahead), Ops: ops})
	if err == nil && (out.In != len(ops) || out.In != out.Done+out.Repeated+out.Conflicts+out.Refused || out.In != len(out.Results)) {
		p.t.Fatalf("rows do not add up: %+v", out)
	}
	return out, err
}

// only sends the queue and asserts the outcome of its only operation.
func (p *phone) only(outcome, problem string) response.OpResult {
	p.t.Helper()
	out := p.sync()
	if len(out.Results) != 1 || out.Results[0].Outcome != outcome || out.Results[0].Problem != problem {
		p.t.Fatalf("%+v: want one %s %s", out.Results, outcome, problem)
	}
	return out.Results[0]
}

// day fetches My day.
func (p *phone) day() response.FieldDay {
	p.t.Helper()
	d, err := p.o.main.FieldDay(p.o.ctx, p.who, p.device.ID, 0, 0)
	p.o.ok(err)
	return d
}

// step finds a step of the day by its key.
func (p *phone) step(d response.FieldDay, key string) response.FieldStep {
	p.t.Helper()
	for _, s := range d.Steps {
		if s.Key == key {
			return s
		}
	}
	p.t.Fatalf("no step %s among %d", key, len(d.Steps))
	return response.FieldStep{}
}
