package auth

import (
	"embed"
	"fmt"
	"io/fs"
	"iter"
	"path"
	"slices"
	"strings"

	"github.com/cedar-policy/cedar-go"
	"github.com/goccy/go-yaml"

	"github.com/seawall-city/seawall"
)

//go:embed policies/*.cedar policies/*.yaml
var shipped embed.FS

// Role is a set of rights under a name that people know.
type Role struct {
	ID string `json:"id" yaml:"id"`
	ZH string `json:"zh" yaml:"zh"`
	EN string `json:"en" yaml:"en"`
	// Within are wider roles that policies may name.
	Within []string `json:"within,omitempty" yaml:"within"`
	// Abstract roles exist for policies only; no account holds them.
	Abstract bool `json:"abstract,omitempty" yaml:"abstract"`
}

// Purpose is a reason for which an identity may be opened, and by which roles.
type Purpose struct {
	ID    string   `json:"id" yaml:"id"`
	ZH    string   `json:"zh" yaml:"zh"`
	EN    string   `json:"en" yaml:"en"`
	Roles []string `json:"roles" yaml:"roles"`
}

// ActionInfo describes an action or a group of actions.
type ActionInfo struct {
	ID Action   `json:"id" yaml:"id"`
	ZH string   `json:"zh" yaml:"zh"`
	EN string   `json:"en" yaml:"en"`
	In []Action `json:"in,omitempty" yaml:"in"`
	// Anywhere marks actions about things that belong to no area.
	Anywhere bool `json:"anywhere,omitempty" yaml:"anywhere"`
}

// Policies is the set of roles, purposes, actions and Cedar policies in force.
// It is read-only after Load and safe for concurrent use.
type Policies struct {
	roles    []Role
	purposes []Purpose
	groups   []ActionInfo
	actions  []ActionInfo
	rules    ruleList
	// texts are the policy files by name, for the lint.
	texts map[string]string

	byAction map[Action]ActionInfo
	byRole   map[string]Role
	static   cedar.EntityMap // roles and actions with their parents
}

// rule is one Cedar policy under its @id.
type rule struct {
	id     cedar.PolicyID
	policy *cedar.Policy
}

// ruleList keeps the policies in the order of their files, so that a refusal
// names the same policy each time.
type ruleList []rule

// All implements cedar.PolicyIterator.
func (rs ruleList) All() iter.Seq2[cedar.PolicyID, *cedar.Policy] {
	return func(yield func(cedar.PolicyID, *cedar.Policy) bool) {
		for _, r := range rs {
			if !yield(r.id, r.policy) {
				return
			}
		}
	}
}

// Load reads the shipped policies; files of over (nil for none) replace shipped
// files of the same name and add to them. Errors: Invalid names the file and
// what is wrong, also when the set breaks one of the lines that no
// configuration may cross (see lint.go).
func Load(over fs.FS) (*Policies, error) {
	const op = "auth.Load"
	base, err := fs.Sub(shipped, "policies")
	if err != nil {
		return nil, seawall.Wrap(op, err)
	}
	files := map[string][]byte{}
	for _, layer := range []fs.FS{base, over} {
		if layer == nil {
			continue
		}
		if err := readLayer(layer, files); err != nil {
			return nil, seawall.Wrap(op, err)
		}
	}
	p := &Policies{texts: map[string]string{}}
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if err := p.readFile(name, files[name]); err != nil {
			return nil, fileError(op, name, err)
		}
	}
	p.index()
	if err := p.lint(); err != nil {
		return nil, seawall.Wrap(op, err)
	}
	return p, nil
}

// readLayer collects the files of one directory.
func readLayer(layer fs.FS, files map[string][]byte) error {
	entries, err := fs.ReadDir(layer, ".")
	if err != nil {
		return err
	}
	for _, e := range entries {
		if ext := path.Ext(e.Name()); e.IsDir() || ext != ".cedar" && ext != ".yaml" {
			continue
		}
		b, err := fs.ReadFile(layer, e.Name())
		if err != nil {
			return err
		}
		files[e.Name()] = b
	}
	return nil
}

// readFile adds one file to the set.
func (p *Policies) readFile(name string, text []byte) error {
	switch name {
	case "roles.yaml":
		var f struct {
			Roles []Role `yaml:"roles"`
		}
		err := yaml.UnmarshalWithOptions(text, &f, yaml.Strict())
		p.roles = f.Roles
		return err
	case "purposes.yaml":
		var f struct {
			Purposes []Purpose `yaml:"purposes"`
		}
		err := yaml.UnmarshalWithOptions(text, &f, yaml.Strict())
		p.purposes = f.Purposes
		return err
	case "actions.yaml":
		var f struct {
			Groups  []ActionInfo `yaml:"groups"`
			Actions []ActionInfo `yaml:"actions"`
		}
		err := yaml.UnmarshalWithOptions(text, &f, yaml.Strict())
		p.groups, p.actions = f.Groups, f.Actions
		return err
	}
	if path.Ext(name) != ".cedar" {
		return fmt.Errorf("no such policy file is known; rules end in .cedar")
	}
	list, err := cedar.NewPolicyListFromBytes(name, text)
	if err != nil {
		return err
	}
	p.texts[name] = string(text)
	for i, pol := range list {
		id := string(pol.Annotations()["id"])
		if id == "" {
			return fmt.Errorf("policy %d has no @id", i+1)
		}
		p.rules = append(p.rules, rule{id: cedar.PolicyID(id), policy: pol})
	}
	return nil
}

// index builds what every decision needs.
func (p *Policies) index() {
	p.byAction, p.byRole = map[Action]ActionInfo{}, map[string]Role{}
	p.static = cedar.EntityMap{}
	for _, a := range slices.Concat(p.groups, p.actions) {
		parents := make([]cedar.EntityUID, len(a.In))
		for i, g := range a.In {
			parents[i] = actionUID(g)
		}
		p.static[actionUID(a.ID)] = cedar.Entity{UID: actionUID(a.ID), Parents: cedar.NewEntityUIDSet(parents...)}
	}
	for _, a := range p.actions {
		p.byAction[a.ID] = a
	}
	for _, r := range p.roles {
		parents := make([]cedar.EntityUID, len(r.Within))
		for i, w := range r.Within {
			parents[i] = roleUID(w)
		}
		p.static[roleUID(r.ID)] = cedar.Entity{UID: roleUID(r.ID), Parents: cedar.NewEntityUIDSet(parents...)}
		p.byRole[r.ID] = r
	}
}

// Roles gives the roles an account may hold, in the order of the file.
func (p *Policies) Roles() []Role {
	return slices.DeleteFunc(slices.Clone(p.roles), func(r Role) bool { return r.Abstract })
}

// Actions gives every action, in the order of the file.
func (p *Policies) Actions() []ActionInfo { return slices.Clone(p.actions) }

// Purposes gives the purposes that the account may name when it opens an
// identity.
func (p *Policies) Purposes(of Principal) []Purpose {
	var out []Purpose
	for _, u := range p.purposes {
		if slices.ContainsFunc(of.Roles, func(r string) bool { return slices.Contains(u.Roles, r) }) {
			out = append(out, u)
		}
	}
	return out
}

// KnownRole reports whether an account may hold the role.
func (p *Policies) KnownRole(id string) bool {
	r, ok := p.byRole[id]
	return ok && !r.Abstract
}

// Granted gives the actions that a principal may do on some thing of its own
// area: what a client shows or hides by. The decision itself is Authorize's.
func (p *Policies) Granted(of Principal) []Action {
	var out []Action
	r := Resource{Kind: seawall.KindSystem, Owner: of.ID}
	if area := scopeOf(of); len(area) > 0 {
		r.Area = area[0]
	}
	purposes := []string{""}
	for _, u := range p.Purposes(of) {
		purposes = append(purposes, u.ID)
	}
	for _, a := range p.actions {
		if slices.ContainsFunc(purposes, func(u string) bool { return p.grants(of, a.ID, r, u) }) {
			out = append(out, a.ID)
		}
	}
	return out
}

// grants tries an action on the principal's own thing and on somebody else's.
func (p *Policies) grants(of Principal, a Action, r Resource, purpose string) bool {
	other := r
	other.Owner = ""
	return p.Authorize(of, a, r, purpose) == nil || p.Authorize(of, a, other, purpose) == nil
}

// fileError tells which policy file is wrong and how.
func fileError(op, name string, err error) error {
	e := seawall.E(op, seawall.Invalid, "auth_policy_file", "file", name, "problem", firstLine(err.Error()))
	e.Err = err
	return e
}

// firstLine cuts an error to what fits one line of a message.
func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
}
