"""Why our verdicts may differ from nginx's; whatever is not here may not differ.

A reason names the forms that it is about. One that explains nothing in a run is wrong, too.
"""
from dataclasses import dataclass


@dataclass(frozen=True)
class Reason:
    kind: str
    traits: frozenset
    text: str

    def explains(self, kind, case): return kind == self.kind and bool(self.traits & case.traits)


def stricter(text, *traits): return Reason("stricter", frozenset(traits), text)


def laxer(text, *traits): return Reason("laxer", frozenset(traits), text)


REQUESTS = [
    # RFC 9112, 9110 and 3986 demand or allow the refusal; nginx reads on.
    stricter("RFC 9112, 2.2: a bare LF need not be taken for a line end", "end-lf", "end-space-lf", "lead-lf", "end-lf-cr"),
    stricter("RFC 9112, 2.2: a bare CR is invalid", "end-cr-cr-lf", "lead-cr", "field-cr"),
    stricter("RFC 9112, 2.2: at least one empty line is let pass; four are here", "lead-many"),
    stricter("RFC 9112, 3: an invalid request line should be refused, white space too much included",
             "method-two-spaces", "target-blank", "version-leading-space", "version-trailing-space"),
    stricter("RFC 9112, 3: the longest request line is our own, 8 KiB", "target-long"),
    stricter("RFC 9110, 9.1: methods are as long as the server likes, 32 bytes here", "method-long"),
    stricter("RFC 9112, 2.3: a version has one digit on either side of its point", "version-zeros"),
    stricter("RFC 9110, 15.6.6: only the versions 1.0 and 1.1 are spoken here", "version-minor"),
    stricter("RFC 3986, 2: a target is visible ASCII", "target-above-ascii"),
    stricter("RFC 9112, 3.2: a target has no fragment", "target-fragment"),
    stricter("RFC 9110, 7.4: a target of another scheme is not for this server", "target-absolute-scheme"),
    stricter("RFC 9112, 3.2.2: Host must be what the target names; we believe neither", "target-absolute-other",
             "target-absolute", "target-absolute-query", "target-absolute-https"),
    stricter("RFC 9110, 7.2 and RFC 3986, 3.2: Host is a name or an address, and perhaps a port", "host-above-ascii",
             "host-bad", "host-bad-port", "host-empty-port", "host-large-port", "host-list"),
    stricter("RFC 9110, 5.1: a field name is a token", "field-bad-name", "field-control-in-name"),
    stricter("RFC 9112, 5: a field line has a colon", "field-no-colon"),
    stricter("RFC 9110, 5.5: a field value has no control bytes", "field-control"),
    stricter("RFC 9110, 5.4: how many fields are taken is our own, 100", "fields-too-many"),
    stricter("RFC 3875, 4.1.18: behind CGI these are the framing fields themselves", "field-lookalike"),
    stricter("RFC 9110, 7.6.1: Connection must not name what is for every hop", "connection-names-needed"),
    stricter("RFC 9110, 10.1.1: an unknown expectation may be answered with 417", "expect-unknown"),
    stricter("RFC 9110, 8.6: a length beyond 19 digits is not read", "length-many-zeros"),
    stricter("RFC 9112, 7.1: a chunk's size is hexadecimal digits alone, and the line ends with CRLF", "chunk-size-bad",
             "chunk-size-blank", "chunk-lf", "chunk-cr", "chunk-wrong-size"),
    stricter("RFC 9112, 7.1: sizes of more than 16 digits are not read", "chunk-size-many-zeros"),
    stricter("RFC 9112, 7.1.1: extensions follow their grammar, without blanks and up to 256 bytes",
             "chunk-extension-bad", "chunk-extension-blank", "chunk-extension-line-end", "chunk-extension-long"),
    stricter("RFC 9112, 7.1.2: trailers are fields, and are checked and bounded like them", "trailer-bad",
             "trailer-folded", "trailer-lf", "trailer-nul", "trailer-cr", "trailer-too-large"),
    # nginx refuses what the RFCs allow.
    laxer("RFC 9110, 9.1: a method is any token, in any case", "method-unusual", "method-extension"),
    laxer("RFC 9110, 9.3.8: whether TRACE is answered is the origin's choice", "method-trace"),
    laxer("RFC 9110, 7.7: a path is passed on as it is; it is no file name here", "target-above-root", "target-dots",
          "target-encoded-nul", "target-bad-percent"),
    laxer("RFC 9110, 5.5: a tab may stand around a value", "host-fine", "length-fine", "coding-fine"),
]

RESPONSES = [
    stricter("RFC 9112, 2.2: a bare LF need not be taken for a line end, a bare CR must not be", "end-lf", "end-cr-cr-lf",
             "end-cr"),
    stricter("RFC 9112, 4 and 2.3: a status line has a version of its form, and one space", "status-code-bad",
             "status-version-bad", "status-tab"),
    stricter("RFC 9110, 2.5: only the versions 1.0 and 1.1 are spoken with origins", "status-version"),
    stricter("RFC 9110, 5: the sizes of heads are our own", "field-too-large", "fields-too-many",
             "status-long"),
    stricter("RFC 9110, 5.1: a field name is a token, and a colon follows", "field-bad-name", "field-blank-before-colon",
             "field-blank-before-first", "field-folded"),
    stricter("RFC 9112, 6.3: more than one length, or another than digits, cannot be recovered from", "length-bad",
             "length-differs", "length-twice", "length-list"),
    stricter("RFC 9112, 6.3: a length beside a coding ought to be handled as an error", "coding-and-length",
             "coding-and-bad-length"),
    stricter("RFC 9112, 6.1: chunked, once, is the only coding that was asked for, and never in HTTP/1.0", "coding-other",
             "status-1.0"),
    stricter("RFC 9112, 7.1: chunks have their exact form", "chunk-size-bad", "chunk-lf", "chunk-extension-bad"),
    stricter("RFC 9112, 7.1.2: trailers are fields, and are checked like them", "trailer-bad"),
    stricter("RFC 9110, 15.2: interim responses are HTTP/1.1, without a body, well formed and not without end",
             "interim-1.0", "interim-bad", "interim-many", "interim-length", "interim-coding"),
    # nginx does not.
    laxer("RFC 9110, 15.2: interim responses come before the final one, which nginx 1.22 takes for their body",
          "interim-fine"),
    laxer("RFC 9112, 4: a status line without a reason is written anew, with its space", "status-no-space"),
]
