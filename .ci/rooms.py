#!/usr/bin/env python3
"""Checks the rooms of the package against .ci/rooms.table.

Reads `swift package dump-package` on standard input and prints every breach; --self-test shows that it finds them.
"""

import json
import pathlib
import re
import sys
import tempfile

TOOLCHAIN = {"Swift", "Synchronization", "Glibc", "Musl", "Darwin", "Testing", "Dispatch"}
IMPORT = re.compile(
    r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?"
    r"import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?([A-Za-z_]\w*)",
    re.MULTILINE,
)
UNSAFE = re.compile(r"\bunsafe\b|@unchecked\b|@safe\b|nonisolated\(unsafe\)")
PUBLIC = re.compile(r"^\s*(?:@\w+\s+)*(?:public\s+(?!import\b)|open\s+(?:class|func|var|subscript)\b)", re.MULTILINE)
MAXIMUM_LINES = 400


def read_table(text):
    """The layers, the allowed imports, what may be unsafe, and what other people's programs link."""
    layers, allowed, unsafe, libraries = {}, {}, set(), {}
    for line in text.splitlines():
        words = line.split("#")[0].split()
        if not words:
            continue
        if words[0] == "unsafe":
            unsafe.add(words[1])
        elif words[0] == "library":
            libraries[words[1]] = set(words[2:])
        else:
            layers[words[1]] = int(words[0])
            allowed[words[1]] = set(words[2:])
    return layers, allowed, unsafe, libraries


def without_comments_and_strings(source):
    source = re.sub(r'"""(.|\n)*?"""', '""', source)
    source = re.sub(r'"(\\.|[^"\\\n])*"', '""', source)
    return re.sub(r"//[^\n]*|/\*(.|\n)*?\*/", "", source)


def table_breaches(layers, allowed):
    """A table that contradicts itself protects nothing."""
    for room, modules in allowed.items():
        for module in sorted(modules & layers.keys()):
            if layers[module] >= layers[room]:
                yield f"table: {room} (layer {layers[room]}) may not import {module} (layer {layers[module]})"
    for room in sorted(name for name, layer in layers.items() if layer == 0):
        importers = sorted(name for name, modules in allowed.items() if room in modules)
        if len(importers) != 1:
            yield f"table: the C room {room} has the importers {importers}, not one"


def file_breaches(root, room, folder, table):
    layers, allowed, unsafe, libraries = table
    for path in sorted(folder.rglob("*.swift")):
        name = path.relative_to(root)
        source = path.read_text(encoding="utf-8")
        code = without_comments_and_strings(source)
        lines = source.count("\n")
        if lines > MAXIMUM_LINES:
            yield f"{name}: {lines} lines, more than {MAXIMUM_LINES}"
        if room not in allowed:
            continue
        for module in sorted(set(IMPORT.findall(code)) - TOOLCHAIN - allowed[room]):
            yield f"{name}: {room} may not import {module}"
        place = f"{room}/{path.relative_to(folder)}"
        if PUBLIC.search(code) and not any(place.startswith(library + "/") for library in libraries):
            yield f"{name}: public declaration outside of a library's folder"
        if UNSAFE.search(code) and room not in unsafe and place not in unsafe:
            yield f"{name}: unsafe code outside the rooms that own it"


def reach(manifest, room):
    """All targets and products that a target is linked with, by the manifest."""
    dependencies = {
        target["name"]: {(one.get("byName") or one.get("target") or one.get("product"))[0] for one in target["dependencies"]}
        for target in manifest["targets"]
    }
    found, new = set(), {room}
    while new:
        found |= new
        new = set().union(*(dependencies.get(name, set()) for name in new)) - found
    return found


def breaches(root, manifest, table):
    layers, allowed, _, libraries = table
    yield from table_breaches(layers, allowed)
    for library, forbidden in libraries.items():
        for name in sorted(reach(manifest, library.split("/")[0]) & forbidden):
            yield f"Package.swift: who links the library {library} would link {name} as well"
    known = set()
    for target in manifest["targets"]:
        room, kind = target["name"], target["type"]
        known.add(room)
        folder = root / (target.get("path") or ("Tests" if kind == "test" else "Sources") + "/" + room)
        if kind != "test" and room not in layers:
            yield f"Package.swift: the room {room} is not in .ci/rooms.table"
        if kind != "system":
            yield from file_breaches(root, room, folder, table)
    for room in sorted(layers.keys() - known):
        yield f".ci/rooms.table: there is no room {room}"


def self_test():
    """Every kind of breach is found, and a package without one passes."""
    good = "0 CLib\n1 Words NIOCore\n2 Owner CLib Words\nunsafe Owner\n"
    cases = [
        (good, {"Words": "internal import NIOCore\n"}, None),
        (good, {"Owner": "package import struct Words.Field\nimport CLib\nlet x = unsafe y()\n"}, None),
        (good, {"Words": '// import CLib\nlet s = "import Owner unsafe"\n'}, None),
        (good, {"Words": "import CLib\n"}, "Words may not import CLib"),
        (good, {"Words": "@preconcurrency import Owner\n"}, "Words may not import Owner"),
        (good, {"Words": "private import NIOSSL\n"}, "Words may not import NIOSSL"),
        (good, {"Words": "let x = unsafe y()\n"}, "unsafe code outside"),
        (good, {"Words": "final class A: @unchecked Sendable {}\n"}, "unsafe code outside"),
        (good, {"Words": "\n" * (MAXIMUM_LINES + 1)}, "more than"),
        (good, {"Stranger": "\n"}, "not in .ci/rooms.table"),
        (good + "1 Gone\n", {}, "there is no room Gone"),
        (good.replace("Words NIOCore", "Words Owner"), {}, "may not import Owner (layer 2)"),
        (good + "2 Second CLib\n", {"Second": "\n"}, "not one"),
        (good, {"Words": "public struct Word {}\n"}, "public declaration"),
        (good + "library Words/Face\n", {"Words": "@frozen public struct Word {}\n"}, "public declaration"),
        (good, {"Words": "public import NIOCore\n"}, None),
        (good, {"Words": "let open: Int\nopen = 1\n"}, None),
        (good + "library Owner NIOCore\n", {"Words": "import NIOCore\n", "Owner": "import Words\n"}, "NIOCore as well"),
        (good + "library Words CLib\n", {"Owner": "import CLib\n"}, None),
    ]
    for table, files, expected in cases:
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            targets = [{"name": "CLib", "type": "system", "dependencies": []}]
            for room in sorted({"Words", "Owner"} | files.keys()):
                (root / "Sources" / room).mkdir(parents=True)
                (root / "Sources" / room / "File.swift").write_text(files.get(room, ""), encoding="utf-8")
                dependencies = [{"byName": [name, None]} for name in IMPORT.findall(files.get(room, ""))]
                targets.append({"name": room, "type": "regular", "dependencies": dependencies})
            found = list(breaches(root, {"targets": targets}, read_table(table)))
        hit = not found if expected is None else any(expected in breach for breach in found)
        if not hit:
            sys.exit(f"rooms: the self-test expected {expected!r} for {files} and found {found}")


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    root = pathlib.Path(__file__).resolve().parent.parent
    table = read_table((root / ".ci/rooms.table").read_text(encoding="utf-8"))
    found = list(breaches(root, json.load(sys.stdin), table))
    for breach in found:
        print(breach, file=sys.stderr)
    if found:
        sys.exit(1)


main()
