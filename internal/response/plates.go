package response

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"

	"github.com/seawall-city/seawall/internal/freight"
	"github.com/seawall-city/seawall/internal/ticket"
)

// plateKey is the key under which plates become tokens. It is a key of its own,
// derived from the instance's, because the phones at gates hold it for a shift:
// who takes it from one can test a plate against a token, and nothing else.
func (s *Service) plateKey() []byte {
	mac := hmac.New(sha256.New, s.d.LinkKey)
	mac.Write([]byte("seawall plate key 1"))
	return mac.Sum(nil)
}

// plateToken gives the keyed token of a plate, by which trips, passes and visits of
// the same vehicle are matched: the plate itself is kept nowhere. "" for no plate.
// Phones at gates make the same token (GateSnapshot.PlateKey).
func (s *Service) plateToken(plate string) string {
	plate = freight.NormalPlate(plate)
	if plate == "" {
		return ""
	}
	mac := hmac.New(sha256.New, s.plateKey())
	mac.Write([]byte("seawall plate 1\x00" + plate))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// crewToken gives the keyed token of somebody's document, by which a permit knows
// its crew; who shows none is known by their telephone or name.
func (s *Service) crewToken(id Identity) string {
	switch {
	case strings.TrimSpace(id.DocNumber) != "":
		return s.tokenOf("crew", strings.ToUpper(strings.TrimSpace(id.DocNumber)))
	case strings.TrimSpace(id.Phone) != "":
		return s.tokenOf("crew phone", strings.TrimSpace(id.Phone))
	}
	return s.tokenOf("crew name", strings.TrimSpace(id.Name))
}

// tokenOf gives 132 bits of a keyed hash, apart for each use.
func (s *Service) tokenOf(use, text string) string {
	if text == "" {
		return ""
	}
	mac := hmac.New(sha256.New, s.d.LinkKey)
	mac.Write([]byte("seawall " + use + " 1\x00" + text))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))[:22]
}

// TicketKey gives the public key by which anybody checks this instance's tickets.
func (s *Service) TicketKey() ticket.Public { return s.d.Tickets.Public() }
