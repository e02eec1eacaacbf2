package store

import (
	"context"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/freight"
)

// SaveCarrier writes a carrier.
func (db *DB) SaveCarrier(ctx context.Context, tx seawall.Tx, c freight.Carrier) error {
	return carriers().put(ctx, tx, c)
}

// Carrier reads a carrier.
func (db *DB) Carrier(ctx context.Context, tx seawall.Tx, id seawall.CarrierID) (freight.Carrier, error) {
	return carriers().get(ctx, tx, string(id))
}

// CarrierByKey reads the carrier whose system signs in with a key.
func (db *DB) CarrierByKey(ctx context.Context, tx seawall.Tx, hash string) (freight.Carrier, error) {
	return the(ctx, tx, carriers(), "", "key_hash = $1 AND key_hash <> '' AND closed = 0", hash)
}

// Carriers reads all carriers by name.
func (db *DB) Carriers(ctx context.Context, tx seawall.Tx) ([]freight.Carrier, error) {
	return carriers().list(ctx, tx, "ORDER BY name, id")
}

// SaveServiceArea writes a service area.
func (db *DB) SaveServiceArea(ctx context.Context, tx seawall.Tx, a freight.ServiceArea) error {
	return serviceAreas().put(ctx, tx, a)
}

// ServiceArea reads a service area.
func (db *DB) ServiceArea(ctx context.Context, tx seawall.Tx, id seawall.ServiceAreaID) (freight.ServiceArea, error) {
	return serviceAreas().get(ctx, tx, string(id))
}

// ServiceAreas reads all service areas along their roads.
func (db *DB) ServiceAreas(ctx context.Context, tx seawall.Tx) ([]freight.ServiceArea, error) {
	return serviceAreas().list(ctx, tx, "ORDER BY road, id")
}

// SaveVisit writes a stay of a vehicle.
func (db *DB) SaveVisit(ctx context.Context, tx seawall.Tx, v freight.Visit) error {
	return areaVisits().put(ctx, tx, v)
}

// Visit reads a stay of a vehicle.
func (db *DB) Visit(ctx context.Context, tx seawall.Tx, id string) (freight.Visit, error) {
	return areaVisits().get(ctx, tx, id)
}

// VisitsOfTrip reads the stays of a trip in their order.
func (db *DB) VisitsOfTrip(ctx context.Context, tx seawall.Tx, id seawall.TripID) ([]freight.Visit, error) {
	return areaVisits().list(ctx, tx, "WHERE trip = $1 AND trip <> '' ORDER BY in_at, id", string(id))
}

// VisitsAt reads the stays in a service area that touch [from, to), newest first.
func (db *DB) VisitsAt(ctx context.Context, tx seawall.Tx, id seawall.ServiceAreaID, from, to time.Time) ([]freight.Visit, error) {
	return areaVisits().list(ctx, tx, "WHERE service_area = $1 AND in_at < $2 AND (out_at = 0 OR out_at > $3) ORDER BY in_at DESC, id DESC",
		string(id), microsOf(to), microsOf(from))
}

// ExposedVisits reads the stays that a notice names, newest first.
func (db *DB) ExposedVisits(ctx context.Context, tx seawall.Tx, since time.Time) ([]freight.Visit, error) {
	return areaVisits().list(ctx, tx, "WHERE told > 0 AND told >= $1 ORDER BY told DESC, id DESC", microsOf(since))
}

// SaveClosure writes an order that closes a road.
func (db *DB) SaveClosure(ctx context.Context, tx seawall.Tx, c freight.Closure) error {
	return closures().put(ctx, tx, c)
}

// Closure reads an order that closes a road.
func (db *DB) Closure(ctx context.Context, tx seawall.Tx, id seawall.ClosureID) (freight.Closure, error) {
	return closures().get(ctx, tx, string(id))
}

// Closures reads the orders that last beyond an instant, the next to end first.
func (db *DB) Closures(ctx context.Context, tx seawall.Tx, since time.Time) ([]freight.Closure, error) {
	return closures().list(ctx, tx, "WHERE until_at >= $1 ORDER BY until_at, id", microsOf(since))
}
