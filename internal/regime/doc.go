// Package regime reads the dated rule files (防控规则) of diseases and policies
// and computes from them what a case or contact needs on a given day. It holds
// no figure of its own.
package regime
