package auth

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/seawall-city/seawall"
)

// forbiddenPurposes are stems of what Seawall is not for. An identity given for
// health is not to be opened for them, so no purpose, role or policy text may
// carry one, in either language. The list is code on purpose: a directory of
// policy files cannot loosen it.
func forbiddenPurposes() []string {
	return []string{
		"law enforcement", "law_enforcement", "law-enforcement", "lawenforcement", "police", "policing",
		"criminal", "prosecut", "intelligence", "immigration", "deport", "debt", "marketing",
		"advertis", "petition", "public security", "public_security", "stability maintenance",
		"执法", "公安", "警务", "警察", "刑侦", "侦查", "治安", "国安", "维稳", "信访", "上访", "追债", "催收", "营销", "广告", "遣返",
	}
}

// lint refuses a set that names what does not exist or that crosses a line.
func (p *Policies) lint() error {
	for _, check := range []func() error{p.lintNames, p.lintReferences, p.lintPurposes, p.lintLines} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// lintNames asks for unique ids with a title in both languages.
func (p *Policies) lintNames() error {
	seen := map[string]bool{}
	add := func(file, kind, id, zh, en string) error {
		switch key := kind + " " + id; {
		case id == "":
			return policyError(file, "a "+kind+" has no id")
		case seen[key]:
			return policyError(file, key+" stands twice")
		case zh == "" || en == "":
			return policyError(file, key+" needs zh and en")
		default:
			seen[key] = true
			return nil
		}
	}
	for _, r := range p.roles {
		if err := add("roles.yaml", "role", r.ID, r.ZH, r.EN); err != nil {
			return err
		}
	}
	for _, u := range p.purposes {
		if err := add("purposes.yaml", "purpose", u.ID, u.ZH, u.EN); err != nil {
			return err
		}
	}
	for _, a := range slices.Concat(p.groups, p.actions) {
		if err := add("actions.yaml", "action", string(a.ID), a.ZH, a.EN); err != nil {
			return err
		}
	}
	for _, r := range p.rules {
		if err := add(r.policy.Position().Filename, "policy", string(r.id), "-", "-"); err != nil {
			return err
		}
	}
	return nil
}

// lintReferences asks that every role and action named anywhere exists: a
// misspelt forbid would otherwise forbid nothing.
func (p *Policies) lintReferences() error {
	named := regexp.MustCompile(`\b(Role|Action)::"([^"]*)"`)
	for file, text := range p.texts {
		for _, m := range named.FindAllStringSubmatch(text, -1) {
			uid := roleUID(m[2])
			if m[1] == "Action" {
				uid = actionUID(Action(m[2]))
			}
			if _, ok := p.static[uid]; !ok {
				return policyError(file, fmt.Sprintf("%s does not exist", m[0]))
			}
		}
	}
	for _, u := range p.purposes {
		for _, r := range u.Roles {
			if !p.KnownRole(r) {
				return policyError("purposes.yaml", fmt.Sprintf("purpose %s: role %q does not exist", u.ID, r))
			}
		}
	}
	for _, r := range p.roles {
		for _, w := range r.Within {
			if _, ok := p.byRole[w]; !ok {
				return policyError("roles.yaml", fmt.Sprintf("role %s: role %q does not exist", r.ID, w))
			}
		}
	}
	for _, a := range p.actions {
		for _, g := range a.In {
			if _, ok := p.static[actionUID(g)]; !ok {
				return policyError("actions.yaml", fmt.Sprintf("action %s: group %q does not exist", a.ID, g))
			}
		}
	}
	return nil
}

// lintPurposes looks for the forbidden stems.
func (p *Policies) lintPurposes() error {
	for _, u := range p.purposes {
		if stem := forbiddenStem(u.ID + " " + u.ZH + " " + u.EN); stem != "" {
			return forbiddenError("purposes.yaml", stem)
		}
	}
	for _, r := range p.roles {
		if stem := forbiddenStem(r.ID + " " + r.ZH + " " + r.EN); stem != "" {
			return forbiddenError("roles.yaml", stem)
		}
	}
	for file, text := range p.texts {
		if stem := forbiddenStem(text); stem != "" {
			return forbiddenError(file, stem)
		}
	}
	return nil
}

// forbiddenStem gives the first forbidden stem in a text, "" for none.
func forbiddenStem(text string) string {
	text = strings.ToLower(text)
	for _, stem := range forbiddenPurposes() {
		if strings.Contains(text, stem) {
			return stem
		}
	}
	return ""
}

// lintLines tries the lines that no configuration may cross: nobody opens an
// identity without a purpose of the list, administrators never, and an account
// without a role may do nothing.
func (p *Policies) lintLines() error {
	const root = seawall.AreaPath("lint/")
	thing := Resource{Kind: seawall.KindPerson, ID: "lint", Area: root}
	purposes := append([]string{"", "lint"}, forbiddenPurposes()...)
	for _, r := range p.Roles() {
		who := Principal{ID: "lint", Roles: []string{r.ID}, Path: root}
		for _, u := range purposes {
			if p.Authorize(who, IdentityOpen, thing, u) == nil {
				return policyError("*.cedar", fmt.Sprintf("role %s opens identities for purpose %q, which is not on the list", r.ID, u))
			}
		}
	}
	for _, u := range p.purposes {
		for _, r := range p.Roles() {
			who := Principal{ID: "lint", Roles: []string{"admin", r.ID}, Path: root}
			if p.Authorize(who, IdentityOpen, thing, u.ID) == nil {
				return policyError("*.cedar", "an account administrator opens identities")
			}
		}
	}
	nobody := Principal{ID: "lint", Path: root}
	for _, a := range p.actions {
		thing.Owner = nobody.ID
		if p.Authorize(nobody, a.ID, thing, "") == nil {
			return policyError("*.cedar", fmt.Sprintf("an account without a role may do %s", a.ID))
		}
	}
	return nil
}

// policyError says which file is wrong and how.
func policyError(file, problem string) error {
	return seawall.E("auth.lint", seawall.Invalid, "auth_policy_file", "file", file, "problem", problem)
}

// forbiddenError says that a file asks for something Seawall is not for.
func forbiddenError(file, stem string) error {
	return seawall.E("auth.lint", seawall.Invalid, "auth_purpose_forbidden", "file", file, "stem", stem)
}
