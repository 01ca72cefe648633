#!/usr/bin/env python3
"""Checks recorded incidents: `validate.py OUT [REFERENCE_BUNDLE…]`: lines = truth, times in the window, sizes, shapes."""
import glob
import gzip
import io
import json
import os
import sys
import tarfile


def paths(value, at=""):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from paths(inner, at + "." + key)
    elif isinstance(value, list):
        for inner in value:
            yield from paths(inner, at + "[]")
    else:
        yield f"{at}:{type(value).__name__}"


def shape(bundle):
    found = {}
    for root, _, files in os.walk(bundle):
        for name in files:
            if name.endswith(".json"):
                relative = os.path.relpath(os.path.join(root, name), bundle)
                key = os.path.dirname(relative) if relative.count("/") >= 2 else relative
                found.setdefault(key, set()).update(paths(json.load(open(os.path.join(root, name)))))
    return found


def is_access(line):
    return '"bytes_sent"' in line or (line.startswith("[20") and line[11] == "T")


def main():
    out, references = sys.argv[1], sys.argv[2:]
    reference = {}
    for bundle in references:
        for key, value in shape(bundle).items():
            reference.setdefault(key, set()).update(value)
    for directory in sorted(glob.glob(os.path.join(out, "*", ""))):
        name, problems = os.path.basename(directory[:-1]), []
        if not os.path.exists(directory + "expected.json"):
            print(name, "has no expected.json")
            continue
        expected = json.load(open(directory + "expected.json"))
        truth = [json.loads(line) for line in open(directory + "truth.jsonl")]
        for side in ("caller", "callee"):
            lines = 0
            for path in glob.glob(directory + f"bundle/logs/lines/{side}/*"):
                with (gzip.open(path, "rt") if path.endswith(".gz") else open(path)) as source:
                    lines += sum(is_access(line) for line in source)
            wanted = sum(line["side"] == side for line in truth)
            if expected["setUp"][side + "Logs"] == "full" and lines != wanted:
                problems.append(f"{side}: {lines} access lines, {wanted} in the truth")
            if expected["setUp"][side + "Logs"] != "full" and lines:
                problems.append(f"{side}: {lines} access lines although it logs none")
        others = [c for c in expected["conditions"] if c == "other"]
        if others:
            problems.append("conditions without a name")
        if reference:
            for key, value in shape(directory + "bundle").items():
                extra = value - reference.get(key, set())
                if extra:
                    problems.append(f"{key}: extra {sorted(extra)}")
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:gz") as archive:
            archive.add(directory + "bundle", "bundle")
        size = len(packed.getvalue()) // 1024
        if size > 400:
            problems.append(f"{size} KB packed")
        print(f"{name:30} {size:4} KB  {'; '.join(problems) or 'ok'}")


main()
