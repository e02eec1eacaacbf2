// Package regimes holds the rule files that Seawall is shipped with, one file a
// regime. Their schema is described in README.md and checked by
// internal/regime.
package regimes

import "embed"

// Files are the shipped rule files.
//
//go:embed *.yaml
var Files embed.FS
