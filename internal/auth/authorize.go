package auth

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cedar-policy/cedar-go"

	"github.com/seawall-city/seawall"
)

// The Cedar entity types.
const (
	typePrincipal cedar.EntityType = "Principal"
	typeRole      cedar.EntityType = "Role"
	typeAction    cedar.EntityType = "Action"
	typeThing     cedar.EntityType = "Thing"
	typeArea      cedar.EntityType = "Area"
)

// unplaced is the area of things that carry none yet. They belong to the city
// desk: scopes that reach up to the city or higher contain it.
const unplaced seawall.AreaPath = "unplaced/"

// cityDepth is the depth of a city in an area path (province/city/).
const cityDepth = 2

// Authorize decides whether of may do action to r; see Authorizer. A resource
// without ID and Area stands for a whole list, which the store narrows to the
// principal's scope. It reads nothing but its arguments.
func (p *Policies) Authorize(of Principal, action Action, r Resource, purpose string) error {
	const op = "auth.Authorize"
	info, ok := p.byAction[action]
	if !ok {
		return &seawall.Error{Op: op, Err: fmt.Errorf("action %q is not in actions.yaml", action)}
	}
	w := &world{static: p.static, principal: p.principalEntity(of), thing: thingEntity(r)}
	req := cedar.Request{
		Principal: w.principal.UID,
		Action:    actionUID(action),
		Resource:  w.thing.UID,
		Context: cedar.NewRecord(cedar.RecordMap{
			"purpose":  cedar.String(purpose),
			"anywhere": cedar.Boolean(info.Anywhere),
		}),
	}
	decision, diag := cedar.Authorize(p.rules, w, req)
	if len(diag.Errors) > 0 {
		// Cedar passes over a policy that fails; a forbid passed over would be
		// a hole, so a failing policy refuses.
		e := diag.Errors[0]
		return &seawall.Error{Op: op, Kind: seawall.Denied, Code: "auth_denied_by",
			Args: map[string]string{"action": string(action), "policy": string(e.PolicyID)},
			Err:  fmt.Errorf("policy %s: %s", e.PolicyID, e.Message)}
	}
	if decision == cedar.Allow {
		return nil
	}
	return refusal(op, action, diag)
}

// refusal names the policy that forbids, or says that none permits.
func refusal(op string, action Action, diag cedar.Diagnostic) error {
	if len(diag.Reasons) == 0 {
		return seawall.E(op, seawall.Denied, "auth_denied", "action", string(action))
	}
	policy := string(diag.Reasons[0].PolicyID)
	code := "auth_denied_by"
	switch policy {
	case "outside_area":
		code = "auth_denied_area"
	case "must_change_password":
		code = "auth_must_change_password"
	case "purpose_needed":
		code = "auth_purpose_needed"
	}
	return seawall.E(op, seawall.Denied, code, "action", string(action), "policy", policy)
}

// world is what Cedar sees during one decision: the two ends of the request,
// the roles and actions, and areas made from their paths.
type world struct {
	static           cedar.EntityMap
	principal, thing cedar.Entity
}

// Get implements cedar.EntityGetter without looking anything up outside memory.
func (w *world) Get(uid cedar.EntityUID) (cedar.Entity, bool) {
	switch uid.Type {
	case typeThing:
		return w.thing, uid == w.thing.UID
	case typePrincipal:
		return w.principal, uid == w.principal.UID
	case typeArea:
		return areaEntity(uid), true
	default:
		e, ok := w.static[uid]
		return e, ok
	}
}

// principalEntity puts an account before Cedar.
func (p *Policies) principalEntity(of Principal) cedar.Entity {
	roles := make([]cedar.EntityUID, len(of.Roles))
	for i, r := range of.Roles {
		roles[i] = roleUID(r)
	}
	var purposes, scope []cedar.Value
	for _, u := range p.Purposes(of) {
		purposes = append(purposes, cedar.String(u.ID))
	}
	for _, area := range scopeOf(of) {
		scope = append(scope, areaUID(area))
		if area.Depth() <= cityDepth {
			scope = append(scope, areaUID(unplaced))
		}
	}
	return cedar.Entity{
		UID:     principalUID(of.ID),
		Parents: cedar.NewEntityUIDSet(roles...),
		Attributes: cedar.NewRecord(cedar.RecordMap{
			"disabled":   cedar.Boolean(of.Disabled),
			"mustChange": cedar.Boolean(of.MustChange),
			"purposes":   cedar.NewSet(purposes...),
			"scope":      cedar.NewSet(scope...),
		}),
	}
}

// scopeOf gives the resolved scope, or the subtree of the account's own area.
func scopeOf(of Principal) seawall.Scope {
	if len(of.Scope) == 0 && of.Path != "" {
		return seawall.Scope{of.Path}
	}
	return of.Scope
}

// thingEntity puts a resource before Cedar, under its area both as part of the
// area's subtree and as the area's own (see AreaPath.Alone).
func thingEntity(r Resource) cedar.Entity {
	attrs := cedar.RecordMap{"collection": cedar.Boolean(r.ID == "" && r.Area == "")}
	if r.Owner != "" {
		attrs["owner"] = principalUID(r.Owner)
	}
	area := r.Area
	if area == "" {
		area = unplaced
	}
	return cedar.Entity{
		UID:        cedar.NewEntityUID(typeThing, cedar.String(string(r.Kind)+"/"+r.ID)),
		Parents:    cedar.NewEntityUIDSet(areaUID(area), areaUID(area.Alone())),
		Attributes: cedar.NewRecord(attrs),
	}
}

// areaEntity hangs an area under the area one step up its path.
func areaEntity(uid cedar.EntityUID) cedar.Entity {
	e := cedar.Entity{UID: uid}
	s := strings.TrimSuffix(string(uid.ID), "/")
	if i := strings.LastIndexByte(s, '/'); i > 0 && !strings.HasSuffix(s, "/.") {
		e.Parents = cedar.NewEntityUIDSet(areaUID(seawall.AreaPath(s[:i+1])))
	}
	return e
}

func principalUID(id seawall.PrincipalID) cedar.EntityUID {
	return cedar.NewEntityUID(typePrincipal, cedar.String(id))
}
func roleUID(id string) cedar.EntityUID  { return cedar.NewEntityUID(typeRole, cedar.String(id)) }
func actionUID(a Action) cedar.EntityUID { return cedar.NewEntityUID(typeAction, cedar.String(a)) }
func areaUID(p seawall.AreaPath) cedar.EntityUID {
	return cedar.NewEntityUID(typeArea, cedar.String(p))
}

// HasRole reports whether the account holds the role.
func (p Principal) HasRole(role string) bool { return slices.Contains(p.Roles, role) }

// Actor is the account as the hand behind an event.
func (p Principal) Actor() seawall.Actor {
	return seawall.Actor{Kind: seawall.ActorUser, Principal: p.ID, Name: p.WorkName}
}
