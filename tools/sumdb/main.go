// Command sumdb checks a log directory, a fork proof or an inclusion proof file with the note and tlog packages of Go's
// checksum database, which share no code with the product. It writes nothing but the golden file for the product's tests.
package main

import (
	"fmt"
	"os"

	"golang.org/x/mod/sumdb/note"
)

const usage = `usage:
  sumdb log DIRECTORY LOG-KEY [COSIGNER-KEY...]   check every tile, leaf and kept checkpoint
  sumdb fork FILE LOG-KEY...                      confirm that both checkpoints are signed and cannot both be
  sumdb proof FILE COMMITMENT-HEX LOG-KEY         confirm that the leaf is in the log
  sumdb golden                                    print roots and digests of proofs of small trees`

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "sumdb:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) >= 3 && args[0] == "log":
		return checkLog(args[1], args[2], args[3:])
	case len(args) >= 3 && args[0] == "fork":
		return checkFork(args[1], args[2:])
	case len(args) == 4 && args[0] == "proof":
		return checkProof(args[1], args[2], args[3])
	case len(args) == 1 && args[0] == "golden":
		return printGolden()
	}
	return fmt.Errorf("%s", usage)
}

// openNote verifies a signed note with one of these log keys.
func openNote(message []byte, keys ...string) (*note.Note, error) {
	var verifiers []note.Verifier
	for _, key := range keys {
		verifier, err := note.NewVerifier(key)
		if err != nil {
			return nil, fmt.Errorf("key %q: %w", key, err)
		}
		verifiers = append(verifiers, verifier)
	}
	return note.Open(message, note.VerifierList(verifiers...))
}
