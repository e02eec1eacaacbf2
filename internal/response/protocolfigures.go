package response

import (
	"strings"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/protocol"
	"github.com/seawall-city/seawall/internal/regime"
)

// protocolFigures gives the figures that the clocks of a protocol take, in hours,
// as the regimes in force on a day have them, so that a reader sees "4 h" and not
// the name of a figure. A figure on which the diseases in question differ is left
// out: it is known only with the record.
func (s *Service) protocolFigures(p *protocol.Protocol, day seawall.Day) map[string]int {
	out := map[string]int{}
	for _, st := range p.Steps {
		if st.Due == nil || st.Due.Figure == "" {
			continue
		}
		if n, ok := s.figureOn(p, st.Due.Figure, day); ok {
			out[st.Due.Figure] = n
		}
	}
	return out
}

// figureOn gives one figure of a protocol on a day where all regimes in force that
// have it agree.
func (s *Service) figureOn(p *protocol.Protocol, name string, day seawall.Day) (int, bool) {
	key := figureKey(p.Subject, name)
	value, found := 0, false
	asked := map[string]bool{}
	for _, r := range s.d.Rules.All() {
		id := r.Disease.ID
		if asked[id] || p.Disease != "" && id != p.Disease {
			continue
		}
		asked[id] = true
		in, ok := s.ruling(p.Subject, id, day)
		if !ok {
			continue
		}
		n, ok := in.Figure(key)
		if !ok {
			continue
		}
		if found && n != value {
			return 0, false
		}
		value, found = n, true
	}
	return value, found
}

// ruling gives the regime that a subject's clocks ask: the matrix for arrivals,
// the disease's own rules for everything else.
func (s *Service) ruling(subject, disease string, day seawall.Day) (*regime.Regime, bool) {
	if subject == protocol.SubjectArrival {
		return s.d.Rules.ArrivalsInForce(disease, s.d.Jurisdiction, day)
	}
	return s.d.Rules.InForce(disease, s.d.Jurisdiction, day)
}

// figureKey gives the name under which the regime has a protocol's figure.
func figureKey(subject, name string) string {
	stem := strings.TrimSuffix(name, "_hours")
	switch {
	case subject == protocol.SubjectAppeal:
		return "appeal_h"
	case subject == protocol.SubjectArrival && stem != "report":
		return "check_" + stem + "_h"
	}
	return stem + "_h"
}
