package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8

// directory reads tiles from files, each once.
type directory struct {
	root  string
	tiles map[tlog.Tile][]byte
}

func (d *directory) Height() int                         { return tileHeight }
func (d *directory) SaveTiles(_ []tlog.Tile, _ [][]byte) {}

func (d *directory) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	out := make([][]byte, len(tiles))
	for i, tile := range tiles {
		data, ok := d.tiles[tile]
		if !ok {
			var err error
			if data, err = os.ReadFile(filepath.Join(d.root, tilePath(tile))); err != nil {
				return nil, err
			}
			d.tiles[tile] = data
		}
		out[i] = data
	}
	return out, nil
}

// tilePath is tile/<L>/<N>[.p/<W>]: C2SP leaves out the height that Go's own paths name.
func tilePath(tile tlog.Tile) string {
	return strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/", tileHeight), "tile/", 1)
}

// bundlePath is the tile's path without level and width.
func bundlePath(index int64) string {
	path := tilePath(tlog.Tile{H: tileHeight, L: 0, N: index, W: 1 << tileHeight})
	return strings.TrimPrefix(path, "tile/0/")
}

// entriesPath is the file with the commitments from this leaf on, of a log of this size.
func entriesPath(root string, first, size int64) string {
	path := filepath.Join(root, "tile/entries", bundlePath(first>>tileHeight))
	if width := size - first; width < 1<<tileHeight {
		path += fmt.Sprintf(".p/%d", width)
	}
	return path
}

// trust is whose log a directory must hold, and who must have cosigned it: all of them, or one.
type trust struct {
	keys      []string
	cosigners []note.Verifier
	all       bool
}

// heldLog is a log as one holder has it, every tile proved to lead to its checkpoint.
type heldLog struct {
	root         string
	tree         tlog.Tree
	reader       tlog.HashReader
	cosigned     []string
	opened, kept int
}

func (l *heldLog) String() string {
	return fmt.Sprintf("%d leaves, %d opened, %d kept checkpoints, root %v: all hold; cosigned by %s",
		l.tree.N, l.opened, l.kept, l.tree.Hash, strings.Join(l.cosigned, ", "))
}

func cosigners(keys []string) ([]note.Verifier, error) {
	var verifiers []note.Verifier
	for _, vkey := range keys {
		cosigner, err := newCosigner(vkey)
		if err != nil {
			return nil, err
		}
		verifiers = append(verifiers, cosigner)
	}
	return verifiers, nil
}

func checkLog(root string, by trust) (*heldLog, error) {
	tree, signed, err := openCheckpoint(filepath.Join(root, "checkpoint"), by.keys)
	if err != nil {
		return nil, err
	}
	cosigned, err := by.cosigned(signed)
	if err != nil {
		return nil, err
	}
	log := &heldLog{root: root, tree: tree, cosigned: cosigned, reader: tlog.TileHashReader(tree, &directory{root, map[tlog.Tile][]byte{}})}
	if tree.N > 0 {
		root, err := tlog.TreeHash(tree.N, log.reader)
		if err != nil {
			return nil, err
		}
		if root != tree.Hash {
			return nil, fmt.Errorf("the tiles lead to root %v, not to %v", root, tree.Hash)
		}
	}
	if log.opened, err = checkLeaves(root, tree, log.reader); err != nil {
		return nil, err
	}
	if log.kept, err = checkKept(root, by, tree, log.reader); err != nil {
		return nil, err
	}
	return log, nil
}

func openCheckpoint(path string, keys []string) (tlog.Tree, []byte, error) {
	signed, err := os.ReadFile(path)
	if err != nil {
		return tlog.Tree{}, nil, err
	}
	tree, err := readCheckpoint(signed, keys...)
	if err != nil {
		return tlog.Tree{}, nil, fmt.Errorf("%s: %w", path, err)
	}
	return tree, signed, nil
}

// readCheckpoint opens the note and reads size and root. tlog.ParseTree knows only the first line of Go's own log, so
// the origin, which must be the key's name, gives way to it.
func readCheckpoint(signed []byte, keys ...string) (tlog.Tree, error) {
	opened, err := openNote(signed, keys...)
	if err != nil {
		return tlog.Tree{}, err
	}
	origin, rest, _ := strings.Cut(opened.Text, "\n")
	if name, _, _ := strings.Cut(keys[0], "+"); origin != name {
		return tlog.Tree{}, fmt.Errorf("the checkpoint is of %q", origin)
	}
	return tlog.ParseTree([]byte("go.sum database tree\n" + rest))
}

// cosigned opens the note once for each cosigner that must be there, and tells who signed when.
func (by trust) cosigned(signed []byte) ([]string, error) {
	lists := [][]note.Verifier{by.cosigners}
	if by.all {
		lists = nil
		for _, cosigner := range by.cosigners {
			lists = append(lists, []note.Verifier{cosigner})
		}
	}
	var told []string
	for _, list := range lists {
		opened, err := note.Open(signed, note.VerifierList(list...))
		if err != nil {
			return nil, fmt.Errorf("no cosignature: %w", err)
		}
		for _, line := range opened.Sigs {
			at, err := cosignedAt(line)
			if err != nil {
				return nil, err
			}
			told = append(told, line.Name+" at "+at.Format(time.RFC3339))
		}
	}
	return told, nil
}

// checkLeaves proves every leaf's inclusion and holds opened records against their commitments.
func checkLeaves(root string, tree tlog.Tree, reader tlog.HashReader) (opened int, err error) {
	for first := int64(0); first < tree.N; first += 1 << tileHeight {
		bundle := first >> tileHeight
		width := min(tree.N-first, 1<<tileHeight)
		path := entriesPath(root, first, tree.N)
		entries, err := os.ReadFile(path)
		if err != nil {
			return opened, err
		}
		records, err := os.ReadFile(filepath.Join(root, "records", bundlePath(bundle)+".jsonl"))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return opened, err
		}
		lines := bytes.Split(records, []byte("\n"))
		for leaf := first; leaf < first+width; leaf++ {
			if len(entries) < 34 || binary.BigEndian.Uint16(entries) != 32 {
				return opened, fmt.Errorf("leaf %d: the entry is malformed", leaf)
			}
			commitment := entries[2:34]
			entries = entries[34:]
			proof, err := tlog.ProveRecord(tree.N, leaf, reader)
			if err != nil {
				return opened, fmt.Errorf("leaf %d: %w", leaf, err)
			}
			if err := tlog.CheckRecord(proof, tree.N, tree.Hash, leaf, tlog.RecordHash(commitment)); err != nil {
				return opened, fmt.Errorf("leaf %d: %w", leaf, err)
			}
			if place := int(leaf - first); place < len(lines) && len(lines[place]) > 0 {
				if sum := sha256.Sum256(lines[place]); !bytes.Equal(sum[:], commitment) {
					return opened, fmt.Errorf("leaf %d: the record is not what the leaf commits to", leaf)
				}
				opened++
			}
		}
		if len(entries) > 0 {
			return opened, fmt.Errorf("%s holds more than %d entries", path, width)
		}
	}
	return opened, nil
}

// checkKept proves that each kept checkpoint is a beginning of the newest.
func checkKept(root string, by trust, tree tlog.Tree, reader tlog.HashReader) (int, error) {
	sizes, err := keptSizes(root)
	if err != nil {
		return 0, err
	}
	for _, size := range sizes {
		path := filepath.Join(root, "checkpoints", strconv.FormatInt(size, 10))
		older, signed, err := openCheckpoint(path, by.keys)
		if err != nil {
			return 0, err
		}
		if older.N != size {
			return 0, fmt.Errorf("%s states %d leaves", path, older.N)
		}
		if _, err := by.cosigned(signed); err != nil {
			return 0, fmt.Errorf("%s: %w", path, err)
		}
		if size == 0 {
			// There is no proof from nothing: its root is the hash of nothing.
			if empty := sha256.Sum256(nil); older.Hash != tlog.Hash(empty) {
				return 0, fmt.Errorf("%s: the root of no leaves is another", path)
			}
			continue
		}
		if err := checkBeginning(older, tree, reader); err != nil {
			return 0, fmt.Errorf("%s: %w", path, err)
		}
	}
	return len(sizes), nil
}

// checkBeginning proves that the newer tree begins with the older one.
func checkBeginning(older, newer tlog.Tree, reader tlog.HashReader) error {
	proof, err := tlog.ProveTree(newer.N, older.N, reader)
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(proof, newer.N, newer.Hash, older.N, older.Hash); err != nil {
		return fmt.Errorf("the checkpoint of %d leaves is no beginning of that of %d: %w", older.N, newer.N, err)
	}
	return nil
}

// keptSizes are the sizes of the kept checkpoints, smallest first.
func keptSizes(root string) ([]int64, error) {
	listed, err := os.ReadDir(filepath.Join(root, "checkpoints"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	var sizes []int64
	for _, entry := range listed {
		size, err := strconv.ParseInt(entry.Name(), 10, 64)
		if err != nil {
			return nil, fmt.Errorf("checkpoints/%s is named after no size", entry.Name())
		}
		sizes = append(sizes, size)
	}
	sort.Slice(sizes, func(i, j int) bool { return sizes[i] < sizes[j] })
	return sizes, nil
}
