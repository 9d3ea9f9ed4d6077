#!/usr/bin/env python3
"""rfc8785 (from PyPI) makes the canonical JSON of RFC 8785 that ours must make byte for byte, or refuses what ours must refuse.

    pip install rfc8785==0.1.4
    tools/check_canonical.py DATA          # every record, payload and agreement in a folder of nodes, as the demo leaves it
    tools/check_canonical.py --make FILE   # samples, made up and hostile texts with their canonical form or none
    tools/check_canonical.py --check FILE  # texts with what we made of them

The last two are called by crates/ledger/tests/strangers.rs. A line of a file is `{"text": base64, "canonical": text or null}`.
Exit code 1 when a form differs.
"""
import argparse
import base64
import importlib.metadata
import json
import pathlib
import random
import struct
import sys

import rfc8785

import log_directories

# The samples of RFC 8785: sections 3.2.2 and 3.2.3, and appendix B as bits of a double.
SAMPLES = [
    (
        r"""{
  "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
  "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
  "literals": [null, true, false]
}""",
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    ),
    (
        r"""{
  "\u20ac": "Euro Sign",
  "\r": "Carriage Return",
  "\ufb33": "Hebrew Letter Dalet With Dagesh",
  "1": "One",
  "\ud83d\ude00": "Emoji: Grinning Face",
  "\u0080": "Control",
  "\u00f6": "Latin Small Letter O With Diaeresis"
}""",
        '{"\\r":"Carriage Return","1":"One","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis",'
        '"\u20ac":"Euro Sign","\U0001f600":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}',
    ),
]
NUMBERS = {
    0x0000000000000000: "0",
    0x8000000000000000: "0",
    0x0000000000000001: "5e-324",
    0x8000000000000001: "-5e-324",
    0x7FEFFFFFFFFFFFFF: "1.7976931348623157e+308",
    0xFFEFFFFFFFFFFFFF: "-1.7976931348623157e+308",
    0x4340000000000000: "9007199254740992",
    0xC340000000000000: "-9007199254740992",
    0x4430000000000000: "295147905179352830000",
    0x44B52D02C7E14AF5: "9.999999999999997e+22",
    0x44B52D02C7E14AF6: "1e+23",
    0x44B52D02C7E14AF7: "1.0000000000000001e+23",
    0x444B1AE4D6E2EF4E: "999999999999999700000",
    0x444B1AE4D6E2EF4F: "999999999999999900000",
    0x444B1AE4D6E2EF50: "1e+21",
    0x3EB0C6F7A0B5ED8C: "9.999999999999997e-7",
    0x3EB0C6F7A0B5ED8D: "0.000001",
    0x41B3DE4355555553: "333333333.3333332",
    0x41B3DE4355555554: "333333333.33333325",
    0x41B3DE4355555555: "333333333.3333333",
    0x41B3DE4355555556: "333333333.3333334",
    0x41B3DE4355555557: "333333333.33333343",
    0xBECBF647612F3696: "-0.0000033333333333333333",
    0x43143FF3C1CB0959: "1424953923781206.2",
}
# Bytes that are no JSON, or JSON without a canonical form.
HOSTILE = [
    b"", b" ", b"nul", b"NaN", b"[Infinity]", b"[-Infinity]", b"[1e400]", b"[-1e400]", b"[01]", b"[1.]", b"[.5]", b"[+1]", b"[0x1]", b"[-]",
    b'["\\ud800"]', b'["\\udc00\\ud800"]', b'["\\ud800x"]', b'{"\\ud800":1}', b'["\\u12g4"]', b'["\\x41"]', b'["a', b'["a\nb"]', b'["\x00"]',
    b"['a']", b"[1,]", b"[,1]", b"[1 2]", b"{1:2}", b'{"a"}', b'{"a":}', b'{"a":1,}', b'{"a":1 "b":2}', b"[1]]", b"[1] x", b"[1]\x00",
    b"\xef\xbb\xbf[]", b'["\xff"]', b'["\xc0\xaf"]', b'["\xed\xa0\x80"]', b'["\xf4\x90\x80\x80"]', b"// a\n[]", b"[/* a */]", b"[True]", b"[None]",
]
CHARACTERS = (
    "abcXYZ019 _-/\\\"'<>&\b\f\n\r\t\u0000\u0001\u000b\u001f\u007f\u0080\u009f\u00e9\u00f1e\u0301\u0660\u2028\u2029\ufeff\ufffd\uffff"
    "\ud7ff\ue000\ufb33\U00010000\U0001f600\U0010ffff"
)


def number(text):
    """Numbers are doubles (RFC 8785, 3.2.2.3); rfc8785 refuses an integer that is none, where the RFC prints the nearest."""
    value = int(text) if len(text) < 17 else None
    return value if value is not None and abs(value) < 2**53 and text != "-0" else float(text)


def canonical(data):
    """The canonical text of JSON bytes, or None where there is none."""
    try:
        return rfc8785.dumps(json.loads(data.decode(), parse_int=number)).decode()
    except (ValueError, RecursionError):
        return None


def made_up(rng, depth=0):
    kind = rng.randrange(9 if depth < 5 else 6)
    if kind == 0:
        return rng.choice([None, True, False])
    if kind == 1:
        return rng.choice([0, -1, 2**53 - 1, -(2**53) + 1, 10**rng.randrange(16)])
    if kind == 2:
        bits = struct.unpack("<d", rng.getrandbits(64).to_bytes(8, "little"))[0]
        return bits if bits - bits == 0 else 0.5
    if kind == 3:
        return rng.choice([1, -1]) * rng.random() * 10.0 ** rng.randrange(-12, 30)
    if kind < 6:
        return "".join(rng.choice(CHARACTERS) for _ in range(rng.randrange(8)))
    if kind == 6:
        return [made_up(rng, depth + 1) for _ in range(rng.randrange(6))]
    return {"".join(rng.choice(CHARACTERS) for _ in range(rng.randrange(4))): made_up(rng, depth + 1) for _ in range(rng.randrange(7))}


def written(rng, value):
    """JSON text of a value, in any of its forms: blanks, escapes, order."""
    if isinstance(value, dict):
        value = dict(rng.sample(list(value.items()), len(value)))
    text = json.dumps(value, ensure_ascii=rng.random() < 0.5, indent=rng.choice([None, None, 1]))
    return rng.choice(["", "\n ", "\t"]) + text + rng.choice(["", " \r\n"])


def make(path, seed, count):
    rng = random.Random(seed)
    wrong = [f"RFC 8785: {text}" for text, expected in SAMPLES if canonical(text.encode()) != expected]
    texts = [text.encode() for text, _ in SAMPLES]
    for bits, expected in NUMBERS.items():
        text = repr(struct.unpack(">d", bits.to_bytes(8, "big"))[0]).encode()
        texts.append(text)
        if canonical(text) != expected:
            wrong.append(f"RFC 8785, appendix B: {bits:x}")
    texts += HOSTILE
    # Integers that no double holds, and texts of doubles that must be rounded the one right way.
    texts += [str(2**power + more).encode() for power in range(50, 70) for more in (-1, 0, 1)]
    texts += [b"-0", b"0e0", b"-0.0", b"1E+2", b"9007199254740993.0", b"2.4703282292062328e-324", b"2.2250738585072011e-308", b"1" * 300]
    for _ in range(count):
        text = written(rng, made_up(rng)).encode()
        if rng.random() < 0.25 and text:
            place = rng.randrange(len(text))
            text = text[:place] + rng.choice([b"", bytes([rng.randrange(256)]), b",", b'"', b"\\", b"9"]) + text[place + 1 :]
        texts.append(text)
    lines = [{"text": base64.b64encode(text).decode(), "canonical": canonical(text)} for text in texts]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    refused = sum(line["canonical"] is None for line in lines)
    print(f"{len(lines)} texts, {refused} without a canonical form, {len(wrong)} errors")
    return wrong, lines


def check(path):
    wrong, lines = [], [json.loads(line) for line in path.read_bytes().split(b"\n") if line]
    for line in lines:
        text = base64.b64decode(line["text"])
        theirs = canonical(text)
        if theirs != line["canonical"]:
            wrong.append(f"{text!r}: ours {line['canonical']!r}, theirs {theirs!r}")
        if theirs is not None and canonical(theirs.encode()) != theirs:
            wrong.append(f"{theirs!r}: its canonical form is another")
    print(f"{len(lines)} texts, {len(wrong)} errors")
    return wrong, lines


def check_nodes(data):
    """Records, and what stands inside envelopes, are canonical as they are."""
    wrong, count = [], 0

    def same(where, text):
        nonlocal count
        count += 1
        if canonical(text) != text.decode():
            wrong.append(f"{where} is not canonical")

    def inside(where, value):
        if isinstance(value, dict) and {"payload", "payloadType", "signatures"} <= value.keys():
            text = base64.b64decode(value["payload"])
            same(f"{where}, {value['payloadType']}", text)
            inside(where, json.loads(text))
        for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else []:
            inside(where, part)

    for log in log_directories.directories(data):
        for index, text in log.records:
            same(f"{log.folder} leaf {index}", text)
            inside(f"{log.folder} leaf {index}", json.loads(text))
    for path in sorted(data.glob("*/agreements/*.json")):
        same(str(path), path.read_bytes())
        inside(str(path), json.loads(path.read_bytes()))
    print(f"{count} records and payloads, {len(wrong)} errors")
    return wrong, count


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    asked = parser.add_mutually_exclusive_group(required=True)
    asked.add_argument("data", nargs="?", type=pathlib.Path, help="a folder of nodes")
    asked.add_argument("--make", type=pathlib.Path, metavar="FILE")
    asked.add_argument("--check", type=pathlib.Path, metavar="FILE")
    parser.add_argument("--seed", type=int, default=8785)
    parser.add_argument("--count", type=int, default=20_000)
    asked = parser.parse_args()
    print(f"rfc8785 {importlib.metadata.version('rfc8785')}")
    if asked.make:
        wrong, found = make(asked.make, asked.seed, asked.count)
    elif asked.check:
        wrong, found = check(asked.check)
    else:
        wrong, found = check_nodes(asked.data)
    for text in wrong[:20]:
        print("  " + text)
    return 1 if wrong or not found else 0


if __name__ == "__main__":
    sys.exit(main())
