package ledger

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/seawall-city/seawall"
)

// The tree is kept as tlog-tiles (C2SP): tile N of level 0 holds the leaves
// 256·N … 256·N+255, tile N of level L+1 the roots of 256 full tiles of level L.
// Tiles grow at the right edge and never change otherwise, so an older tile is a
// prefix of the newer one and one row a tile is enough.
const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight
)

// Tile is a stretch of one level of the tree; Hashes has 1 to 256 members.
type Tile struct {
	Level  int
	N      int64
	Hashes []Hash
}

// Bytes gives the tile as stored and served: its hashes one after another.
func (t Tile) Bytes() []byte {
	b := make([]byte, 0, len(t.Hashes)*tlog.HashSize)
	for _, h := range t.Hashes {
		b = append(b, h[:]...)
	}
	return b
}

// edge is the right edge of the tree: per level the tile not yet full. It is all
// that growing the tree needs.
type edge struct {
	size   int64
	levels [][]Hash
}

// partial gives, per level, how many hashes the unfinished tile holds and its
// number in a tree of the given size.
func partial(size int64) (widths []int, numbers []int64) {
	for n := size; n > 0; n >>= tileHeight {
		widths = append(widths, int(n&(tileWidth-1)))
		numbers = append(numbers, n>>tileHeight)
	}
	return widths, numbers
}

// grow appends leaves and gives the tiles that are new or longer, each in its
// final form for the new size.
func (e *edge) grow(leaves []Hash) []Tile {
	var full []Tile
	touched := 0
	for _, leaf := range leaves {
		e.size++
		h := leaf
		for level := 0; ; level++ {
			if level == len(e.levels) {
				e.levels = append(e.levels, nil)
			}
			touched = max(touched, level)
			e.levels[level] = append(e.levels[level], h)
			if len(e.levels[level]) < tileWidth {
				break
			}
			full = append(full, Tile{Level: level, N: (e.size - 1) >> (tileHeight * (level + 1)), Hashes: e.levels[level]})
			h = subtree(e.levels[level])
			e.levels[level] = nil
		}
	}
	for level, hashes := range e.levels {
		if level <= touched && len(hashes) > 0 {
			full = append(full, Tile{Level: level, N: e.size >> (tileHeight * (level + 1)), Hashes: append([]Hash(nil), hashes...)})
		}
	}
	return full
}

// root gives the tree hash (RFC 6962 §2.1): the complete subtrees folded from
// the right. The empty tree's root is the hash of nothing.
func (e *edge) root() Hash {
	if e.size == 0 {
		h, _ := tlog.TreeHash(0, nil)
		return h
	}
	var acc *Hash
	for _, hashes := range e.levels {
		for end := len(hashes); end > 0; {
			width := end & -end
			h := subtree(hashes[end-width : end])
			if acc != nil {
				h = tlog.NodeHash(h, *acc)
			}
			acc = &h
			end -= width
		}
	}
	return *acc
}

func (e *edge) clone() *edge {
	c := &edge{size: e.size, levels: make([][]Hash, len(e.levels))}
	for i, l := range e.levels {
		c.levels[i] = append([]Hash(nil), l...)
	}
	return c
}

// subtree gives the root over 2^k hashes.
func subtree(hashes []Hash) Hash {
	if len(hashes) == 1 {
		return hashes[0]
	}
	half := len(hashes) / 2
	return tlog.NodeHash(subtree(hashes[:half]), subtree(hashes[half:]))
}

// tileFunc gives a tile as stored, at least width hashes long.
type tileFunc func(level int, n int64, width int) ([]byte, error)

// loadEdge reads the right edge of a tree of a size from its tiles.
func loadEdge(size int64, read tileFunc) (*edge, error) {
	e := &edge{size: size}
	widths, numbers := partial(size)
	for level, width := range widths {
		var hashes []Hash
		if width > 0 {
			b, err := read(level, numbers[level], width)
			if err != nil {
				return nil, err
			}
			for i := range width {
				hashes = append(hashes, Hash(b[i*tlog.HashSize:(i+1)*tlog.HashSize]))
			}
		}
		e.levels = append(e.levels, hashes)
	}
	return e, nil
}

// hashReader reads single hashes, as proofs need them, out of tiles.
func hashReader(read tileFunc) tlog.HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) ([]Hash, error) {
		out := make([]Hash, len(indexes))
		for i, index := range indexes {
			t := tlog.TileForIndex(tileHeight, index)
			b, err := read(t.L, t.N, t.W)
			if err != nil {
				return nil, err
			}
			if out[i], err = tlog.HashFromTile(t, b, index); err != nil {
				return nil, &seawall.Error{Op: "ledger.hashReader", Kind: seawall.Corrupt, Code: "log_tile_broken",
					Args: map[string]string{"tile": fmt.Sprintf("%d/%d", t.L, t.N)}, Err: err}
			}
		}
		return out, nil
	})
}
