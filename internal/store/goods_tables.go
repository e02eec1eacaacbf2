package store

import (
	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/goods"
)

var _ goods.Store = (*DB)(nil)

func lots() *table[goods.Lot] {
	return &table[goods.Lot]{
		kind: seawall.KindLot, name: "lot",
		cols: names(`id no kind name quantity unit origin mark consignee place area trip parent root state before_state rules
			arrived_at touched_at sealed_at released_at released_by positive reason invented loop_id owner owner_name created_at version`),
		fields: func(l *goods.Lot) []any {
			return with(&l.ID, &l.No, &l.Kind, &l.Name, &l.Quantity, &l.Unit, &l.Origin, &l.Mark, &l.Consignee, &l.Place, &l.Area, &l.Trip,
				&l.Parent, &l.Root, &l.State, &l.Before, &l.Rules, ts(&l.ArrivedAt), ts(&l.TouchedAt), ts(&l.SealedAt), ts(&l.ReleasedAt),
				&l.ReleasedBy, &l.Positive, &l.Reason, flag(&l.Invented), &l.Loop, &l.Owner, &l.OwnerName, ts(&l.CreatedAt), &l.Version)
		},
		id:      func(l *goods.Lot) string { return string(l.ID) },
		version: func(l *goods.Lot) int { return l.Version },
	}
}

func samplePoints() *table[goods.Point] {
	return &table[goods.Point]{
		kind: seawall.KindPoint, name: "sample_point",
		cols: names("id no kind name area every_days sampled_at positive closed invented loop_id owner owner_name created_at version"),
		fields: func(p *goods.Point) []any {
			return with(&p.ID, &p.No, &p.Kind, &p.Name, &p.Area, &p.EveryDays, ts(&p.SampledAt), &p.Positive, flag(&p.Closed), flag(&p.Invented),
				&p.Loop, &p.Owner, &p.OwnerName, ts(&p.CreatedAt), &p.Version)
		},
		id:      func(p *goods.Point) string { return string(p.ID) },
		version: func(p *goods.Point) int { return p.Version },
	}
}

func goodsSamples() *table[goods.Sample] {
	return &table[goods.Sample]{
		kind: seawall.KindSample, name: "goods_sample",
		cols: names(`id about accession what spots collected by_name outcome value lab resulted disease state reason area
			investigation disinfection version`),
		fields: func(s *goods.Sample) []any {
			return with(&s.ID, ref(&s.About), &s.Accession, &s.What, &s.Spots, ts(&s.Collected), &s.By, &s.Outcome, &s.Value, &s.Lab,
				ts(&s.Resulted), &s.Disease, &s.State, &s.Reason, &s.Area, &s.Investigation, &s.Disinfection, &s.Version)
		},
		id:      func(s *goods.Sample) string { return s.ID },
		version: func(s *goods.Sample) int { return s.Version },
	}
}

func treatments() *table[goods.Treatment] {
	return &table[goods.Treatment]{
		kind: seawall.KindTreatment, name: "goods_treatment",
		cols: names("id about what agent strength minutes at by_name note version"),
		fields: func(t *goods.Treatment) []any {
			return with(&t.ID, ref(&t.About), &t.What, &t.Agent, &t.Strength, &t.Minutes, ts(&t.At), &t.By, &t.Note, &t.Version)
		},
		id:      func(t *goods.Treatment) string { return t.ID },
		version: func(t *goods.Treatment) int { return t.Version },
	}
}

func lotLegs() *table[goods.Leg] {
	return &table[goods.Leg]{
		kind: seawall.KindLotLeg, name: "lot_leg",
		cols: names("id lot giver receiver place area offered accepted ended by_name note version"),
		fields: func(l *goods.Leg) []any {
			return with(&l.ID, &l.Lot, &l.Giver, &l.Receiver, &l.Place, &l.Area, ts(&l.Offered), ts(&l.Accepted), ts(&l.Ended), &l.By, &l.Note,
				&l.Version)
		},
		id:      func(l *goods.Leg) string { return l.ID },
		version: func(l *goods.Leg) int { return l.Version },
	}
}

func goodsWorkers() *table[goods.Worker] {
	return &table[goods.Worker]{
		kind: seawall.KindWorker, name: "goods_worker",
		cols: names("id about person mask work unit on_day contact sample version"),
		fields: func(w *goods.Worker) []any {
			return with(&w.ID, ref(&w.About), &w.Person, &w.Mask, &w.Work, &w.Unit, civil(&w.On), &w.Contact, &w.Sample, &w.Version)
		},
		id:      func(w *goods.Worker) string { return w.ID },
		version: func(w *goods.Worker) int { return w.Version },
	}
}
