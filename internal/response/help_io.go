package response

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/relief"
)

// NewHelp is a request for help as it is asked. Only the kind is needed; name,
// telephone number and address go into the vault.
type NewHelp struct {
	Request string `json:"request" doc:"id minted by the caller, at least 16 characters: sent twice it is filed once"`
	Kind    string `json:"kind" doc:"medical, medicine, food, care, stuck or other"`
	Words   string `json:"words,omitempty"`
	// Place is a public place ("motorway exit Yancheng North"), Address where
	// somebody lives.
	Place   string         `json:"place,omitempty"`
	Area    seawall.AreaID `json:"area,omitempty"`
	People  int            `json:"people,omitempty"`
	Name    string         `json:"name,omitempty"`
	Phone   string         `json:"phone,omitempty"`
	Address string         `json:"address,omitempty"`
	// Key is a personal link's token or a declaration's code, where there is one.
	Key     string `json:"key,omitempty"`
	Channel string `json:"channel,omitempty" doc:"self, kiosk, phone or desk"`

	// unread are the fields that could not be read, by name.
	unread []string
}

// UnmarshalJSON reads as much of a request as can be read. What is unknown is left
// out, and a field of another form is noted: a medical request is taken without it,
// any other one is asked again for it (see check). Errors: what is no object.
func (in *NewHelp) UnmarshalJSON(b []byte) error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(b, &fields); err != nil {
		return err
	}
	*in = NewHelp{}
	into := map[string]any{"request": &in.Request, "kind": &in.Kind, "words": &in.Words, "place": &in.Place, "area": &in.Area, "people": &in.People,
		"name": &in.Name, "phone": &in.Phone, "address": &in.Address, "key": &in.Key, "channel": &in.Channel}
	for name, raw := range fields {
		if to, ok := into[name]; ok && json.Unmarshal(raw, to) != nil {
			in.unread = append(in.unread, name)
		}
	}
	slices.Sort(in.unread)
	return nil
}

// MyHelp is a request for help as the person reads it.
type MyHelp struct {
	No string `json:"no"`
	// Code opens it again; it is given in the answer to asking alone.
	Code   string    `json:"code,omitempty"`
	Kind   string    `json:"kind"`
	Urgent bool      `json:"urgent,omitempty"`
	State  string    `json:"state"`
	Words  string    `json:"words,omitempty"`
	At     time.Time `json:"at"`
	// AnswerBy is until when somebody calls back, HelpBy until when help is there.
	AnswerBy time.Time     `json:"answerBy"`
	HelpBy   time.Time     `json:"helpBy"`
	Who      string        `json:"who"` // the post that answers
	Place    seawall.Text  `json:"place"`
	Trail    []relief.Mark `json:"trail"`
	// NoPhone is set where the telephone number could not be kept: nobody can call
	// back, so the person has to.
	NoPhone bool `json:"noPhone,omitempty"`
}

// HelpFilter selects requests for help for staff.
type HelpFilter struct {
	States []string
	Kind   string
	Mine   bool
	Area   seawall.AreaID
	Text   string
	Sort   string
}

// HelpView is a request for help with its duty.
type HelpView struct {
	Help     relief.Help  `json:"help"`
	AreaName seawall.Text `json:"areaName"`
	Loop     *LoopView    `json:"loop,omitempty"`
}
