#!/usr/bin/env python3
"""Compares the totals by message type of `bitacora decode --summary --json` with pyais 3.3.1, recording by recording.

usage: compare_decoders.py [--command "target/release/bitacora decode --summary --json"] [--markdown] [--stress] FILE...

Both get the same bytes: what receivers put before and after a sentence is cut, TAG blocks stay. Exit code 1 when
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

SENTENCE = re.compile(rb"(?:\\[^!]*\\)?![^!]{2}VD[MO],[^*]*\*[0-9A-Fa-f]{2}")

# File and type: ours less pyais's, and why. docs/decoder-comparison.md says it at length.
WRONG_CHECKSUM = "pyais takes a sentence whose checksum is wrong"
EXPLAINED = {
    ("amsa-basestations-2012-01-27.txt", 1): (-1, WRONG_CHECKSUM),
    ("amsa-basestations-2012-01-27.txt", 3): (-1, WRONG_CHECKSUM),
    ("amsa-basestations-2012-01-27.txt", 24): (-1, WRONG_CHECKSUM),
}


def explanation(name, message_type, difference):
    """Why the decoders differ, or None."""
    if message_type == 0 or message_type > 28:
        return "pyais raises an error for a type that the standard does not know, bitacora counts it"
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
    if options.markdown:
        print("| recording | bitacora | pyais | differences by type (bitacora less pyais) |\n|---|---|---|---|")
    for path in options.files:
        lines = list(sentences(path))
        everything += lines
        (mine, refused), (other, failed) = ours(options.command, lines), theirs(lines)
        different = {t: mine[t] - other[t] for t in sorted(set(mine) | set(other)) if mine[t] != other[t]}
        shown = ", ".join(f"{t}: {n:+d}" for t, n in different.items()) or "none"
        if options.markdown:
            print(f"| {path.name} | {sum(mine.values()):,} | {sum(other.values()):,} | {shown} |")
        else:
            print(f"{path.name}: {sum(mine.values())} / {sum(other.values())}; {shown}; {refused} / {dict(failed)}")
        for message_type, difference in different.items():
            why = explanation(path.name, message_type, difference)
            unexplained += why is None
            print(f"  {path.name} type {message_type}: {difference:+d}: {why or 'NOT EXPLAINED'}", file=sys.stderr)
    if options.stress:
        stress(options.command, everything)
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
