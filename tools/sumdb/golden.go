package main

import (
	"crypto/sha256"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

const goldenSizes = 70

// printGolden prints, for each size up to goldenSizes, the root of the leaves "leaf 0", "leaf 1", ... and a digest of
// all their inclusion proofs and of all consistency proofs to that size, hash after hash in order.
func printGolden() error {
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			out[i] = stored[index]
		}
		return out, nil
	})
	fmt.Println("# size, root, SHA-256 of all inclusion proofs, SHA-256 of all consistency proofs; made by `sumdb golden`")
	for size := int64(1); size <= goldenSizes; size++ {
		hashes, err := tlog.StoredHashes(size-1, fmt.Appendf(nil, "leaf %d", size-1), reader)
		if err != nil {
			return err
		}
		stored = append(stored, hashes...)
		root, err := tlog.TreeHash(size, reader)
		if err != nil {
			return err
		}
		inclusion, consistency := sha256.New(), sha256.New()
		for leaf := range size {
			record, err := tlog.ProveRecord(size, leaf, reader)
			if err != nil {
				return err
			}
			for _, hash := range record {
				inclusion.Write(hash[:])
			}
			tree, err := tlog.ProveTree(size, leaf+1, reader)
			if err != nil {
				return err
			}
			for _, hash := range tree {
				consistency.Write(hash[:])
			}
		}
		fmt.Printf("%d %x %x %x\n", size, root[:], inclusion.Sum(nil), consistency.Sum(nil))
	}
	return nil
}
