package httpapi

import (
	"context"
	"strings"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/response"
)

// LintIn is one protocol file to be checked.
type LintIn struct {
	Name string `json:"name,omitempty"`
	Text string `json:"text" maxLength:"1000000"`
}

func (s *Server) protocolRoutes() {
	handle(s, signedIn, "GET", "/protocols", "list-protocols", "The kinds of duty",
		func(ctx context.Context, who response.Who, _ *none) (response.List[response.ProtocolItem], error) {
			items, err := s.d.Main.Protocols(ctx, who)
			return response.List[response.ProtocolItem]{Items: items, Total: len(items)}, err
		})
	handle(s, signedIn, "GET", "/protocols/diff", "diff-protocols", "What differs between two protocols",
		func(ctx context.Context, who response.Who, in *struct {
			A string `query:"a" required:"true"`
			B string `query:"b" required:"true"`
		}) (response.ProtocolDiff, error) {
			return s.d.Main.DiffProtocols(ctx, who, in.A, in.B)
		})
	handle(s, signedIn, "POST", "/protocols/lint", "lint-protocol", "Check a protocol file; nothing is kept",
		func(ctx context.Context, who response.Who, in *struct{ Body LintIn }) (response.ProtocolLint, error) {
			name := strings.TrimSpace(in.Body.Name)
			if name == "" {
				name = "protocol.yaml"
			}
			return s.d.Main.LintProtocol(ctx, who, name, in.Body.Text, requestOf(ctx).lang)
		})
	handle(s, signedIn, "GET", "/protocols/{id}", "get-protocol", "A protocol with its forms and steps, and in words",
		func(ctx context.Context, who response.Who, in *IDPath) (response.ProtocolView, error) {
			return s.d.Main.ProtocolView(ctx, who, in.ID, requestOf(ctx).lang)
		})
	s.boardRoutes()
	s.entryRoutes()
}

// endIn is the input of a decision about a duty.
type endIn struct {
	IDPath
	Body response.Decision
}

// decisionRoutes end a duty by decision and open it again.
func (s *Server) decisionRoutes() {
	handle(s, signedIn, "POST", "/loops/{id}/cancel", "cancel-loop", "End a duty before its evidence is in",
		func(ctx context.Context, who response.Who, in *endIn) (response.LoopView, error) {
			return s.d.Main.CancelLoop(ctx, who, seawall.LoopID(in.ID), in.Body)
		})
	handle(s, signedIn, "POST", "/loops/{id}/reopen", "reopen-loop", "Open an ended duty again",
		func(ctx context.Context, who response.Who, in *endIn) (response.LoopView, error) {
			return s.d.Main.ReopenLoop(ctx, who, seawall.LoopID(in.ID), in.Body)
		})
}
