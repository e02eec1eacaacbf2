package scenario

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// browser is a headless Chromium, driven through its own pipe by the Chrome
// DevTools Protocol (null-terminated JSON on descriptors 3 and 4): no port is
// open and nothing is installed.
type browser struct {
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *bufio.Reader
	back io.Closer
	dir  string
	next int
}

// cdp is a message of the protocol.
type cdp struct {
	ID      int            `json:"id,omitempty"`
	Session string         `json:"sessionId,omitempty"`
	Method  string         `json:"method,omitempty"`
	Params  map[string]any `json:"params,omitempty"`
	Result  map[string]any `json:"result,omitempty"`
	Error   *struct {
		Message string `json:"message"`
	} `json:"error,omitempty"`
}

// launch starts a browser with a profile of its own under dir; it ends with ctx.
func launch(ctx context.Context, path, dir string) (*browser, error) {
	toChild, in, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	out, fromChild, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, toChild.Close(), in.Close())
	}
	b := &browser{in: in, out: bufio.NewReaderSize(out, 1<<20), back: out, dir: filepath.Join(dir, "browser")}
	b.cmd = exec.CommandContext(ctx, path, "--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage", "--hide-scrollbars", "--user-data-dir="+b.dir, "about:blank")
	b.cmd.ExtraFiles = []*os.File{toChild, fromChild}
	err = b.cmd.Start()
	err = errors.Join(err, toChild.Close(), fromChild.Close())
	if err != nil {
		return nil, errors.Join(err, in.Close(), out.Close())
	}
	return b, nil
}

// close ends the browser.
func (b *browser) close() error {
	if b == nil {
		return nil
	}
	_, err := b.call("", "Browser.close", nil)
	if err != nil {
		b.cmd.Process.Kill()
	}
	b.in.Close()
	b.back.Close()
	b.cmd.Wait() // its exit code says nothing that anybody asked for
	return os.RemoveAll(b.dir)
}

// call sends a command and waits for its answer.
func (b *browser) call(session, method string, params map[string]any) (map[string]any, error) {
	b.next++
	id := b.next
	raw, err := json.Marshal(cdp{ID: id, Session: session, Method: method, Params: params})
	if err != nil {
		return nil, err
	}
	if _, err := b.in.Write(append(raw, 0)); err != nil {
		return nil, err
	}
	for {
		line, err := b.out.ReadBytes(0)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", method, err)
		}
		var m cdp
		if err := json.Unmarshal(line[:len(line)-1], &m); err != nil {
			return nil, err
		}
		if m.ID != id {
			continue // an event
		}
		if m.Error != nil {
			return nil, fmt.Errorf("%s: %s", method, m.Error.Message)
		}
		return m.Result, nil
	}
}

// visit is one look at a page by somebody.
type visit struct {
	url, lang string
	cookie    *http.Cookie
	// enough reports whether the text has what is looked for.
	enough func(text string) bool
	wait   time.Duration
}

// pollEvery is how often a page that is still being drawn is looked at.
const pollEvery = 100 * time.Millisecond

// text opens a page for a fresh visitor and gives what can be read on it: as soon
// as it has what is looked for, else when the time is over.
func (b *browser) text(ctx context.Context, v visit) (string, error) {
	made, err := b.call("", "Target.createBrowserContext", nil)
	if err != nil {
		return "", err
	}
	defer b.call("", "Target.disposeBrowserContext", map[string]any{"browserContextId": made["browserContextId"]})
	target, err := b.call("", "Target.createTarget", map[string]any{"url": "about:blank", "browserContextId": made["browserContextId"], "width": 1440, "height": 900})
	if err != nil {
		return "", err
	}
	attached, err := b.call("", "Target.attachToTarget", map[string]any{"targetId": target["targetId"], "flatten": true})
	if err != nil {
		return "", err
	}
	session, _ := attached["sessionId"].(string)
	if err := b.prepare(session, v); err != nil {
		return "", err
	}
	limit, cancel := context.WithTimeout(ctx, v.wait)
	defer cancel()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	last := ""
	for {
		text, settled, err := b.read(session)
		if err != nil {
			return "", err
		}
		if settled && text == last && v.enough(text) {
			return text, nil
		}
		last = text
		select {
		case <-limit.Done():
			return text, ctx.Err()
		case <-tick.C:
		}
	}
}

// prepare signs the visitor in, sets the language and opens the page.
func (b *browser) prepare(session string, v visit) error {
	locale := map[string]string{"zh": "zh-CN", "en": "en-GB"}[v.lang]
	type step struct {
		method string
		params map[string]any
	}
	steps := []step{
		{"Page.enable", nil},
		{"Emulation.setLocaleOverride", map[string]any{"locale": locale}},
		{"Network.setExtraHTTPHeaders", map[string]any{"headers": map[string]any{"Accept-Language": locale}}},
		{"Page.addScriptToEvaluateOnNewDocument", map[string]any{"source": fmt.Sprintf(
			"localStorage.setItem('seawall.lang', %q); Object.defineProperty(navigator, 'language', {get: () => %q})", v.lang, locale)}},
	}
	if v.cookie != nil {
		steps = append(steps, step{"Network.setCookie", map[string]any{"name": v.cookie.Name, "value": v.cookie.Value, "url": v.url, "httpOnly": true, "sameSite": "Strict"}})
	}
	steps = append(steps, step{"Page.navigate", map[string]any{"url": v.url}})
	for _, s := range steps {
		if _, err := b.call(session, s.method, s.params); err != nil {
			return err
		}
	}
	return nil
}

// reading gives the visible text, the title and what stands in fields, and
// whether anything is still being drawn.
const reading = `JSON.stringify({
  text: document.title + '\n' + (document.body ? document.body.innerText : '') + '\n' +
    [...document.querySelectorAll('input,textarea')].map((e) => e.value).join('\n') + '\n' +
    [...document.querySelectorAll('[aria-label]')].map((e) => e.getAttribute('aria-label')).join('\n'),
  settled: document.readyState === 'complete' && !!document.body && document.body.innerText.trim() !== '' && !document.querySelector('.skeleton, .wait'),
})`

// read reads the page as it is.
func (b *browser) read(session string) (text string, settled bool, err error) {
	got, err := b.call(session, "Runtime.evaluate", map[string]any{"expression": reading, "returnByValue": true})
	if err != nil {
		return "", false, err
	}
	result, _ := got["result"].(map[string]any)
	raw, _ := result["value"].(string)
	var page struct {
		Text    string
		Settled bool
	}
	if json.Unmarshal([]byte(raw), &page) != nil {
		return "", false, nil // between two documents
	}
	return page.Text, page.Settled, nil
}
