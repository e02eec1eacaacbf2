package httpapi

import (
	"context"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/area"
	"github.com/seawall-city/seawall/internal/border"
	"github.com/seawall-city/seawall/internal/regime"
	"github.com/seawall-city/seawall/internal/relief"
	"github.com/seawall-city/seawall/internal/response"
)

// The resident's page asks without an account. What it may ask is bounded by the
// minute and forgotten with it: by address, which a whole isolation site may
// share, by the code that is used, and by how often an address tries codes that do
// not exist. No cookie, no fingerprint, nothing kept.
const (
	perFiling = 120 // declarations, objections and requests for help a minute from one address
	perMiss   = 30  // codes that do not exist a minute from one address
)

// KeyPath is the input of operations on what a code or a link's token opens.
type KeyPath struct {
	Key string `path:"key" maxLength:"200"`
}

// PublicArea is an area of the city as anybody may choose it.
type PublicArea struct {
	ID   seawall.AreaID `json:"id"`
	Name seawall.Text   `json:"name"`
	// Full is the name with those above it inside the city.
	Full  seawall.Text `json:"full"`
	Level area.Level   `json:"level"`
}

func (s *Server) residentRoutes() {
	handle(s, anybody, "GET", "/public/duties/{key}", "my-duties", "What is asked of me, by a personal link or a declaration's code",
		func(ctx context.Context, _ response.Who, in *KeyPath) (response.MyDuties, error) {
			mine, err := byKey(ctx, s, in.Key, s.d.Main.MyDuties)
			if mine.Declaration != nil {
				mine.Declaration.QR = s.slipQR(relief.Plain(in.Key))
			}
			return mine, err
		})
	handle(s, anybody, "GET", "/public/areas", "public-areas", "Areas of the city by name or below one",
		func(ctx context.Context, _ response.Who, in *struct {
			Q      string `query:"q" maxLength:"60"`
			Parent string `query:"parent" maxLength:"40"`
		}) (response.List[PublicArea], error) {
			return s.publicAreas(ctx, in.Q, in.Parent)
		})
	handle(s, anybody, "GET", "/public/origins", "public-origins", "Places somebody may come from, by name, pinyin or code",
		func(ctx context.Context, _ response.Who, in *struct {
			Q string `query:"q" maxLength:"60"`
		}) (response.List[border.Place], error) {
			if err := s.looking(ctx); err != nil {
				return response.List[border.Place]{Items: []border.Place{}}, err
			}
			found := s.d.Main.SearchOrigins(in.Q, 12)
			return response.List[border.Place]{Items: found, Total: len(found)}, nil
		})
	handle(s, anybody, "GET", "/public/applies", "what-applies", "What applies to a journey, by which document, since when",
		func(ctx context.Context, _ response.Who, in *appliesIn) (regime.Applies, error) {
			if err := s.looking(ctx); err != nil {
				return regime.Applies{}, err
			}
			return s.d.Main.Applies(ctx, in.look())
		})
	s.declarationRoutes()
	s.publicAppealRoutes()
	s.publicHelpRoutes()
}

type appliesIn struct {
	Origin   string `query:"origin" doc:"division code of 2 to 12 digits or ISO country code" maxLength:"12"`
	Left     string `query:"left" format:"date" doc:"the day of leaving it"`
	Arrive   string `query:"arrive" format:"date" doc:"the day of arrival; today where it is left out"`
	Crossing bool   `query:"crossing" doc:"their track crossed a case's there"`
	Disease  string `query:"disease" maxLength:"40"`
}

// look reads the days; the description has checked their form.
func (in *appliesIn) look() response.Look {
	day := func(text string) seawall.Day {
		d, err := seawall.ParseDay(text)
		if err != nil {
			return seawall.NoDay
		}
		return d
	}
	return response.Look{Disease: in.Disease, Arrive: day(in.Arrive),
		Origins: []response.NewOrigin{{Code: in.Origin, Left: day(in.Left), Crossing: in.Crossing}}}
}

func (s *Server) declarationRoutes() {
	handle(s, anybody, "POST", "/public/declarations", "declare-travel", "Declare a journey, before or after it",
		func(ctx context.Context, _ response.Who, in *struct{ Body response.NewDeclaration }) (response.Declaration, error) {
			if err := s.filing(ctx); err != nil {
				return response.Declaration{}, err
			}
			d, err := s.d.Main.DeclareTravel(ctx, in.Body)
			if d.Code != "" {
				d.QR = s.slipQR(d.Code)
			}
			return d, err
		})
	handle(s, anybody, "GET", "/public/declarations/{key}", "my-declaration", "My declaration, by its code",
		func(ctx context.Context, _ response.Who, in *KeyPath) (response.Declaration, error) {
			return byKey(ctx, s, in.Key, s.d.Main.MyDeclaration)
		})
	handle(s, anybody, "POST", "/public/declarations/{key}", "change-declaration", "Change my declaration: arrived, not coming, companions, stay",
		func(ctx context.Context, _ response.Who, in *struct {
			KeyPath
			Body response.DeclarationChange
		}) (response.Declaration, error) {
			return byKey(ctx, s, in.Key, func(ctx context.Context, key string) (response.Declaration, error) {
				return s.d.Main.ChangeDeclaration(ctx, key, in.Body)
			})
		})
	handle(s, anybody, "POST", "/public/declarations/{key}/report", "report-my-day", "Report how one of us is today",
		func(ctx context.Context, _ response.Who, in *struct {
			KeyPath
			Body DayReport
		}) (response.Declaration, error) {
			return byKey(ctx, s, in.Key, func(ctx context.Context, key string) (response.Declaration, error) {
				return s.d.Main.ReportMyDay(ctx, key, in.Body.Arrival, in.Body.SelfReport)
			})
		})
}

// DayReport is how one of a declaration's people is today.
type DayReport struct {
	Arrival seawall.ArrivalID `json:"arrival"`
	response.SelfReport
}

func (s *Server) publicAppealRoutes() {
	handle(s, anybody, "POST", "/public/appeals", "object", "Object to a measure on me",
		func(ctx context.Context, _ response.Who, in *struct{ Body response.Objection }) (response.MyAppeal, error) {
			if err := s.filing(ctx); err != nil {
				return response.MyAppeal{}, err
			}
			return byKey(ctx, s, in.Body.Key, func(ctx context.Context, _ string) (response.MyAppeal, error) {
				return s.d.Main.Object(ctx, in.Body)
			})
		})
	handle(s, anybody, "GET", "/public/appeals/{key}", "my-appeal", "My objection, by its code",
		func(ctx context.Context, _ response.Who, in *KeyPath) (response.MyAppeal, error) {
			return byKey(ctx, s, in.Key, s.d.Main.MyAppeal)
		})
}

func (s *Server) publicHelpRoutes() {
	handle(s, anybody, "POST", "/public/help", "ask-help", "Ask for help; a medical emergency is never refused",
		func(ctx context.Context, _ response.Who, in *struct{ Body response.NewHelp }) (response.MyHelp, error) {
			if in.Body.Kind != relief.Medical {
				if err := s.filing(ctx); err != nil {
					return response.MyHelp{}, err
				}
			}
			return s.d.Main.AskHelp(ctx, in.Body)
		})
	handle(s, anybody, "GET", "/public/help/{key}", "my-help", "My request for help, by its code",
		func(ctx context.Context, _ response.Who, in *KeyPath) (response.MyHelp, error) {
			return byKey(ctx, s, in.Key, s.d.Main.MyHelp)
		})
}

// filing counts something that an address sends in.
func (s *Server) filing(ctx context.Context) error {
	from := requestOf(ctx).remote
	return s.limits.allow(s.d.Clock.Now(), map[string]int{"files " + from: perFiling, "from " + from: perAddress})
}

// looking counts a look-up that needs no code.
func (s *Server) looking(ctx context.Context) error {
	return s.limits.allow(s.d.Clock.Now(), map[string]int{"from " + requestOf(ctx).remote: perAddress})
}

// byKey does something with a code, counted under the code and the address. An
// address that has tried too many codes which do not exist is refused before the
// next one is looked up.
func byKey[T any](ctx context.Context, s *Server, key string, do func(context.Context, string) (T, error)) (T, error) {
	var none T
	now, misses := s.d.Clock.Now(), "misses "+requestOf(ctx).remote
	if s.limits.counted(now, misses) >= perMiss {
		return none, seawall.E("httpapi.byKey", seawall.Limited, "too_many_requests")
	}
	if err := s.bound(ctx, relief.Plain(key)); err != nil {
		return none, err
	}
	out, err := do(ctx, key)
	if seawall.Is(err, seawall.NotFound) {
		_ = s.limits.allow(now, map[string]int{misses: perMiss}) // counted; the next one is refused
	}
	return out, err
}

// mostAreas bounds the areas of one answer; a county has fewer towns.
const mostAreas = 60

// publicAreas lists counties, towns and villages: grids and households are nobody
// else's business.
func (s *Server) publicAreas(ctx context.Context, q, parent string) (response.List[PublicArea], error) {
	out := response.List[PublicArea]{Items: []PublicArea{}}
	if err := s.looking(ctx); err != nil {
		return out, err
	}
	err := s.d.Work.Read(ctx, func(tx seawall.Tx) (err error) {
		var found []area.Area
		if q != "" {
			found, err = s.d.Areas.Search(ctx, tx, q, seawall.Scope{s.d.City.Path}, 20)
		} else {
			if parent == "" {
				parent = string(s.d.City.Root)
			}
			found, err = s.d.Areas.Children(ctx, tx, seawall.AreaID(parent), area.Statistical)
		}
		for _, a := range found {
			if err != nil || len(out.Items) == mostAreas {
				break
			}
			if a.Level != area.County && a.Level != area.Town && a.Level != area.Village {
				continue
			}
			p := PublicArea{ID: a.ID, Name: a.Name, Level: a.Level}
			p.Full, err = s.fullName(ctx, tx, a)
			out.Items = append(out.Items, p)
		}
		out.Total = len(out.Items)
		return err
	})
	return out, err
}

// fullName gives the names from the county down to an area.
func (s *Server) fullName(ctx context.Context, tx seawall.Tx, a area.Area) (seawall.Text, error) {
	chain, err := s.d.Areas.Chain(ctx, tx, a.Path)
	full := a.Name
	for _, up := range chain {
		if up.ID == a.ID || up.Level == area.City || up.Level == area.Province {
			continue
		}
		full.ZH, full.EN = up.Name.ZH+" "+full.ZH, full.EN+", "+up.Name.EN
	}
	return full, err
}
