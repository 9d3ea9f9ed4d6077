package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// cosigner is a note.Verifier of C2SP tlog-cosignature's Ed25519 form (signature type 0x04), which the note package
// itself does not know.
type cosigner struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func newCosigner(vkey string) (*cosigner, error) {
	name, rest, _ := strings.Cut(vkey, "+")
	hash, encoded, _ := strings.Cut(rest, "+")
	typed, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(typed) != 1+ed25519.PublicKeySize || typed[0] != 4 || name == "" {
		return nil, fmt.Errorf("%q is no cosigner key", vkey)
	}
	sum := sha256.Sum256(append([]byte(name+"\n"), typed...))
	want := binary.BigEndian.Uint32(sum[:4])
	if got, err := strconv.ParseUint(hash, 16, 32); err != nil || len(hash) != 8 || uint32(got) != want {
		return nil, fmt.Errorf("the hash of cosigner key %q is wrong", vkey)
	}
	return &cosigner{name, want, ed25519.PublicKey(typed[1:])}, nil
}

func (c *cosigner) Name() string    { return c.name }
func (c *cosigner) KeyHash() uint32 { return c.hash }

func (c *cosigner) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	timestamp := binary.BigEndian.Uint64(signature)
	message := fmt.Sprintf("cosignature/v1\ntime %d\n%s", timestamp, text)
	return ed25519.Verify(c.key, []byte(message), signature[8:])
}

// cosignedAt is the time that a verified signature line states.
func cosignedAt(line note.Signature) (time.Time, error) {
	bytes, err := base64.StdEncoding.DecodeString(line.Base64)
	if err != nil || len(bytes) != 4+8+ed25519.SignatureSize {
		return time.Time{}, fmt.Errorf("the line of %q is no cosignature", line.Name)
	}
	return time.Unix(int64(binary.BigEndian.Uint64(bytes[4:])), 0).UTC(), nil
}
