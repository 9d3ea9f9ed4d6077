package main

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// readKeys reads a keys file (docs/EXCHANGE.md) into what must hold for each log, by its origin.
func readKeys(path string) (map[string]trust, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	agreement, witnesses := "", []string{}
	log, cosigner := map[string][]string{}, map[string][]string{}
	for _, line := range strings.Split(string(text), "\n") {
		statement, _, _ := strings.Cut(line, "#")
		switch words := strings.Fields(statement); {
		case len(words) == 2 && words[0] == "agreement":
			agreement = words[1]
		case len(words) == 2 && words[0] == "witness":
			witnesses = append(witnesses, words[1])
		case len(words) == 3 && words[0] == "log":
			log[words[1]] = append(log[words[1]], words[2])
		case len(words) == 3 && words[0] == "cosigner":
			cosigner[words[1]] = append(cosigner[words[1]], words[2])
		case len(words) != 0 && words[0] != "record":
			return nil, fmt.Errorf("%s: %q is no statement", path, line)
		}
	}
	trusted := map[string]trust{}
	for party, keys := range log {
		others := append([]string{}, witnesses...)
		for other, keys := range cosigner {
			if other != party {
				others = append(others, keys...)
			}
		}
		verifiers, err := cosigners(others)
		if err != nil {
			return nil, err
		}
		// Who cosigned first makes a checkpoint count; the others may follow later.
		trusted["bitacora/"+agreement+"/"+party] = trust{keys, verifiers, false}
	}
	return trusted, nil
}

// checkNodes checks every log directory of every node in data, and that the holders of one log hold one history.
func checkNodes(data string, say bool) error {
	trusted, err := readKeys(filepath.Join(data, "keys"))
	if err != nil {
		return err
	}
	paths, err := filepath.Glob(filepath.Join(data, "*/exchange/*/*/checkpoint"))
	if err != nil {
		return err
	}
	holders := map[string][]*heldLog{}
	for _, path := range paths {
		signed, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		origin, _, _ := strings.Cut(string(signed), "\n")
		by, known := trusted[origin]
		if !known {
			return fmt.Errorf("%s: the keys file knows no log %q", path, origin)
		}
		log, err := checkLog(filepath.Dir(path), by)
		if err != nil {
			return fmt.Errorf("%s: %w", filepath.Dir(path), err)
		}
		if say {
			fmt.Printf("%s: %v\n", filepath.Dir(path), log)
		}
		holders[origin] = append(holders[origin], log)
	}
	if len(holders) < len(trusted) {
		return fmt.Errorf("%d of %d logs are here", len(holders), len(trusted))
	}
	for origin, logs := range holders {
		sort.Slice(logs, func(i, j int) bool { return logs[i].tree.N < logs[j].tree.N })
		largest := logs[len(logs)-1]
		for _, log := range logs {
			if log.tree.N == 0 {
				continue
			}
			if err := checkBeginning(log.tree, largest.tree, largest.reader); err != nil {
				return fmt.Errorf("%s: two histories, in %s and %s: %w", origin, log.root, largest.root, err)
			}
		}
		if say {
			fmt.Printf("%s: one history among %d holders\n", origin, len(logs))
		}
	}
	return nil
}
