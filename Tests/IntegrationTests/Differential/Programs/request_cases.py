"""Makes requests out of the forms, and says of each what the one right reading is."""
import random
from dataclasses import dataclass

from forms import (BAD, EITHER, FIELDS, FINE, FIRST_FIELDS, HOST, HOSTS, LEADS, LINE_ENDS, METHODS, TARGETS, VERSIONS,
                   Form)
from framings import CHUNKS, CODINGS, LENGTHS, Framing

PLAIN = {
    "method": Form("method-plain", b"POST"), "target": Form("target-plain", b"/plain"),
    "version": Form("version-1.1", b"HTTP/1.1"), "host": Form("host-fine", b"Host: " + HOST + b"\r\n"),
    "lead": Form("lead-none", b""), "line_end": Form("end-crlf", b"\r\n"), "field": Form("field-none", b""),
    "first_field": Form("first-none", b""), "framing": Framing("body-none", b""),
}
FORMS = {
    "method": METHODS, "target": TARGETS, "version": VERSIONS, "host": HOSTS, "lead": LEADS, "line_end": LINE_ENDS,
    "field": FIELDS, "first_field": FIRST_FIELDS, "framing": LENGTHS + CODINGS + CHUNKS,
}


@dataclass(frozen=True)
class Case:
    tag: int
    wire: bytes
    effect: str
    traits: frozenset
    # The requests that an origin sees, in order, if the message is taken: method, target, body.
    reading: tuple
    # The message is not whole, so that a recipient may wait for the rest.
    waits: bool


def generate(count, seed):
    """First each form by itself, then pairs of forms and framings by chance."""
    chance = random.Random(seed)
    choices = [{part: form} for part, forms in FORMS.items() for form in forms]
    choices.append({"method": Form("method-plain", b"OPTIONS"), "target": Form("target-asterisk", b"*")})
    while len(choices) < count:
        parts = chance.sample(sorted(FORMS), chance.choice((2, 2, 3)))
        # Two messages of three could be taken: what is fine must pass in every combination.
        allowed = chance.choice(((FINE,), (FINE, EITHER), (FINE, EITHER, BAD)))
        forms = {part: [form for form in FORMS[part] if form.effect in allowed] for part in parts}
        choices.append({part: chance.choice(forms[part]) for part in parts if forms[part]})
    return [build(tag, {**PLAIN, **choice}, chance) for tag, choice in enumerate(choices[:count], start=1)]


def build(tag, parts, chance):
    method, target, version, framing = parts["method"], parts["target"], parts["version"], parts["framing"]
    lines = [
        b" ".join([method.wire, target.wire, version.wire]) if version.wire else method.wire + b" " + target.wire,
        *(parts["first_field"].wire + parts["host"].wire + b"X-Tag: %d\r\n" % tag + framing.fields
          + parts["field"].wire).removesuffix(b"\r\n").split(b"\r\n"), b"",
    ]
    # One line ends oddly, whichever: the request line, a field or the empty line.
    ends = [b"\r\n"] * len(lines)
    ends[chance.randrange(len(lines))] = parts["line_end"].wire
    head = parts["lead"].wire + b"".join(line + end for line, end in zip(lines, ends))
    canary = b"GET /canary HTTP/1.1\r\nHost: " + HOST + b"\r\nX-Tag: %d\r\nConnection: close\r\n\r\n" % tag
    traits = frozenset(form.name for form in parts.values())
    # Nothing stands behind a body that never ends, which would only swallow it.
    wire = head + framing.wire + (b"" if framing.endless else canary)
    return Case(tag, wire, effect(parts, traits), traits, reading(parts, traits), framing.endless)


def effect(parts, traits):
    effects = {form.effect for form in parts.values()}
    if "version-1.0" in traits:
        # RFC 9112, 3.2: only HTTP/1.1 needs a Host. 6.1: chunked in HTTP/1.0 is faulty framing.
        if "host-none" in traits: effects = {form.effect for form in parts.values() if form.name != "host-none"} | {EITHER}
        if b"Transfer-Encoding" in parts["framing"].fields: effects.add(EITHER)
    if parts["method"].wire == b"OPTIONS" and "target-asterisk" in traits:
        effects = {form.effect for form in parts.values() if form.name != "target-asterisk"}
    if parts["target"].name.startswith("target-absolute") and parts["host"] is not PLAIN["host"]:
        effects.add(EITHER)
    if b"\r\nContent-Length" in parts["field"].wire and parts["framing"].fields: effects.add(EITHER)
    return BAD if BAD in effects else EITHER if EITHER in effects else FINE


def reading(parts, traits):
    framing = parts["framing"]
    if framing.endless: return ()
    target = parts["target"].seen or parts["target"].wire
    first = (parts["method"].wire.strip(b" "), target, framing.body)
    ends = framing.closes or "version-1.0" in traits or "connection-close" in traits \
        or b"close" in parts["field"].wire
    if b"keep-alive" in parts["field"].wire and "version-1.0" in traits: ends = framing.closes
    return (first,) if ends else (first, (b"GET", b"/canary", b""))
