#!/usr/bin/env python3
"""Checks that every relative link in the documents leads to a file, and to a heading when it names one."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)


def anchors(text):
    """The anchors of the headings, as code hosts make them."""
    headings = re.findall(r"^#+\s+(.*)$", FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def breaches(document):
    for target in LINK.findall(FENCE.sub("", document.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (document.parent / path).resolve() if path else document
        if not file.exists():
            yield f"{document.relative_to(ROOT)}: {target} leads nowhere"
        elif anchor and file.suffix == ".md" and anchor not in anchors(file.read_text(encoding="utf-8")):
            yield f"{document.relative_to(ROOT)}: {target} names no heading"


documents = [ROOT / "README.md", *sorted((ROOT / "Benchmarks").glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
found = [breach for document in documents for breach in breaches(document)]
for breach in found:
    print(breach, file=sys.stderr)
sys.exit(1 if found else 0)
