package cli

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/app"
	"github.com/seawall-city/seawall/internal/device"
	"github.com/seawall-city/seawall/internal/response"
	"github.com/seawall-city/seawall/internal/ticket"
)

// deviceCmd looks at phones of the field and reports them lost; and it can be one:
// it registers a key that lies in a file, signs operations and hand-overs with it
// and keeps them in a file until "seawall sync" sends them.
type deviceCmd struct {
	List    deviceListCmd    `cmd:"" help:"List phones, the newest first."`
	Show    deviceShowCmd    `cmd:"" help:"Show a phone with what it sent."`
	Lost    deviceLostCmd    `cmd:"" help:"Report a phone as lost: it is wiped at its next contact."`
	Enrol   deviceEnrolCmd   `cmd:"" help:"Register a key in a file as the phone of an account."`
	Sign    deviceSignCmd    `cmd:"" help:"Sign an operation and put it at the end of a queue."`
	Give    deviceGiveCmd    `cmd:"" help:"Sign the offer of a hand-over without a network."`
	Receive deviceReceiveCmd `cmd:"" help:"Sign the receipt of a hand-over without a network."`
}

type deviceListCmd struct {
	place
	State string `help:"Only these: active, lost or retired."`
	Limit int    `default:"50" help:"How many lines."`
	JSON  bool   `name:"json" help:"Print as JSON."`
}

type deviceShowCmd struct {
	place
	ID   string `arg:"" help:"The phone's id."`
	JSON bool   `name:"json" help:"Print as JSON."`
}

type deviceLostCmd struct {
	place
	ID    string    `arg:"" help:"The phone's id."`
	Since time.Time `help:"Since when it is missing (2022-03-28T17:00:00+08:00). Default: now." format:"2006-01-02T15:04:05Z07:00"`
}

type deviceEnrolCmd struct {
	place
	Account string `arg:"" help:"The account's id."`
	Name    string `required:"" help:"What the phone is called."`
	Key     string `required:"" help:"File of the private key; it is made where there is none."`
}

// signer is what signing as a phone takes.
type signer struct {
	Key    string    `required:"" help:"File of the private key; it is made where there is none."`
	Device string    `required:"" help:"The phone's id."`
	At     time.Time `required:"" help:"The phone's own time (2022-03-28T17:00:00+08:00)." format:"2006-01-02T15:04:05Z07:00"`
}

type deviceSignCmd struct {
	signer
	Kind   string   `arg:"" help:"step.done, step.cannot, followup.report, handover.offer, handover.accept, note or photo."`
	Target string   `arg:"" help:"What it is about: step/ID, contact/ID or loop/ID."`
	Field  []string `arg:"" optional:"" help:"NAME=VALUE of its content; @FILE is a file's text, data.NAME a value of a form."`
	ID     string   `required:"" help:"The operation's own id, 16 to 64 letters, digits and hyphens."`
	Base   string   `help:"What My day gave for the target."`
	On     string   `help:"Id of the earlier operation that it builds on."`
	Queue  string   `required:"" help:"File to which the operation is added."`
}

type deviceGiveCmd struct {
	signer
	Loop  string `arg:"" help:"The duty's id."`
	From  string `required:"" help:"The giver's account."`
	Place string `help:"Where it was handed over."`
	Nonce string `required:"" help:"Drawn for this one hand-over, at least 16 characters."`
	Out   string `required:"" help:"File into which the text of the QR code is written."`
}

type deviceReceiveCmd struct {
	signer
	Given string `arg:"" type:"existingfile" help:"File with the text of the offer."`
	To    string `required:"" help:"The receiver's account."`
	Out   string `required:"" help:"File into which the text of the QR code is written."`
}

// Run lists phones.
func (c *deviceListCmd) Run(e *env) error {
	var l response.List[device.Device]
	path := "/devices" + query("state", c.State, "limit", strconv.Itoa(c.Limit))
	err := c.reach(e, http.MethodGet, path, nil, &l, func(a *app.App) (err error) {
		l, err = a.Main.Devices(e.ctx, operator(), c.State, seawall.Page{Limit: c.Limit})
		return err
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(e.io.Out).Encode(l)
	}
	for _, d := range l.Items {
		e.say("%s  %-7s  %s  %s  %s", d.ID, d.State, d.EnrolledAt.Format(time.RFC3339), d.OwnerName, d.Name)
	}
	e.say("total %d", l.Total)
	return nil
}

// Run shows a phone.
func (c *deviceShowCmd) Run(e *env) error {
	var v response.DeviceView
	err := c.reach(e, http.MethodGet, "/devices/"+url.PathEscape(c.ID), nil, &v, func(a *app.App) (err error) {
		v, err = a.Main.DeviceView(e.ctx, operator(), seawall.DeviceID(c.ID))
		return err
	})
	if err != nil {
		return err
	}
	return c.print(e, v, c.JSON)
}

// print writes a phone and what it sent.
func (c *deviceShowCmd) print(e *env, v response.DeviceView, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(e.io.Out).Encode(v)
	}
	e.say("%-7s  %s  %s  offset %d ms", v.Device.State, v.Device.OwnerName, v.Device.Name, v.Device.Offset)
	for _, o := range v.Operations {
		late := ""
		if o.Late {
			late = "  late"
		}
		e.say("%s  %-15s  %-8s  %s%s", o.Fixed.Format(time.RFC3339), o.Kind, o.Outcome, o.Problem, late)
	}
	e.say("operations %d  late %d", len(v.Operations), v.Late)
	return nil
}

// Run reports a phone as lost and prints what it sent since.
func (c *deviceLostCmd) Run(e *env) error {
	var v response.DeviceView
	in := response.LostDevice{Since: c.Since}
	err := c.reach(e, http.MethodPost, "/devices/"+url.PathEscape(c.ID)+"/lost", in, &v, func(a *app.App) (err error) {
		v, err = a.Main.LoseDevice(e.ctx, operator(), seawall.DeviceID(c.ID), in)
		return err
	})
	if err != nil {
		return err
	}
	return (&deviceShowCmd{}).print(e, v, false)
}

// Run registers the key and prints the phone's id.
func (c *deviceEnrolCmd) Run(e *env) error {
	key, err := app.FieldKey(c.Key)
	if err != nil {
		return err
	}
	var d device.Device
	in := response.NewDevice{Request: "cli-" + key.Public().Kid + "-" + key.Public().X[:8], Name: c.Name, PublicKey: device.Key(key.Public()),
		For: seawall.PrincipalID(c.Account)}
	err = c.reach(e, http.MethodPost, "/devices", in, &d, func(a *app.App) (err error) {
		d, err = a.Main.EnrolDevice(e.ctx, operator(), in)
		return err
	})
	if err != nil {
		return err
	}
	e.say("%s  %s", d.OwnerName, d.Name)
	return nil
}

// sign signs a document of a kind.
func (s signer) sign(kind string, payload any) (string, error) {
	key, err := app.FieldKey(s.Key)
	if err != nil {
		return "", err
	}
	return key.Sign(kind, payload)
}

// Run signs an operation and queues it.
func (c *deviceSignCmd) Run(e *env) error {
	const op = "cli.device"
	body := map[string]any{}
	for _, f := range c.Field {
		name, value, ok := strings.Cut(f, "=")
		if !ok || name == "" {
			return seawall.E(op, seawall.Invalid, "device_field", "text", f)
		}
		v, err := fieldValue(value)
		if err != nil {
			return err
		}
		into := body
		if inner, rest, deep := strings.Cut(name, "."); deep {
			m, _ := body[inner].(map[string]any)
			if m == nil {
				m = map[string]any{}
				body[inner] = m
			}
			into, name = m, rest
		}
		into[name] = v
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return &seawall.Error{Op: op, Err: err}
	}
	text, err := c.sign("O", device.Signed{Device: seawall.DeviceID(c.Device), ID: c.ID, Kind: c.Kind, Target: c.Target, Base: c.Base, On: c.On, At: c.At, Body: raw})
	if err != nil {
		return err
	}
	e.say("%s  %s", c.ID, c.Kind)
	return appendLine(c.Queue, text)
}

// fieldValue reads a value: a file's text behind @, JSON where it is some, else a
// text.
func fieldValue(s string) (any, error) {
	if name, ok := strings.CutPrefix(s, "@"); ok {
		b, err := os.ReadFile(name)
		if err != nil {
			return nil, &seawall.Error{Op: "cli.device", Kind: seawall.Invalid, Code: "file_unreadable", Args: map[string]string{"path": name}, Err: err}
		}
		return strings.TrimSpace(string(b)), nil
	}
	var v any
	if json.Unmarshal([]byte(s), &v) == nil {
		return v, nil
	}
	return s, nil
}

// appendLine adds a line to a file that only its owner may read.
func appendLine(path, line string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = f.WriteString(line + "\n")
		if bad := f.Close(); err == nil {
			err = bad
		}
	}
	if err != nil {
		return &seawall.Error{Op: "cli.appendLine", Kind: seawall.Unavailable, Code: "file_unreadable", Args: map[string]string{"path": path}, Err: err}
	}
	return nil
}

// Run signs the offer.
func (c *deviceGiveCmd) Run(e *env) error {
	text, err := c.sign(ticket.HandOver, device.Given{Device: seawall.DeviceID(c.Device), Loop: seawall.LoopID(c.Loop), From: seawall.PrincipalID(c.From),
		At: c.At, Place: c.Place, Nonce: c.Nonce})
	if err != nil {
		return err
	}
	e.say("%s", c.Nonce)
	return appendLine(c.Out, text)
}

// Run signs the receipt of an offer.
func (c *deviceReceiveCmd) Run(e *env) error {
	const op = "cli.device"
	b, err := os.ReadFile(c.Given)
	if err != nil {
		return &seawall.Error{Op: op, Kind: seawall.Invalid, Code: "file_unreadable", Args: map[string]string{"path": c.Given}, Err: err}
	}
	given := strings.TrimSpace(string(b))
	g, ok := device.ReadGiven(given)
	if !ok {
		return seawall.E(op, seawall.Invalid, "ticket_unreadable")
	}
	text, err := c.sign(ticket.Receipt, device.Taken{Device: seawall.DeviceID(c.Device), Loop: g.Loop, To: seawall.PrincipalID(c.To), At: c.At,
		Nonce: g.Nonce, Of: device.Hash(given)})
	if err != nil {
		return err
	}
	e.say("%s", g.Nonce)
	return appendLine(c.Out, text)
}
