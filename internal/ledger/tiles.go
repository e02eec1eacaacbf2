package ledger

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/seawall-city/seawall"
)

// The log is published as C2SP tlog-tiles, so that anyone's tool reads it:
//
//	checkpoint                  the newest signed checkpoint
//	tile/<L>/<N>                a full tile: 256 hashes of 32 bytes
//	tile/<L>/<N>.p/<W>          the first W hashes of one
//	tile/entries/<N>[.p/<W>]    a bundle of entries, each with its length before
//	                            it in two bytes, big end first (always 00 20)
//
// N stands in groups of three digits, all but the last with an "x" before:
// 1234067 is x001/x234/067.

// Resource is one published file of the log.
type Resource struct {
	Data []byte
	// Immutable is true for tiles and bundles, which may be cached for ever.
	Immutable bool
}

// TileServer answers for the published form of the log.
type TileServer struct {
	work  seawall.UnitOfWork
	store Store
}

// NewTileServer makes a server over a log.
func NewTileServer(work seawall.UnitOfWork, store Store) *TileServer {
	return &TileServer{work: work, store: store}
}

// Serve gives the resource at a path ("checkpoint", "tile/0/000.p/17").
// Errors: NotFound for anything the log does not have (yet).
func (s *TileServer) Serve(ctx context.Context, path string) (Resource, error) {
	var res Resource
	err := s.work.Read(ctx, func(tx seawall.Tx) (err error) {
		res, err = s.serve(ctx, tx, path)
		return err
	})
	return res, err
}

func (s *TileServer) serve(ctx context.Context, tx seawall.Tx, path string) (Resource, error) {
	size, cp, err := s.store.Size(ctx, tx)
	if err != nil {
		return Resource{}, err
	}
	if path == "checkpoint" && cp != "" {
		return Resource{Data: []byte(cp)}, nil
	}
	t, ok := parseTilePath(path)
	if !ok || t.level >= 0 && (size>>(tileHeight*t.level))-t.n*tileWidth < int64(t.width) ||
		t.level < 0 && size-t.n*tileWidth < int64(t.width) {
		return Resource{}, seawall.E("ledger.Serve", seawall.NotFound, "log_tile_unknown", "path", path)
	}
	data, err := readResource(ctx, tx, s.store, t)
	return Resource{Data: data, Immutable: true}, err
}

// tilePath is a parsed path; level -1 is an entry bundle.
type tilePath struct {
	level int
	n     int64
	width int
}

// String gives the path below the log's root.
func (t tilePath) String() string {
	kind := "entries"
	if t.level >= 0 {
		kind = strconv.Itoa(t.level)
	}
	number := fmt.Sprintf("%03d", t.n%1000)
	for n := t.n / 1000; n > 0; n /= 1000 {
		number = fmt.Sprintf("x%03d/%s", n%1000, number)
	}
	if t.width < tileWidth {
		number += ".p/" + strconv.Itoa(t.width)
	}
	return "tile/" + kind + "/" + number
}

// parseTilePath reads a path; only the one spelling that String gives passes.
func parseTilePath(path string) (tilePath, bool) {
	t := tilePath{width: tileWidth}
	rest, ok := strings.CutPrefix(path, "tile/")
	kind, number, ok2 := strings.Cut(rest, "/")
	if !ok || !ok2 || len(number) > 40 {
		return t, false
	}
	if kind == "entries" {
		t.level = -1
	} else if level, err := strconv.Atoi(kind); err != nil || level < 0 || level > 7 {
		return t, false
	} else {
		t.level = level
	}
	if before, width, ok := strings.Cut(number, ".p/"); ok {
		w, err := strconv.Atoi(width)
		if err != nil || w < 1 || w >= tileWidth {
			return t, false
		}
		number, t.width = before, w
	}
	digits := strings.NewReplacer("x", "", "/", "").Replace(number)
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n < 0 || n > 1<<50 {
		return t, false
	}
	t.n = n
	return t, t.String() == path
}

// readResource reads a tile or bundle that the log is known to have.
func readResource(ctx context.Context, tx seawall.Tx, store Store, t tilePath) ([]byte, error) {
	if t.level >= 0 {
		b, err := tiles(ctx, tx, store)(t.level, t.n, t.width)
		if err != nil {
			return nil, err
		}
		return b[:t.width*tlog.HashSize], nil
	}
	entries, err := store.Entries(ctx, tx, t.n*tileWidth+1, t.width)
	if err != nil {
		return nil, err
	}
	if len(entries) < t.width {
		return nil, seawall.E("ledger.readResource", seawall.Corrupt, "log_tile_broken", "tile", t.String())
	}
	out := make([]byte, 0, t.width*(2+tlog.HashSize))
	for _, e := range entries {
		out = binary.BigEndian.AppendUint16(out, uint16(len(e)))
		out = append(out, e[:]...)
	}
	return out, nil
}

// published lists the tiles and bundles of a log of a size.
func published(size int64, yield func(tilePath) error) error {
	row := func(level int, count int64) error {
		for n := int64(0); n*tileWidth < count; n++ {
			t := tilePath{level: level, n: n, width: int(min(tileWidth, count-n*tileWidth))}
			if err := yield(t); err != nil {
				return err
			}
		}
		return nil
	}
	if err := row(-1, size); err != nil {
		return err
	}
	for level, count := 0, size; count > 0; level, count = level+1, count>>tileHeight {
		if err := row(level, count); err != nil {
			return err
		}
	}
	return nil
}

// Export writes the published form of the log into a folder, the checkpoint
// last, and the verifier key beside it as "log-sign.pub". A folder of an earlier
// export is brought up to date. It gives the checkpoint written. Errors:
// NotFound for an empty log.
func Export(ctx context.Context, work seawall.UnitOfWork, store Store, key, dir string) (Checkpoint, error) {
	const op = "ledger.Export"
	var text string
	err := work.Read(ctx, func(tx seawall.Tx) (err error) {
		_, text, err = store.Size(ctx, tx)
		return err
	})
	if err != nil {
		return Checkpoint{}, err
	}
	if text == "" {
		return Checkpoint{}, seawall.E(op, seawall.NotFound, "log_empty")
	}
	cp, err := OpenCheckpoint(text, key)
	if err != nil {
		return Checkpoint{}, err
	}
	err = published(cp.Size, func(t tilePath) error {
		path := filepath.Join(dir, filepath.FromSlash(t.String()))
		if _, err := os.Stat(path); err == nil {
			return nil
		}
		return work.Read(ctx, func(tx seawall.Tx) error {
			b, err := readResource(ctx, tx, store, t)
			if err != nil {
				return err
			}
			return writeWhole(path, b)
		})
	})
	if err != nil {
		return Checkpoint{}, seawall.Wrap(op, err)
	}
	err = errors.Join(writeWhole(filepath.Join(dir, "log-sign.pub"), []byte(key+"\n")),
		writeWhole(filepath.Join(dir, "checkpoint"), []byte(cp.Note)))
	return cp, seawall.Wrap(op, err)
}

// writeWhole writes a file so that it is there whole or not at all.
func writeWhole(path string, b []byte) error {
	err := os.MkdirAll(filepath.Dir(path), 0o755)
	if err == nil {
		err = os.WriteFile(path+".new", b, 0o644)
	}
	if err == nil {
		err = os.Rename(path+".new", path)
	}
	if err != nil {
		return &seawall.Error{Op: "ledger.writeWhole", Kind: seawall.Unavailable, Code: "log_export_file",
			Args: map[string]string{"file": path}, Err: err}
	}
	return nil
}
