"""Reads what a node leaves for others: log directories (docs/EXCHANGE.md, "Files that others verify"), the keys file beside
them and agreement files. Shared by the checkers in this folder; verifies nothing itself.
"""
import base64
import hashlib
import json
import pathlib


class Key:
    """A C2SP verifier key, `name+hash+base64(type, public key)`, its hash checked; Ed25519 has type 1."""

    def __init__(self, text):
        self.name, stated, encoded = text.split("+", 2)
        typed = base64.b64decode(encoded, validate=True)
        found = hashlib.sha256(self.name.encode() + b"\n" + typed).hexdigest()[:8]
        if typed[0] != 1 or len(typed) != 33 or found != stated:
            raise ValueError(f"{text!r} is no Ed25519 verifier key")
        self.public = typed[1:]

    def __eq__(self, other):
        return (self.name, self.public) == (other.name, other.public)


def read_keys(path):
    """The keys file: `{origin: pinned record key}`, and the agreement's id."""
    agreement, record = None, {}
    for line in pathlib.Path(path).read_text().splitlines():
        words = line.split("#")[0].split()
        if words[:1] == ["agreement"]:
            agreement = words[1]
        elif words[:1] == ["record"]:
            record[f"bitacora/{agreement}/{words[1]}"] = Key(words[2])
    return agreement, record


class Log:
    """A log directory: `origin`, and `records`, the opened ones as `(leaf index, text)`."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.origin = (self.folder / "checkpoint").read_text().split("\n", 1)[0]
        self.party = self.origin.rsplit("/", 1)[1]
        self.records = []
        for path in sorted((self.folder / "records").rglob("*.jsonl")):
            bundle = int("".join(part.lstrip("x") for part in path.relative_to(self.folder / "records").with_suffix("").parts))
            # Bytes, split at line feeds alone: other separators may stand inside a JSON string.
            for line, text in enumerate(path.read_bytes().split(b"\n")):
                if text:
                    self.records.append((256 * bundle + line, text))


def directories_of(node):
    """The log directories with records of one node: its own and its partners', as mirrored."""
    return [Log(path.parent) for path in sorted(pathlib.Path(node).glob("exchange/*/*/records"))]


def directories(data):
    """Those of every node in a folder, as the demo leaves them."""
    return [log for node in sorted(pathlib.Path(data).iterdir()) for log in directories_of(node)]


def payload(envelope):
    """What an envelope holds, parsed and not verified."""
    return json.loads(base64.b64decode(envelope["payload"], validate=True))
