package response

import (
	"context"
	"regexp"
	"strings"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
)

// lookUp finds out what is known about the rows of a batch, with a few queries
// for all of them, and decides the fate of each. It adds the warnings that need
// the database; nothing is written.
func (b *batch) lookUp(ctx context.Context, tx seawall.Tx) error {
	if err := b.prints(ctx); err != nil {
		return err
	}
	if err := b.known(ctx, tx); err != nil {
		return err
	}
	if err := b.gather(ctx, tx); err != nil {
		return err
	}
	for _, i := range b.items {
		if i.fate != rowFresh && i.fate != rowChanged {
			continue
		}
		if err := b.place(ctx, tx, i); err != nil {
			return err
		}
		b.decide(i)
	}
	return nil
}

// prints gives every row its print, and rows without an id a key of their own.
func (b *batch) prints(ctx context.Context) error {
	texts := make([]string, 0, 2*len(b.items))
	for _, i := range b.items {
		texts = append(texts, b.r.mapping+"\x00"+i.rec.Content, i.rec.Content)
	}
	prints, err := b.r.s.d.Imports.Coffer.Prints(ctx, texts)
	if err != nil {
		return err
	}
	for n, i := range b.items {
		if i.rec.ByContent {
			i.rec.External, i.rec.ByContent = "row:"+prints[2*n+1], false
			switch {
			case i.implied && i.fate == rowFresh:
				b.r.implied(i)
			case !i.implied && i.key.ID != "":
				i.key = b.r.key(i.key.Kind, external(i.rec))
			}
		}
		i.key.Print = prints[2*n]
	}
	return nil
}

// known reads earlier tellings of the rows.
func (b *batch) known(ctx context.Context, tx seawall.Tx) error {
	var ids []string
	for _, i := range b.items {
		if i.fate == rowFresh {
			ids = append(ids, i.key.ID)
		}
	}
	ks, err := b.r.s.d.Imports.Store.ImportKeys(ctx, tx, ids)
	if err != nil {
		return err
	}
	b.keys = map[string]casebook.ImportKey{}
	for _, k := range ks {
		b.keys[k.ID] = k
	}
	for _, i := range b.items {
		old, ok := b.keys[i.key.ID]
		if !ok || i.fate != rowFresh {
			continue
		}
		i.old, i.fate = old, rowChanged
		if old.Print == i.key.Print {
			i.fate = rowUnchanged
		}
	}
	return nil
}

// gather reads who the rows speak of and which visible numbers are taken.
func (b *batch) gather(ctx context.Context, tx seawall.Tx) error {
	var externals, nos []string
	for _, i := range b.items {
		if i.fate == rowFresh || i.fate == rowChanged {
			e, n := spokenOf(i)
			externals, nos = append(externals, e...), append(nos, n...)
		}
	}
	st := b.r.s.d.Imports.Store
	ks, err := st.ImportKeysOf(ctx, tx, b.r.imp.Disease, filledOnly(externals))
	if err != nil {
		return err
	}
	b.ends = map[string][]casebook.ImportKey{}
	for _, k := range ks {
		b.ends[k.External] = append(b.ends[k.External], k)
	}
	upper := make([]string, 0, len(nos))
	for _, n := range filledOnly(nos) {
		upper = append(upper, strings.ToUpper(n))
	}
	if b.cases, err = st.NumbersTaken(ctx, tx, seawall.KindCase, upper); err != nil {
		return err
	}
	if b.contacts, err = st.NumbersTaken(ctx, tx, seawall.KindContact, upper); err != nil {
		return err
	}
	return b.readPeople(ctx, tx)
}

// spokenOf gives the ids and visible numbers that a row names.
func spokenOf(i *item) (externals, nos []string) {
	switch rec := i.rec; {
	case rec.Link != nil:
		l := rec.Link
		return []string{l.From, l.To}, []string{l.From, l.To, l.FromNo, l.ToNo}
	case rec.Case != nil:
		return []string{external(rec)}, []string{rec.Visible}
	case rec.Contact != nil:
		return []string{external(rec), rec.Contact.Case}, []string{rec.Visible, rec.Contact.Case}
	case rec.FollowUp != nil:
		return []string{rec.FollowUp.Contact, rec.FollowUp.ContactNo}, []string{rec.FollowUp.ContactNo}
	case rec.Result != nil:
		return []string{rec.Result.Case, rec.Result.Contact}, []string{rec.Result.Case, rec.Result.Contact}
	}
	return nil, nil
}

func filledOnly(in []string) []string {
	var out []string
	for _, s := range in {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

// readPeople reads everybody found so far, through their merges.
func (b *batch) readPeople(ctx context.Context, tx seawall.Tx) error {
	ask := map[seawall.PersonNo]bool{}
	for _, ks := range b.ends {
		for _, k := range ks {
			ask[k.Person] = true
		}
	}
	for _, m := range []map[string]casebook.ImportKey{b.cases, b.contacts, b.keys} {
		for _, k := range m {
			ask[k.Person] = true
		}
	}
	return b.addPeople(ctx, tx, ask)
}

func (b *batch) addPeople(ctx context.Context, tx seawall.Tx, ask map[seawall.PersonNo]bool) error {
	for range 8 { // merges of merges
		var nos []seawall.PersonNo
		for no := range ask {
			if _, have := b.people[no]; !have && no != "" {
				nos = append(nos, no)
			}
		}
		if len(nos) == 0 {
			return nil
		}
		ps, err := b.r.s.d.Cases.Persons(ctx, tx, nos)
		if err != nil {
			return err
		}
		if len(ps) == 0 {
			return nil
		}
		ask = map[seawall.PersonNo]bool{}
		for _, p := range ps {
			b.people[p.No] = p
			ask[p.MergedInto] = true
		}
	}
	return nil
}

// standing gives the person that a number leads to today.
func (b *batch) standing(no seawall.PersonNo) (casebook.Person, bool) {
	for range 8 {
		p, ok := b.people[no]
		if !ok || p.MergedInto == "" {
			return p, ok
		}
		no = p.MergedInto
	}
	return casebook.Person{}, false
}

// place finds the area that a row names, by code or by its exact name inside
// the city.
func (b *batch) place(ctx context.Context, tx seawall.Tx, i *item) error {
	text := i.rec.Area
	if text == "" {
		return nil
	}
	path, cached := b.r.places[text]
	if !cached {
		var err error
		if path, err = b.r.s.areaCalled(ctx, tx, text); err != nil {
			return err
		}
		b.r.places[text] = path
	}
	if i.home = path; path == "" {
		i.warn("", "import_area_unknown", "value", text)
	}
	return nil
}

// areaCalled resolves a code or an exact name; "" when there is none or several.
func (s *Service) areaCalled(ctx context.Context, tx seawall.Tx, text string) (seawall.AreaPath, error) {
	found, err := s.d.Areas.Areas(ctx, tx, []seawall.AreaID{seawall.AreaID(text)})
	if err != nil || len(found) == 1 {
		if err != nil {
			return "", err
		}
		return found[0].Path, nil
	}
	if len(text) > 200 {
		return "", nil
	}
	hits, err := s.d.Areas.SearchAreas(ctx, tx, strings.ToLower(text), seawall.Scope{s.d.City}, 20)
	if err != nil {
		return "", err
	}
	var path seawall.AreaPath
	for _, a := range hits {
		if a.Name.ZH == text || strings.EqualFold(a.Name.EN, text) {
			if path != "" {
				return "", nil
			}
			path = a.Path
		}
	}
	return path, nil
}

// ownNumber matches visible numbers of our own series; a file cannot take one.
func ownNumber(no string) bool { return regexp.MustCompile(`^[CK]-[0-9]{4}-[0-9]+$`).MatchString(no) }

// number settles the visible number of a case or contact: the file's, in
// capitals, if nobody has it.
func (b *batch) number(i *item, taken map[string]casebook.ImportKey) {
	no := strings.ToUpper(i.rec.Visible)
	if _, is := taken[no]; i.fate == rowFresh && no != "" && (is || ownNumber(no)) {
		i.warn("", "import_number_taken", "no", i.rec.Visible)
		if i.rec.Extra == nil {
			i.rec.Extra = map[string]string{}
		}
		i.rec.Extra["no"] = i.rec.Visible
		no = ""
	}
	i.rec.Visible = no
}

// decide settles whom a row is about and what becomes of it.
func (b *batch) decide(i *item) {
	switch rec := i.rec; {
	case rec.Link != nil:
		l := rec.Link
		i.from = b.linkEnd(i, l.From, l.FromNo, "/from")
		i.to = b.linkEnd(i, l.To, l.ToNo, "/to")
	case rec.Case != nil:
		b.number(i, b.cases)
		b.subject(i)
	case rec.Contact != nil:
		b.number(i, b.contacts)
		b.subject(i)
		if rec.Contact.Case != "" {
			if i.from = b.find(rec.Contact.Case, "", "case"); i.from.caseID == "" {
				i.warn("", "import_case_unknown", "id", rec.Contact.Case)
			}
		}
	case rec.FollowUp != nil:
		b.followed(i)
	case rec.Result != nil:
		b.tested(i)
	}
}

// subject finds the person of a case or contact. A fresh row takes over the
// placeholder that a link made for its id, and a system id that is known in
// another kind of file is the same person.
func (b *batch) subject(i *item) {
	if i.fate == rowChanged {
		i.person, i.found = b.standing(i.old.Person)
		return
	}
	var held *casebook.ImportKey
	for n, k := range b.ends[i.key.External] {
		p, ok := b.standing(k.Person)
		if !ok || k.Kind != "person" && !i.rec.ByUUID || k.Kind == "person" && !p.Placeholder {
			continue
		}
		if held == nil || k.Source == b.r.imp.Source {
			held = &b.ends[i.key.External][n]
		}
	}
	if held != nil {
		i.person, i.found = b.standing(held.Person)
		i.adopted = i.person.Placeholder
	}
}

// find resolves an id, or a visible number, to an end. want prefers a kind of
// record where one id names two people. The zero end is nobody.
func (b *batch) find(ext, no, want string) end {
	ks := b.ends[ext]
	if own := ofSource(ks, b.r.imp.Source); len(own) > 0 {
		ks = own
	}
	if preferred := ofKind(ks, want); len(preferred) > 0 && b.personsOf(ks) > 1 {
		ks = preferred
	}
	if len(ks) == 0 {
		for _, n := range []string{no, ext} {
			for _, m := range []map[string]casebook.ImportKey{b.cases, b.contacts} {
				if k, ok := m[strings.ToUpper(n)]; ok && n != "" && k.Disease == b.r.imp.Disease && len(ks) == 0 {
					ks = []casebook.ImportKey{k}
				}
			}
		}
	}
	if len(ks) == 0 || b.personsOf(ks) > 1 {
		return end{}
	}
	p, ok := b.standing(ks[0].Person)
	if !ok {
		return end{}
	}
	out := end{person: p.No}
	for _, k := range ks {
		switch k.Ref.Kind {
		case seawall.KindCase:
			out.caseID = seawall.CaseID(k.Ref.ID)
		case seawall.KindContact:
			out.contact = seawall.ContactID(k.Ref.ID)
		}
	}
	return out
}

// personsOf counts the different people of keys.
func (b *batch) personsOf(ks []casebook.ImportKey) int {
	seen := map[seawall.PersonNo]bool{}
	for _, k := range ks {
		if p, ok := b.standing(k.Person); ok {
			seen[p.No] = true
		}
	}
	return len(seen)
}

func ofSource(ks []casebook.ImportKey, source string) []casebook.ImportKey {
	return only(ks, func(k casebook.ImportKey) bool { return k.Source == source })
}

func ofKind(ks []casebook.ImportKey, kind string) []casebook.ImportKey {
	return only(ks, func(k casebook.ImportKey) bool { return k.Kind == kind })
}

func only(ks []casebook.ImportKey, keep func(casebook.ImportKey) bool) []casebook.ImportKey {
	var out []casebook.ImportKey
	for _, k := range ks {
		if keep(k) {
			out = append(out, k)
		}
	}
	return out
}

// linkEnd resolves one end of a link; an unknown one becomes a placeholder.
func (b *batch) linkEnd(i *item, ext, no, side string) end {
	e := b.find(ext, no, "case")
	if e.person != "" {
		return e
	}
	code := "import_link_placeholder"
	if len(b.ends[ext]) > 0 {
		code = "import_end_ambiguous"
	}
	i.warn("", code, "id", ext)
	return end{request: requestID(b.r.imp.ID, i.n) + side, external: ext}
}

// followed finds the contact of a follow-up.
func (b *batch) followed(i *item) {
	f := i.rec.FollowUp
	shown := f.ContactNo
	for _, ext := range filledOnly([]string{f.Contact, f.ContactNo}) {
		if i.subject = b.find(ext, f.ContactNo, "contact"); i.subject.contact != "" {
			return
		}
		if shown == "" {
			shown = ext
		}
	}
	i.reject("import_followup_contact_unknown", "id", shown)
}

// tested finds whose result it is; a document number is looked for in the vault
// when the batch is sealed.
func (b *batch) tested(i *item) {
	t := i.rec.Result
	if i.fate == rowChanged {
		i.person, i.found = b.standing(i.old.Person)
		return
	}
	shown := ""
	for _, try := range [][2]string{{t.Contact, "contact"}, {t.Case, "case"}} {
		if try[0] == "" {
			continue
		}
		if e := b.find(try[0], "", try[1]); e.person != "" {
			i.subject = e
			i.person, i.found = b.standing(e.person)
			return
		}
		shown = try[0]
	}
	if i.rec.Identity.DocNumber == "" {
		i.reject("import_result_person_unknown", "id", shown)
	}
}
