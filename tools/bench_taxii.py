#!/usr/bin/env python3
"""TAXII 2.1 over HTTP: a node of ours beside OpenTAXII and medallion, in one run, through taxii2-client.

    pip install taxii2-client==2.3.0 medallion==3.0.0
    python3 -m venv opentaxii && opentaxii/bin/pip install opentaxii==0.9.3 gunicorn==27.0.1 'sqlalchemy<2' 'flask<2.3' 'werkzeug<2.3'
    cargo build --release --locked -p bitacora-node
    tools/bench_taxii.py --bitacora target/release/bitacora --opentaxii opentaxii/bin

Each server runs on core 0 and the client on core 1, over one loopback connection, without TLS. What counts is the server's own processor
time, utime and stime of its processes (proc(5), stat), until it is done with what it does after its answers. The object is a STIX 2.1
`location` as one vessel's position, 1,080 bytes of JSON. The node reads every object with the importer, keeps it durably in SQLite, and has
its hash in a leaf of its log before it answers; OpenTAXII (gunicorn, one sync worker) keeps it in SQLite, medallion in memory. Exit code 1
when a bar is missed. Needs Linux.
"""
import argparse
import contextlib
import datetime
import importlib.metadata
import importlib.util
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid

TAXII = "application/taxii+json;version=2.1"
TICK = os.sysconf("SC_CLK_TCK")
OBJECT_BYTES = 1080
AMBER = "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"
BEGIN = datetime.datetime(2026, 11, 22, tzinfo=datetime.timezone.utc)

# Names in the table, and the bar for the node: objects or pages a processor second, or milliseconds of it.
BATCH_1, BATCH_100 = "batch 1, objects/CPU-s", "batch 100, objects/CPU-s"
PAGES_100, PAGES_1000 = "pages of 100, pages/CPU-s", "pages of 1,000, pages/CPU-s"
BARS = {BATCH_1: 2_000, BATCH_100: 10_000, PAGES_100: 500}
FIRST_PAGE_MS = 10


class Positions:
    """Positions of vessels, seeded, each once; `modified` rises by 1 ms."""

    def __init__(self):
        self.random, self.made = random.Random(2611), 0

    def one(self):
        self.made += 1
        at = (BEGIN + datetime.timedelta(milliseconds=self.made)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        body = {
            "extension_type": "property-extension",
            "mmsi": 730_000_000 + self.made % 10_000,
            "sog": 11.5,
            "cog": 270.1,
            "sensor": "ais",
            "observed_at": at,
            "agreement": "A-2026-1",
            "purpose": "seizure",
        }
        position = {
            "type": "location",
            "spec_version": "2.1",
            "id": f"location--{uuid.UUID(int=self.random.getrandbits(128), version=4)}",
            "created_by_ref": "identity--5e0a4e1e-4b3f-4c3e-9b57-3f6d1d6f4f10",
            "created": at,
            "modified": at,
            "confidence": 80,
            "latitude": round(self.random.uniform(-5, 15), 4),
            "longitude": round(self.random.uniform(-95, -70), 4),
            "object_marking_refs": [AMBER],
            "external_references": [{"source_name": "bitacora", "external_id": f"IND-2611-{self.made:07}"}],
            "extensions": {"extension-definition--9c59fd79-4215-4ba2-920d-3e4f320e1e62": body},
            "description": "",
        }
        missing = OBJECT_BYTES - len(json.dumps(position))
        position["description"] = ("Position of a vessel. " * 20)[:missing]
        return position

    def batches(self, objects, batch):
        for _ in range(objects // batch):
            yield {"objects": [self.one() for _ in range(batch)]}


def on_core(core):
    """To be called in a process before it becomes a program: it and its children stay on one core, where there are two."""

    def pin():
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[min(core, len(cores) - 1)]})

    return pin


class Server:
    """A server in a folder of its own, with a collection `url` to read and to write."""

    auth = {}

    def __init__(self, folder, command, environment=None):
        self.log = open(folder / "log", "ab")
        self.process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=self.log, stderr=subprocess.STDOUT, preexec_fn=on_core(0), start_new_session=True
        )
        self.folder = folder

    def wait(self, port):
        for _ in range(600):
            if self.process.poll() is not None:
                break
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                return
            time.sleep(0.05)
        raise RuntimeError(f"{self.process.args[0]} does not answer:\n{(self.folder / 'log').read_text()[-2000:]}")

    def processor(self):
        """Seconds of its processes so far."""
        ticks = 0
        for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                fields = stat.read_text().rsplit(") ", 1)[1].split()
                # Its own process group: the worker of gunicorn is in it.
                if int(fields[2]) == self.process.pid:
                    ticks += int(fields[11]) + int(fields[12])
        return ticks / TICK

    def collection(self):
        from taxii2client.v21 import Collection

        return Collection(self.url, **self.auth)

    def stop(self):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.log.close()


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Node(Server):
    def __init__(self, folder, bitacora):
        data = folder / "data"
        data.mkdir()
        made = subprocess.run([bitacora, "taxii", "token", "bench", "--write"], capture_output=True, text=True, check=True)
        (data / "bitacora.toml").write_text(made.stdout)
        port = free_port()
        super().__init__(folder, [bitacora, "node", "--data", str(data), "--bind", f"127.0.0.1:{port}"])
        self.auth = {"user": "bench", "password": made.stderr.split()[-1]}
        self.wait(port)
        from taxii2client.v21 import ApiRoot

        # The client library does not take a collection's alias.
        root = ApiRoot(f"http://127.0.0.1:{port}/taxii2/node/", **self.auth)
        self.url = next(one.url for one in root.collections if one.can_write)


OPENTAXII_COLLECTION = """
from opentaxii.cli.persistence import app
api = app.taxii_server.servers.taxii2.persistence.api
with app.app_context():
    root = api.add_api_root(title="bench", description=None, default=True)
    collection = api.add_collection(
        api_root_id=str(root.id), title="bench", description=None, alias=None, is_public=True, is_public_write=True
    )
    print(root.id, collection.id)
"""


# 0.9.3, the newest on PyPI, answers 500 wherever an answer has a UUID of its database in it.
OPENTAXII_APP = """
import json
json.JSONEncoder.default = lambda self, value: str(value)
from opentaxii.http import app
"""


class OpenTaxii(Server):
    """SQLite, one sync worker of gunicorn, a public collection."""

    def __init__(self, folder, programs):
        programs = pathlib.Path(programs).resolve()
        database = "class: opentaxii.{}\n{}parameters:\n{}  db_connection: sqlite:///{}\n{}  create_tables: yes\n"

        def api(name, file, indent):
            return database.format(name, indent, indent, folder / file, indent)

        (folder / "opentaxii.yml").write_text(
            "domain: 127.0.0.1\nsupport_basic_auth: no\nlogging:\n  opentaxii: error\n  root: error\n"
            + "auth_api:\n  " + api("auth.sqldb.SQLDatabaseAPI", "auth.db", "  ") + "    secret: bench\n"
            + "taxii1:\n"
            + "taxii2:\n  title: bench\n  public_discovery: true\n  max_content_length: 31457280\n"
            + "  persistence_api:\n    " + api("persistence.sqldb.Taxii2SQLDatabaseAPI", "taxii.db", "    ")
        )
        environment = {**os.environ, "OPENTAXII_CONFIG": str(folder / "opentaxii.yml")}
        # Its own programs do not say the ids of what they make.
        made = subprocess.run(
            [programs / "python3", "-c", OPENTAXII_COLLECTION], cwd=folder, env=environment, capture_output=True, text=True, check=True
        )
        root, collection = made.stdout.split()[-2:]
        port = free_port()
        (folder / "bench_app.py").write_text(OPENTAXII_APP)
        command = [programs / "gunicorn", "bench_app:app", "--workers", "1", "--worker-class", "sync", "--bind", f"127.0.0.1:{port}"]
        super().__init__(folder, command, environment)
        self.url = f"http://127.0.0.1:{port}/taxii2/{root}/collections/{collection}/"
        self.wait(port)


class Medallion(Server):
    """Its own server, its backend in memory."""

    auth = {"user": "bench", "password": "bench"}

    def __init__(self, folder):
        root, collection = "bench", str(uuid.UUID(int=1, version=4))
        store = {
            "/discovery": {"title": "bench", "api_roots": [f"/{root}/"]},
            root: {
                "information": {"title": "bench", "versions": [TAXII], "max_content_length": 31457280},
                "status": [],
                "collections": [
                    {"id": collection, "title": "bench", "can_read": True, "can_write": True, "media_types": ["application/stix+json;version=2.1"],
                     "objects": [], "manifest": []}
                ],
            },
        }
        (folder / "store.json").write_text(json.dumps(store))
        configuration = {
            "backend": {"module": "medallion.backends.memory_backend", "module_class": "MemoryBackend", "filename": str(folder / "store.json")},
            "users": {"bench": "bench"},
            "taxii": {"max_page_size": 1000},
        }
        (folder / "medallion.json").write_text(json.dumps(configuration))
        port = free_port()
        super().__init__(folder, [sys.executable, "-m", "medallion.scripts.run", "--port", str(port), str(folder / "medallion.json")])
        self.url = f"http://127.0.0.1:{port}/{root}/collections/{collection}/"
        self.wait(port)


class Cost:
    """What some work cost the server, and how long it took."""

    def __init__(self, server, work):
        processor, clock = self.settled(server), time.monotonic()
        self.count = work()
        self.wall = time.monotonic() - clock
        self.processor = max(self.settled(server) - processor, 1 / TICK)

    @staticmethod
    def settled(server):
        """The processor time once the server is done with what it does after its answers: the node reads what came as claims."""
        before = server.processor()
        for _ in range(30):
            time.sleep(1.2)
            now = server.processor()
            if now - before < 0.03:
                return now
            before = now
        raise RuntimeError("the server comes to no rest")

    def rate(self):
        return self.count / self.processor

    def told(self, what):
        print(f"  {what}: {self.count} in {self.processor:.2f} CPU-s of the server and {self.wall:.1f} s, {self.rate():.0f} a CPU-s", flush=True)
        return self


def add(collection, batches):
    count = 0
    for batch in batches:
        status = collection.add_objects(batch, wait_for_completion=False)
        # OpenTAXII answers with a status that is complete and a count of nothing, as it counts later.
        assert not status.failure_count, status.failures
        count += len(batch["objects"])
    return count


def walk(collection, limit, rows):
    """Follows `next` to the end: the pages, where every row came once."""
    from taxii2client.v21 import as_pages

    ids, pages = [], 0
    for page in as_pages(collection.get_objects, per_request=limit):
        ids += [one["id"] for one in page["objects"]]
        pages += 1
    assert len(ids) == len(set(ids)) == rows, f"{len(set(ids))} of {rows}"
    return pages


@contextlib.contextmanager
def running(make, folder):
    with tempfile.TemporaryDirectory(dir=folder, prefix="bench-taxii-") as own:
        server = make(pathlib.Path(own))
        try:
            yield server, server.collection()
        finally:
            server.stop()


def measure(make, folder, sizes):
    """Rates by the name of the figure, each with a fresh server where `sizes` says so."""
    positions, rates = Positions(), {}

    def added(server, collection, objects, batch):
        # Made before, so that the client takes no part of the wall time that it need not.
        batches = list(positions.batches(objects, batch))
        return Cost(server, lambda: add(collection, batches)).told(f"added by {batch}")

    with contextlib.ExitStack() as stack:
        server, collection = stack.enter_context(running(make, folder))
        rates[BATCH_1] = added(server, collection, sizes["singles"], 1).rate()
        rows = sizes["singles"]
        if sizes["fresh"]:
            server, collection = stack.enter_context(running(make, folder))
            rows = 0
        rates[BATCH_100] = added(server, collection, sizes["hundreds"], 100).rate()
        rows += sizes["hundreds"]
        if sizes["fresh"]:
            server, collection = stack.enter_context(running(make, folder))
            rows = sizes["walked"]
            add(collection, positions.batches(rows, 100))
        for name, limit in ((PAGES_100, 100), (PAGES_1000, 1000)):
            if rows >= limit:
                turns = sizes["walks"]
                rates[name] = Cost(server, lambda: sum(walk(collection, limit, rows) for _ in range(turns))).told(f"walked by {limit}").rate()
    return rates


def many(make, folder, count):
    """The same at `count` objects: batches and the first page."""
    positions = Positions()
    with running(make, folder) as (server, collection):
        Cost(server, lambda: add(collection, positions.batches(count, 1000))).told(f"filled to {count}")
        cost = {}
        for batch, objects in ((1, 2_000), (100, 20_000)):
            batches = list(positions.batches(objects, batch))
            cost[batch] = Cost(server, lambda: add(collection, batches)).told(f"added by {batch} beyond {count}").rate()

        def first_pages():
            for _ in range(300):
                assert len(collection.get_objects(limit=100)["objects"]) == 100
            return 300

        pages = Cost(server, first_pages).told("first page of 100")
        return cost[1], cost[100], 1e3 / pages.rate()


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--bitacora", default="target/release/bitacora", help="the binary of a release build")
    arguments.add_argument("--opentaxii", help="the folder of the programs of OpenTAXII and gunicorn", default=os.environ.get("BITACORA_OPENTAXII"))
    arguments.add_argument("--many", type=int, default=1_000_000, help="objects for the first page and the late batches; 0 leaves them out")
    arguments.add_argument("--short", action="store_true", help="fewer objects for the peers")
    arguments.add_argument("--figures", action="store_true", help="print the lines that tools/bench.sh judges, and fail at no bar")
    arguments.add_argument("--folder", help="where databases are made: a disk, not memory", default="target")
    given = arguments.parse_args()
    with open("/proc/loadavg", encoding="ascii") as file:
        print(f"taxii2-client {importlib.metadata.version('taxii2-client')}, {os.cpu_count()} cores, load {' '.join(file.read().split()[:3])}")
    bitacora = str(pathlib.Path(given.bitacora).resolve())
    folder = pathlib.Path(given.folder).resolve()
    folder.mkdir(exist_ok=True)
    on_core(1)()
    less = 4 if given.short else 1

    rates = {}
    print("Bitácora:", flush=True)
    ours = {"singles": 4_000, "hundreds": 40_000, "walks": 4, "fresh": False}
    rates["Bitácora"] = measure(lambda own: Node(own, bitacora), folder, ours)
    late = many(lambda own: Node(own, bitacora), folder, given.many) if given.many else None
    if given.opentaxii and shutil.which("gunicorn", path=given.opentaxii):
        print("OpenTAXII:", flush=True)
        theirs = {"singles": 400 // less, "hundreds": 4_000 // less, "walks": 2, "fresh": False}
        rates["OpenTAXII"] = measure(lambda own: OpenTaxii(own, given.opentaxii), folder, theirs)
    else:
        print("OpenTAXII: left out: not installed (see --help), name the folder of its programs with --opentaxii")
    if importlib.util.find_spec("medallion"):
        print(f"medallion {importlib.metadata.version('medallion')}:", flush=True)
        # It copies the whole collection for each page, so that its collection is short.
        theirs = {"singles": 400 // less, "hundreds": 4_000 // less, "walked": 100, "walks": 10 // less, "fresh": True}
        rates["medallion"] = measure(Medallion, folder, theirs)
    else:
        print("medallion: left out: pip install medallion==3.0.0")

    missed = 0

    def judged(name, measured, side, bar):
        nonlocal missed
        held = measured >= bar if side == "at least" else measured <= bar
        missed += not held
        if given.figures:
            print(f"figure|TAXII over HTTP, {name}|{measured:.2f}|{side} {bar}|{measured / bar:.3f}")
        return "PASS" if held else "MISSED"

    print(f"\n{'a processor second of the server':<34}" + "".join(f"{name:>20}" for name in rates) + "  bar")
    for name in (BATCH_1, BATCH_100, PAGES_100, PAGES_1000):
        own = rates["Bitácora"].get(name)
        line = f"{name:<34}"
        for who, one in rates.items():
            rate = one.get(name)
            ratio = "" if who == "Bitácora" or not rate else f" ({own / rate:.0f} x)"
            line += f"{'-' if rate is None else f'{rate:.0f}{ratio}':>20}"
        if name in BARS:
            line += f"  {BARS[name]} " + judged(name, own, "at least", BARS[name])
        print(line)
    if late:
        single, hundred, page = late
        at = f"from {given.many}, "
        print(f"{at}batch 1: {single:.0f} " + judged(f"{at}{BATCH_1}", single, "at least", BARS[BATCH_1]))
        print(f"{at}batch 100: {hundred:.0f} " + judged(f"{at}{BATCH_100}", hundred, "at least", BARS[BATCH_100]))
        print(f"{at}first page of 100: {page:.2f} ms " + judged(f"{at}first page, CPU ms", page, "at most", FIRST_PAGE_MS))
    return 1 if missed and not given.figures else 0


if __name__ == "__main__":
    sys.exit(main())
