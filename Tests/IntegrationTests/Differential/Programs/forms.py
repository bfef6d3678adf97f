"""The pieces that generated requests are made of; each knows what RFC 9112 and RFC 9110 make of it."""
from dataclasses import dataclass

HOST = b"demo.localhost"
# What a recipient may do with a message: it must take it, it must refuse it, or both are allowed, but if it takes it,
# then with the one reading that the case states.
FINE, EITHER, BAD = "fine", "either", "bad"


@dataclass(frozen=True)
class Form:
    """One way to write one part; `seen` is what an origin is to see of it when that is something else."""
    name: str
    wire: bytes
    effect: str = FINE
    seen: object = None


METHODS = [
    *(Form("method-plain", word) for word in (b"GET", b"POST", b"PUT", b"DELETE", b"PATCH", b"OPTIONS", b"HEAD")),
    *(Form("method-extension", word) for word in (b"REPORT", b"M-SEARCH", b"QUERY")),
    *(Form("method-unusual", word) for word in (b"get", b"!#$%&'*+-.^_`|~", b"X1", b"A" * 32)),
    Form("method-long", b"A" * 33, EITHER),
    Form("method-trace", b"TRACE", EITHER),
    *(Form("method-bad", word, BAD) for word in (b"G(T", b"", b" GET", b"GE\x00T", b"G\xc3\x89T", b"GET:", b"\x16\x03")),
    Form("method-tab", b"GET\t", BAD),
    Form("method-two-spaces", b"GET ", EITHER),
]

TARGETS = [
    *(Form("target-plain", path) for path in (
        b"/", b"/a?b=c", b"/a;b=c/d", b"/?", b"/a//b", b"/%41", b"/a?x=http://other/&y=/../", b"/~a/$&'()*+,;=:@!")),
    *(Form("target-dots", path) for path in (b"/a/../b", b"/./a", b"/%2e%2e%2fa/x/y/z", b"/a/b/..%2f")),
    *(Form("target-above-root", path) for path in (b"/../a", b"/a/../../b", b"/%2e%2e/a")),
    Form("target-encoded-nul", b"/a%00b"),
    *(Form("target-bad-percent", path, EITHER) for path in (b"/%zz", b"/%", b"/a%4")),
    *(Form("target-odd-bytes", path, EITHER) for path in (b"/a?\"<>", b"/a?x|y", b"/a?\\", b"/a?{}^`")),
    *(Form("target-above-ascii", path, EITHER) for path in (b"/\xc3\xa9", b"/\xff")),
    *(Form("target-control", path, BAD) for path in (b"/a\x01", b"/a\x7fb", b"/a\x00b", b"/\x0b")),
    Form("target-fragment", b"/a#b", EITHER),
    *(Form("target-blank", path, BAD) for path in (b"/a b", b"/a\tb", b"/a HTTP/1.1 b", b"/ ")),
    *(Form("target-no-slash", path, BAD) for path in (b"a/b", b"*a", b"?a", b"..", b"")),
    Form("target-asterisk", b"*", BAD),  # but for OPTIONS
    Form("target-authority", HOST + b":80", BAD),
    Form("target-absolute", b"http://" + HOST + b"/abs?a=b", FINE, b"/abs?a=b"),
    Form("target-absolute", b"HTTP://" + HOST + b"/abs", FINE, b"/abs"),
    Form("target-absolute", b"http://DEMO.localhost/abs", FINE, b"/abs"),
    Form("target-absolute-query", b"http://" + HOST + b"?a=b", FINE, b"/?a=b"),
    Form("target-absolute-https", b"https://" + HOST + b"/abs", EITHER, b"/abs"),
    Form("target-absolute-other", b"http://other.localhost/abs", EITHER, b"/abs"),
    Form("target-absolute-scheme", b"ftp://" + HOST + b"/abs", EITHER, b"/abs"),
    Form("target-absolute-user", b"http://user@" + HOST + b"/abs", BAD),
    *(Form("target-absolute-bad", path, BAD) for path in (
        b"http:///abs", b"http:/abs", b"http://" + HOST + b":x/abs", b"http://de mo/abs")),
    Form("target-long", b"/" + b"a" * 9000, EITHER),
]

VERSIONS = [
    Form("version-1.1", b"HTTP/1.1"), Form("version-1.0", b"HTTP/1.0"),
    *(Form("version-minor", word, EITHER) for word in (b"HTTP/1.2", b"HTTP/1.9")),
    *(Form("version-major", word, BAD) for word in (b"HTTP/2.0", b"HTTP/3.0", b"HTTP/0.9")),
    *(Form("version-zeros", word, BAD) for word in (b"HTTP/1.10", b"HTTP/1.01", b"HTTP/01.1")),
    *(Form("version-bad", word, BAD) for word in (
        b"http/1.1", b"HTTP/1.1x", b"HTTPS/1.1", b"HTTP/11", b"HTTP 1.1", b"HTTP/-1.1", b"HTTP/1,1", b"HTTP/+1.1")),
    *(Form("version-short", word, BAD) for word in (b"HTTP/1", b"HTTP/1.", b"HTTP/.1")),
    Form("version-trailing-space", b"HTTP/1.1 ", EITHER), Form("version-trailing-tab", b"HTTP/1.1\t", EITHER),
    Form("version-leading-space", b" HTTP/1.1", EITHER), Form("version-none", b"", BAD),
]

# What may stand before a request, and between its lines.
LEADS = [
    Form("lead-empty-lines", b"\r\n"), Form("lead-empty-lines", b"\r\n\r\n"),
    Form("lead-many", b"\r\n" * 5, EITHER), Form("lead-lf", b"\n", EITHER), Form("lead-cr", b"\r", BAD),
    Form("lead-space", b" ", BAD), Form("lead-nul", b"\0", BAD),
]
LINE_ENDS = [
    Form("end-lf", b"\n", EITHER), Form("end-cr", b"\r", BAD), Form("end-cr-cr-lf", b"\r\r\n", EITHER),
    Form("end-space-lf", b" \n", EITHER), Form("end-lf-cr", b"\n\r", BAD),
]

HOSTS = [
    Form("host-none", b"", BAD),
    Form("host-twice", b"Host: " + HOST + b"\r\nHost: " + HOST + b"\r\n", BAD),
    Form("host-twice", b"Host: " + HOST + b"\r\nhost: other.localhost\r\n", BAD),
    Form("host-fine", b"host:" + HOST + b"\r\n"), Form("host-fine", b"Host: \t" + HOST + b" \r\n"),
    Form("host-fine", b"Host: " + HOST + b":80\r\n"), Form("host-fine", b"Host: DEMO.LocalHost\r\n"),
    Form("host-dot", b"Host: " + HOST + b".\r\n"),
    Form("host-empty", b"Host:\r\n", EITHER),
    Form("host-empty-port", b"Host: " + HOST + b":\r\n", EITHER),
    Form("host-large-port", b"Host: " + HOST + b":99999\r\n", EITHER),
    *(Form("host-bad-port", b"Host: " + HOST + port + b"\r\n", BAD) for port in (b":8x", b":+80", b":80:80", b":-1")),
    *(Form("host-bad", b"Host: " + host + b"\r\n", BAD) for host in (
        b"demo localhost", HOST + b"/a", b"user@" + HOST, HOST + b"?a", HOST + b"#a", b"demo\x00.localhost", b"[::1",
        b"demo\\.localhost", b"http://" + HOST)),
    Form("host-list", b"Host: " + HOST + b", other\r\n", BAD),
    Form("host-folded", b"Host:\r\n " + HOST + b"\r\n", EITHER),
    Form("host-blank-before-colon", b"Host : " + HOST + b"\r\n", BAD),
    Form("host-above-ascii", b"Host: d\xc3\xa9mo.localhost\r\n", BAD),
]

FIELDS = [
    *(Form("field-fine", line + b"\r\n") for line in (
        b"X-A: b", b"X-A:", b"X-A: \t b \t", b"X-A: a\tb", b"X-A: \x80\xff", b"X_A: b", b"!#$%&'*+-.^_`|~: b", b"1: b",
        b"X-A: GET / HTTP/1.1", b"Connection: keep-alive", b"Connection: X-A\r\nX-A: b", b"Connection: , ,",
        b"Expect: 100-continue", b"Upgrade: websocket", b"TE: trailers")),
    Form("connection-close", b"Connection: Close\r\n"),
    *(Form("field-blank-before-colon", line + b"\r\n", BAD) for line in (b"X-A : b", b"X-A\t: b", b"Content-Length : 3")),
    *(Form("field-bad-name", line + b"\r\n", BAD) for line in (
        b": b", b"X(A: b", b"X A: b", b"\"X\": b", b"X\xc3\xa9: b", b"X@: b", b"X[0]: b", b"X/A: b")),
    *(Form("field-control-in-name", line + b"\r\n", BAD) for line in (b"X\x00: b", b"X\x01: b", b"X\x7f: b", b"X\r: b")),
    *(Form("field-no-colon", line + b"\r\n", BAD) for line in (b"X-A", b"GET /smuggled HTTP/1.1")),
    *(Form("field-folded", line + b"\r\n", EITHER) for line in (
        b"X-A: b\r\n c", b"X-A:\r\n\tb", b"X-A: b\r\n Content-Length: 3", b"X-A: b\r\n ")),
    *(Form("field-nul", line + b"\r\n", EITHER) for line in (b"X-A: \x00", b"X-A: a\x00b")),
    *(Form("field-cr", line + b"\r\n", EITHER) for line in (b"X-A: a\rb", b"X-A: a\rContent-Length: 3", b"X-A: a\r")),
    *(Form("field-control", line + b"\r\n", EITHER) for line in (b"X-A: a\x01b", b"X-A: a\x7fb", b"X-A: a\x0bb")),
    *(Form("field-lookalike", line + b"\r\n", EITHER) for line in (
        b"Content_Length: 3", b"Transfer_Encoding: chunked", b"content_length: x")),
    Form("fields-too-many", b"X-A: b\r\n" * 120, EITHER),
    Form("field-too-large", b"X-A: " + b"b" * 50_000 + b"\r\n", EITHER),
    *(Form("expect-unknown", line + b"\r\n", EITHER) for line in (b"Expect: x", b"Expect:", b"Expect: 100-continue, x")),
    *(Form("connection-names-needed", line + b"\r\n", EITHER) for line in (
        b"Connection: Host", b"Connection: Content-Length", b"Connection: close, Transfer-Encoding")),
    Form("upgrade-other", b"Connection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n", EITHER),
]
# Only before the first field.
FIRST_FIELDS = [Form("field-blank-before-first", line, EITHER) for line in (b" X-A: b\r\n", b"\tX-A: b\r\n", b" \r\n")]
