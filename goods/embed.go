// Package goods holds the files that say what goods from abroad or from a graded
// area need before they are released, one file for one jurisdiction and a stretch
// of days. docs/goods.md says how to write one; internal/goods checks them.
package goods

import "embed"

// Files are the shipped files.
//
//go:embed *.yaml
var Files embed.FS
