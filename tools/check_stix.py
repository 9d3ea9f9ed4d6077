#!/usr/bin/env python3
"""Other people's checkers over bundles that we emit: stix2-validator, stix2, our published JSON schemas, and with --misp a
trip through misp-stix to MISP events and back.

    pip install stix2-validator==3.2.0 stix2==3.0.2 misp-stix==2026.10.12
    cargo run --release -p bitacora-stix --example dump_stix > bundle.json && tools/check_stix.py --misp bundle.json

Exit code 1 when one of them finds an error, or a warning that WARNINGS does not name.
"""
import argparse
import importlib.metadata
import json
import pathlib
import re
import sys

SCHEMAS = pathlib.Path(__file__).resolve().parent.parent / "docs/stix/schemas"
EXTENSION = next(SCHEMAS.glob("extension-definition--*.json")).stem
TYPES = {"vessel", "container", "lead", "track", "contact", "seizure", "case", "series", "distress"}
EXTENDED = {
    "marking-definition": "bitacora-handling",
    "location": "bitacora-location",
    "incident": "bitacora-incident",
    "grouping": "bitacora-view",
    "note": "bitacora-view",
}
# Ids are derived from what they name (UUID version 5), where STIX 2.1, 2.9 says that they SHOULD be random.
WARNINGS = {"103"}


def version(package):
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def validator(path):
    """stix2-validator with its own schemas and ours; every check of good practice is on."""
    from stix2validator import ValidationOptions, validate_file

    options = ValidationOptions(version="2.1", schema_dir=str(SCHEMAS), enforce_refs=True)
    results = validate_file(str(path), options)
    for result in results.object_results if hasattr(results, "object_results") else [results]:
        for error in result.errors:
            yield f"stix2-validator: {error}"
        for warning in result.warnings:
            code = re.search(r"\{(\d+)\}", str(warning))
            if code is None or code[1] not in WARNINGS:
                yield f"stix2-validator warns: {warning}"


def library(objects):
    """stix2 in its default mode: new types as dict, all others as its classes, and back to the same JSON."""
    import stix2

    for given in objects:
        try:
            parsed = stix2.parse(json.dumps(given))
        except Exception as error:
            yield f"stix2 rejects {given['id']}: {error}"
            continue
        if isinstance(parsed, dict) != (given["type"] in TYPES):
            yield f"stix2 reads {given['id']} as {type(parsed).__name__}"
        back = parsed if isinstance(parsed, dict) else json.loads(parsed.serialize())
        for name in given.keys() | back.keys():
            # stix2 writes defaults out.
            if given.get(name) != back.get(name) and not (name == "revoked" and not back[name]):
                yield f"stix2 changes {name} of {given['id']}: {given.get(name)!r} to {back.get(name)!r}"


def schemas(objects):
    """The published schemas, by an implementation of JSON Schema 2020-12."""
    from jsonschema import Draft202012Validator
    from referencing import Registry, Resource

    texts = {path.name: json.loads(path.read_text()) for path in SCHEMAS.glob("*.json")}
    registry = Registry().with_resources((name, Resource.from_contents(text)) for name, text in texts.items())
    for name, text in texts.items():
        Draft202012Validator.check_schema(text)
    checks = {name: Draft202012Validator({"$ref": name}, registry=registry) for name in texts}
    for given in objects:
        body = given.get("extensions", {}).get(EXTENSION)
        parts = []
        if given["type"] in TYPES:
            parts.append((given["type"], given))
        elif body is not None:
            parts.append((EXTENDED[given["type"]], body))
        if body is not None:
            parts.append((EXTENSION, given))
        for name, part in parts:
            for error in checks[name + ".json"].iter_errors(part):
                yield f"{name}.json: {given['id']}: {error.json_path}: {error.message}"


def misp(objects, folder):
    """To MISP events and back: vessel, container, position, reasons and every caveat must still be there. What came back
    is left in the folder, one bundle an event, with one event more that MISP might have made itself."""
    import stix2
    from misp_stix_converter import ExternalSTIX2toMISPParser, MISPtoSTIX21Parser

    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        writer = MISPtoSTIX21Parser()
        writer.parse_misp_event(vessel_event())
        (folder / "vessel.json").write_text(writer.bundle.serialize())

    bundle = {"type": "bundle", "id": "bundle--11111111-1111-4111-8111-111111111111", "objects": objects}
    parser = ExternalSTIX2toMISPParser()
    parser.load_stix_bundle(stix2.parse(json.dumps(bundle), allow_custom=True))
    parser.parse_stix_bundle(single_event=False)
    events = parser.misp_events if isinstance(parser.misp_events, list) else [parser.misp_events]
    by_uuid = {event.uuid: event for event in events}
    markings = {given["id"]: given for given in objects if given["type"] == "marking-definition"}
    notes = {given["object_refs"][0]: given for given in objects if given["type"] == "note"}
    places = {given["id"]: given for given in objects if given["type"] == "location"}
    groupings = [given for given in objects if given["type"] == "grouping"]
    for grouping in groupings:
        event = by_uuid.get(grouping["id"].split("--")[1])
        if event is None:
            yield f"misp-stix makes no event of {grouping['id']}"
            continue
        # Its own reader trips over the times that pymisp writes, so the event goes back as it is, not as JSON.
        writer = MISPtoSTIX21Parser()
        writer.parse_misp_event(event)
        if folder:
            (folder / f"{event.uuid}.json").write_text(writer.bundle.serialize())
        sides = {"MISP": json.loads(event.to_json()), "STIX": json.loads(writer.bundle.serialize())}
        wanted = list(grouping["labels"]) + notes[grouping["id"]]["content"].splitlines()
        for marking in (markings[ref] for ref in grouping["object_marking_refs"]):
            if marking["name"].startswith("TLP:"):
                wanted.append(marking["name"])
            elif "definition" in marking:
                wanted.append(marking["definition"]["statement"])
        for place in (places[ref] for ref in grouping["object_refs"] if ref in places):
            wanted += [str(place["latitude"]), str(place["longitude"])]
        for side, made in sides.items():
            # Case is not kept in the names of tags.
            text = "\n".join(texts(made)).lower()
            for want in wanted:
                if want.lower() not in text:
                    yield f"{side} has lost of {grouping['name']}: {want}"


def vessel_event():
    """A MISP event with a vessel of the Follow-the-Money template and a position."""
    from pymisp import MISPEvent, MISPObject

    event = MISPEvent()
    event.from_dict(uuid="5f0b1c9e-1111-4111-8111-111111111111", info="Vessel of interest", date="2026-11-20")
    event.add_tag("tlp:amber")
    event.add_tag("PAP:AMBER")
    for name, number, attributes in [
        ("ftm-Vessel", 3, {"imoNumber": "9074729", "mmsi": "352741000", "name": "EXAMPLE STAR", "callSign": "3FAB7"}),
        ("geolocation", 4, {"latitude": "12.5", "longitude": "-77.0"}),
    ]:
        made = MISPObject(name, strict=False)
        made.uuid = f"5f0b1c9e-1111-4111-8111-{number:012d}"
        for relation, value in attributes.items():
            made.add_attribute(relation, value, type="text")
        event.add_object(made)
    return event


def texts(value):
    """Every text and number in a JSON value."""
    if isinstance(value, dict):
        for one in value.values():
            yield from texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts(one)
    else:
        yield str(value)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--misp", action="store_true", help="also the trip through misp-stix")
    arguments.add_argument("--misp-out", type=pathlib.Path, help="folder for what comes back from MISP, as bundles")
    arguments.add_argument("bundles", nargs="+", type=pathlib.Path)
    asked = arguments.parse_args()
    packages = ["stix2-validator", "stix2", "jsonschema"] + ["misp-stix", "pymisp"] * asked.misp
    print(", ".join(f"{package} {version(package)}" for package in packages))
    found = 0
    for path in asked.bundles:
        objects = json.loads(path.read_text()).get("objects", [])
        checks = [("stix2-validator", validator(path)), ("stix2", library(objects)), ("schemas", schemas(objects))]
        if asked.misp:
            checks.append(("misp-stix", misp(objects, asked.misp_out)))
        for name, errors in checks:
            errors = list(errors)
            found += len(errors)
            for error in errors:
                print(f"{path.name}: {error}")
            print(f"{path.name}: {name}: {len(objects)} objects, {len(errors)} errors")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
