#!/usr/bin/env python3
"""Other people's TAXII 2.1 clients against a server of ours, and the reference server's own cases against it and against us.

    pip install taxii2-client==2.3.0 medallion==3.0.0
    cargo run --release -p bitacora-taxii --example taxii_server -- --seed crates/taxii/tests/data/seed.json
    tools/check_taxii.py --url http://127.0.0.1:5000 --seed crates/taxii/tests/data/seed.json

The server needs the seed, pages of at most 20, user `admin` with password `Password0` and token `abc123`; it is written to.
Exit code 1 when anything fails.
"""
import argparse
import base64
import faulthandler
import importlib.metadata
import json
import sys
import threading
import time
import uuid

import taxii_cases

USER, PASSWORD, TOKEN = "admin", "Password0", "abc123"


class Call:
    """A request of a case: names in its path are filled in from the seed."""

    medallion = False

    def __init__(self, seed):
        self.names = {}
        for collection in seed["watch"]["collections"]:
            words = {"inbox": "Only to write", "desk": "To read and to write", "exercise": "Objects of the exercise", "closed": "Neither"}
            for name, title in words.items():
                if collection["title"].startswith(title):
                    self.names["$" + name] = collection["id"]
            for one in collection["objects"]:
                self.names["$" + one["type"]] = one["id"]

    def name(self, text):
        for name, value in self.names.items():
            text = text.replace(name, value)
        return text

    def headers(self, auth, body):
        headers = {"Accept": taxii_cases.TAXII}
        if auth:
            headers["Authorization"] = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if body is not None:
            headers["Content-Type"] = taxii_cases.TAXII
        return headers


class Ours(Call):
    """Over HTTP. Redirects to the address with its slash are followed, as the suite's client does."""

    def __init__(self, seed, url):
        import requests

        super().__init__(seed)
        self.url, self.session = url, requests.Session()

    def __call__(self, method, path, body=None, auth=True):
        path = path if path.startswith("/taxii2/") else "/taxii2" + path
        data = None if body is None else json.dumps(body)
        answer = self.session.request(method, self.url + self.name(path), data=data, headers=self.headers(auth, body), timeout=30)
        headers = {name.lower(): value for name, value in answer.headers.items()}
        if answer.status_code >= 400:
            error = answer.json()
            assert error["title"] and error["http_status"] == str(answer.status_code), error
        return answer.status_code, headers, answer.json() if answer.content else None


class Medallion(Call):
    """The reference server in this process, over its own test client."""

    medallion = True

    def __init__(self, seed, path):
        import medallion

        super().__init__(seed)
        app = medallion.application_instance
        # The suite's own configuration.
        configuration = {
            "backend": {"module": "medallion.backends.memory_backend", "module_class": "MemoryBackend", "filename": path},
            "users": {USER: PASSWORD},
            "taxii": {"max_page_size": 20},
        }
        for name in configuration:
            medallion.set_config(app, name, configuration)
        medallion.register_blueprints(app)
        self.client = app.test_client()

    def __call__(self, method, path, body=None, auth=True):
        answer = self.client.open(
            self.name(path), method=method, data=None if body is None else json.dumps(body), headers=self.headers(auth, body), follow_redirects=True
        )
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return answer.status_code, headers, answer.get_json(silent=True)


def cases(call):
    """Runs every case; the names of those that failed, with why."""
    failed = {}
    for name, (check, asked) in taxii_cases.CASES.items():
        try:
            check(call, asked)
        except Exception as error:
            failed[name] = f"{type(error).__name__}: {error}"
    return failed


def location(number, **more):
    made = {"type": "location", "spec_version": "2.1", "id": f"location--{uuid.uuid4()}"}
    stamp = f"2026-01-01T00:{number // 60 % 60:02}:{number % 60:02}.{number // 3600:03}Z"
    return made | {"created": stamp, "modified": stamp, "latitude": number % 90 / 1.0, "longitude": -80.25} | more


def client(url):
    """taxii2-client: discovery by password and by token, a walk in pages, adding, asking, deleting, refusals."""
    import requests
    from taxii2client.common import TokenAuth
    from taxii2client.exceptions import AccessError
    from taxii2client.v21 import ApiRoot, Server, as_pages

    server = Server(url + "/taxii2/", user=USER, password=PASSWORD)
    assert [root.url.split("/")[-2] for root in server.api_roots] == ["archive", "training", "watch"] and server.default is not None
    root = ApiRoot(url + "/taxii2/watch/", auth=TokenAuth(TOKEN))
    assert root.versions == [taxii_cases.TAXII] and root.max_content_length > 0
    shelves = {one.title: one for one in root.collections}
    exercise, desk = shelves["Objects of the exercise"], shelves["To read and to write"]
    assert exercise.can_read and not shelves["Only to write"].can_read
    walked = [one for page in as_pages(exercise.get_objects, per_request=2, version="all") for one in page.get("objects", [])]
    assert len(walked) == 7 and walked == exercise.get_objects(version="all")["objects"], len(walked)
    manifest = exercise.get_manifest(version=["first", "last"], type=["infrastructure"])
    assert [one["version"] for one in manifest["objects"]] == [taxii_cases.VERSIONS[0], taxii_cases.VERSIONS[2]]
    good, bad = location(1), location(2, id="indicator--" + str(uuid.uuid4()))
    status = desk.add_objects({"objects": [good, bad]}, wait_for_completion=True, timeout=10)
    assert (status.status, status.success_count, status.failure_count) == ("complete", 1, 1)
    assert status.failures[0]["id"] == bad["id"] and "id_type_mismatch" in status.failures[0]["message"]
    status.refresh()
    assert status.total_count == 2
    assert desk.get_object(good["id"])["objects"] == [good]
    assert desk.object_versions(good["id"])["versions"] == [good["modified"]]
    desk.delete_object(good["id"])
    for refused, code in ((lambda: desk.get_object(good["id"]), 404), (lambda: ApiRoot(url + "/taxii2/watch/", user=USER, password="wrong").title, 401)):
        try:
            refused()
            raise AssertionError(f"no {code}")
        except requests.exceptions.HTTPError as error:
            assert error.response.status_code == code
    try:
        shelves["Neither to read nor to write"].get_objects()
        raise AssertionError("a closed collection was read")
    except AccessError:
        pass


def resuming(url, writers=4, each=60):
    """Readers that ask for what was added after the last they saw, while four writers add batches of different sizes."""
    from taxii2client.v21 import Collection, Server

    def desk():
        found = [one for one in Server(url + "/taxii2/", user=USER, password=PASSWORD).api_roots[2].collections if one.title == "To read and to write"]
        return Collection(found[0].url, user=USER, password=PASSWORD)

    sent, came, after = [], [], None
    lock = threading.Lock()

    def write(size):
        collection = desk()
        for batch in range(each // size):
            objects = [location(batch * size + at) for at in range(size)]
            assert collection.add_objects({"objects": objects}, wait_for_completion=False).success_count == size
            with lock:
                sent.extend(one["id"] for one in objects)

    reader = desk()
    threads = [threading.Thread(target=write, args=(size,)) for size in (1, 3, 10, 20)[:writers]]
    for thread in threads:
        thread.start()
    idle = 0
    while idle < 2:
        finished = not any(thread.is_alive() for thread in threads)
        page = reader.get_objects(**({"added_after": after} if after else {}))
        if page.get("objects"):
            came += [one["id"] for one in page["objects"]]
            # The client library hides the header, so the date comes from the manifest.
            last = reader.get_manifest(id=page["objects"][-1]["id"])["objects"][-1]
            after = last["date_added"]
        elif finished:
            idle += 1
        time.sleep(0.005)
    came = [one for one in came if one in set(sent)]
    assert len(sent) == writers * each and sorted(came) == sorted(sent), f"{len(sent)} sent, {len(came)} came, {len(set(sent) - set(came))} missed"
    for one in sent:
        reader.delete_object(one)
    return len(sent)


class Connector:
    """The way that OpenCTI's TAXII connector takes through taxii2-client (OpenCTI-Platform/connectors, external-import/taxii2), told anew:
    one dictionary of filters for the whole run, in which the last `next` stays behind."""

    def __init__(self, url, limit):
        from taxii2client.common import TokenAuth
        from taxii2client.v21 import Server

        self.server = Server(url + "/taxii2/", auth=TokenAuth(TOKEN), verify=True, cert=None)
        self.filters = {"limit": limit} if limit else {}
        self.asked = 0

    def ask(self, collection):
        from taxii2client.exceptions import TAXIIServiceException

        self.asked += 1
        assert self.asked < 100, "the connector would walk for ever"
        try:
            return collection.get_objects(**self.filters)
        except TAXIIServiceException:
            return None

    def poll(self, collection):
        objects, answer = [], self.ask(collection)
        if answer is None or not answer.get("objects"):
            return objects
        assert answer["objects"][0]["spec_version"] == "2.1", "it would fall back to the paging of TAXII 2.0"
        while True:
            objects += answer.get("objects", [])
            if answer.get("more") is not True:
                return objects
            # Without `next` it would ask nothing and go round here for ever.
            if "next" in answer:
                self.filters.pop("added_after", None)
                self.filters["next"] = answer["next"]
                answer = self.ask(collection)
            else:
                raise AssertionError("more without next: the connector never ends")

    def titled(self, root, title):
        return self.poll(next(one for one in root.collections if one.title == title))


def connector(url):
    import requests

    for limit in (1, 2, 100, None):
        walk = Connector(url, limit)
        root = next(root for root in walk.server.api_roots if root.url.split("/")[-2] == "watch")
        assert len({one["id"] for one in walk.titled(root, "Objects of the exercise")}) == 5, limit
    # All collections of all roots, each within a page.
    walk = Connector(url, None)
    assert len([one for root in walk.server.api_roots for shelf in root.collections for one in walk.poll(shelf)]) >= 5
    # With pages it takes one collection's `next` to the following ones; they refuse it, so nothing is skipped in silence.
    walk = Connector(url, 2)
    try:
        for shelf in walk.server.api_roots[2].collections:
            walk.poll(shelf)
        raise AssertionError("a `next` of another collection was taken")
    except requests.exceptions.HTTPError as error:
        assert error.response.status_code == 400 and error.response.json()["error_code"] == "next"


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--url", required=True, help="without the path, as http://127.0.0.1:5000")
    arguments.add_argument("--seed", required=True)
    arguments.add_argument("--cases", action="store_true", help="the reference server's cases alone")
    given = arguments.parse_args()
    # The clients wait for ever; this does not.
    faulthandler.dump_traceback_later(540, exit=True)
    with open(given.seed, encoding="utf-8") as file:
        seed = json.load(file)
    bad = 0
    for package in ("taxii2-client", "medallion", "requests", "flask", "werkzeug"):
        print(f"{package} {importlib.metadata.version(package)}")

    def step(name, work):
        nonlocal bad
        try:
            told = work()
            print(f"{name}: passed" + (f", {told} objects" if told else ""))
        except Exception as error:
            bad += 1
            print(f"{name}: FAILED: {type(error).__name__}: {error}")

    runs = {"medallion itself": lambda: Medallion(seed, given.seed), "this server": lambda: Ours(seed, given.url)}
    for name, make in runs.items():
        failed = cases(make())
        bad += len(failed)
        for case, why in failed.items():
            print(f"{name}: {case}: {why}")
        total = len(taxii_cases.CASES)
        print(f"cases of medallion against {name}: {total - len(failed)} of {total}")
    print(f"left out, of medallion's own configuration: {len(taxii_cases.LEFT_OUT)}")
    if given.cases:
        return 1 if bad else 0
    step("taxii2-client", lambda: client(given.url))
    step("OpenCTI's way through taxii2-client", lambda: connector(given.url))
    step("resuming reader beside four writers, by date_added", lambda: resuming(given.url))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
