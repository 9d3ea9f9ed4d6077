package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// readSeed reads a node's own key file: 64 hexadecimal digits.
func readSeed(path string) (ed25519.PrivateKey, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	seed, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(seed) != ed25519.SeedSize {
		return nil, fmt.Errorf("%s is no key", path)
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

// logSigner signs checkpoints as the log itself would.
func logSigner(name string, key ed25519.PrivateKey) (note.Signer, error) {
	vkey, err := note.NewEd25519VerifierKey(name, key.Public().(ed25519.PublicKey))
	if err != nil {
		return nil, err
	}
	hash := strings.Split(vkey, "+")[1]
	typed := append([]byte{1}, key.Seed()...)
	return note.NewSigner(fmt.Sprintf("PRIVATE+KEY+%s+%s+%s", name, hash, base64.StdEncoding.EncodeToString(typed)))
}

// cosignerSigner cosigns as a partner would who was not careful.
type cosignerSigner struct {
	*cosigner
	key ed25519.PrivateKey
}

const plantedTime = 1_800_000_000

func (c cosignerSigner) Sign(text []byte) ([]byte, error) {
	message := fmt.Sprintf("cosignature/v1\ntime %d\n%s", plantedTime, text)
	stamped := binary.BigEndian.AppendUint64(nil, plantedTime)
	return append(stamped, ed25519.Sign(c.key, []byte(message))...), nil
}

// history is the commitments of a log, and every hash of its tree.
type history struct {
	commitments [][]byte
	stored      []tlog.Hash
}

func (h *history) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		out[i] = h.stored[index]
	}
	return out, nil
}

func (h *history) size() int64 { return int64(len(h.commitments)) }

func newHistory(commitments [][]byte) (*history, error) {
	h := &history{commitments: commitments}
	for leaf, commitment := range commitments {
		hashes, err := tlog.StoredHashes(int64(leaf), commitment, h)
		if err != nil {
			return nil, err
		}
		h.stored = append(h.stored, hashes...)
	}
	return h, nil
}

// readHistory reads the commitments of a directory that was checked before.
func readHistory(root string, size int64) (*history, error) {
	var commitments [][]byte
	for first := int64(0); first < size; first += 1 << tileHeight {
		entries, err := os.ReadFile(entriesPath(root, first, size))
		if err != nil {
			return nil, err
		}
		for ; len(entries) > 0; entries = entries[34:] {
			commitments = append(commitments, entries[2:34])
		}
	}
	return newHistory(commitments)
}

// fork is the same history up to a leaf, and another from there.
func (h *history) fork(leaf int64) (*history, error) {
	commitments := append([][]byte{}, h.commitments...)
	other := sha256.Sum256(commitments[leaf])
	commitments[leaf] = other[:]
	return newHistory(commitments)
}

// write puts tiles and entries in place of those of a directory. Records go: they are of the other history.
func (h *history) write(root string) error {
	for _, part := range []string{"tile", "records"} {
		if err := os.RemoveAll(filepath.Join(root, part)); err != nil {
			return err
		}
	}
	for _, tile := range tlog.NewTiles(tileHeight, 0, h.size()) {
		data, err := tlog.ReadTileData(tile, h)
		if err != nil {
			return err
		}
		if err := writeFile(filepath.Join(root, tilePath(tile)), data); err != nil {
			return err
		}
	}
	for first := int64(0); first < h.size(); first += 1 << tileHeight {
		var entries []byte
		for _, commitment := range h.commitments[first:min(first+1<<tileHeight, h.size())] {
			entries = append(binary.BigEndian.AppendUint16(entries, 32), commitment...)
		}
		if err := writeFile(entriesPath(root, first, h.size()), entries); err != nil {
			return err
		}
	}
	return nil
}

func (h *history) checkpoint(origin string, size int64, by ...note.Signer) ([]byte, error) {
	root, err := tlog.TreeHash(size, h)
	if err != nil {
		return nil, err
	}
	return note.Sign(&note.Note{Text: fmt.Sprintf("%s\n%d\n%v\n", origin, size, root)}, by...)
}

func writeFile(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o644)
}

// owner is a node with its own log, the keys that it keeps, and a cosigner.
type owner struct {
	node, agreement, origin string
	log, cosigner, stranger note.Signer
	history                 *history
	kept                    []int64
}

// party is the last part of the origin, which names the directory too.
func (o *owner) party() string { return o.origin[strings.LastIndex(o.origin, "/")+1:] }

// plantForks copies the logs of the nodes in data, forks each in several ways with the node's own keys, and requires that
// checkNodes refuses every one. The copy goes again.
func plantForks(data string) error {
	if err := checkNodes(data, false); err != nil {
		return fmt.Errorf("before any fork: %w", err)
	}
	owners, err := findOwners(data)
	if err != nil {
		return err
	}
	planted, last := 0, ""
	for _, owner := range owners {
		for _, plant := range owner.plants() {
			refusal, err := plant.refusal(data, owner)
			if err != nil {
				return fmt.Errorf("%s, %s: %w", owner.origin, plant.name, err)
			}
			if refusal == nil {
				return fmt.Errorf("accepted, but must not be: %s, %s", owner.origin, plant.name)
			}
			planted, last = planted+1, fmt.Sprintf("%s: %v", plant.name, refusal)
		}
	}
	if planted == 0 {
		return errors.New("no node here has a log of its own to fork")
	}
	fmt.Printf("%d forks planted in %d logs with the nodes' own keys, each refused; the last, %s\n", planted, len(owners), last)
	return nil
}

// plant is one way to spoil the copies of a log: the owner's own, and those of the other holders.
type plant struct {
	name  string
	spoil func(root string, others []string) error
}

// refusal spoils a copy of all holders' directories and says what checkNodes has against it; nil if nothing.
func (p plant) refusal(data string, by *owner) (refusal, err error) {
	work, err := os.MkdirTemp("", "bitacora-forks-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(work)
	folders, err := filepath.Glob(filepath.Join(data, "*/exchange", by.agreement))
	if err != nil {
		return nil, err
	}
	var others []string
	own := ""
	for _, folder := range folders {
		logs, err := filepath.Rel(data, folder)
		if err != nil {
			return nil, err
		}
		if err := os.CopyFS(filepath.Join(work, logs), os.DirFS(folder)); err != nil {
			return nil, err
		}
		root := filepath.Join(work, logs, by.party())
		if strings.HasPrefix(logs, by.node+"/") {
			own = root
		} else {
			others = append(others, root)
		}
	}
	keys, err := os.ReadFile(filepath.Join(data, "keys"))
	if err != nil {
		return nil, err
	}
	if err := errors.Join(writeFile(filepath.Join(work, "keys"), keys), p.spoil(own, others)); err != nil {
		return nil, err
	}
	if refusal := checkNodes(work, false); refusal != nil {
		return errors.New(strings.ReplaceAll(refusal.Error(), work+"/", "")), nil
	}
	return nil, nil
}

// plants are forks at the first leaf, in the middle and at the last.
func (o *owner) plants() []plant {
	size := o.history.size()
	var plants []plant
	for _, leaf := range []int64{0, size / 2, size - 1} {
		other, err := o.history.fork(leaf)
		failed := func(string, []string) error { return err }
		add := func(name string, spoil func(root string, others []string) error) {
			if err != nil {
				spoil = failed
			}
			plants = append(plants, plant{fmt.Sprintf("leaf %d, %s", leaf, name), spoil})
		}
		newest := func(root string, by ...note.Signer) error {
			signed, err := other.checkpoint(o.origin, size, by...)
			if err != nil {
				return err
			}
			return writeFile(filepath.Join(root, "checkpoint"), signed)
		}
		whole := func(root string, by ...note.Signer) error {
			return errors.Join(other.write(root), os.RemoveAll(filepath.Join(root, "checkpoints")), newest(root, by...))
		}
		add("a checkpoint of another history over the true tiles", func(root string, _ []string) error {
			return newest(root, o.log, o.cosigner)
		})
		add("another history without the checkpoints kept", func(root string, _ []string) error {
			return whole(root, o.log, o.cosigner)
		})
		add("another history in every other holder's copy", func(_ string, others []string) error {
			var all error
			for _, root := range others {
				all = errors.Join(all, whole(root, o.log, o.cosigner))
			}
			return all
		})
		add("another history that nobody cosigned", func(root string, others []string) error {
			var all error
			for _, root := range append(others, root) {
				all = errors.Join(all, whole(root, o.log))
			}
			return all
		})
		add("another history that another log signed", func(root string, others []string) error {
			var all error
			for _, root := range append(others, root) {
				all = errors.Join(all, whole(root, o.stranger, o.cosigner))
			}
			return all
		})
		for _, kept := range o.kept {
			if kept <= leaf {
				continue
			}
			add(fmt.Sprintf("the kept checkpoint of %d leaves is of another history", kept), func(root string, _ []string) error {
				signed, err := other.checkpoint(o.origin, kept, o.log, o.cosigner)
				if err != nil {
					return err
				}
				return writeFile(filepath.Join(root, "checkpoints", strconv.FormatInt(kept, 10)), signed)
			})
			// All holders follow the fork, and one checkpoint of before is left anywhere.
			add(fmt.Sprintf("another history everywhere but in the kept checkpoint of %d leaves", kept), func(root string, others []string) error {
				path := filepath.Join(root, "checkpoints", strconv.FormatInt(kept, 10))
				signed, err := os.ReadFile(path)
				if err != nil {
					return err
				}
				all := whole(root, o.log, o.cosigner)
				for _, other := range others {
					all = errors.Join(all, whole(other, o.log, o.cosigner))
				}
				return errors.Join(all, writeFile(path, signed))
			})
		}
	}
	return plants
}

// findOwners finds the nodes that keep the key of a log, and the partner's cosigner for each.
func findOwners(data string) ([]*owner, error) {
	paths, err := filepath.Glob(filepath.Join(data, "*/keys/agreements/*/log.key"))
	if err != nil {
		return nil, err
	}
	trusted, err := readKeys(filepath.Join(data, "keys"))
	if err != nil {
		return nil, err
	}
	var owners []*owner
	for number, path := range paths {
		key, err := readSeed(path)
		if err != nil {
			return nil, err
		}
		folder := filepath.Dir(path)
		node := filepath.Base(filepath.Dir(filepath.Dir(filepath.Dir(folder))))
		own := &owner{node: node, agreement: filepath.Base(folder)}
		for origin, by := range trusted {
			if vkey, err := note.NewEd25519VerifierKey(origin, key.Public().(ed25519.PublicKey)); err == nil && vkey == by.keys[0] {
				own.origin = origin
			}
		}
		if own.origin == "" {
			return nil, fmt.Errorf("%s: the keys file names no such key", path)
		}
		if own.log, err = logSigner(own.origin, key); err != nil {
			return nil, err
		}
		partner := filepath.Dir(paths[(number+1)%len(paths)])
		if err := own.borrow(partner, trusted[own.origin]); err != nil {
			return nil, err
		}
		root := filepath.Join(data, node, "exchange", own.agreement, own.party())
		log, err := checkLog(root, trusted[own.origin])
		if err != nil {
			return nil, err
		}
		if own.history, err = readHistory(root, log.tree.N); err != nil {
			return nil, err
		}
		if own.kept, err = keptSizes(root); err != nil {
			return nil, err
		}
		owners = append(owners, own)
	}
	return owners, nil
}

// borrow takes the partner's cosigner key, and its log key for a signature that must not count.
func (o *owner) borrow(partner string, by trust) error {
	key, err := readSeed(filepath.Join(partner, "cosigner.key"))
	if err != nil {
		return err
	}
	for _, verifier := range by.cosigners {
		if known, ok := verifier.(*cosigner); ok && known.key.Equal(key.Public()) {
			o.cosigner = cosignerSigner{known, key}
		}
	}
	if o.cosigner == nil {
		return fmt.Errorf("%s: the keys file names no such cosigner", partner)
	}
	stranger, err := readSeed(filepath.Join(partner, "log.key"))
	if err != nil {
		return err
	}
	o.stranger, err = logSigner(o.origin, stranger)
	return err
}
