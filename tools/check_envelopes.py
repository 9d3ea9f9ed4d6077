#!/usr/bin/env python3
"""securesystemslib verifies every DSSE envelope that a node's files hold: each opened record of each log, the receipts,
agreements and partner's acts inside them, and the agreement files. What officers signed is verified beside them. Then each
kind is changed in every place that counts, and must be refused.

    pip install 'securesystemslib[crypto]==1.6.0'
    bitacora demo --small --script suspension --exit --data DATA
    tools/check_envelopes.py DATA

DATA holds a `keys` file and the nodes' folders. Exit code 1 when an envelope does not hold, or a changed one does.
"""
import argparse
import base64
import collections
import copy
import importlib.metadata
import json
import pathlib
import sys

from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import UnverifiedSignatureError, VerificationError
from securesystemslib.signer import Signature, SSlibKey

import log_directories
from log_directories import Key

RECORD = "application/vnd.bitacora.record.v1+json"
AGREEMENT = "application/vnd.bitacora.agreement.v1+json"


class Refused(Exception):
    """Why something that was signed does not hold."""


NOT_SO = (Refused, VerificationError, UnverifiedSignatureError, ValueError, KeyError)


def sslib(key):
    return SSlibKey(key.name, "ed25519", "ed25519", {"public": key.public.hex()})


def verify(envelope, keys, kind):
    """Type, PAE and a signature by each of `keys`; the payload."""
    read = Envelope.from_dict(copy.deepcopy(envelope))
    if read.payload_type != kind:
        raise Refused(f"the type is {read.payload_type!r}")
    read.verify([sslib(key) for key in keys], len(keys))
    return json.loads(read.payload)


def canonical(value):
    """RFC 8785 for values with ASCII names and no fractions, which statements are."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def statement(record):
    """What the officers of a record signed: its statement, or that of a release (docs/EXCHANGE.md)."""
    if record["type"] != "release":
        return record["statement"]
    tags = record["tags"]
    said = {"act": "release", "agreement": tags["agreement"], "to": tags["to"], "purpose": tags["purpose"]}
    return said | {name: record[name] for name in ("version", "item", "revision", "offer")}


class History:
    """Whose key signed which leaf: the pinned one, until a rotation names the next."""

    def __init__(self, pinned, logs):
        self.pinned, self.rotations, self.officers = pinned, collections.defaultdict(dict), collections.defaultdict(dict)
        for log in logs:
            for index, text in log.records:
                record = log_directories.payload(json.loads(text)["body"])["record"]
                if record["type"] == "rotation":
                    self.rotations[log.origin][index + 1] = Key(record["key"])
                elif record["type"] == "officer":
                    self.officers[log.origin][record["officer"]] = record["key"]

    def key(self, origin, index):
        later = {at: key for at, key in self.rotations[origin].items() if at <= index}
        return later[max(later)] if later else self.pinned[origin]

    def signers(self, envelope):
        """Whose signatures it must bear. A record says itself where it stands. An agreement names a key of each party,
        which is pinned, or a rotation in the log led to it."""
        said = log_directories.payload(envelope)
        if envelope["payloadType"] != AGREEMENT:
            return [self.key(said["log"], said["index"])]
        keys = []
        for party in said["parties"]:
            origin, key = f"bitacora/{said['id']}/{party['code']}", Key(party["keys"]["record"])
            if key not in (self.pinned[origin], *self.rotations[origin].values()):
                raise Refused(f"the agreement names {key.name}, which is no key of {origin}")
            keys.append(key)
        return keys

    def record(self, envelope):
        return verify(envelope, self.signers(envelope), RECORD)

    def agreement(self, envelope):
        return verify(envelope, self.signers(envelope), AGREEMENT)

    def approved(self, origin, statement, approvals):
        for approval in approvals:
            key = SSlibKey(approval["officer"], "ed25519", "ed25519", {"public": self.officers[origin][approval["officer"]]})
            key.verify_signature(Signature(approval["officer"], approval["signature"]), canonical(statement))
        return len(approvals)

    def leaf(self, origin, index, text):
        """A record in its place: its own envelope, those inside it, and its officers. What was verified, by kind."""
        leaf = json.loads(text)
        said = self.record(leaf["body"])
        record = said["record"]
        if (said["log"], said["index"]) != (origin, index) or record["type"] != leaf["kind"]:
            raise Refused(f"it belongs at {said['log']} {said['index']}")
        seen = collections.Counter({leaf["kind"]: 1})
        if record["type"] == "agreement":
            self.agreement(record["envelope"])
            seen["agreement, by both parties"] += 1
        elif record["type"] == "key_grant":
            inner = self.record(record["receipt"])
            if inner["log"] == origin or inner["record"]["release"] != record["release"]:
                raise Refused("the receipt in the grant is of another release or side")
            seen["receipt in a key_grant"] += 1
        elif record["type"] == "seen":
            if self.record(record["envelope"])["log"] == origin:
                raise Refused("the act seen is not the partner's")
            seen["partner's act in a seen"] += 1
        elif record.get("approvals"):
            seen["officer's signature"] += self.approved(origin, statement(record), record["approvals"])
        return seen


def flipped(text):
    data = bytearray(base64.b64decode(text))
    data[len(data) // 2] ^= 1
    return base64.b64encode(data).decode()


def changes(envelope, other):
    """The envelope with one thing changed, in each way that a signature must notice. `other` is another record's."""
    signature = envelope["signatures"][0]
    yield "payload", {**envelope, "payload": flipped(envelope["payload"])}
    payload = base64.b64decode(envelope["payload"])
    yield "payload and a blank", {**envelope, "payload": base64.b64encode(payload + b" ").decode()}
    yield "payload of another", {**envelope, "payload": other["payload"]}
    yield "type", {**envelope, "payloadType": envelope["payloadType"].replace("v1", "v2")}
    yield "type and payload, moved", {**envelope, "payloadType": envelope["payloadType"] + " 1"}
    yield "signature", {**envelope, "signatures": [{**signature, "sig": flipped(signature["sig"])}]}
    yield "signature of another", {**envelope, "signatures": other["signatures"]}
    yield "signature cut", {**envelope, "signatures": [{**signature, "sig": signature["sig"][:44]}]}
    yield "key id", {**envelope, "signatures": [{**signature, "keyid": signature["keyid"] + "-2"}]}
    yield "no signature", {**envelope, "signatures": []}


def bent(signature):
    return ("0" if signature[0] != "0" else "1") + signature[1:]


def refused_by_signature(envelope, keys):
    """Not because of what it says: the type is taken as it is stated, and the payload is not looked at."""
    try:
        verify(envelope, keys, envelope["payloadType"])
    except VerificationError:
        return True
    return False


def refuses(check):
    try:
        check()
    except NOT_SO:
        return True
    return False


def planted(history, log, index, text, other):
    """Changes to this leaf and to the envelopes in it, as `(what, whether it was refused)`."""
    leaf = json.loads(text)
    record = log_directories.payload(leaf["body"])["record"]
    for name, envelope in [("body", leaf["body"])] + [(name, record[name]) for name in ("envelope", "receipt") if name in record]:
        keys = history.signers(envelope)
        for what, changed in changes(envelope, other if name == "body" else leaf["body"]):
            yield f"{what} of its {name}", refused_by_signature(changed, keys)
    yield "its place", refuses(lambda: history.leaf(log.origin, index + 1, text))
    yield "its log", refuses(lambda: history.leaf(log.origin + "X", index, text))
    yield "its kind", refuses(lambda: history.leaf(log.origin, index, json.dumps({**leaf, "kind": leaf["kind"] + "x"})))
    for approval in record.get("approvals", [])[:1]:
        forged = {**approval, "signature": bent(approval["signature"])}
        yield "an officer's signature", refuses(lambda: history.approved(log.origin, statement(record), [forged]))
        said = statement(record) | {"agreement": "OTHER"}
        yield "what an officer signed", refuses(lambda: history.approved(log.origin, said, [approval]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=pathlib.Path, help="a folder with a keys file and nodes' folders")
    data = parser.parse_args().data
    print(f"securesystemslib {importlib.metadata.version('securesystemslib')}, cryptography {importlib.metadata.version('cryptography')}")
    _, pinned = log_directories.read_keys(data / "keys")
    logs = log_directories.directories(data)
    history = History(pinned, logs)
    counts, wrong, plants = collections.Counter(), [], collections.Counter()
    for log in logs:
        done = set()
        for place, (index, text) in enumerate(log.records):
            where = f"{log.folder} leaf {index}"
            try:
                counts += history.leaf(log.origin, index, text)
            except NOT_SO as error:
                wrong.append(f"{where}: {type(error).__name__} {error}")
                continue
            leaf = json.loads(text)
            if leaf["kind"] in done:
                continue
            done.add(leaf["kind"])
            other = json.loads(log.records[place - 1][1])["body"]
            for what, refused in planted(history, log, index, text, other):
                plants[leaf["kind"]] += 1
                if not refused:
                    wrong.append(f"{where}: {what} changed, and it holds")
    for path in sorted(data.glob("*/agreements/*.json")):
        envelope = json.loads(path.read_text())
        counts["agreement file"] += 1
        try:
            history.agreement(envelope)
        except NOT_SO as error:
            wrong.append(f"{path}: {error}")
        one_signature = {**envelope, "signatures": envelope["signatures"][:1]}
        plants["agreement with one signature"] += 1
        if not refused_by_signature(one_signature, history.signers(envelope)):
            wrong.append(f"{path}: holds with one signature")
    for kind, count in sorted(counts.items()):
        print(f"  {kind}: {count} hold")
    print(f"{sum(counts.values())} signed things in {len(logs)} logs, {sum(plants.values())} planted changes, {len(wrong)} errors")
    for text in wrong[:20]:
        print("  " + text)
    return 1 if wrong or not counts or not plants else 0


if __name__ == "__main__":
    sys.exit(main())
