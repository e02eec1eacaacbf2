package proof

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// promises are what the server acknowledged; all of it must be there afterwards.
type promises struct {
	mu sync.Mutex
	// imports were started; each must end with all its rows taken.
	imports []started
	// confirmed are contacts whose confirmation was answered, done steps whose
	// completion was.
	confirmed []string
	done      []string
	// clock is the latest time that the story's clock was said to have reached.
	clock time.Time
}

// started is an import that the server promised to run.
type started struct {
	id, kind, source string
	rows             int
}

func (p *promises) add(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f()
}

// round is one stretch of work that ends with a kill.
type round struct {
	t    *testing.T
	s    *site
	p    *promises
	name string
}

// run works in three threads until the context ends or the server is gone.
func (r *round) run(ctx context.Context, rnd *rand.Rand) {
	var threads sync.WaitGroup
	for i, work := range []func(context.Context, *rand.Rand) error{r.facts, r.bulk, r.evening} {
		own := rand.New(rand.NewPCG(rnd.Uint64(), uint64(i)))
		threads.Go(func() { r.judge(ctx, work(ctx, own)) })
	}
	threads.Wait()
}

// judge reports an error that a kill does not explain.
func (r *round) judge(ctx context.Context, err error) {
	var away *gone
	if err == nil || errors.As(err, &away) {
		return
	}
	r.t.Errorf("%s: %v", r.name, err)
}

// facts imports a history of cases, which opens no duty.
func (r *round) facts(ctx context.Context, rnd *rand.Rand) error {
	for n := 0; ; n++ {
		var b strings.Builder
		b.WriteString("编号,姓名,性别,年龄,联系电话,区域,发病日期,报告日期,转归\n")
		rows := 200 + rnd.IntN(400)
		for i := range rows {
			fmt.Fprintf(&b, "H-%d,%s,%s,%d,%s,320924109,2020-02-%02d,2020-02-%02d,治愈\n", i, person(rnd), pick(rnd, "男", "女"),
				1+rnd.IntN(80), phone(rnd), 1+i%14, 15+i%14)
		}
		if err := r.importFile(ctx, "linelist", fmt.Sprintf("%s-facts-%d", r.name, n), b.String(), rows); err != nil {
			return err
		}
	}
}

// importFile sends a file, starts it and waits until it is done.
func (r *round) importFile(ctx context.Context, kind, source, text string, rows int) error {
	id, err := r.s.upload(ctx, kind, source, source+".csv", text)
	if err != nil {
		return err
	}
	if err := r.s.call(ctx, "POST", "/imports/"+id+"/run", map[string]any{}, nil); err != nil {
		return err
	}
	r.p.add(func() { r.p.imports = append(r.p.imports, started{id: id, kind: kind, source: source, rows: rows}) })
	return waitImport(ctx, r.s, id)
}

// importState is what the proof looks at of an import.
type importState struct {
	Import struct {
		State string `json:"state"`
	} `json:"import"`
	Rows      int `json:"rows"`
	Accepted  int `json:"accepted"`
	Rejected  int `json:"rejected"`
	Unchanged int `json:"unchanged"`
}

// waitImport asks for the progress of an import until it has ended.
func waitImport(ctx context.Context, s *site, id string) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		var st importState
		if err := s.call(ctx, "GET", "/imports/"+id, nil, &st); err != nil {
			return err
		}
		if st.Import.State == "done" {
			return nil
		}
		if st.Import.State != "running" && st.Import.State != "waiting" {
			return fmt.Errorf("import %s is %q", id, st.Import.State)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return &gone{ctx.Err()}
		}
	}
}

// bulk confirms all candidates at once, which opens their follow-ups, records a
// follow-up for all who are followed, and imports further contacts of the
// story's case.
func (r *round) bulk(ctx context.Context, rnd *rand.Rand) error {
	for n := 0; ; n++ {
		all := map[string]any{"disease": "covid-19", "states": []string{"candidate"}}
		if err := r.many(ctx, "/contacts/confirm", map[string]any{"query": all}); err != nil {
			return err
		}
		all = map[string]any{"disease": "covid-19", "states": []string{"following"}}
		err := r.many(ctx, "/contacts/bulk", map[string]any{"query": all, "action": "followup",
			"followup": map[string]any{"day": "", "status": "well", "temperature": 36.5}})
		if err != nil {
			return err
		}
		var b strings.Builder
		b.WriteString("编号,姓名,性别,年龄,联系电话,区域,病例编号,密接类别,末次接触日期\n")
		rows := 20 + rnd.IntN(80)
		for i := range rows {
			fmt.Fprintf(&b, "K-%d,%s,%s,%d,%s,320924109,C-2022-0003,close,2022-03-2%d\n", i, person(rnd), pick(rnd, "男", "女"),
				1+rnd.IntN(80), phone(rnd), 5+i%3)
		}
		if err := r.importFile(ctx, "contacts", fmt.Sprintf("%s-bulk-%d", r.name, n), b.String(), rows); err != nil {
			return err
		}
	}
}

// many runs an action over many contacts and notes whom it was done for.
func (r *round) many(ctx context.Context, path string, body any) error {
	var answer struct {
		Outcomes []struct {
			ID     string `json:"id"`
			Result string `json:"result"`
		} `json:"outcomes"`
	}
	err := r.s.call(ctx, "POST", path, body, &answer)
	var no *refusal
	if errors.As(err, &no) && no.Code == "selection_empty" {
		return nil
	}
	if err != nil {
		return err
	}
	r.p.add(func() {
		for _, o := range answer.Outcomes {
			if o.Result == "done" {
				r.p.confirmed = append(r.p.confirmed, o.ID)
			}
		}
	})
	return nil
}

// evening works steps off and moves the story's clock on, past cut-offs too, so
// that clocks fire.
func (r *round) evening(ctx context.Context, rnd *rand.Rand) error {
	for {
		var list struct {
			Items []struct {
				ID      string `json:"id"`
				Needs   string `json:"needs"`
				Version int    `json:"version"`
			} `json:"items"`
		}
		if err := r.s.call(ctx, "GET", "/steps?limit=50", nil, &list); err != nil {
			return err
		}
		rnd.Shuffle(len(list.Items), func(i, j int) { list.Items[i], list.Items[j] = list.Items[j], list.Items[i] })
		for _, step := range list.Items[:min(len(list.Items), rnd.IntN(12))] {
			if step.Needs != "note" && step.Needs != "" {
				continue
			}
			err := r.s.call(ctx, "POST", "/steps/"+step.ID+"/done",
				map[string]any{"version": step.Version, "kind": "note", "text": "done by telephone"}, nil)
			if expected(err) {
				continue
			}
			if err != nil {
				return err
			}
			r.p.add(func() { r.p.done = append(r.p.done, step.ID) })
		}
		var clock struct {
			Now time.Time `json:"now"`
		}
		if err := r.s.call(ctx, "POST", "/demo/clock", map[string]any{"advance": pick(rnd, "1h", "30m", "cutoff")}, &clock); err != nil {
			return err
		}
		r.p.add(func() { r.p.clock = clock.Now })
	}
}

// expected tells a refusal that another thread explains: the step was changed or
// closed meanwhile, or its evidence is of another kind.
func expected(err error) bool {
	var no *refusal
	return errors.As(err, &no) && (no.Status == http.StatusConflict || no.Status == http.StatusUnprocessableEntity ||
		no.Status == http.StatusBadRequest)
}

func pick(rnd *rand.Rand, list ...string) string { return list[rnd.IntN(len(list))] }

// person gives an invented name, phone a number of a range that is not in use.
func person(rnd *rand.Rand) string {
	return pick(rnd, "林", "沈", "唐", "薛", "顾", "段", "贺", "庄") + pick(rnd, "晓", "文", "志", "雅", "思", "子") +
		pick(rnd, "岚", "峰", "琪", "涵", "舟", "宁", "哲", "禾")
}

func phone(rnd *rand.Rand) string { return fmt.Sprintf("154%08d", rnd.IntN(100_000_000)) }
