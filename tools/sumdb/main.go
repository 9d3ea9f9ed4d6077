// Command sumdb checks log directories, a fork proof or an inclusion proof file with the note and tlog packages of Go's
// checksum database, which share no code with the product. It writes nothing but the golden file for the product's tests,
// and forks in a folder that it throws away.
package main

import (
	"fmt"
	"os"

	"golang.org/x/mod/sumdb/note"
)

const usage = `usage:
  sumdb log DIRECTORY LOG-KEY [COSIGNER-KEY...]   check every tile, leaf and kept checkpoint
  sumdb nodes DATA                                check each log of each node in a folder with a keys file, and that no two
                                                  holders of one log hold different histories
  sumdb forks DATA                                plant forks with those nodes' own keys, and refuse each
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
		verifiers, err := cosigners(args[3:])
		if err != nil {
			return err
		}
		log, err := checkLog(args[1], trust{[]string{args[2]}, verifiers, true})
		if err != nil {
			return err
		}
		fmt.Println(log)
		return nil
	case len(args) == 2 && args[0] == "nodes":
		return checkNodes(args[1], true)
	case len(args) == 2 && args[0] == "forks":
		return plantForks(args[1])
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
