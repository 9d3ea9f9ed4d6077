#!/usr/bin/env python3
"""Compares the totals by message type of `bitacora decode --summary --json` with pyais 3.3.1 and, where they are
installed, libais 0.17 and AIS-catcher (aiscat 0.68), recording by recording.

usage: compare_decoders.py [--command "target/release/bitacora decode --summary --json"] [--markdown] [--stress] FILE...

All get the same bytes: what receivers put before and after a sentence is cut, TAG blocks stay. libais takes payloads, not
sentences: it gets them put together, so that it is judged as a decoder and not by its reading of lines. Exit code 1 when
a difference is found that EXPLAINED does not name. --stress also feeds both with late and swapped fragments.
"""
import argparse
import json
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
from collections import Counter

from pyais.stream import IterMessages

try:
    import ais as libais
except ImportError:
    libais = None
try:
    import aiscat
except ImportError:
    aiscat = None

SENTENCE = re.compile(rb"(?:\\[^!]*\\)?![^!]{2}VD[MO],[^*]*\*[0-9A-Fa-f]{2}")

# File and type: ours less pyais's, and why. docs/decoder-comparison.md says it at length.
WRONG_CHECKSUM = "pyais takes a sentence whose checksum is wrong"
EXPLAINED = {
    ("amsa-basestations-2012-01-27.txt", 1): (-1, WRONG_CHECKSUM),
    ("amsa-basestations-2012-01-27.txt", 3): (-1, WRONG_CHECKSUM),
    ("amsa-basestations-2012-01-27.txt", 24): (-1, WRONG_CHECKSUM),
}


# Types that libais 0.17 refuses when their length is none of the standard's.
STRICT = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27}


# Bits below which AIS-catcher 0.68 drops a message of a type: its fields would not all be there (measured with payloads of
# every length). M.1371-5 Annex 8 gives 424 to type 5, an application identifier in bits 72-87 to 6 and 40-55 to 8.
CATCHER_LEAST = {
    1: 150, 2: 150, 3: 150, 4: 168, 5: 418, 6: 88, 7: 70, 8: 56, 9: 168, 10: 70, 11: 168, 12: 72, 15: 88, 16: 92,
    17: 80, 18: 168, 19: 312, 20: 70, 21: 272, 22: 146, 23: 154, 24: 160, 25: 72, 26: 60, 27: 96, 28: 168,
}  # fmt: skip

# Of the recording in hand, by type: what every build of AIS-catcher refuses, and what some builds refuse besides.
CATCHER_REFUSES = Counter()
CATCHER_MAY_REFUSE = Counter()


def explanation(decoder, name, message_type, difference):
    """Why the decoders differ, or None."""
    if message_type == 0 or message_type > 28:
        return f"{decoder} raises an error for a type that the standard does not know, bitacora counts it"
    if decoder == "libais":
        strict = difference > 0 and message_type in STRICT
        return "libais refuses another length than the standard's, and applications unknown to it" if strict else None
    if decoder == "AIS-catcher":
        least = CATCHER_REFUSES[message_type]
        if not least <= difference <= least + CATCHER_MAY_REFUSE[message_type]:
            return None
        return "AIS-catcher refuses damaged talkers and payloads that end inside a field it reads; some builds MMSI 0"
    known, why = EXPLAINED.get((name, message_type), (None, None))
    return why if known == difference else None


def sentences(path):
    """The sentences of a file, one a line, nothing around them but TAG blocks."""
    for line in path.read_bytes().split(b"\n"):
        for found in SENTENCE.findall(line):
            yield found


def ours(command, lines):
    with tempfile.NamedTemporaryFile(suffix=".nmea") as file:
        file.write(b"\n".join(lines) + b"\n")
        file.flush()
        done = subprocess.run(shlex.split(command) + [file.name], capture_output=True, check=True, text=True)
    summary = json.loads(done.stdout.strip().splitlines()[-1])
    by_type = {int(message_type): count for message_type, count in summary["by_type"].items()}
    return Counter(by_type), summary.get("refused", {})


def theirs(lines):
    by_type, failed = Counter(), Counter()
    for message in IterMessages(lines):
        try:
            message.decode()
        except Exception as error:  # noqa: BLE001 - whatever it raises is counted under its name
            failed[type(error).__name__] += 1
            by_type[message.ais_id] += 0
            continue
        by_type[message.ais_id] += 1
    return by_type, failed


def payloads(lines):
    """Address, whole payload and fill bits, of sentences whose checksum is right: fragments in any order, the latest of
    those that share talker, channel, number and count."""
    open_messages = {}
    for line in lines:
        body = line[line.rindex(b"!") + 1 :]
        inside, given = body[: body.rindex(b"*")], body[body.rindex(b"*") + 1 :][:2]
        total = 0
        for byte in inside:
            total ^= byte
        if int(given, 16) != total:
            continue
        fields = inside.split(b",")
        if len(fields) != 7 or not (fields[1].isdigit() and fields[2].isdigit() and fields[6].isdigit()):
            continue
        address, count, number, sequence, channel, payload, fill = fields
        count, number = int(count), int(number)
        if count == 1:
            yield address, payload, int(fill)
            continue
        key = (address, channel, sequence, count)
        parts = open_messages.setdefault(key, {})
        if number in parts:
            parts = open_messages[key] = {}
        parts[number] = (payload, int(fill))
        if len(parts) == count:
            del open_messages[key]
            yield address, b"".join(parts[n][0] for n in sorted(parts)), parts[count][1]


def first_bits(payload, count):
    """The first bits of a payload as a number."""
    value, chars = 0, payload[: -(-count // 6)].ljust(-(-count // 6), b"0")
    for char in chars:
        value = value << 6 | (char - 48 - (8 if char > 87 else 0)) & 63
    return value >> (6 * len(chars) - count)


def by_libais(lines):
    by_type, failed = Counter(), Counter()
    for _, payload, fill in payloads(lines):
        message_type = first_bits(payload, 6)
        try:
            libais.decode(payload.decode("ascii"), fill)
        except Exception as error:  # noqa: BLE001 - whatever it raises is counted under its words
            failed[re.sub(r"\d+", "N", str(error))[:40]] += 1
            continue
        by_type[message_type] += 1
    return by_type, failed


def by_catcher(lines):
    by_type = Counter()
    for message in aiscat.iter_decode([line[line.rindex(b"!") :] + b"\n" for line in lines]):
        if "type" in message:
            by_type[message["type"]] += 1
    CATCHER_REFUSES.clear()
    CATCHER_MAY_REFUSE.clear()
    for address, payload, fill in payloads(lines):
        message_type, mmsi = first_bits(payload, 6), first_bits(payload, 38) & 0x3FFFFFFF
        short = 6 * len(payload) - fill < CATCHER_LEAST.get(message_type, 0)
        refused = not address[:2].isalnum() or short
        CATCHER_REFUSES[message_type] += refused
        CATCHER_MAY_REFUSE[message_type] += not refused and mmsi == 0
    return by_type, Counter()


def others():
    """Name and counting function of each decoder at hand."""
    found = [("pyais", theirs)]
    if libais is not None:
        found.append(("libais", by_libais))
    if aiscat is not None:
        found.append(("AIS-catcher", by_catcher))
    return found


def fragments(line):
    fields = line[line.rindex(b"!"):].split(b",")
    return int(fields[1]) if fields[1].isdigit() else 1


def complete_only(lines):
    """Lines without fragments whose companions do not follow at once, and where each group of lines begins."""
    kept, groups, at = [], [], 0
    while at < len(lines):
        count = fragments(lines[at])
        group = lines[at : at + count]
        numbers = [part[part.rindex(b"!"):].split(b",")[2] for part in group]
        if count > 1 and numbers != [str(i + 1).encode() for i in range(count)]:
            at += 1
            continue
        if count > 1:
            groups.append((len(kept), count))
        kept.extend(group)
        at += count
    return kept, groups


def late(lines, groups, by=6):
    last = {start + count - 1 for start, count in groups}
    order = sorted(range(len(lines)), key=lambda at: (at + by, 1) if at in last else (at, 0))
    return [lines[at] for at in order]


def swapped(lines, groups):
    out = list(lines)
    for start, count in groups:
        out[start : start + count] = reversed(out[start : start + count])
    return out


def stress(command, lines):
    lines = [line[line.rindex(b"!"):] for line in lines]
    lines, groups = complete_only(lines)
    print(f"stress: {len(lines)} sentences, {len(groups)} multi-part messages")
    whole_ours, whole_theirs = sum(ours(command, lines)[0].values()), sum(theirs(lines)[0].values())
    for name, changed in (("last part six lines late", late(lines, groups)), ("parts swapped", swapped(lines, groups))):
        lost_ours = whole_ours - sum(ours(command, changed)[0].values())
        lost_theirs = whole_theirs - sum(theirs(changed)[0].values())
        print(f"  {name}: bitacora loses {lost_ours}, pyais loses {lost_theirs}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--command", default="target/release/bitacora decode --summary --json")
    parser.add_argument("--markdown", action="store_true", help="print the table of docs/decoder-comparison.md")
    parser.add_argument("--stress", action="store_true")
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    options = parser.parse_args()
    unexplained = 0
    everything = []
    decoders = others()
    names = [name for name, _ in decoders]
    if options.markdown:
        print("| recording | bitacora | " + " | ".join(names) + " | bitacora less the other, by type |")
        print("|---" * (len(names) + 3) + "|")
    for path in options.files:
        lines = list(sentences(path))
        everything += lines
        mine, refused = ours(options.command, lines)
        totals, shown = [], []
        for name, count in decoders:
            other, failed = count(lines)
            totals.append(sum(other.values()))
            different = {t: mine[t] - other[t] for t in sorted(set(mine) | set(other)) if mine[t] != other[t]}
            if different:
                shown.append(f"{name} " + ", ".join(f"{t}: {n:+d}" for t, n in different.items()))
            for message_type, difference in different.items():
                why = explanation(name, path.name, message_type, difference)
                unexplained += why is None
                told = f"{path.name} {name} type {message_type}: {difference:+d}: {why or 'NOT EXPLAINED'}"
                print(f"  {told}", file=sys.stderr)
            if failed:
                print(f"  {path.name} {name} refuses {dict(failed)}", file=sys.stderr)
        if options.markdown:
            cells = [path.name, f"{sum(mine.values()):,}"] + [f"{total:,}" for total in totals]
            print("| " + " | ".join(cells + ["; ".join(shown) or "none"]) + " |")
        else:
            print(f"{path.name}: {sum(mine.values())} / {totals}; {'; '.join(shown) or 'none'}; {refused}")
    if options.stress:
        stress(options.command, everything)
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
