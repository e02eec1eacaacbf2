package response

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/intake"
)

// The fates of a row.
type rowFate uint8

const (
	rowFresh rowFate = iota
	rowChanged
	rowUnchanged
	rowRejected
	rowSkipped // an implied link that there is none of
)

// item is one work item of a batch.
type item struct {
	n   int // its number in the import
	rec intake.Record
	// implied marks the link that a line list's row implies.
	implied bool
	fate    rowFate
	key     casebook.ImportKey
	old     casebook.ImportKey
	// person is who a fresh row is about: found, or sealed for it.
	person   casebook.Person
	request  string
	found    bool // the person has a row already
	adopted  bool // the person was a placeholder until now
	problems []casebook.ImportProblem
	home     seawall.AreaPath
	// from and to are the ends of a link; subject whose follow-up or result.
	from, to, subject end
}

// end is a person at the end of a link with the records that are known there.
type end struct {
	person  seawall.PersonNo
	caseID  seawall.CaseID
	contact seawall.ContactID
	// request and external are set for a placeholder that has to be made.
	request, external string
}

func (i *item) warn(column, code string, args ...string) {
	e := seawall.E("", seawall.Invalid, code, args...)
	i.add(casebook.ImportProblem{Line: i.rec.Line, Column: column, Severity: string(intake.Warning), Code: code, Args: e.Args})
}

func (i *item) reject(code string, args ...string) {
	e := seawall.E("", seawall.Invalid, code, args...)
	i.fate = rowRejected
	i.add(casebook.ImportProblem{Line: i.rec.Line, Severity: string(intake.Error), Code: code, Args: e.Args})
}

func (i *item) add(p casebook.ImportProblem) {
	if len(i.problems) < perItem {
		p.N = (i.n+1)*perItem + len(i.problems)
		i.problems = append(i.problems, p)
	}
}

// item prepares one work item from the file alone.
func (r *runner) item(n int) *item {
	rows := r.ev.Rows()
	i := &item{n: n, rec: r.ev.Record(n % rows), implied: n >= rows}
	if i.implied {
		r.implied(i)
		return i
	}
	for _, p := range i.rec.Problems {
		i.add(stored(p, 0))
	}
	if i.rec.Rejected() != nil {
		i.fate = rowRejected
		return i
	}
	if p, bad := r.failed[n]; bad {
		i.fate = rowRejected
		i.add(p)
		return i
	}
	if i.rec.Again {
		i.fate = rowUnchanged
	}
	i.key = r.key(keyKind(intake.Kind(r.imp.Kind)), external(i.rec))
	return i
}

// implied makes the link from a row's infector to the row's case.
func (r *runner) implied(i *item) {
	_, bad := r.failed[i.n]
	if bad || i.rec.Rejected() != nil || i.rec.Case == nil || i.rec.Case.Infector == "" || i.rec.Case.Infector == i.rec.External {
		i.fate = rowSkipped
		return
	}
	i.rec.Link = &intake.LinkFacts{From: i.rec.Case.Infector, To: external(i.rec), Kind: "infection", Day: seawall.NoDay}
	i.rec.Problems = nil
	i.key = r.key("link", "infector:"+i.rec.Link.From+">"+i.rec.Link.To)
}

// external is a row's key within its source. Keys made of a row's own content
// are told apart later, when the vault has made prints of them.
func external(rec intake.Record) string {
	ext := rec.External
	if rec.Nth > 0 {
		ext += "#" + strconv.Itoa(rec.Nth+1)
	}
	return ext
}

func keyKind(k intake.Kind) string {
	switch k {
	case intake.LineList:
		return "case"
	case intake.Contacts:
		return "contact"
	case intake.Links:
		return "link"
	case intake.FollowUps:
		return "followup"
	}
	return "result"
}

func (r *runner) key(kind, external string) casebook.ImportKey {
	k := casebook.ImportKey{Kind: kind, Disease: r.imp.Disease, Source: r.imp.Source, External: external, Import: r.imp.ID}
	k.ID = strings.Join([]string{kind, url.PathEscape(k.Disease), url.PathEscape(k.Source), url.PathEscape(external)}, "/")
	return k
}

// requestID is the idempotent id under which the person of an item is sealed.
func requestID(id seawall.ImportID, n int) string { return fmt.Sprintf("import/%s/%d", id, n) }

// lastRequests are the ids of the batch that may have committed before its
// worker died and told the vault.
func lastRequests(imp casebook.Import) []string {
	var out []string
	for n := max(0, imp.Next-importBatch); n < imp.Next; n++ {
		id := requestID(imp.ID, n)
		out = append(out, id, id+"/from", id+"/to")
	}
	return out
}
