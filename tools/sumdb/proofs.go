package main

import (
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// checkFork opens both notes of a fork proof and confirms that they cannot both be true of one log.
func checkFork(path string, keys []string) error {
	file, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	head, notes, found := strings.Cut(string(file), "\n\n")
	lines := strings.Split(head, "\n")
	if !found || len(lines) < 3 || lines[0] != "bitacora/fork-proof@v1" {
		return errors.New("not a fork proof")
	}
	length, err := strconv.Atoi(strings.TrimPrefix(lines[1], "older "))
	if err != nil || length < 0 || length > len(notes) {
		return errors.New("the length of the older note is malformed")
	}
	if rest := len(notes) - length; lines[2] != fmt.Sprintf("newer %d", rest) {
		return errors.New("the length of the newer note is wrong")
	}
	older, err := readCheckpoint([]byte(notes[:length]), keys...)
	if err != nil {
		return fmt.Errorf("older checkpoint: %w", err)
	}
	newer, err := readCheckpoint([]byte(notes[length:]), keys...)
	if err != nil {
		return fmt.Errorf("newer checkpoint: %w", err)
	}
	other := newer.Hash
	if older.N != newer.N {
		if len(lines) < 4 {
			return errors.New("two sizes, and nothing that ties them")
		}
		hashes, err := parseHashes(append([]string{strings.TrimPrefix(lines[3], "prefix ")}, lines[4:]...))
		if err != nil {
			return err
		}
		other = hashes[0]
		// The newer root is shown to begin with another root than the one that was signed.
		if err := tlog.CheckTree(hashes[1:], newer.N, newer.Hash, older.N, other); err != nil {
			return fmt.Errorf("the newer checkpoint does not lead to the stated beginning: %w", err)
		}
	}
	if other == older.Hash {
		return errors.New("the two checkpoints agree")
	}
	fmt.Printf("fork: at %d leaves the log signed %v, and under its checkpoint of %d leaves it is %v\n",
		older.N, older.Hash, newer.N, other)
	return nil
}

// checkProof confirms an inclusion proof file of C2SP tlog-proof.
func checkProof(path, commitment, key string) error {
	file, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	data, err := hex.DecodeString(commitment)
	if err != nil {
		return err
	}
	head, signed, found := strings.Cut(string(file), "\n\n")
	lines := strings.Split(head, "\n")
	if !found || lines[0] != "c2sp.org/tlog-proof@v1" {
		return errors.New("not a proof file")
	}
	lines = lines[1:]
	if len(lines) > 0 && strings.HasPrefix(lines[0], "extra ") {
		lines = lines[1:]
	}
	if len(lines) == 0 || !strings.HasPrefix(lines[0], "index ") {
		return errors.New("the proof file names no leaf")
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[0], "index "), 10, 64)
	if err != nil {
		return err
	}
	hashes, err := parseHashes(lines[1:])
	if err != nil {
		return err
	}
	tree, err := readCheckpoint([]byte(signed), key)
	if err != nil {
		return err
	}
	if err := tlog.CheckRecord(hashes, tree.N, tree.Hash, index, tlog.RecordHash(data)); err != nil {
		return err
	}
	fmt.Printf("leaf %d is in the log of %d leaves\n", index, tree.N)
	return nil
}

func parseHashes(lines []string) ([]tlog.Hash, error) {
	var hashes []tlog.Hash
	for _, line := range lines {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return nil, err
		}
		hashes = append(hashes, hash)
	}
	return hashes, nil
}
