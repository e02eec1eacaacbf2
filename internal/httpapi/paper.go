package httpapi

import (
	"context"
	"html/template"
	"strings"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/protocol"
	"github.com/seawall-city/seawall/internal/response"
)

// paperRoutes print forms of steps and take them back.
func (s *Server) paperRoutes() {
	handle(s, signedIn, "GET", "/steps/{id}/paper", "print-paper", "A step's form to print, with its code",
		func(ctx context.Context, who response.Who, in *struct {
			IDPath
			Lang string `query:"lang" enum:"zh,en" doc:"language of the form; empty is the reader's"`
		}) (response.PaperForm, error) {
			lang := in.Lang
			if lang == "" {
				lang = requestOf(ctx).lang
			}
			out, err := s.d.Main.PrintPaper(ctx, who, seawall.StepID(in.ID), lang)
			if err != nil {
				return out, err
			}
			return out, s.drawPaper(&out, lang)
		})
	handle(s, signedIn, "GET", "/paper/{code}", "find-paper", "The step behind the code of a paper form",
		func(ctx context.Context, who response.Who, in *struct {
			Code string `path:"code"`
		}) (response.KeyedPaper, error) {
			return s.d.Main.PaperByCode(ctx, who, in.Code)
		})
	handle(s, signedIn, "POST", "/paper/{code}", "key-paper", "Key in the answers of a paper form",
		func(ctx context.Context, who response.Who, in *struct {
			Code string `path:"code"`
			Body response.PaperAnswers
		}) (response.KeyedPaper, error) {
			return s.d.Main.KeyPaper(ctx, who, in.Code, in.Body)
		})
}

// drawPaper adds the picture and the page to a paper form. The picture holds the
// address under which a phone keys it in.
func (s *Server) drawPaper(f *response.PaperForm, lang string) (err error) {
	if f.QR, err = qrSVG(s.d.PublicURL + "/field/paper/" + f.Code); err != nil {
		return err
	}
	say := func(key string, args map[string]string) string { return s.d.Texts.Render(lang, key, args) }
	p := paperPage{Lang: lang, Title: f.Step.Title.In(lang), Loop: f.Step.LoopTitle.In(lang), No: f.Step.No, Mask: f.Step.Mask,
		Place: f.Step.Place.In(lang), Help: f.Step.Help.In(lang), Code: f.Code, QR: template.HTML(f.QR),
		By:   say("paper_printed", map[string]string{"by": f.By, "at": f.At.In(s.d.Zone).Format("2006-01-02 15:04")}),
		Due:  say("paper_due", map[string]string{"at": f.Step.Due.In(s.d.Zone).Format("2006-01-02 15:04")}),
		Back: say("paper_back", nil), Cannot: say("paper_cannot", nil), Sign: say("paper_sign", nil), Name: s.d.City.Name.In(lang)}
	if f.Step.Due.IsZero() {
		p.Due = ""
	}
	if !f.Step.Cannot {
		p.Cannot = ""
	}
	p.Lines = s.paperLines(f.Step, lang)
	var b strings.Builder
	if err := paperTemplate().Execute(&b, p); err != nil {
		return &seawall.Error{Op: "httpapi.drawPaper", Err: err}
	}
	f.Page = b.String()
	return nil
}

// paperPage is what the printed page shows.
type paperPage struct {
	Lang, Title, Loop, No, Mask, Place, Help, Code, By, Due, Back, Cannot, Sign, Name string
	QR                                                                                template.HTML
	Lines                                                                             []paperLine
}

// paperLine is one question on paper: boxes to tick, or room to write.
type paperLine struct {
	Label, Unit, Help string
	Required          bool
	Options           []string
	// Room is how many lines there are to write on.
	Room []struct{}
}

// paperLines lays the questions of a step out: its form, else what closes it.
func (s *Server) paperLines(f response.FieldStep, lang string) []paperLine {
	say := func(key string) string { return s.d.Texts.Render(lang, key, nil) }
	room := func(n int) []struct{} { return make([]struct{}, n) }
	var out []paperLine
	switch {
	case f.Form != nil:
		for _, x := range f.Form.Fields {
			out = append(out, s.paperField(x, lang))
		}
	case f.Report != nil:
		status := paperLine{Label: say("paper_status") + " " + f.Report.Day.String(), Required: true}
		for _, k := range f.Report.Statuses {
			status.Options = append(status.Options, say("paper_status_"+k))
		}
		out = append(out, status, paperLine{Label: say("paper_temperature"), Unit: "°C", Room: room(1)},
			paperLine{Label: say("paper_symptoms"), Room: room(2)}, paperLine{Label: say("paper_note"), Room: room(2)})
	case f.Needs == "result":
		out = append(out, paperLine{Label: say("paper_result"), Required: true, Room: room(1)}, paperLine{Label: say("paper_note"), Room: room(2)})
	default:
		out = append(out, paperLine{Label: say("paper_done"), Required: f.Needs != "", Room: room(4)})
	}
	return out
}

// paperField lays one field of a form out.
func (s *Server) paperField(x protocol.Field, lang string) paperLine {
	l := paperLine{Label: x.Label.In(lang), Unit: x.Unit, Help: x.Help.In(lang), Required: x.Required}
	switch x.Type {
	case protocol.FieldChoice, protocol.FieldMany:
		for _, o := range x.Options {
			l.Options = append(l.Options, o.Text.In(lang))
		}
	case protocol.FieldYes:
		l.Options = []string{s.d.Texts.Render(lang, "paper_yes", nil), s.d.Texts.Render(lang, "paper_no", nil)}
	case protocol.FieldLong:
		l.Room = make([]struct{}, 3)
	default:
		l.Room = make([]struct{}, 1)
	}
	return l
}

// paperTemplate is the printed page: one column, black on white, nothing fetched.
func paperTemplate() *template.Template {
	return template.Must(template.New("paper").Parse(paperHTML))
}

const paperHTML = `<!doctype html>
<html lang="{{.Lang}}"><head><meta charset="utf-8"><title>{{.Title}} {{.Code}}</title>
<style>
@page{size:A4;margin:15mm}
*{box-sizing:border-box}
body{font:12pt/1.5 system-ui,"Noto Sans CJK SC","Microsoft YaHei",sans-serif;color:#000;background:#fff;margin:0 auto;max-width:180mm;padding:4mm}
header{display:flex;gap:6mm;border-bottom:1.5pt solid #000;padding-bottom:4mm}
header>div:first-child{flex:1}
h1{font-size:18pt;margin:0 0 2mm}
p{margin:0 0 1mm}
.qr{width:34mm;flex:none;text-align:center}.qr svg{width:34mm;height:34mm;display:block}
.code{font:bold 15pt/1.2 ui-monospace,"DejaVu Sans Mono",monospace;letter-spacing:.06em;white-space:nowrap}
section{break-inside:avoid;padding:3mm 0;border-bottom:.5pt solid #000}
.label{font-weight:bold}.small{font-size:10pt}
.box{display:inline-block;margin:1mm 8mm 1mm 0}.box:before{content:"";display:inline-block;width:4mm;height:4mm;border:1pt solid #000;margin-right:2mm;vertical-align:-.5mm}
.room{height:9mm;border-bottom:.5pt dotted #000}
</style></head><body>
<header><div><p class="small">{{.Name}} · {{.Loop}}{{if .No}} · {{.No}}{{end}}</p><h1>{{.Title}}</h1>
<p>{{.Mask}}{{if .Place}} · {{.Place}}{{end}}</p>{{if .Due}}<p class="label">{{.Due}}</p>{{end}}{{if .Help}}<p class="small">{{.Help}}</p>{{end}}</div>
<div class="qr">{{.QR}}<div class="code">{{.Code}}</div></div></header>
{{range .Lines}}<section><p><span class="label">{{.Label}}{{if .Required}} *{{end}}</span>{{if .Unit}} ({{.Unit}}){{end}}{{if .Help}} <span class="small">{{.Help}}</span>{{end}}</p>
{{range .Options}}<span class="box">{{.}}</span>{{end}}{{range .Room}}<div class="room"></div>{{end}}</section>
{{end}}{{if .Cannot}}<section><p><span class="box">{{.Cannot}}</span></p><div class="room"></div></section>{{end}}
<section><p class="label">{{.Sign}}</p><div class="room"></div></section>
<p class="small">{{.Back}}</p><p class="small">{{.By}}</p>
</body></html>
`
