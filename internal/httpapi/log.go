package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/auth"
	"github.com/seawall-city/seawall/internal/ledger"
	"github.com/seawall-city/seawall/internal/response"
)

type eventsIn struct {
	Cursor  string `query:"cursor"`
	Limit   int    `query:"limit" default:"100" minimum:"1" maximum:"1000"`
	Subject string `query:"subject" doc:"kind/id"`
	Type    string `query:"type" doc:"a type, or a family with a trailing dot"`
	Area    string `query:"area"`
	Oldest  bool   `query:"oldest" doc:"oldest first"`
}

// logState is the newest checkpoint and how far the log has got.
type logState struct {
	Checkpoint string `json:"checkpoint"`
	Key        string `json:"key" doc:"the public key that verifies the checkpoint"`
	Size       int64  `json:"size"`
	Waiting    int64  `json:"waiting"`
}

// verification is the outcome of a check of the whole log.
type verification struct {
	OK     bool           `json:"ok"`
	Took   string         `json:"took"`
	Report *ledger.Report `json:"report"`
	// Problems are the report's problems as sentences.
	Problems []string `json:"problems"`
}

func (s *Server) logRoutes() {
	handle(s, signedIn, "GET", "/events", "list-events", "The log, newest first", s.listEvents)
	handle(s, signedIn, "GET", "/log", "log-state", "Checkpoint, key and size of the log",
		func(ctx context.Context, who response.Who, _ *none) (logState, error) {
			if err := s.allow(who, auth.LogRead, auth.Resource{Kind: seawall.KindSystem}); err != nil {
				return logState{}, err
			}
			var st logState
			err := s.d.Work.Read(ctx, func(tx seawall.Tx) (err error) {
				if st.Size, st.Checkpoint, err = s.d.Ledger.Size(ctx, tx); err == nil {
					st.Waiting, err = s.d.Ledger.WaitingCount(ctx, tx)
				}
				return err
			})
			st.Key = s.d.LogKey
			return st, err
		})
	handle(s, signedIn, "POST", "/log/verify", "verify-log", "Recompute the whole log from the stored events",
		func(ctx context.Context, who response.Who, in *struct {
			Body struct {
				Earlier string `json:"earlier" doc:"a checkpoint kept elsewhere, to be continued"`
			}
		}) (verification, error) {
			if err := s.allow(who, auth.LogVerify, auth.Resource{Kind: seawall.KindSystem}); err != nil {
				return verification{}, err
			}
			took := s.d.Stopwatch()
			rep, err := ledger.Verify(ctx, s.d.Work, s.d.Ledger, s.d.LogKey, in.Body.Earlier, nil)
			if err != nil {
				return verification{}, err
			}
			v := verification{OK: rep.OK(), Report: rep, Took: took().Round(time.Millisecond).String(), Problems: []string{}}
			for _, p := range rep.Problems {
				v.Problems = append(v.Problems, s.d.Texts.Render(requestOf(ctx).lang, p.Code, p.Args))
			}
			return v, nil
		})
}

func (s *Server) listEvents(ctx context.Context, who response.Who, in *eventsIn) (response.List[ledger.Event], error) {
	var none response.List[ledger.Event]
	action := auth.LogRead
	if in.Subject != "" {
		action = auth.EventRead
	}
	q := ledger.Query{Type: in.Type, Limit: in.Limit, Newest: !in.Oldest}
	if in.Cursor != "" {
		n, err := strconv.ParseInt(in.Cursor, 10, 64)
		if err != nil {
			return none, seawall.E("httpapi.listEvents", seawall.Invalid, "cursor_malformed")
		}
		q.After = n
	}
	if in.Subject != "" {
		ref, err := seawall.ParseRef(in.Subject)
		if err != nil {
			return none, err
		}
		q.Subject = ref
	}
	scope, err := s.narrow(ctx, who, in.Area)
	if err != nil {
		return none, err
	}
	if err := s.allow(who, action, auth.Resource{Kind: seawall.KindSystem}); err != nil {
		return none, err
	}
	q.Scope = scope
	if in.Area == "" && who.Principal.Path.Within(s.d.City.Path) && who.Principal.Path == s.d.City.Path {
		q.Scope = nil // the city's own desk also sees what belongs to no area
	}
	out := response.List[ledger.Event]{Items: []ledger.Event{}}
	err = s.d.Work.Read(ctx, func(tx seawall.Tx) (err error) {
		if out.Items, err = s.d.Events.Events(ctx, tx, q); err != nil {
			return err
		}
		n, _, err := s.d.Ledger.Size(ctx, tx)
		out.Total = int(n)
		return err
	})
	if err == nil && len(out.Items) == in.Limit {
		out.Next = strconv.FormatInt(out.Items[len(out.Items)-1].Seq, 10)
	}
	// After-images stay in the log; a page has no use for them.
	for i := range out.Items {
		out.Items[i].Changes = nil
	}
	return out, err
}

// allow asks for the decision on what the HTTP layer itself serves.
func (s *Server) allow(who response.Who, a auth.Action, r auth.Resource) error {
	if who.Actor.Kind == seawall.ActorOperator {
		return nil // the machine's own operator acts under the log, not under a role
	}
	return s.d.Auth.Authorize(who.Principal, a, r, "")
}

// tile publishes the log in the form of tlog-tiles; it holds hashes only and is
// open to everybody.
func (s *Server) tile(w http.ResponseWriter, r *http.Request) {
	res, err := s.d.Tiles.Serve(r.Context(), r.PathValue("path"))
	if err != nil {
		s.write(w, r.Context(), err)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	if r.PathValue("path") == "checkpoint" {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	}
	if res.Immutable {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		w.Header().Set("Cache-Control", "no-cache")
	}
	// The client may have gone; there is nobody left to tell.
	_, _ = w.Write(res.Data)
}

// change is one line of the live stream: what changed, not what it says.
type change struct {
	Seq     int64         `json:"seq"`
	Type    string        `json:"type"`
	Subject seawall.Ref   `json:"subject"`
	Related []seawall.Ref `json:"related,omitempty"`
}

// keepAlive is how often a silent stream shows that it lives.
const keepAlive = 20 * time.Second

// stream sends the changes in the asker's areas as server-sent events, from the
// Last-Event-ID on, or from now. It ends with the server and, within keepAlive,
// with the session.
func (s *Server) stream(w http.ResponseWriter, r *http.Request) {
	ctx, stop := context.WithCancel(r.Context())
	defer stop()
	go func() {
		select {
		case <-s.ending:
			stop()
		case <-ctx.Done():
		}
	}()
	rq := requestOf(ctx)
	switch {
	case !rq.signed:
		s.write(w, ctx, seawall.E("httpapi.stream", seawall.Unauthenticated, "sign_in"))
		return
	case rq.who.Principal.MustChange:
		s.write(w, ctx, seawall.E("httpapi.stream", seawall.Denied, "password_must_change"))
		return
	}
	leave, err := s.listening.enter(rq.who.Principal.ID)
	if err != nil {
		s.write(w, ctx, err)
		return
	}
	defer leave()
	after := s.d.Feed.Size()
	if last, err := strconv.ParseInt(r.Header.Get("Last-Event-ID"), 10, 64); err == nil && last >= 0 {
		after = last
	}
	out := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	fmt.Fprintf(w, "retry: 2000\nid: %d\n\n", after)
	asked := s.d.Stopwatch()
	for out.Flush() == nil {
		wait, cancel := context.WithTimeout(ctx, keepAlive)
		_, err := s.d.Feed.Wait(wait, after)
		cancel()
		if ctx.Err() != nil {
			return
		}
		if rq.token != "" && asked() >= keepAlive {
			if alive, err := s.d.Accounts.Alive(ctx, rq.token); err != nil || !alive {
				return
			}
			asked = s.d.Stopwatch()
		}
		if err != nil {
			fmt.Fprint(w, ": alive\n\n")
			continue
		}
		if after, err = s.send(ctx, w, rq.who, after); err != nil {
			s.d.Log.Warn("live changes end", "request", rq.id, "error", err)
			return
		}
	}
}

// hearsAll reports whether somebody may know that records change. Who only keeps
// accounts hears of accounts.
func (s *Server) hearsAll(who response.Who) bool {
	system := auth.Resource{Kind: seawall.KindSystem}
	return s.allow(who, auth.TonightRead, system) == nil || s.allow(who, auth.LogRead, system) == nil
}

// send writes the events after a place and gives the last place looked at.
func (s *Server) send(ctx context.Context, w http.ResponseWriter, who response.Who, after int64) (int64, error) {
	var evs []ledger.Event
	size := s.d.Feed.Size()
	err := s.d.Work.Read(ctx, func(tx seawall.Tx) (err error) {
		evs, err = s.d.Events.Events(ctx, tx, ledger.Query{After: after, Scope: who.Scope, Limit: 500})
		return err
	})
	if err != nil {
		return after, err
	}
	all := s.hearsAll(who)
	for _, ev := range evs {
		if !all && ev.Subject.Kind != seawall.KindPrincipal {
			after = ev.Seq
			continue
		}
		b, err := json.Marshal(change{Seq: ev.Seq, Type: ev.Type, Subject: ev.Subject, Related: ev.Related})
		if err != nil {
			return after, err
		}
		fmt.Fprintf(w, "id: %d\nevent: change\ndata: %s\n\n", ev.Seq, b)
		after = ev.Seq
	}
	if len(evs) < 500 && size > after {
		after = size
	}
	return after, nil
}
