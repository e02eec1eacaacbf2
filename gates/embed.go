// Package gates holds the files of gate rules that Seawall is shipped with, one
// file for one jurisdiction and a stretch of days. docs/gates.md says how to
// write one; internal/gate checks them.
package gates

import "embed"

// Files are the shipped rule files.
//
//go:embed *.yaml
var Files embed.FS
