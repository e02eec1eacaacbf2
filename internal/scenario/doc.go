// Package scenario runs scenarios written as text: who acts with which form,
// how time passes, and what must then stand in the records, on the log, in the
// notices and on the pages. A scenario goes through the real composition, real
// HTTP, a real database and the real clocks, on an instance of its own that is
// thrown away. docs/scenarios.md is its reference.
//
// A file is parsed (parse.go) into steps; check.go looks at them without running
// anything; run.go runs them; rewrite.go puts what came in the place of what was
// expected.
package scenario
