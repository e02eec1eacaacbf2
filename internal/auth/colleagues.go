package auth

import (
	"context"
	"slices"
	"strings"

	"github.com/seawall-city/seawall"
)

// Colleagues gives at most limit enabled accounts in the scope whose post or
// login contains q, in the order of their logins: whom a duty may be handed to.
func (s *Service) Colleagues(ctx context.Context, within seawall.Scope, q string, limit int) ([]Principal, error) {
	q = strings.ToLower(strings.TrimSpace(q))
	var found []Principal
	page := seawall.Page{Limit: 500}
	for len(found) < limit {
		var ps []Principal
		err := s.Work.Read(ctx, func(tx seawall.Tx) (err error) {
			ps, page.Cursor, _, err = s.Store.Principals(ctx, tx, within, page)
			return err
		})
		if err != nil {
			return nil, seawall.Wrap("auth.Colleagues", err)
		}
		for _, p := range ps {
			if !p.Disabled && (strings.Contains(strings.ToLower(p.WorkName), q) || strings.Contains(p.Login, q)) {
				found = append(found, p)
			}
		}
		if page.Cursor == "" {
			break
		}
	}
	return slices.Clip(found[:min(len(found), limit)]), nil
}
