// Package response is the main path: what happens in a city from a positive
// result to everything done or escalated by midnight. It opens the unit of work
// and coordinates the packages below; they hold the rules, this holds the order.
//
// Read it in this order, one file for each step:
//
//  1. A fact comes in: RecordCase, UpdateCase (cases.go), RecordResult
//     (results.go), RecordStay (stays.go). Identity is sealed first.
//  2. The regime in force on that day says what follows: openInvestigation and
//     openFollowUp (opening.go). How a kind of duty runs stands in its protocol
//     file: openLoop plans and opens any of them (kinds.go); NewEntry is the fact
//     of kinds that have no typed one (entries.go).
//  3. Who was exposed: ProposeContacts lays down candidates without effect,
//     PreviewConfirm counts them against rooms and teams, ConfirmContacts by a
//     named epidemiologist opens the duties, DismissContacts (contacts.go,
//     confirm.go).
//  4. The work: CompleteStep, StepImpossible, HandOver, AcceptHandOver
//     (duties.go), FollowRoster when somebody is away (roster.go), RecordFollowUp (followup.go), SelfReportLink, MyFollowUp and
//     SelfReport for the person concerned (selfreport.go), BulkContacts for
//     hundreds at once (bulk.go).
//  5. The way out: release when every test is resulted negative and the stay is
//     over, the sub-contact's condition, the contact who became a case
//     (release.go).
//  6. Taking back: Retract withdraws all that hung on a false fact (retract.go);
//     CancelLoop and ReopenLoop are decisions about one duty (ended.go).
//  7. People: OpenIdentity, Duplicates, Merge, Unmerge (people.go).
//  8. What one sees: Tonight (tonight.go), CaseView, ContactView, LoopView,
//     PersonView (views.go), Chain (chain.go), Search (search.go), Notices
//     (notices.go), the lists (lists.go), Board for any kind (boards.go), LoopAsOf
//     (asof.go), Protocols and ProtocolView (protocols.go).
//  9. Time passes: Tick fires the clocks that are due (tick.go).
//
// Before all that stand those who come into the city: RecordArrivals (arrivals.go),
// DeclareTravel and MyDeclaration for travellers without an account
// (arrival_public.go), ReceiveFeed (arrival_feed.go); all of them through come
// (arrival_come.go) and countGroup (arrival_companions.go). RecordCheck makes the
// four checks (arrival_check.go) and confirms the measure (arrival_measure.go),
// Arrive, HandOnArrival, ReceiptArrival and RetractArrival move them on
// (arrival_move.go), ImportGrades keeps the grades of origins (arrival_grades.go).
//
// Files that come in bulk take the same path: see import.go.
package response
