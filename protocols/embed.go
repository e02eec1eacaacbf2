// Package protocols holds the protocol files that Seawall is shipped with, one
// file a kind of duty. docs/protocols.md says how to write one; internal/protocol
// checks them.
package protocols

import "embed"

// Files are the shipped protocol files.
//
//go:embed *.yaml
var Files embed.FS
