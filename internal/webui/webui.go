// Package webui serves the web pages that were built into the binary: the
// application, its public follow-up page, the resident's page and their assets. A binary built
// before the pages were (a fresh clone) serves one page that says so.
package webui

import (
	"embed"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

// files holds dist (the built pages, not in version control) and dist.none
// (the page that stands in for them). The pattern matches either, so the
// package compiles with and without dist.
//
//go:embed all:dist*
var files embed.FS

// policy is the content security policy of every page: own files only, no
// inline script, no frame around us, no form that posts elsewhere.
const policy = policyHead + policyTail

// scanning is the policy of the pages that read and draw codes without a network:
// the code reader is WebAssembly.
const scanning = policyHead + " 'wasm-unsafe-eval'" + policyTail

const (
	policyHead = "default-src 'none'; script-src 'self'"
	policyTail = "; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; " +
		"worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

// SetSecurityHeaders sets the headers that every answer of the server carries,
// pages and API alike.
func SetSecurityHeaders(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(self), geolocation=(self), microphone=()")
}

// Built reports whether the real pages are in this binary.
func Built() bool {
	_, err := fs.Stat(files, "dist/index.html")
	return err == nil
}

// Handler serves the pages. A path that names no file gets the application's
// start page (the browser's router takes over), except under /assets/, where a
// missing file is 404, under /f/, which is the public follow-up page, under /me,
// which is the resident's page, and under /field/ and /gate/, the field phone and
// the gate tablet. Those two keep their slash: their service workers answer for
// what begins with it and for nothing else (/gates is the staff's).
func Handler() http.Handler {
	dir := "dist.none"
	if Built() {
		dir = "dist"
	}
	sub, err := fs.Sub(files, dir)
	if err != nil {
		// fs.Sub fails only for an invalid path, and dir is one of two constants.
		panic(err)
	}
	return handler{files: sub}
}

// handler serves one tree of files.
type handler struct{ files fs.FS }

// ServeHTTP answers GET and HEAD.
func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	SetSecurityHeaders(w.Header())
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	if clean := strings.TrimPrefix(r.URL.Path, "/"); device(clean) != "" {
		if clean == device(clean) {
			http.Redirect(w, r, "/"+clean+"/", http.StatusFound)
			return
		}
		w.Header().Set("Content-Security-Policy", scanning)
	}
	name := h.resolve(r.URL.Path)
	if name == "" {
		http.NotFound(w, r)
		return
	}
	h.serve(w, r, name)
}

// resolve gives the file that answers a path, "" for none.
func (h handler) resolve(urlPath string) string {
	name := strings.TrimPrefix(path.Clean("/"+urlPath), "/")
	switch {
	case name == "" || name == "index.html":
		return "index.html"
	case name == "f" || strings.HasPrefix(name, "f/"):
		return h.orIndex("followup.html")
	case name == "me" || strings.HasPrefix(name, "me/"):
		return h.orIndex("resident.html")
	case device(name) != "":
		return h.orIndex(device(name) + ".html")
	case h.has(name):
		return name
	case strings.HasPrefix(name, "assets/"):
		return ""
	}
	return "index.html"
}

// device gives the page for a device to which a path without its first slash
// belongs, "" for none.
func device(name string) string {
	for _, page := range []string{"field", "gate"} {
		if name == page || strings.HasPrefix(name, page+"/") {
			return page
		}
	}
	return ""
}

// orIndex gives name if it exists, else the start page.
func (h handler) orIndex(name string) string {
	if h.has(name) {
		return name
	}
	return "index.html"
}

// has reports whether name is a regular file that may be asked for; the
// compressed twins are reached only through their original.
func (h handler) has(name string) bool {
	if strings.HasSuffix(name, ".br") || strings.HasSuffix(name, ".gz") {
		return false
	}
	info, err := fs.Stat(h.files, name)
	return err == nil && info.Mode().IsRegular()
}

// serve writes one file, compressed as the browser accepts and as the build
// prepared it.
func (h handler) serve(w http.ResponseWriter, r *http.Request, name string) {
	header := w.Header()
	kind := mime.TypeByExtension(path.Ext(name))
	if path.Ext(name) == ".webmanifest" {
		kind = "application/manifest+json"
	}
	if kind == "" {
		kind = "application/octet-stream"
	}
	header.Set("Content-Type", kind)
	header.Set("Vary", "Accept-Encoding")
	if strings.HasPrefix(name, "assets/") {
		// The name carries a hash of the content: it never changes.
		header.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		header.Set("Cache-Control", "no-cache")
	}
	file := name
	for _, enc := range []struct{ token, ext string }{{"br", ".br"}, {"gzip", ".gz"}} {
		if accepts(r.Header.Get("Accept-Encoding"), enc.token) {
			if _, err := fs.Stat(h.files, name+enc.ext); err == nil {
				header.Set("Content-Encoding", enc.token)
				file = name + enc.ext
				break
			}
		}
	}
	body, err := fs.ReadFile(h.files, file)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	if r.Method == http.MethodHead {
		return
	}
	_, _ = w.Write(body) // a reader that hangs up is not our error
}

// accepts reports whether an Accept-Encoding header names the coding without
// refusing it by q=0.
func accepts(header, coding string) bool {
	for _, part := range strings.Split(header, ",") {
		token, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		if !strings.EqualFold(strings.TrimSpace(token), coding) {
			continue
		}
		q := strings.ReplaceAll(params, " ", "")
		return q != "q=0" && q != "q=0.0" && q != "q=0.00" && q != "q=0.000"
	}
	return false
}
