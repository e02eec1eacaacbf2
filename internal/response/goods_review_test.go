package response_test

import (
	"fmt"
	"testing"

	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/goods"
	"github.com/seawall-city/seawall/internal/response"
)

// Whoever worked on a lot that is sealed with a positive one, or that is positive
// later, becomes a candidate too, and once. IMP-08.
func TestWorkersOfEverySealedLotAreProposed(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		lot := func(parent goods.Lot, mark string) goods.Lot {
			l, err := o.main.RecordLot(o.ctx, o.cityDesk, response.NewLot{Kind: "cold_chain", Name: "冻虾", Origin: "EC", Mark: mark, Area: county, Parent: parent.ID})
			o.ok(err)
			l, err = o.main.ArriveLot(o.ctx, o.cityDesk, l.ID, response.LotArrival{Place: "冷库", Area: county})
			o.ok(err)
			worker := o.someone()
			named, err := o.main.LotWorkers(o.ctx, o.cityDesk, l.ID, response.NewWorkers{Request: worker.Request,
				Workers: []response.NewWorker{{Identity: worker.Identity, Work: "卸货"}}})
			o.ok(err)
			if len(named.Workers) != 1 {
				t.Fatalf("named: %+v", named)
			}
			return l
		}
		positive := func(l goods.Lot, n int) response.ToldSample {
			number := fmt.Sprintf("G-%d", n)
			_, err := o.main.SampleLot(o.ctx, o.cityDesk, l.ID, response.NewSample{Accession: number, What: "outer"})
			o.ok(err)
			told, err := o.main.LotResult(o.ctx, o.lab, l.ID, response.GoodsResult{Accession: number, Outcome: goods.Positive, Lab: "L1"})
			o.ok(err)
			return told
		}
		whole := lot(goods.Lot{}, "MSKU1")
		part := lot(whole, "MSKU1-1")
		first := positive(part, 1)
		if len(first.Sealed) != 2 || len(first.Candidates) != 2 {
			t.Errorf("a part is positive: %d sealed, %d candidates", len(first.Sealed), len(first.Candidates))
		}
		if told := positive(whole, 2); len(told.Candidates) != 0 {
			t.Errorf("they are candidates already: %+v", told.Candidates)
		}
		_, err := o.main.Retract(o.ctx, o.epi, response.Retraction{Ref: first.Sample.Ref(), Reason: "实验室污染"})
		o.ok(err)
		for _, c := range first.Candidates {
			if now := o.contact(c.ID).Contact; now.State != casebook.Withdrawn {
				t.Errorf("a candidate of the result that was taken back is %s", now.State)
			}
		}
		o.place()
		o.refolds()
	})
}
