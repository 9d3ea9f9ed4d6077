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

func checkLog(root, key string, cosignerKeys []string) error {
	var cosigners []note.Verifier
	for _, vkey := range cosignerKeys {
		cosigner, err := newCosigner(vkey)
		if err != nil {
			return err
		}
		cosigners = append(cosigners, cosigner)
	}
	tree, signed, err := openCheckpoint(filepath.Join(root, "checkpoint"), key)
	if err != nil {
		return err
	}
	for _, cosigner := range cosigners {
		at, err := requireCosignature(signed, cosigner)
		if err != nil {
			return err
		}
		fmt.Printf("cosigned by %s at %s\n", cosigner.Name(), at.Format(time.RFC3339))
	}
	reader := tlog.TileHashReader(tree, &directory{root, map[tlog.Tile][]byte{}})
	if tree.N > 0 {
		root, err := tlog.TreeHash(tree.N, reader)
		if err != nil {
			return err
		}
		if root != tree.Hash {
			return fmt.Errorf("the tiles lead to root %v, not to %v", root, tree.Hash)
		}
	}
	opened, err := checkLeaves(root, tree, reader)
	if err != nil {
		return err
	}
	kept, err := checkKept(root, key, cosigners, tree, reader)
	if err != nil {
		return err
	}
	fmt.Printf("%d leaves, %d opened, %d kept checkpoints, root %v: all hold\n", tree.N, opened, kept, tree.Hash)
	return nil
}

func openCheckpoint(path, key string) (tlog.Tree, []byte, error) {
	signed, err := os.ReadFile(path)
	if err != nil {
		return tlog.Tree{}, nil, err
	}
	tree, err := readCheckpoint(signed, key)
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

func requireCosignature(signed []byte, by note.Verifier) (time.Time, error) {
	opened, err := note.Open(signed, note.VerifierList(by))
	if err != nil {
		return time.Time{}, fmt.Errorf("cosignature by %s: %w", by.Name(), err)
	}
	return cosignedAt(opened.Sigs[0])
}

// checkLeaves proves every leaf's inclusion and holds opened records against their commitments.
func checkLeaves(root string, tree tlog.Tree, reader tlog.HashReader) (opened int, err error) {
	for first := int64(0); first < tree.N; first += 1 << tileHeight {
		bundle := first >> tileHeight
		width := min(tree.N-first, 1<<tileHeight)
		path := filepath.Join(root, "tile/entries", bundlePath(bundle))
		if width < 1<<tileHeight {
			path += fmt.Sprintf(".p/%d", width)
		}
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
func checkKept(root, key string, cosigners []note.Verifier, tree tlog.Tree, reader tlog.HashReader) (int, error) {
	listed, err := os.ReadDir(filepath.Join(root, "checkpoints"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	} else if err != nil {
		return 0, err
	}
	var sizes []int64
	for _, entry := range listed {
		size, err := strconv.ParseInt(entry.Name(), 10, 64)
		if err != nil {
			return 0, fmt.Errorf("checkpoints/%s is named after no size", entry.Name())
		}
		sizes = append(sizes, size)
	}
	sort.Slice(sizes, func(i, j int) bool { return sizes[i] < sizes[j] })
	for _, size := range sizes {
		path := filepath.Join(root, "checkpoints", strconv.FormatInt(size, 10))
		older, signed, err := openCheckpoint(path, key)
		if err != nil {
			return 0, err
		}
		if older.N != size {
			return 0, fmt.Errorf("%s states %d leaves", path, older.N)
		}
		for _, cosigner := range cosigners {
			if _, err := requireCosignature(signed, cosigner); err != nil {
				return 0, fmt.Errorf("%s: %w", path, err)
			}
		}
		if size == 0 {
			// There is no proof from nothing: its root is the hash of nothing.
			if empty := sha256.Sum256(nil); older.Hash != tlog.Hash(empty) {
				return 0, fmt.Errorf("%s: the root of no leaves is another", path)
			}
			continue
		}
		proof, err := tlog.ProveTree(tree.N, size, reader)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", path, err)
		}
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, size, older.Hash); err != nil {
			return 0, fmt.Errorf("%s is no beginning of the newest checkpoint: %w", path, err)
		}
	}
	return len(sizes), nil
}
