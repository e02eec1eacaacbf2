package response

import (
	"context"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/loop"
)

func soon[T any]() (T, error) {
	var zero T
	return zero, seawall.E("response", seawall.Unavailable, "kind_unavailable")
}

// RecordCase.
func (s *Service) RecordCase(ctx context.Context, who Who, in NewCase) (RecordedCase, error) {
	return soon[RecordedCase]()
}

// UpdateCase.
func (s *Service) UpdateCase(ctx context.Context, who Who, id seawall.CaseID, ch CaseChange) (casebook.Case, error) {
	return soon[casebook.Case]()
}

// RecordResult.
func (s *Service) RecordResult(ctx context.Context, who Who, in NewResult) (RecordedResult, error) {
	return soon[RecordedResult]()
}

// RecordStay.
func (s *Service) RecordStay(ctx context.Context, who Who, in NewStay) (casebook.Stay, error) {
	return soon[casebook.Stay]()
}

// ProposeContacts.
func (s *Service) ProposeContacts(ctx context.Context, who Who, in Proposal) (Proposed, error) {
	return soon[Proposed]()
}

// PreviewConfirm.
func (s *Service) PreviewConfirm(ctx context.Context, who Who, in Cut) (Preview, error) {
	return soon[Preview]()
}

// ConfirmContacts.
func (s *Service) ConfirmContacts(ctx context.Context, who Who, in Cut) (BulkResult, error) {
	return soon[BulkResult]()
}

// DismissContacts.
func (s *Service) DismissContacts(ctx context.Context, who Who, in Selection, reason string) (BulkResult, error) {
	return soon[BulkResult]()
}

// BulkContacts.
func (s *Service) BulkContacts(ctx context.Context, who Who, in Bulk) (BulkResult, error) {
	return soon[BulkResult]()
}

// RecordFollowUp.
func (s *Service) RecordFollowUp(ctx context.Context, who Who, id seawall.ContactID, in NewFollowUp) (casebook.FollowUp, error) {
	return soon[casebook.FollowUp]()
}

// SelfReportLink.
func (s *Service) SelfReportLink(ctx context.Context, who Who, id seawall.ContactID) (Link, error) {
	return soon[Link]()
}

// MyFollowUp.
func (s *Service) MyFollowUp(ctx context.Context, token string) (MyFollowUp, error) {
	return soon[MyFollowUp]()
}

// SelfReport.
func (s *Service) SelfReport(ctx context.Context, token string, in SelfReport) (MyFollowUp, error) {
	return soon[MyFollowUp]()
}

// Retract.
func (s *Service) Retract(ctx context.Context, who Who, in Retraction) (Retracted, error) {
	return soon[Retracted]()
}

// CompleteStep.
func (s *Service) CompleteStep(ctx context.Context, who Who, id seawall.StepID, ev NewEvidence) (loop.Step, error) {
	return soon[loop.Step]()
}

// StepImpossible closes a step with a reason; version 0 does not check.
func (s *Service) StepImpossible(ctx context.Context, who Who, id seawall.StepID, version int, reason string) (loop.Step, error) {
	return soon[loop.Step]()
}

// HandOver.
func (s *Service) HandOver(ctx context.Context, who Who, id seawall.LoopID, to seawall.PrincipalID, note string) (loop.HandOver, error) {
	return soon[loop.HandOver]()
}

// AcceptHandOver.
func (s *Service) AcceptHandOver(ctx context.Context, who Who, id seawall.LoopID, handOver string) (loop.Loop, error) {
	return soon[loop.Loop]()
}

// OpenIdentity.
func (s *Service) OpenIdentity(ctx context.Context, who Who, in Opening) (Identity, error) {
	return soon[Identity]()
}

// Duplicates.
func (s *Service) Duplicates(ctx context.Context, who Who, id Identity) (Doubles, error) {
	return soon[Doubles]()
}

// Merge.
func (s *Service) Merge(ctx context.Context, who Who, in MergeRequest) (Merged, error) {
	return soon[Merged]()
}

// Unmerge.
func (s *Service) Unmerge(ctx context.Context, who Who, loser seawall.PersonNo, reason string) (Merged, error) {
	return soon[Merged]()
}

// Tonight gives the first page; mine narrows it to the asker's own duties.
func (s *Service) Tonight(ctx context.Context, who Who, mine bool) (TonightView, error) {
	return soon[TonightView]()
}

// Steps.
func (s *Service) Steps(ctx context.Context, who Who, q loop.StepQuery) (List[loop.Step], error) {
	return soon[List[loop.Step]]()
}

// Cases.
func (s *Service) Cases(ctx context.Context, who Who, q casebook.CaseQuery) (List[casebook.Case], error) {
	return soon[List[casebook.Case]]()
}

// Curve.
func (s *Service) Curve(ctx context.Context, who Who, q casebook.CaseQuery) ([]casebook.DayCount, error) {
	return soon[[]casebook.DayCount]()
}

// Contacts.
func (s *Service) Contacts(ctx context.Context, who Who, f ContactFilter, p seawall.Page) (List[casebook.Contact], error) {
	return soon[List[casebook.Contact]]()
}

// CaseView.
func (s *Service) CaseView(ctx context.Context, who Who, id seawall.CaseID) (CaseView, error) {
	return soon[CaseView]()
}

// ContactView.
func (s *Service) ContactView(ctx context.Context, who Who, id seawall.ContactID) (ContactView, error) {
	return soon[ContactView]()
}

// LoopView.
func (s *Service) LoopView(ctx context.Context, who Who, id seawall.LoopID) (LoopView, error) {
	return soon[LoopView]()
}

// PersonView.
func (s *Service) PersonView(ctx context.Context, who Who, no seawall.PersonNo) (PersonView, error) {
	return soon[PersonView]()
}

// Chain gives the chain of transmission around a case, at most limit people.
func (s *Service) Chain(ctx context.Context, who Who, id seawall.CaseID, limit int) (ChainView, error) {
	return soon[ChainView]()
}

// Search.
func (s *Service) Search(ctx context.Context, who Who, text string) (SearchResult, error) {
	return soon[SearchResult]()
}

// Notices.
func (s *Service) Notices(ctx context.Context, who Who, p seawall.Page) (List[loop.Notice], error) {
	return soon[List[loop.Notice]]()
}

// ReadNotice.
func (s *Service) ReadNotice(ctx context.Context, who Who, id string) (loop.Notice, error) {
	return soon[loop.Notice]()
}

// Tick fires the clocks that are due.
func (s *Service) Tick(ctx context.Context) (Fired, error) { return soon[Fired]() }
