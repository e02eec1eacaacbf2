package response

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/casebook"
)

func itoa(n int) string { return strconv.Itoa(n) }

// sortedKeys gives a map's keys in order, so that what is done for each of them
// is done in one order.
func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K {
	return slices.Sorted(maps.Keys(m))
}

// longestSubject bounds in bytes the name of the record that an opening is about.
const longestSubject = 200

// OpenIdentity opens an identity for a configured purpose. The vault puts the
// opening on the log before it gives anything.
func (s *Service) OpenIdentity(ctx context.Context, who Who, in Opening) (Identity, error) {
	const op = "response.OpenIdentity"
	if in.Purpose == "" {
		return Identity{}, seawall.E(op, seawall.Invalid, "purpose_needed")
	}
	if in.Subject == "" {
		return Identity{}, seawall.E(op, seawall.Invalid, "subject_needed")
	}
	if len(in.Subject) > longestSubject { // it stands on the log for good
		return Identity{}, invalid(op, "kind_invalid", []seawall.FieldError{{Field: "subject", Code: "too_long",
			Args: map[string]string{"max": itoa(longestSubject)}}})
	}
	var at []seawall.AreaPath
	err := s.read(ctx, op, func(tx seawall.Tx) error {
		p, err := s.book.Person(ctx, tx, in.Person)
		if err != nil {
			return err
		}
		in.Person = p.No
		at, err = s.placesOf(ctx, tx, p)
		return err
	})
	if err != nil {
		return Identity{}, err
	}
	if err := s.mayOpen(who, in, at); err != nil {
		return Identity{}, err
	}
	actor := who.Actor
	actor.Purpose = in.Purpose
	id, err := s.d.Vault.Open(ctx, actor, in.Person, in.Purpose, in.Subject)
	return id, seawall.Wrap(op, err)
}

// mayOpen decides an opening: for the purpose, in any area in which the person
// concerns a duty. Nobody opens an identity without an account of their own, the
// command line included.
func (s *Service) mayOpen(who Who, in Opening, at []seawall.AreaPath) error {
	var err error = seawall.E("response.mayOpen", seawall.Denied, "kind_denied")
	for _, area := range at {
		r := auth.Resource{Kind: seawall.KindPerson, ID: string(in.Person), Area: area}
		refusal := s.d.Auth.Authorize(who.Principal, auth.IdentityOpen, r, in.Purpose)
		if refusal == nil {
			return nil
		}
		err = seawall.Wrap("response.mayOpen", refusal)
	}
	return err
}

// placesOf are the areas in which somebody concerns a duty: their home and where
// their records answer.
func (s *Service) placesOf(ctx context.Context, tx seawall.Tx, p casebook.Person) ([]seawall.AreaPath, error) {
	cases, err := s.d.Cases.CasesOfPerson(ctx, tx, p.No)
	if err != nil {
		return nil, err
	}
	contacts, err := s.d.Cases.ContactsOfPerson(ctx, tx, p.No)
	if err != nil {
		return nil, err
	}
	seen := map[seawall.AreaPath]bool{s.answering(p.Home): true}
	for _, c := range cases {
		seen[c.Area] = true
	}
	for _, c := range contacts {
		seen[c.Area] = true
	}
	trips, err := s.d.Freight.TripsOfPerson(ctx, tx, p.No)
	if err != nil {
		return nil, err
	}
	for _, t := range trips {
		seen[s.answering(t.Area)] = true
	}
	worked, err := s.workedIn(ctx, tx, p.No)
	if err != nil {
		return nil, err
	}
	for _, at := range worked {
		seen[at] = true
	}
	entries, err := s.d.Entries.EntriesOfPerson(ctx, tx, p.No)
	for _, e := range entries {
		seen[e.Area] = true
	}
	return sortedKeys(seen), err
}

// Duplicates looks for people who may be the one of an identity.
func (s *Service) Duplicates(ctx context.Context, who Who, id Identity) (Doubles, error) {
	const op = "response.Duplicates"
	if err := s.allow(who, auth.PersonCandidates, auth.Resource{Kind: seawall.KindPerson}); err != nil {
		return Doubles{}, err
	}
	found, err := s.d.Vault.Candidates(ctx, id, 10)
	return Doubles{Candidates: found}, seawall.Wrap(op, err)
}

// Merge says that two numbers are one person: every record of the loser goes to
// the winner, and the loser keeps the list, so that un-merging gives back
// exactly these rows. It may be repeated: where the records moved and the vault
// failed after them, the same request finishes what is left.
func (s *Service) Merge(ctx context.Context, who Who, in MergeRequest) (Merged, error) {
	const op = "response.Merge"
	if err := reasonGiven(op, in.Reason); err != nil {
		return Merged{}, err
	}
	var out Merged
	var loser, winner casebook.Person
	err := s.write(ctx, who, op, func(tx seawall.Tx) (err error) {
		if loser, err = s.d.Cases.Person(ctx, tx, in.Loser); err != nil {
			return err
		}
		if winner, err = s.d.Cases.Person(ctx, tx, in.Winner); err != nil {
			return err
		}
		moved := loser.MergedInto == winner.No // by a request before this one
		if loser.No == winner.No || loser.MergedInto != "" && !moved || winner.MergedInto != "" {
			return seawall.E(op, seawall.Conflict, "merge_not_possible")
		}
		if err := s.mayMerge(who, loser, winner); err != nil {
			return err
		}
		if moved {
			out = Merged{Person: winner, Moved: len(loser.Moved)}
			return nil
		}
		return s.merge(ctx, tx, loser, winner, in.Reason, &out)
	})
	if err != nil {
		return Merged{}, err
	}
	return out, seawall.Wrap(op, s.d.Vault.Merge(ctx, in.Loser, in.Winner))
}

// merge moves the loser's records inside the transaction.
func (s *Service) merge(ctx context.Context, tx seawall.Tx, loser, winner casebook.Person, reason string, out *Merged) error {
	moved, err := s.move(ctx, tx, loser, winner, nil)
	if err != nil {
		return err
	}
	loser.MergedInto, loser.Moved = winner.No, moved
	if err := s.d.Cases.SavePerson(ctx, tx, loser); err != nil {
		return err
	}
	*out = Merged{Person: winner, Moved: len(moved)}
	return s.record(ctx, tx, "person.merged", casebook.PersonRef(loser.No), s.answering(winner.Home), loser.No,
		map[string]string{"into": string(winner.No), "rows": itoa(len(moved)), "reason": reason}, casebook.PersonRef(winner.No))
}

func (s *Service) mayMerge(who Who, people ...casebook.Person) error {
	for _, p := range people {
		r := auth.Resource{Kind: seawall.KindPerson, ID: string(p.No), Area: s.answering(p.Home)}
		if err := s.allow(who, auth.PersonMerge, r); err != nil {
			return err
		}
	}
	return nil
}

// Unmerge takes a merge back. The vault goes first: until the records follow, the
// loser's number still leads to the winner, so that a failure in between leaves a
// merge that can be taken back by the same request.
func (s *Service) Unmerge(ctx context.Context, who Who, no seawall.PersonNo, reason string) (Merged, error) {
	const op = "response.Unmerge"
	if err := reasonGiven(op, reason); err != nil {
		return Merged{}, err
	}
	err := s.read(ctx, op, func(tx seawall.Tx) error {
		_, _, err := s.mergedPair(ctx, tx, who, no)
		return err
	})
	if err != nil {
		return Merged{}, err
	}
	if err := s.d.Vault.Unmerge(ctx, no); err != nil {
		return Merged{}, seawall.Wrap(op, err)
	}
	var out Merged
	err = s.write(ctx, who, op, func(tx seawall.Tx) error {
		loser, winner, err := s.mergedPair(ctx, tx, who, no)
		if err != nil {
			return err
		}
		rows := loser.Moved
		if rows == nil {
			rows = []seawall.Ref{}
		}
		moved, err := s.move(ctx, tx, winner, loser, rows)
		if err != nil {
			return err
		}
		loser.MergedInto, loser.Moved = "", nil
		if err := s.d.Cases.SavePerson(ctx, tx, loser); err != nil {
			return err
		}
		out = Merged{Person: loser, Moved: len(moved)}
		return s.record(ctx, tx, "person.unmerged", casebook.PersonRef(loser.No), s.answering(loser.Home), loser.No,
			map[string]string{"from": string(winner.No), "rows": itoa(len(moved)), "reason": reason}, casebook.PersonRef(winner.No))
	})
	return out, err
}

// mergedPair reads a merge that may be taken back. One whose winner went into
// somebody else since has to wait for that merge: its rows lie there.
func (s *Service) mergedPair(ctx context.Context, tx seawall.Tx, who Who, no seawall.PersonNo) (loser, winner casebook.Person, err error) {
	const op = "response.mergedPair"
	if loser, err = s.d.Cases.Person(ctx, tx, no); err != nil {
		return loser, winner, err
	}
	if loser.MergedInto == "" {
		return loser, winner, seawall.E(op, seawall.Conflict, "not_merged")
	}
	if winner, err = s.d.Cases.Person(ctx, tx, loser.MergedInto); err != nil {
		return loser, winner, err
	}
	if winner.MergedInto != "" {
		return loser, winner, seawall.E(op, seawall.Conflict, "unmerge_later_first", "id", string(winner.No))
	}
	return loser, winner, s.mayMerge(who, loser, winner)
}

// move repoints the records and duties of one person to another.
func (s *Service) move(ctx context.Context, tx seawall.Tx, from, to casebook.Person, only []seawall.Ref) ([]seawall.Ref, error) {
	subjects, err := s.subjectsOf(ctx, tx, from.No)
	if err != nil {
		return nil, err
	}
	moved, err := s.book.MovePerson(ctx, tx, from, to, only)
	if err != nil {
		return nil, err
	}
	came, err := s.moveArrivals(ctx, tx, from, to, only)
	if err != nil {
		return nil, err
	}
	moved = append(moved, came...)
	drove, err := s.moveTrips(ctx, tx, from, to, only)
	if err != nil {
		return nil, err
	}
	moved = append(moved, drove...)
	worked, err := s.moveWorkers(ctx, tx, from, to, only)
	if err != nil {
		return nil, err
	}
	moved = append(moved, worked...)
	asked, err := s.moveRelief(ctx, tx, from, to, only)
	if err != nil {
		return nil, err
	}
	moved = append(moved, asked...)
	told, err := s.moveEntries(ctx, tx, from, to, only)
	if err != nil {
		return nil, err
	}
	moved = append(moved, told...)
	var pick map[seawall.Ref]bool
	if only != nil {
		pick = map[seawall.Ref]bool{}
		for _, r := range only {
			pick[r] = true
		}
	}
	duties, err := s.engine.MovePerson(ctx, tx, subjects, from.No, to.No, to.Mask, pick)
	return append(moved, duties...), err
}

// subjectsOf are the records of a person that duties can be about.
func (s *Service) subjectsOf(ctx context.Context, tx seawall.Tx, no seawall.PersonNo) ([]seawall.Ref, error) {
	cases, err := s.d.Cases.CasesOfPerson(ctx, tx, no)
	if err != nil {
		return nil, err
	}
	contacts, err := s.d.Cases.ContactsOfPerson(ctx, tx, no)
	if err != nil {
		return nil, err
	}
	var out []seawall.Ref
	for _, c := range cases {
		out = append(out, c.Ref())
	}
	for _, c := range contacts {
		out = append(out, c.Ref())
	}
	told, err := s.d.Entries.EntriesOfPerson(ctx, tx, no)
	if err != nil {
		return nil, err
	}
	for _, e := range told {
		out = append(out, e.Ref())
	}
	arrivals, err := s.d.Border.ArrivalsOfPerson(ctx, tx, no)
	if err != nil {
		return nil, err
	}
	for _, a := range arrivals {
		out = append(out, a.Ref())
	}
	asked, err := s.d.Relief.AppealsOfPerson(ctx, tx, no)
	if err != nil {
		return nil, err
	}
	for _, a := range asked {
		out = append(out, a.Ref())
	}
	called, err := s.d.Relief.HelpsOfPerson(ctx, tx, no)
	for _, h := range called {
		out = append(out, h.Ref())
	}
	return out, err
}
