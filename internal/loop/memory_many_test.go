package loop_test

import (
	"context"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/loop"
)

func (m *memory) ClocksByID(_ context.Context, _ seawall.Tx, ids []seawall.ClockID) ([]loop.Clock, error) {
	var out []loop.Clock
	for _, id := range ids {
		if c, ok := m.clocks[id]; ok {
			out = append(out, c)
		}
	}
	return out, nil
}

func (m *memory) LoopsByID(_ context.Context, _ seawall.Tx, ids []seawall.LoopID) ([]loop.Loop, error) {
	var out []loop.Loop
	for _, id := range ids {
		if l, ok := m.loops[id]; ok {
			out = append(out, l)
		}
	}
	return out, nil
}

func (m *memory) StepsOfLoops(ctx context.Context, tx seawall.Tx, ids []seawall.LoopID) ([]loop.Step, error) {
	var out []loop.Step
	for _, id := range ids {
		s, _ := m.StepsOf(ctx, tx, id)
		out = append(out, s...)
	}
	return out, nil
}

func (m *memory) SeriesOfLoops(ctx context.Context, tx seawall.Tx, ids []seawall.LoopID) ([]loop.Series, error) {
	var out []loop.Series
	for _, id := range ids {
		s, _ := m.SeriesOf(ctx, tx, id)
		out = append(out, s...)
	}
	return out, nil
}
