#!/usr/bin/env python3
"""Has schemathesis ask a running node what nobody would ask, as officers of several roles.

Starts `bitacora demo --small`, signs in, and runs schemathesis over /api/openapi.json until at least CASES cases were asked.
No answer may be an error of the server, and each must be one that the document describes. Prints versions, and a line a role.

    tools/check_api.py --command target/release/bitacora [--cases 10000] [--seed 7]

Needs schemathesis 4.32.5 (pip install schemathesis==4.32.5).
"""

import argparse
import http.client
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROLES = ["watch", "release", "case", "analyst", "port", "auditor"]
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
# A stream that never ends, and the sign-out that would end the run's own session.
LEFT_OUT = ["/api/stream", "/api/session"]


def demo(command, data):
    """The demo, its address and a sign-in token for each role, once it serves."""
    arguments = [command, "demo", "--small", "--data", str(data), "--bind", "127.0.0.1:0", "--lang", "en"]
    child = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    tokens = {}
    for line in child.stdout:
        found = re.match(r"officer (\w+) .*#signin=(\w+)", line)
        if found:
            tokens.setdefault(found[1], found[2])
        found = re.match(r"listening http://(\S+)", line)
        if found:
            return child, found[1], tokens
    sys.exit("the demo ended before it served")


def sign_in(address, token):
    asked = http.client.HTTPConnection(address, timeout=30)
    headers = {"Content-Type": "application/json"}
    asked.request("POST", "/api/session", json.dumps({"token": token}), headers)
    answer = asked.getresponse()
    answer.read()
    if answer.status != 200:
        sys.exit(f"signing in: {answer.status}")
    return answer.getheader("Set-Cookie").split(";")[0]


def ask(address, cookie, examples, seed, folder):
    """Cases asked, and what schemathesis said where it found something."""
    arguments = [
        sys.executable, "-m", "schemathesis.cli", "run", f"http://{address}/api/openapi.json",
        "--header", f"Cookie: {cookie}", "--checks", CHECKS, "--phases", "coverage,fuzzing",
        "--max-examples", str(examples), "--seed", str(seed), "--continue-on-failure",
        "--request-timeout", "120", "--suppress-health-check", "all", "--no-color",
    ]  # fmt: skip
    for path in LEFT_OUT:
        arguments += ["--exclude-path", path]
    # It keeps what it found beside itself.
    ran = subprocess.run(arguments, capture_output=True, text=True, check=False, cwd=folder)
    said = ran.stdout + ran.stderr
    found = re.search(r"([\d,]+) generated", said)
    return int(found[1].replace(",", "")) if found else 0, "" if ran.returncode == 0 else said


def main():
    reader = argparse.ArgumentParser()
    reader.add_argument("--command", required=True)
    reader.add_argument("--cases", type=int, default=10_000)
    reader.add_argument("--seed", type=int, default=7)
    asked = reader.parse_args()
    version = subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "--version"], capture_output=True, text=True, check=True
    )
    print(version.stdout.strip())
    folder = Path(tempfile.mkdtemp(prefix="bitacora-api-"))
    child, address, tokens = demo(str(Path(asked.command).resolve()), folder / "data")
    total, failed, round_number = 0, False, 0
    try:
        cookies = {role: sign_in(address, tokens[role]) for role in ROLES}
        while total < asked.cases:
            role = ROLES[round_number % len(ROLES)]
            cases, said = ask(address, cookies[role], 10, asked.seed + round_number, folder)
            total += cases
            round_number += 1
            print(f"{role}: {cases} cases, {'found something' if said else 'nothing found'}", flush=True)
            if said:
                print(said)
                failed = True
                break
            if cases == 0:
                print("schemathesis asked nothing")
                failed = True
                break
        if child.poll() is not None:
            print("the node ended")
            failed = True
    finally:
        child.kill()
        child.wait()
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{total} cases")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
