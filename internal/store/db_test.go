package store_test

import (
	"context"
	"testing"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/store"
	"github.com/seawall-city/seawall/internal/store/storetest"
)

func TestBothDatabasesOpenAndMigrate(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		err := db.Write(context.Background(), seawall.System("test"), func(tx seawall.Tx) error {
			if !tx.Now().Equal(storetest.Start()) {
				t.Errorf("the transaction's time is %v, want the clock's %v", tx.Now(), storetest.Start())
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
