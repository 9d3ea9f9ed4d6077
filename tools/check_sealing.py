#!/usr/bin/env python3
"""pyhpke and cryptography open what a node sealed (HPKE of RFC 9180 around the item's key, AES-256-GCM around the item), and
seal what ours must open. A wrong recipient, info, bound text or bit must not open.

    pip install pyhpke==0.6.5
    bitacora demo --small --script suspension --exit --data DATA
    tools/check_sealing.py DATA              # every item that a node's partner was given the key of
    tools/check_sealing.py --exchange FILE   # for crates/exchange/tests/strangers.rs: opens ours, answers with its own

The first reads the recipient's own `keys/agreements/ID/seal.key`, so it is run on one's own node. Exit code 1 when a thing
does not open, or a changed one does.
"""
import argparse
import hashlib
import importlib.metadata
import json
import pathlib
import sqlite3
import sys

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pyhpke import AEADId, CipherSuite, KDFId, KEMId
from pyhpke.exceptions import PyHPKEError

import log_directories

SUITE = CipherSuite.new(KEMId.DHKEM_X25519_HKDF_SHA256, KDFId.HKDF_SHA256, AEADId.AES256_GCM)
NOT_OPENED = (PyHPKEError, InvalidTag, ValueError)
# A key seals one item, so the nonce is fixed (crates/exchange/src/sealing.rs).
NONCE = bytes(12)


def unwrap(pair, info, enc, key):
    return SUITE.create_recipient_context(enc, pair.private_key, info).open(key, b"")


def wrap(public, info, item_key):
    enc, context = SUITE.create_sender_context(SUITE.kem.deserialize_public_key(public), info)
    return enc, context.seal(item_key, b"")


def opens(action):
    try:
        action()
    except NOT_OPENED:
        return False
    return True


def flipped(data, place):
    data = bytearray(data)
    data[place % len(data)] ^= 1
    return bytes(data)


def wrong_ones(pair, other, info, enc, key, item_key, bound, sealed):
    """Everything that must stay shut, as `(what, action)`."""
    yield "another recipient", lambda: unwrap(other, info, enc, key)
    yield "another info", lambda: unwrap(pair, info + b"0", enc, key)
    if info:
        yield "no info", lambda: unwrap(pair, b"", enc, key)
    aad = SUITE.create_recipient_context(enc, pair.private_key, info)
    yield "another aad", lambda: aad.open(key, b"0")
    for place in range(0, 48, 7):
        yield "a bit of the wrapped key", lambda place=place: unwrap(pair, info, enc, flipped(key, place))
    for place in range(0, 31, 7):
        yield "a bit of enc", lambda place=place: unwrap(pair, info, flipped(enc, place), key)
    yield "another item key", lambda: AESGCM(flipped(item_key, 5)).decrypt(NONCE, sealed, bound)
    yield "another bound text", lambda: AESGCM(item_key).decrypt(NONCE, sealed, bound + b"0")
    for place in (0, len(sealed) // 2, len(sealed) - 1):
        yield "a bit of the item", lambda place=place: AESGCM(item_key).decrypt(NONCE, flipped(sealed, place), bound)


def left_shut(case):
    """How many wrong ones stayed shut, and the names of those that opened."""
    tried = list(wrong_ones(*case))
    return len(tried), [what for what, action in tried if opens(action)]


def seal_pair(node, agreement):
    seed = bytes.fromhex((node / "keys/agreements" / agreement / "seal.key").read_text().strip())
    return SUITE.kem.derive_key_pair(seed)


def check_node(data):
    """Every grant in every log of a partner, with the recipient's own key and stored ciphertext."""
    agreement, _ = log_directories.read_keys(data / "keys")
    nodes = sorted(path.parent for path in data.glob("*/exchange.sqlite"))
    pairs = {node: seal_pair(node, agreement) for node in nodes if (node / "keys/agreements" / agreement).is_dir()}
    opened, shut, wrong, kinds = 0, 0, [], set()
    for node, pair in pairs.items():
        text = log_directories.payload(json.loads((node / "agreements" / f"{agreement}.json").read_text()))
        public = pair.public_key.to_public_bytes().hex()
        own = next((party["code"] for party in text["parties"] if party["keys"]["seal"] == public), None)
        if own is None:
            wrong.append(f"{node}: the agreement names no seal key like the one of this seed")
            continue
        store = sqlite3.connect(f"file:{node / 'exchange.sqlite'}?mode=ro", uri=True)
        sealed_of = dict(store.execute("SELECT release_id, sealed FROM exchange_sealed"))
        other = next(pairs[name] for name in pairs if name != node)
        for log in log_directories.directories_of(node):
            if log.party == own:
                continue
            releases = {}
            for index, line in log.records:
                record = log_directories.payload(json.loads(line)["body"])["record"]
                if record["type"] == "release":
                    releases[record["release"]] = record
                if record["type"] != "key_grant" or releases[record["release"]]["tags"]["to"] != own:
                    continue
                release, wrapped = releases[record["release"]], record["wrapped"]
                bound = f"bitacora item {release['release']}".encode()
                sealed = sealed_of[release["release"]]
                enc, key = bytes.fromhex(wrapped["enc"]), bytes.fromhex(wrapped["key"])
                try:
                    item_key = unwrap(pair, bound, enc, key)
                    plain = json.loads(AESGCM(item_key).decrypt(NONCE, sealed, bound))
                except NOT_OPENED as error:
                    wrong.append(f"{log.folder} leaf {index}: does not open: {error!r}")
                    continue
                opened += 1
                if hashlib.sha256(sealed).hexdigest() != release["sealed"]["sha256"] or len(sealed) != release["sealed"]["bytes"]:
                    wrong.append(f"{log.folder} leaf {index}: the ciphertext is not the one that the release names")
                if plain["kind"] != release["tags"]["kind"]:
                    wrong.append(f"{log.folder} leaf {index}: the item is a {plain['kind']}")
                # The wrong ones of each kind of item once: they cost more than the right one.
                if release["tags"]["kind"] not in kinds:
                    kinds.add(release["tags"]["kind"])
                    count, open_ones = left_shut((pair, other, bound, enc, key, item_key, bound, sealed))
                    shut += count
                    wrong += [f"{log.folder} leaf {index}: opens with {what}" for what in open_ones]
    print(f"{opened} items opened ({', '.join(sorted(kinds))}), {shut} wrong ones left shut, {len(wrong)} errors")
    return wrong, opened and shut


def check_exchange(path):
    """Opens each case of ours, and writes beside it one that pyhpke sealed to the same recipient."""
    cases = json.loads(path.read_text())
    wrong, shut, answers = [], 0, []
    other = SUITE.kem.derive_key_pair(bytes([255] * 32))
    for number, case in enumerate(cases):
        pair = SUITE.kem.derive_key_pair(bytes.fromhex(case["seed"]))
        info, item_key, sealed = (bytes.fromhex(case[name]) for name in ("bound", "item_key", "sealed"))
        enc, key = bytes.fromhex(case["wrapped"]["enc"]), bytes.fromhex(case["wrapped"]["key"])
        if pair.public_key.to_public_bytes().hex() != case["public"]:
            wrong.append(f"case {number}: another pair comes from the seed")
        try:
            if unwrap(pair, info, enc, key) != item_key:
                wrong.append(f"case {number}: another item key comes out")
            if AESGCM(item_key).decrypt(NONCE, sealed, info) != bytes.fromhex(case["plain"]):
                wrong.append(f"case {number}: another item comes out")
        except NOT_OPENED as error:
            wrong.append(f"case {number}: does not open: {error!r}")
        count, open_ones = left_shut((pair, other, info, enc, key, item_key, info, sealed))
        shut += count
        wrong += [f"case {number}: opens with {what}" for what in open_ones]
        theirs = hashlib.sha256(b"theirs" + item_key).digest()
        enc, key = wrap(bytes.fromhex(case["public"]), info, theirs)
        item = AESGCM(theirs).encrypt(NONCE, bytes.fromhex(case["plain"]), info)
        answers.append({"wrapped": {"enc": enc.hex(), "key": key.hex()}, "item_key": theirs.hex(), "sealed": item.hex()})
    path.with_suffix(".answers.json").write_text(json.dumps(answers))
    print(f"{len(cases)} opened, {shut} wrong ones left shut, {len(wrong)} errors, {len(answers)} sealed in answer")
    return wrong, len(cases)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--exchange", type=pathlib.Path, help="a file of cases")
    parser.add_argument("data", nargs="?", type=pathlib.Path, help="a folder with a keys file and nodes' folders")
    asked = parser.parse_args()
    if (asked.exchange is None) == (asked.data is None):
        parser.error("either a folder or --exchange FILE")
    print(f"pyhpke {importlib.metadata.version('pyhpke')}, cryptography {importlib.metadata.version('cryptography')}")
    wrong, count = check_exchange(asked.exchange) if asked.exchange else check_node(asked.data)
    for text in wrong[:20]:
        print("  " + text)
    return 1 if wrong or not count else 0


if __name__ == "__main__":
    sys.exit(main())
