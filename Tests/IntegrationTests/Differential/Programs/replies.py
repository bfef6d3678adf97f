"""Makes responses of an origin, and says of each what the one right reading is."""
import random
from dataclasses import dataclass

from forms import BAD, EITHER, FINE, Form
from framings import chunk

LINES = [
    *(Form("status-fine", line) for line in (
        b"HTTP/1.1 200 OK", b"HTTP/1.1 200 ", b"HTTP/1.1 404 Not Found", b"HTTP/1.1 200 a\tb \xe9", b"HTTP/1.1 299 x")),
    Form("status-1.0", b"HTTP/1.0 200 OK"),
    Form("status-no-space", b"HTTP/1.1 200", EITHER),
    *(Form("status-version", line, EITHER) for line in (b"HTTP/1.2 200 OK", b"HTTP/2.0 200 OK", b"HTTP/0.9 200 OK")),
    *(Form("status-version-bad", line, BAD) for line in (
        b"http/1.1 200 OK", b"HTTP/1.10 200 OK", b"HTTP/11 200 OK", b"ICY 200 OK", b"HTTP/1.1", b"")),
    *(Form("status-code-bad", line, BAD) for line in (
        b"HTTP/1.1 20 OK", b"HTTP/1.1 2000 OK", b"HTTP/1.1 2x0 OK", b"HTTP/1.1 +20 OK", b"HTTP/1.1 099 OK",
        b"HTTP/1.1 000 OK", b"HTTP/1.1  200 OK", b"HTTP/1.1 -20 OK", b"HTTP/1.1 OK")),
    *(Form("status-code-beyond", line, EITHER) for line in (b"HTTP/1.1 600 OK", b"HTTP/1.1 999 OK")),
    *(Form("status-tab", line, EITHER) for line in (b"HTTP/1.1\t200 OK", b"HTTP/1.1 200\tOK")),
    *(Form("status-control", line, EITHER) for line in (b"HTTP/1.1 200 a\x00b", b"HTTP/1.1 200 a\rb", b"HTTP/1.1 200 \x7f")),
    Form("status-switched", b"HTTP/1.1 101 Switching Protocols", BAD),
    Form("status-long", b"HTTP/1.1 200 " + b"a" * 9000, EITHER),
]
INTERIMS = [
    *(Form("interim-fine", head) for head in (
        b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", b"HTTP/1.1 102 x\r\n\r\n" * 3)),
    Form("interim-many", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 20, EITHER),
    Form("interim-length", b"HTTP/1.1 100 Continue\r\nContent-Length: 0\r\n\r\n", EITHER),
    Form("interim-coding", b"HTTP/1.1 103 x\r\nTransfer-Encoding: chunked\r\n\r\n", EITHER),
    Form("interim-1.0", b"HTTP/1.0 100 Continue\r\n\r\n", EITHER),
    Form("interim-bad", b"HTTP/1.1 100 Continue\r\nX\r\n\r\n", EITHER),
]
FIELDS = [
    *(Form("field-fine", line + b"\r\n") for line in (
        b"X-A: b", b"X-A:", b"X_A: b", b"X-A: \x80\xff", b"Connection: X-A\r\nX-A: b", b"Set-Cookie: a=b\r\nSet-Cookie: c=d",
        b"Connection: close", b"Keep-Alive: timeout=5", b"X-A: HTTP/1.1 200 OK")),
    *(Form("field-folded", line + b"\r\n", EITHER) for line in (b"X-A: b\r\n c", b"X-A: b\r\n\tContent-Length: 1")),
    *(Form("field-control", line + b"\r\n", EITHER) for line in (
        b"X-A: a\x00b", b"X-A: a\rb", b"X-A: a\rX-B: c", b"X-A: a\x01b", b"X-A: a\x7fb")),
    *(Form("field-bad-name", line + b"\r\n", EITHER) for line in (
        b"X A: b", b": b", b"X(A: b", b"X\x00: b", b"X\xc3\xa9: b", b"X-A", b"HTTP/1.1 200 OK")),
    # RFC 9112, 5.1: a proxy must remove that blank; refusing the response is stricter still.
    *(Form("field-blank-before-colon", line + b"\r\n", EITHER) for line in (b"X-A : b", b"X-A\t: b")),
    Form("field-blank-before-first", b" X-A: b\r\n", EITHER),
    Form("fields-too-many", b"X-A: b\r\n" * 120, EITHER),
    Form("field-too-large", b"X-A: " + b"b" * 50_000 + b"\r\n", EITHER),
    Form("upgrade-unasked", b"Upgrade: h2c\r\nConnection: Upgrade\r\n"),
]
LINE_ENDS = [Form("end-lf", b"\n", EITHER), Form("end-cr", b"\r", BAD), Form("end-cr-cr-lf", b"\r\r\n", EITHER)]


@dataclass(frozen=True)
class Framing:
    """`closes` says that the origin closes behind it; `cut` that the visitor may have begun to get it."""
    name: str
    fields: object
    body: object
    effect: str = FINE
    closes: bool = False
    cut: bool = False


def length(value): return lambda body: b"Content-Length: " + value.replace(b"N", b"%d" % len(body)) + b"\r\n"


def fixed(line): return lambda body: line


def same(body): return body


def chunked(body): return chunk(body[:3]) + chunk(body[3:]) + b"0\r\n\r\n"


TE = fixed(b"Transfer-Encoding: chunked\r\n")
FRAMINGS = [
    Framing("length-fine", length(b"N"), same), Framing("length-fine", length(b"000N"), same),
    Framing("close-delimited", fixed(b""), same, closes=True),
    Framing("length-twice", length(b"N\r\nContent-Length: N"), same, EITHER),
    Framing("length-list", length(b"N, N"), same, EITHER),
    *(Framing("length-differs", length(value), same, BAD, closes=True) for value in (
        b"N\r\nContent-Length: 3", b"3\r\nContent-Length: N", b"N, 3")),
    *(Framing("length-bad", length(value), same, BAD, closes=True) for value in (
        b"+N", b"-N", b"0xN", b"N;", b"Nx", b"N.0", b"1 1", b"", b"\x0bN", b"18446744073709551627", b"99999999999999999999",
        b"N,", b"\"N\"")),
    Framing("length-cut", length(b"99"), same, BAD, closes=True, cut=True),
    Framing("length-surplus", length(b"N"), lambda body: body + b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\npoisoned"),
    Framing("chunked-fine", TE, chunked), Framing("chunked-fine", fixed(b"transfer-encoding:CHUNKED\r\n"), chunked),
    Framing("chunked-trailer", TE, lambda body: chunk(body) + b"0\r\nX-A: b\r\n\r\n"),
    Framing("chunked-extension", TE, lambda body: chunk(body, b";a=b;c=\"d\"") + b"0\r\n\r\n"),
    Framing("chunked-surplus", TE, lambda body: chunked(body) + b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\npoisoned"),
    *(Framing("coding-and-length", (lambda value: lambda body: TE(body) + length(value)(body))(value), chunked, EITHER,
              closes=True) for value in (b"N", b"3", b"0")),
    Framing("coding-and-bad-length", lambda body: TE(body) + b"Content-Length: x\r\n", chunked, BAD, closes=True),
    *(Framing("coding-other", fixed(b"Transfer-Encoding:" + value + b"\r\n"), chunked, BAD, closes=True) for value in (
        b" xchunked", b" chunked, identity", b" identity", b" gzip", b" chunked, chunked", b" \x0bchunked", b"",
        b" chunked\r\nTransfer-Encoding: chunked", b" gzip, chunked", b" chu nked", b" chunked;q=1", b" \"chunked\"")),
    *(Framing("chunk-size-bad", TE, (lambda size: lambda body: chunk(body, size=size) + b"0\r\n\r\n")(size), BAD,
              closes=True, cut=True) for size in (
        b"", b"g", b"-b", b"+b", b"0xb", b"b h", b"ffffffffffffffff", b"10000000000000000b", b"\x0bb")),
    Framing("chunk-extension-bad", TE, lambda body: chunk(body, b";\n") + b"0\r\n\r\n", BAD, closes=True, cut=True),
    Framing("chunk-no-end", TE, lambda body: chunk(body)[:-2] + b"0\r\n\r\n", BAD, closes=True, cut=True),
    Framing("chunk-wrong-end", TE, lambda body: chunk(body)[:-2] + b"XX0\r\n\r\n", BAD, closes=True, cut=True),
    Framing("chunk-lf", TE, lambda body: chunked(body).replace(b"\r\n", b"\n"), BAD, closes=True, cut=True),
    Framing("chunked-cut", TE, lambda body: chunk(body), BAD, closes=True, cut=True),
    Framing("chunked-cut", TE, lambda body: chunk(body)[:-4], BAD, closes=True, cut=True),
    Framing("chunked-cut", TE, lambda body: chunk(body) + b"0\r\n", BAD, closes=True, cut=True),
    *(Framing("trailer-bad", TE, (lambda line: lambda body: chunk(body) + b"0\r\n" + line + b"\r\n\r\n")(line), BAD,
              closes=True, cut=True) for line in (b"X-A", b"X A: b", b": b", b"X-A: \x00")),
]
PLAIN = {
    "line": LINES[0], "interim": Form("interim-none", b""), "field": Form("field-none", b""),
    "line_end": Form("end-crlf", b"\r\n"), "framing": FRAMINGS[0],
}
FORMS = {"line": LINES, "interim": INTERIMS, "field": FIELDS, "line_end": LINE_ENDS, "framing": FRAMINGS}
# Statuses and methods without a body, whatever the fields say; what comes all the same is nobody's.
BODILESS = [Form("status-204", b"HTTP/1.1 204 No Content"), Form("status-304", b"HTTP/1.1 304 Not Modified")]


@dataclass(frozen=True)
class Case:
    tag: int
    method: str
    wire: bytes
    closes: bool
    effect: str
    traits: frozenset
    # Status and body as they are to reach the visitor.
    reading: tuple
    # Whether a beginning of the body may have reached the visitor before the fault was seen.
    cut: bool


def generate(count, seed):
    chance = random.Random(seed)
    choices = [("GET", {part: form}) for part, forms in FORMS.items() for form in forms]
    choices += [("HEAD", {"framing": framing}) for framing in FRAMINGS if framing.effect != BAD]
    choices += [("GET", {"line": line, "framing": framing}) for line in BODILESS for framing in FRAMINGS[:2]]
    while len(choices) < count:
        parts = chance.sample(sorted(FORMS), 2)
        method = chance.choice(("GET", "GET", "HEAD"))
        allowed = chance.choice(((FINE,), (FINE, EITHER), (FINE, EITHER, BAD)))
        choices.append((method, {part: chance.choice([form for form in FORMS[part] if form.effect in allowed] or [PLAIN[part]])
                                 for part in parts}))
    return [build(tag, method, {**PLAIN, **choice}, chance) for tag, (method, choice) in enumerate(choices, start=1)]


def build(tag, method, parts, chance):
    framing, body = parts["framing"], b"body-%06d" % tag
    fields = parts["field"].wire + framing.fields(body)
    lines = [parts["line"].wire, *fields.removesuffix(b"\r\n").split(b"\r\n"), b""] if fields else [parts["line"].wire, b""]
    ends = [b"\r\n"] * len(lines)
    ends[chance.randrange(len(lines))] = parts["line_end"].wire
    bodiless = method == "HEAD" or parts["line"] in BODILESS
    wire = parts["interim"].wire + b"".join(line + end for line, end in zip(lines, ends)) + framing.body(body)
    # RFC 9112, 6.3: there is no body to be framed, so that wrong framing does no harm.
    harmless = bodiless and framing.effect != FINE
    effects = {form.effect for form in parts.values() if form is not framing} | {EITHER if harmless else framing.effect}
    traits = frozenset(form.name for form in parts.values()) | {"method-" + method.lower()}
    if b"transfer-encoding" in fields.lower() and "status-1.0" in traits: effects.add(EITHER)
    effect = BAD if BAD in effects else EITHER if EITHER in effects else FINE
    status = parts["line"].wire.split(b" ")[1] if effect != BAD else b"0"
    seen = (status, b"" if bodiless else body)
    # Whoever looks for an end that never comes must not wait for it.
    closes = framing.closes or "end-cr" in traits or effect != FINE
    return Case(tag, method, wire, closes, effect, traits, seen, framing.cut)
