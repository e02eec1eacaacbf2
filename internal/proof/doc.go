// Package proof holds the proofs that need the real binary as a process of its
// own: it is killed while it works, and what it leaves is looked at. They are
// tests, run by make proof; the package has no code of its own.
//
// Environment: SEAWALL_PROOF=1 switches them on; SEAWALL_BIN is the binary (it is
// built when unset); SEAWALL_PROOF_KILLS says how often to kill, SEAWALL_PROOF_FULL=1
// asks for the full number; SEAWALL_TEST_POSTGRES is the server on which the
// PostgreSQL share runs; SEAWALL_PROOF_SEED repeats a run.
package proof
