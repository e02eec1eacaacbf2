package httpapi

import (
	"context"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/device"
	"github.com/seawall-city/seawall/internal/response"
)

// fieldRoutes are what phones of the field fetch and send, and what of it waits for
// a person.
func (s *Server) fieldRoutes() {
	handle(s, signedIn, "GET", "/field/day", "field-day", "What a phone needs for a day without a network",
		func(ctx context.Context, who response.Who, in *struct {
			Device string  `query:"device" required:"true"`
			Lat    float64 `query:"lat" minimum:"-90" maximum:"90"`
			Lon    float64 `query:"lon" minimum:"-180" maximum:"180"`
		}) (response.FieldDay, error) {
			return s.d.Main.FieldDay(ctx, who, seawall.DeviceID(in.Device), in.Lat, in.Lon)
		})
	handle(s, signedIn, "POST", "/sync", "sync", "Operations that a phone signed, at most 200",
		func(ctx context.Context, who response.Who, in *struct{ Body response.Batch }) (response.Synced, error) {
			out, err := s.d.Main.Sync(ctx, who, in.Body)
			lang := requestOf(ctx).lang
			for i, r := range out.Results {
				if r.Problem != "" {
					out.Results[i].Message = s.d.Texts.Render(lang, r.Problem, r.Args)
				}
			}
			return out, err
		})
	handle(s, signedIn, "GET", "/field/operations", "list-operations", "What phones sent and what came of it",
		func(ctx context.Context, who response.Who, in *struct {
			Paging
			Outcome string `query:"outcome" doc:"done, repeated, conflict or refused; empty is all"`
			Device  string `query:"device"`
			Mine    bool   `query:"mine"`
		}) (response.List[device.Operation], error) {
			return s.d.Main.Operations(ctx, who, in.Outcome, seawall.DeviceID(in.Device), in.Mine, in.page())
		})
	handle(s, signedIn, "GET", "/field/conflicts", "list-conflicts", "Two sides of one thing that wait for a person",
		func(ctx context.Context, who response.Who, in *struct {
			Paging
			State  string `query:"state" doc:"open or decided; empty is all"`
			Target string `query:"target" doc:"kind/id"`
			Mine   bool   `query:"mine"`
		}) (out response.List[device.Conflict], err error) {
			var target seawall.Ref
			if in.Target != "" {
				if target, err = seawall.ParseRef(in.Target); err != nil {
					return out, err
				}
			}
			if out, err = s.d.Main.Conflicts(ctx, who, in.State, target, in.Mine, in.page()); err != nil {
				return out, err
			}
			for i := range out.Items {
				s.sayWhy(ctx, &out.Items[i])
			}
			return out, nil
		})
	handle(s, signedIn, "GET", "/field/conflicts/{id}", "get-conflict", "Both sides, field by field",
		func(ctx context.Context, who response.Who, in *IDPath) (device.Conflict, error) {
			c, err := s.d.Main.Conflict(ctx, who, seawall.ConflictID(in.ID))
			s.sayWhy(ctx, &c)
			return c, err
		})
	handle(s, signedIn, "POST", "/field/conflicts/{id}/decide", "decide-conflict", "Decide between two sides",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body response.Verdict
		}) (device.Conflict, error) {
			c, err := s.d.Main.DecideConflict(ctx, who, seawall.ConflictID(in.ID), in.Body)
			s.sayWhy(ctx, &c)
			return c, err
		})
	s.photoRoutes()
}

// sayWhy words the reason of a conflict in the reader's language.
func (s *Server) sayWhy(ctx context.Context, c *device.Conflict) {
	if c.Why != "" {
		c.Message = s.d.Texts.Render(requestOf(ctx).lang, c.Why, c.Args)
	}
}

// photoRoutes take pictures in parts.
func (s *Server) photoRoutes() {
	handle(s, signedIn, "POST", "/field/photos", "announce-photo", "Announce a picture that comes in parts",
		func(ctx context.Context, who response.Who, in *struct{ Body response.NewPhoto }) (device.Photo, error) {
			return s.d.Main.AnnouncePhoto(ctx, who, in.Body)
		})
	handle(s, signedIn, "PUT", "/field/photos/{id}/parts/{n}", "put-photo-part", "A part of a picture, at most 512 KiB",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			N    int `path:"n" minimum:"0"`
			Body response.PhotoPart
		}) (device.Photo, error) {
			return s.d.Main.PutPhotoPart(ctx, who, seawall.PhotoID(in.ID), in.N, in.Body)
		})
	handle(s, signedIn, "GET", "/field/photos/{id}", "open-photo", "A picture; the opening is on the log",
		func(ctx context.Context, who response.Who, in *IDPath) (response.PhotoData, error) {
			return s.d.Main.OpenPhoto(ctx, who, seawall.PhotoID(in.ID))
		})
}
