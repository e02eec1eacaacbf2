package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/intake"
	"github.com/seawall-city/seawall/internal/response"
)

// remote speaks to the running server over its local socket.
type remote struct {
	socket string
	lang   string
}

// pollEvery is how often the progress of a running import is asked for.
const pollEvery = 200 * time.Millisecond

// importFile sends a file, sets it going and follows it to its end.
func (r *remote) importFile(ctx context.Context, in response.ImportFile, over *intake.Mapping, progress func(done, rows int)) (response.ImportReport, error) {
	var out response.ImportReport
	body, kind, err := importForm(in)
	if err != nil {
		return out, err
	}
	var p struct {
		Import  casebook.Import `json:"import"`
		Mapping intake.Mapping  `json:"mapping"`
	}
	if err := r.call(ctx, http.MethodPost, "/imports", kind, body, &p); err != nil {
		return out, err
	}
	set := map[string]any{}
	if over != nil {
		set["mapping"] = p.Mapping.Over(*over)
	}
	b, err := json.Marshal(set)
	if err != nil {
		return out, err
	}
	path := "/imports/" + string(p.Import.ID)
	if err := r.call(ctx, http.MethodPost, path+"/run", "application/json", bytes.NewReader(b), &casebook.Import{}); err != nil {
		return out, err
	}
	t := time.NewTicker(pollEvery)
	defer t.Stop()
	for {
		if err := r.call(ctx, http.MethodGet, path, "", nil, &out); err != nil {
			return out, err
		}
		progress(out.Accepted+out.Rejected+out.Unchanged, out.Rows)
		if out.Import.State != casebook.ImportRunning {
			return out, nil
		}
		select {
		case <-ctx.Done():
			return out, ctx.Err()
		case <-t.C:
		}
	}
}

// importForm is a file with what the sender says about it as a multipart body.
func importForm(in response.ImportFile) (io.Reader, string, error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, f := range [][2]string{{"kind", string(in.Kind)}, {"disease", in.Disease}, {"source", in.Source},
		{"encoding", in.Encoding}, {"delimiter", in.Delimiter}, {"sheet", in.Sheet}} {
		if f[1] == "" {
			continue
		}
		if err := w.WriteField(f[0], f[1]); err != nil {
			return nil, "", err
		}
	}
	part, err := w.CreateFormFile("file", in.Name)
	if err != nil {
		return nil, "", err
	}
	if _, err := part.Write(in.Data); err != nil {
		return nil, "", err
	}
	return &b, w.FormDataContentType(), w.Close()
}

// call sends one request and decodes the answer; a problem answer becomes an
// error with the server's own words.
func (r *remote) call(ctx context.Context, method, path, contentType string, body io.Reader, into any) error {
	const op = "cli.call"
	rq, err := http.NewRequestWithContext(ctx, method, "http://seawall/api/v1"+path, body)
	if err != nil {
		return &seawall.Error{Op: op, Err: err}
	}
	rq.Header.Set("Accept-Language", r.lang)
	if contentType != "" {
		rq.Header.Set("Content-Type", contentType)
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "unix", r.socket)
		}}}
	answer, err := client.Do(rq)
	if err != nil {
		return &seawall.Error{Op: op, Kind: seawall.Unavailable, Code: "kind_unavailable", Err: err}
	}
	defer answer.Body.Close()
	if answer.StatusCode >= 300 {
		return problemIn(answer)
	}
	return json.NewDecoder(answer.Body).Decode(into)
}

// problemIn is an RFC 9457 answer as an error that reads as the server wrote it.
func problemIn(answer *http.Response) error {
	var p struct {
		Title  string `json:"title"`
		Detail string `json:"detail"`
		Errors []struct {
			Field   string `json:"field"`
			Message string `json:"message"`
		} `json:"errors"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&p); err != nil {
		return fmt.Errorf("%s", answer.Status)
	}
	text := p.Detail
	if text == "" {
		text = p.Title
	}
	for _, f := range p.Errors {
		text += "\n  " + f.Field + ": " + f.Message
	}
	return fmt.Errorf("%s", text)
}
