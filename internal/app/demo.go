package app

import (
	"context"
	"strconv"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/area"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/response"
	"github.com/seawall-city/seawall/internal/story"
	"github.com/seawall-city/seawall/internal/vault/vaulttest"
)

// DemoPassword is the first password of every account of a demonstration. It
// opens nothing else: a demonstration listens on a loopback address only.
const DemoPassword = "seawall-demo-2022"

const (
	settingLead = "demo.lead"  // nanoseconds the story is ahead of the wall clock
	settingTold = "demo.story" // the story that this database holds
	// settingBegun is written before the first word of a story, so that data cut
	// short are known as invented.
	settingBegun = "demo.begun"
)

// restoreLead puts a demonstration's clock where it was when it stopped.
func (a *App) restoreLead(ctx context.Context) error {
	if a.story == nil {
		return nil
	}
	a.story.save = func(ctx context.Context, lead time.Duration) error {
		return a.setting(ctx, settingLead, strconv.FormatInt(int64(lead), 10))
	}
	return a.DB.Read(ctx, func(tx seawall.Tx) error {
		v, err := a.DB.Setting(ctx, tx, settingLead)
		if err != nil || v == "" {
			return err
		}
		lead, err := strconv.ParseInt(v, 10, 64)
		a.story.lead = time.Duration(lead)
		return err
	})
}

func (a *App) setting(ctx context.Context, name, value string) error {
	return a.DB.Write(ctx, seawall.System("setting"), func(tx seawall.Tx) error {
		return a.DB.SetSetting(ctx, tx, name, value)
	})
}

// Told gives the story that the database holds, "" for none.
func (a *App) Told(ctx context.Context) (id string, err error) {
	err = a.DB.Read(ctx, func(tx seawall.Tx) (err error) {
		id, err = a.DB.Setting(ctx, tx, settingTold)
		return err
	})
	return id, err
}

// Invented reports whether the database holds a demonstration, be it cut short.
func (a *App) Invented(ctx context.Context) (yes bool, err error) {
	err = a.DB.Read(ctx, func(tx seawall.Tx) error {
		for _, name := range []string{settingBegun, settingTold} {
			v, err := a.DB.Setting(ctx, tx, name)
			if err != nil {
				return err
			}
			yes = yes || v != ""
		}
		return nil
	})
	return yes, err
}

// MayTell makes sure that a story takes the place of nothing real: the database
// holds a demonstration, or neither an account nor a person. Errors: Conflict.
func (a *App) MayTell(ctx context.Context) error {
	const op = "app.MayTell"
	yes, err := a.Invented(ctx)
	if err != nil || yes {
		return seawall.Wrap(op, err)
	}
	none, err := a.NoAccounts(ctx)
	if err != nil {
		return seawall.Wrap(op, err)
	}
	people, err := a.Vault.Count(ctx)
	if err != nil {
		return seawall.Wrap(op, err)
	}
	if !none || people > 0 {
		return seawall.E(op, seawall.Conflict, "story_real", "path", a.Config.Data)
	}
	return nil
}

// Tell tells a story on an empty city and remembers that it did.
func (a *App) Tell(ctx context.Context, s *story.Story, progress func(done, of int)) error {
	if err := a.MayTell(ctx); err != nil {
		return err
	}
	if err := a.setting(ctx, settingBegun, s.ID); err != nil {
		return err
	}
	err := s.Tell(ctx, story.Stage{Main: a.Main, Zone: a.Zone, Progress: progress,
		SetClock: a.story.set,
		Account:  a.Post, Place: a.Roster, Means: a.Means,
		People: invent,
	})
	if err != nil {
		return seawall.Wrap("app.Tell", err)
	}
	a.story.mu.Lock()
	lead := a.story.lead
	a.story.mu.Unlock()
	if err := a.story.save(ctx, lead); err != nil {
		return err
	}
	return a.setting(ctx, settingTold, s.ID)
}

// Roster puts a post on the duty roster of an area, since yesterday.
func (a *App) Roster(ctx context.Context, p story.Post, holder response.Who) error {
	return a.DB.Write(ctx, seawall.System("story"), func(tx seawall.Tx) error {
		_, err := a.Areas.Assign(ctx, tx, area.DutyRow{Area: p.Area, Theme: p.Theme, Rank: p.Rank,
			Principal: holder.Principal.ID, WorkName: holder.Principal.WorkName,
			During: seawall.Interval{From: tx.Now().Add(-24 * time.Hour)}})
		return err
	})
}

// Means notes what an area has of something.
func (a *App) Means(ctx context.Context, c story.CapacityLine) error {
	return a.DB.Write(ctx, seawall.System("story"), func(tx seawall.Tx) error {
		_, err := a.Areas.SetCapacity(ctx, tx, area.Capacity{Area: c.Area, Kind: c.Kind, Total: c.Total, Used: c.Used})
		return err
	})
}

// Post creates an account of a story, with the password that everybody knows,
// and gives who acts as it.
func (a *App) Post(ctx context.Context, p story.Account) (response.Who, error) {
	made, _, err := a.Accounts.Bootstrap(ctx, seawall.System("story"), auth.NewAccount{Login: p.Login,
		WorkName: p.Post.ZH, Roles: p.Roles, Area: p.Area, Password: DemoPassword})
	if err != nil {
		return response.Who{}, err
	}
	err = a.DB.Read(ctx, func(tx seawall.Tx) (err error) {
		made.Scope, err = a.Areas.ScopeOf(ctx, tx, p.Area, area.Command)
		return err
	})
	return response.Asked(made), err
}

// set puts the clock to an instant while a story is told; unlike AdvanceTo it
// keeps nothing, because a story that was not told to its end is told again.
func (c *storyClock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lead = t.Sub(c.wall.Now())
}

// invent draws n invented people of ages from…to.
func invent(seed int64, n, from, to int) []response.Identity {
	city := vaulttest.City{Seed: uint64(seed)}
	today := seawall.DateOf(2022, time.March, 28)
	var out []response.Identity
	for i := 0; len(out) < n; i++ {
		id := city.At(i)
		if age := int(today-id.Birth) / 365; age >= from && age <= to {
			out = append(out, id)
		}
	}
	return out
}
