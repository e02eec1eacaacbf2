package httpapi

import (
	"context"
	"io"

	"github.com/danielgtaylor/huma/v2"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/intake"
	"github.com/seawall-city/seawall/internal/response"
)

// importForm is a file with what the sender says about it.
type importForm struct {
	File      huma.FormFile `form:"file" required:"true"`
	Kind      string        `form:"kind" doc:"areas, linelist, contacts, links, followups or results"`
	Disease   string        `form:"disease"`
	Source    string        `form:"source" doc:"whose ids the file's are; default the file's name"`
	Encoding  string        `form:"encoding"`
	Delimiter string        `form:"delimiter"`
	Sheet     string        `form:"sheet"`
}

// mapped is a request body with an edited mapping; without one the suggested
// mapping stands.
type mapped struct {
	Mapping *intake.Mapping `json:"mapping,omitempty"`
}

func (s *Server) importRoutes() {
	handle(s, signedIn, "POST", "/imports", "preview-import", "Send a file; nothing is taken from it yet",
		func(ctx context.Context, who response.Who, in *struct {
			RawBody huma.MultipartFormFiles[importForm]
		}) (response.ImportPreview, error) {
			f := in.RawBody.Data()
			defer f.File.Close()
			b, err := io.ReadAll(f.File)
			if err != nil {
				return response.ImportPreview{}, seawall.E("httpapi.preview-import", seawall.Invalid, "input_malformed")
			}
			return s.d.Main.PreviewImport(ctx, who, response.ImportFile{Kind: intake.Kind(f.Kind), Disease: f.Disease, Source: f.Source,
				Name: f.File.Filename, Data: b,
				ReadOptions: intake.ReadOptions{Encoding: f.Encoding, Delimiter: f.Delimiter, Sheet: f.Sheet}})
		})
	handle(s, signedIn, "POST", "/imports/{id}/dry-run", "dry-run-import", "What running it would do",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body mapped
		}) (response.ImportReport, error) {
			return s.d.Main.DryRunImport(ctx, who, seawall.ImportID(in.ID), in.Body.Mapping)
		})
	handle(s, signedIn, "POST", "/imports/{id}/run", "run-import", "Run it in the background; ask for its progress",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Body mapped
		}) (casebook.Import, error) {
			return s.d.Main.StartImport(ctx, who, seawall.ImportID(in.ID), in.Body.Mapping)
		})
	handle(s, signedIn, "POST", "/imports/{id}/cancel", "cancel-import", "Stop it where it is; what was accepted stays",
		func(ctx context.Context, who response.Who, in *IDPath) (casebook.Import, error) {
			return s.d.Main.CancelImport(ctx, who, seawall.ImportID(in.ID))
		})
	handle(s, signedIn, "GET", "/imports", "list-imports", "Imports, newest first",
		func(ctx context.Context, who response.Who, in *Paging) (response.List[casebook.Import], error) {
			return s.d.Main.Imports(ctx, who, in.page())
		})
	handle(s, signedIn, "GET", "/imports/{id}", "get-import", "Progress, counts and problems",
		func(ctx context.Context, who response.Who, in *IDPath) (response.ImportReport, error) {
			return s.d.Main.ImportReport(ctx, who, seawall.ImportID(in.ID))
		})
	huma.Register(s.api, huma.Operation{OperationID: "import-rejects", Method: "GET", Path: "/api/v1/imports/{id}/rejects.csv",
		Summary: "The rejected rows with their reasons, to be mended and sent again", Middlewares: huma.Middlewares{s.gate("import-rejects")}},
		func(ctx context.Context, in *IDPath) (*file, error) {
			rq := requestOf(ctx)
			b, err := s.d.Main.ImportRejects(ctx, rq.who, seawall.ImportID(in.ID), func(code string, args map[string]string) string {
				return s.d.Texts.Render(rq.lang, code, args)
			})
			if err != nil {
				return nil, s.problem(ctx, err)
			}
			return &file{ContentType: "text/csv; charset=utf-8", Disposition: `attachment; filename="rejects.csv"`, Body: b}, nil
		})
}

// file is an answer that is saved, not shown.
type file struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}
