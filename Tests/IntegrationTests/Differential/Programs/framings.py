"""How the body of a generated request is framed, rightly and wrongly."""
from dataclasses import dataclass

from forms import BAD, EITHER, FINE

DATA = b"GET /smuggled HTTP/1.1\r\nHost: demo.localhost\r\nX-Tag: 0\r\n\r\n"
SIZE = b"%d" % len(DATA)


@dataclass(frozen=True)
class Framing:
    """Fields and body as sent; `body` is what the one right reading finds in it."""
    name: str
    fields: bytes
    wire: bytes = b""
    body: bytes = b""
    effect: str = FINE
    # RFC 9112, 6.1: who takes such a message must close the connection behind it.
    closes: bool = False
    # The body's end never comes, so that nobody may ever see the request complete.
    endless: bool = False


def length(name, value, effect=FINE, **more):
    return Framing(name, b"Content-Length: " + value + b"\r\n", DATA, DATA, effect, **more)


def chunk(data, extension=b"", size=None):
    return (b"%x" % len(data) if size is None else size) + extension + b"\r\n" + data + b"\r\n"


CHUNKED = b"Transfer-Encoding: chunked\r\n"
WHOLE = chunk(DATA) + b"0\r\n\r\n"


def coding(name, value, effect=BAD, before=b"", **more):
    return Framing(name, before + b"Transfer-Encoding:" + value + b"\r\n", WHOLE, DATA, effect, **more)


def chunks(name, wire, effect=BAD, body=DATA):
    return Framing(name, CHUNKED, wire, body, effect)


LENGTHS = [
    Framing("body-none", b""), Framing("length-fine", b"Content-Length: 0\r\n"), length("length-fine", SIZE),
    length("length-fine", b" " + SIZE + b" \t"), length("length-zeros", b"000" + SIZE),
    length("length-many-zeros", b"0" * 20 + SIZE, EITHER),
    length("length-twice", SIZE + b"\r\nContent-Length: " + SIZE, EITHER),
    *(length("length-list", value, EITHER) for value in (SIZE + b"," + SIZE, SIZE + b", " + SIZE)),
    *(length("length-differs", value, BAD) for value in (
        SIZE + b"\r\nContent-Length: 0", b"0\r\ncontent-length: " + SIZE, SIZE + b", 0", b"0," + SIZE)),
    *(length("length-bad", value, BAD) for value in (
        b"+" + SIZE, b"-" + SIZE, b"0x3a", SIZE + b"a", SIZE + b".0", SIZE + b";", b"5 8", b"\x0b" + SIZE, b"\"58\"",
        b"5_8", b"1e1", b"\xd9\xa5", SIZE + b"\x00", b"chunked", SIZE + b",")),
    length("length-empty", b"", BAD),
    *(length("length-overflows", value, BAD) for value in (
        b"9223372036854775808", b"18446744073709551674", b"99999999999999999999999", b"4294967354" * 3)),
    length("length-too-long", b"5000", EITHER, endless=True),
    length("length-huge", b"9223372036854775807", EITHER, endless=True),
    Framing("length-folded", b"Content-Length:\r\n " + SIZE + b"\r\n", DATA, DATA, EITHER),
]

CODINGS = [
    *(coding("coding-fine", value, FINE) for value in (b" chunked", b"chunked", b"\tCHUNKED ", b" Chunked")),
    *(coding("coding-unknown-before", value, EITHER) for value in (b" gzip, chunked", b" x, chunked")),
    *(coding("coding-not-chunked", value) for value in (b" identity", b" gzip", b" xchunked", b" chunkedx", b" chunk")),
    *(coding("coding-chunked-not-last", value) for value in (b" chunked, identity", b" chunked, gzip", b" chunked;q=1")),
    *(coding("coding-chunked-twice", value) for value in (
        b" chunked, chunked", b" chunked\r\nTransfer-Encoding: chunked", b" chunked\r\nTransfer-Encoding: identity")),
    *(coding("coding-obfuscated", value) for value in (
        b" \x0bchunked", b" \x00chunked", b" chunked\x00", b" chu nked", b" \"chunked\"", b" chunked\x0c", b" \xa0chunked",
        b" [chunked]", b" =chunked", b" chunk\xc3\xa9d")),
    *(coding("coding-empty-element", value, EITHER) for value in (b" chunked,", b" ,chunked")),
    coding("coding-empty", b"", BAD),
    *(coding("coding-and-length", b" chunked", EITHER, before=before, closes=True) for before in (
        b"Content-Length: " + SIZE + b"\r\n", b"Content-Length: 3\r\n", b"Content-Length: 0\r\n")),
    coding("coding-and-length", b" chunked\r\nContent-Length: 4", EITHER, closes=True),
    coding("coding-and-bad-length", b" chunked\r\nContent-Length: x", BAD),
    Framing("coding-folded", b"Transfer-Encoding:\r\n chunked\r\n", WHOLE, DATA, EITHER),
    Framing("coding-blank-before-colon", b"Transfer-Encoding : chunked\r\n", WHOLE, DATA, BAD),
]

CHUNKS = [
    *(chunks("chunks-fine", wire, FINE) for wire in (
        b"".join(chunk(DATA[at:at + 1]) for at in range(len(DATA))) + b"0\r\n\r\n",
        chunk(DATA[:7], size=b"0007") + chunk(DATA[7:]) + b"000\r\n\r\n", chunk(DATA, size=b"%X" % len(DATA)) + b"0\r\n\r\n")),
    chunks("chunks-fine", b"0\r\n\r\n", FINE, b""),
    *(chunks("chunk-extension", chunk(DATA, extension) + b"0;last\r\n\r\n", FINE) for extension in (
        b";a", b";a=b", b";a=\"b;c\"", b";a=\"\\\"\"", b";a;b=c")),
    *(chunks("chunk-extension-blank", chunk(DATA, extension) + b"0\r\n\r\n", EITHER) for extension in (
        b" ;a", b"; a=b", b";a =b", b";a= b", b" ; a = \"b\"")),
    chunks("chunk-extension-long", chunk(DATA, b";a=" + b"b" * 300) + b"0\r\n\r\n", EITHER),
    *(chunks("chunk-extension-bad", chunk(DATA, extension) + b"0\r\n\r\n") for extension in (
        b";", b";;", b";=b", b";a=\"b", b",a", b";a=", b";a=\x01", b";a=b\x00")),
    *(chunks("chunk-extension-line-end", chunk(DATA, extension) + b"0\r\n\r\n") for extension in (
        b";a\nb", b";a\rb", b";\n", b";a=\"\n\"")),
    *(chunks("chunk-size-bad", chunk(DATA, size=size) + b"0\r\n\r\n") for size in (
        b"", b"g", b"+3a", b"-3a", b"0x3a", b"3a h", b"3a\x00", b"3_a", b"\x0b3a", b"3a.")),
    chunks("chunk-size-blank", chunk(DATA, size=b"3a ") + b"0\r\n\r\n", BAD),
    chunks("chunk-size-blank", chunk(DATA, size=b" 3a") + b"0\r\n\r\n", BAD),
    chunks("chunk-size-many-zeros", chunk(DATA, size=b"0" * 16 + b"3a") + b"0\r\n\r\n", EITHER),
    *(chunks("chunk-size-overflows", chunk(DATA, size=size) + b"0\r\n\r\n") for size in (
        b"1000000000000003a", b"800000000000003a", b"ffffffffffffffff", b"ffffffffffffffff3a")),
    chunks("chunk-no-end", b"3a\r\n" + DATA + b"0\r\n\r\n"),
    chunks("chunk-wrong-end", b"3a\r\n" + DATA + b"XX0\r\n\r\n"),
    chunks("chunk-wrong-size", b"39\r\n" + DATA + b"\r\n0\r\n\r\n"),
    chunks("chunk-wrong-size", b"3b\r\n" + DATA + b"\r\n0\r\n\r\n"),
    chunks("chunk-lf", b"3a\n" + DATA + b"\r\n0\r\n\r\n"), chunks("chunk-lf", b"3a\r\n" + DATA + b"\n0\r\n\r\n"),
    chunks("chunk-lf", chunk(DATA) + b"0\n\r\n"), chunks("chunk-cr", b"3a\r" + DATA + b"\r\n0\r\n\r\n"),
    chunks("chunk-cr", b"3a\r\r\n" + DATA + b"\r\n0\r\n\r\n"),
    chunks("trailer-fine", chunk(DATA) + b"0\r\nX-A: b\r\n\r\n", FINE),
    chunks("trailer-fine", chunk(DATA) + b"0\r\nContent-Length: 3\r\nHost: other\r\n\r\n", FINE),
    *(chunks("trailer-bad", chunk(DATA) + b"0\r\n" + line + b"\r\n\r\n") for line in (
        b"X-A", b"X-A : b", b": b", b"X A: b", b"X\x00: b", b"GET /smuggled HTTP/1.1")),
    chunks("trailer-folded", chunk(DATA) + b"0\r\nX-A: b\r\n c\r\n\r\n", EITHER),
    chunks("trailer-nul", chunk(DATA) + b"0\r\nX-A: \x00\r\n\r\n", EITHER),
    chunks("trailer-cr", chunk(DATA) + b"0\r\nX-A: a\rb\r\n\r\n", EITHER),
    chunks("trailer-lf", chunk(DATA) + b"0\r\nX-A: b\n\r\n", EITHER),
    chunks("trailer-lf", chunk(DATA) + b"0\r\nX-A: b\r\n\n", EITHER),
    chunks("trailer-too-large", chunk(DATA) + b"0\r\nX-A: " + b"b" * 50_000 + b"\r\n\r\n", EITHER),
]
