package httpapi

import (
	"context"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/goods"
	"github.com/seawall-city/seawall/internal/response"
)

type lotsIn struct {
	Paging
	State string `query:"state" doc:"one or several of expected, held, sealed, released, disposed; those that are not released where it is left out"`
	Kind  string `query:"kind"`
	Area  string `query:"area"`
	Q     string `query:"q" doc:"the number, by its beginning"`
}

type pointsIn struct {
	Area string `query:"area"`
}

// goodsRoutes are lots, parcels and the places that are sampled.
func (s *Server) goodsRoutes() {
	handle(s, signedIn, "GET", "/lots", "list-lots", "Goods and parcels, the newest first, with counts by state",
		func(ctx context.Context, who response.Who, in *lotsIn) (response.GoodsBoard, error) {
			return s.d.Main.Lots(ctx, who, response.LotFilter{States: split(in.State), Kind: in.Kind, Area: seawall.AreaID(in.Area), Text: in.Q}, in.page())
		})
	handle(s, signedIn, "POST", "/lots", "record-lot", "Record a lot of goods or a parcel from abroad or a graded area",
		func(ctx context.Context, who response.Who, in *struct{ Body response.NewLot }) (goods.Lot, error) {
			return s.d.Main.RecordLot(ctx, who, in.Body)
		})
	handle(s, signedIn, "GET", "/lots/{id}", "get-lot", "A lot with what its release needs, its samples, its custody and its trace",
		func(ctx context.Context, who response.Who, in *IDPath) (response.LotView, error) {
			return s.d.Main.LotView(ctx, who, seawall.LotID(in.ID))
		})
	handle(s, signedIn, "GET", "/goods-rules", "list-goods-rules", "What each kind of goods needs before release, by day",
		func(ctx context.Context, who response.Who, _ *struct{}) (response.List[*goods.Rules], error) {
			return s.d.Main.GoodsRules(ctx, who)
		})
	s.lotWorkRoutes()
	s.lotDecisionRoutes()
	s.pointRoutes()
	s.sampleRoutes()
}

// lotWorkRoutes are what is recorded of one lot.
func (s *Server) lotWorkRoutes() {
	handle(s, signedIn, "POST", "/lots/{id}/arrive", "arrive-lot", "A lot has come and is held",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body response.LotArrival
		}) (goods.Lot, error) {
			return s.d.Main.ArriveLot(ctx, who, seawall.LotID(in.ID), in.Body)
		})
	handle(s, signedIn, "POST", "/lots/{id}/samples", "sample-lot", "Record a sample of a lot",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body response.NewSample
		}) (goods.Sample, error) {
			return s.d.Main.SampleLot(ctx, who, seawall.LotID(in.ID), in.Body)
		})
	handle(s, signedIn, "POST", "/lots/{id}/results", "lot-result", "The result of a sample of a lot, by its accession number; a positive seals, traces and opens the investigation",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body response.GoodsResult
		}) (response.ToldSample, error) {
			return s.d.Main.LotResult(ctx, who, seawall.LotID(in.ID), in.Body)
		})
	handle(s, signedIn, "POST", "/lots/{id}/disinfect", "disinfect-lot", "Record a disinfection of a lot",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body response.NewTreatment
		}) (goods.Treatment, error) {
			return s.d.Main.DisinfectLot(ctx, who, seawall.LotID(in.ID), in.Body)
		})
	handle(s, signedIn, "POST", "/lots/{id}/workers", "lot-workers", "Name who worked on a lot; after a positive they are proposed as contacts",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body response.NewWorkers
		}) (response.NamedWorkers, error) {
			return s.d.Main.LotWorkers(ctx, who, seawall.LotID(in.ID), in.Body)
		})
	handle(s, signedIn, "POST", "/lots/{id}/hand-over", "hand-over-lot", "Offer a lot to whoever takes it over",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body response.NewLotLeg
		}) (goods.Lot, error) {
			return s.d.Main.OfferLot(ctx, who, seawall.LotID(in.ID), in.Body)
		})
	handle(s, signedIn, "POST", "/lots/{id}/accept", "accept-lot", "Take a lot over that was offered",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body response.TakeLeg
		}) (goods.Lot, error) {
			return s.d.Main.AcceptLot(ctx, who, seawall.LotID(in.ID), in.Body)
		})
}

// lotDecisionRoutes are what is decided about one lot.
func (s *Server) lotDecisionRoutes() {
	handle(s, signedIn, "POST", "/lots/{id}/release", "release-lot", "Release a lot; refused where a required record is missing",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body response.LotDecision
		}) (goods.Lot, error) {
			return s.d.Main.ReleaseLot(ctx, who, seawall.LotID(in.ID), in.Body)
		})
	handle(s, signedIn, "POST", "/lots/{id}/seal", "seal-lot", "Seal a held lot, with the reason",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body response.LotDecision
		}) (goods.Lot, error) {
			return s.d.Main.SealLot(ctx, who, seawall.LotID(in.ID), in.Body)
		})
	handle(s, signedIn, "POST", "/lots/{id}/dispose", "dispose-lot", "Destroy a sealed lot or send it back, with the reason",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body response.LotDecision
		}) (goods.Lot, error) {
			return s.d.Main.DisposeLot(ctx, who, seawall.LotID(in.ID), in.Body)
		})
}

// sampleRoutes take results back.
func (s *Server) sampleRoutes() {
	handle(s, signedIn, "POST", "/samples/{id}/retract", "retract-sample", "Retract a false result of goods or a place, and all that hung on it",
		func(ctx context.Context, who response.Who, in *retractIn) (response.Retracted, error) {
			return s.retract(ctx, who, seawall.KindSample, in)
		})
}

// pointRoutes are the places whose surfaces, air or water are sampled.
func (s *Server) pointRoutes() {
	handle(s, signedIn, "GET", "/points", "list-points", "Places that are sampled, the ones due first in front",
		func(ctx context.Context, who response.Who, in *pointsIn) (response.List[response.PointRow], error) {
			return s.d.Main.Points(ctx, who, seawall.AreaID(in.Area))
		})
	handle(s, signedIn, "POST", "/points", "add-point", "Record a place that is sampled",
		func(ctx context.Context, who response.Who, in *struct{ Body response.NewPoint }) (goods.Point, error) {
			return s.d.Main.AddPoint(ctx, who, in.Body)
		})
	handle(s, signedIn, "GET", "/points/{id}", "get-point", "A place with its samples and what a positive opened",
		func(ctx context.Context, who response.Who, in *IDPath) (response.PointView, error) {
			return s.d.Main.PointView(ctx, who, seawall.PointID(in.ID))
		})
	handle(s, signedIn, "POST", "/points/{id}/samples", "sample-point", "Record a sample of a place",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body response.NewSample
		}) (goods.Sample, error) {
			return s.d.Main.SamplePoint(ctx, who, seawall.PointID(in.ID), in.Body)
		})
	handle(s, signedIn, "POST", "/points/{id}/results", "point-result", "The result of a sample of a place, by its accession number",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body response.GoodsResult
		}) (response.ToldSample, error) {
			return s.d.Main.PointResult(ctx, who, seawall.PointID(in.ID), in.Body)
		})
	handle(s, signedIn, "POST", "/points/{id}/disinfect", "disinfect-point", "Record a disinfection of a place",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body response.NewTreatment
		}) (goods.Treatment, error) {
			return s.d.Main.DisinfectPoint(ctx, who, seawall.PointID(in.ID), in.Body)
		})
	handle(s, signedIn, "POST", "/points/{id}/workers", "point-workers", "Name who worked at a place; after a positive they are proposed as contacts",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body response.NewWorkers
		}) (response.NamedWorkers, error) {
			return s.d.Main.PointWorkers(ctx, who, seawall.PointID(in.ID), in.Body)
		})
}
