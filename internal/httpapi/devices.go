package httpapi

import (
	"context"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/device"
	"github.com/seawall-city/seawall/internal/response"
)

// deviceRoutes are the phones of the field: registering, listing, losing.
func (s *Server) deviceRoutes() {
	handle(s, signedIn, "POST", "/devices", "enrol-device", "Register my phone's public key",
		func(ctx context.Context, who response.Who, in *struct{ Body response.NewDevice }) (device.Device, error) {
			return s.d.Main.EnrolDevice(ctx, who, in.Body)
		})
	handle(s, signedIn, "GET", "/devices", "list-devices", "Phones: my own, or those of my area",
		func(ctx context.Context, who response.Who, in *struct {
			Paging
			State string `query:"state" doc:"active, lost or retired; empty is all"`
		}) (response.List[device.Device], error) {
			return s.d.Main.Devices(ctx, who, in.State, in.page())
		})
	handle(s, signedIn, "GET", "/devices/{id}", "get-device", "A phone with what it sent",
		func(ctx context.Context, who response.Who, in *IDPath) (response.DeviceView, error) {
			return s.d.Main.DeviceView(ctx, who, seawall.DeviceID(in.ID))
		})
	handle(s, signedIn, "POST", "/devices/{id}/lost", "lose-device", "Report a phone as lost: it is wiped at its next contact",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body response.LostDevice
		}) (response.DeviceView, error) {
			return s.d.Main.LoseDevice(ctx, who, seawall.DeviceID(in.ID), in.Body)
		})
	handle(s, signedIn, "POST", "/devices/{id}/retire", "retire-device", "End the use of a phone",
		func(ctx context.Context, who response.Who, in *IDPath) (device.Device, error) {
			return s.d.Main.RetireDevice(ctx, who, seawall.DeviceID(in.ID))
		})
	handle(s, anybody, "GET", "/public/devices/{id}", "device-state", "Whether a phone that is signed out must wipe itself (410)",
		func(ctx context.Context, _ response.Who, in *IDPath) (response.DeviceState, error) {
			if err := s.looking(ctx); err != nil {
				return response.DeviceState{}, err
			}
			return s.d.Main.DeviceState(ctx, seawall.DeviceID(in.ID))
		})
}
