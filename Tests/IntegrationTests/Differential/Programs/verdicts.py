"""Compares what became of each message on both sides, with one another and with the one right reading."""
import visitor
from forms import BAD, FINE


class Comparison:
    """Collects what is wrong; every reason must have been needed at the end."""

    def __init__(self, reasons):
        self.reasons, self.needed, self.wrongs = reasons, set(), []
        self.counts = {"both accept": 0, "both refuse": 0, "stricter": 0, "laxer": 0, "other": 0}

    def wrong(self, case, text): self.wrongs.append(f"{sorted(case.traits)} {text}: {case.wire[:400]!r}")

    def explain(self, case, kind, text):
        self.counts[kind] += 1
        matching = [reason for reason in self.reasons if reason.explains(kind, case)]
        self.needed.update(matching)
        if not matching: self.wrong(case, f"nobody explains why ours is {kind}: {text}")

    def unneeded(self): return [reason.text for reason in self.reasons if reason not in self.needed]


def compare_requests(comparison, case, ours, theirs, answer, reference):
    """`ours` and `theirs` are what the origins saw whole, `answer` and `reference` what came back and whether it ended."""
    check_reading(comparison, case, ours, *answer)
    text = f"origin saw {brief(ours)} after us, {brief(theirs)} after nginx, {answer[0][:60]!r} and {reference[0][:60]!r}"
    if ours and theirs and ours != theirs: comparison.explain(case, "other", text)
    elif theirs and not ours: comparison.explain(case, "stricter", text)
    elif ours and not theirs: comparison.explain(case, "laxer", text)
    else: comparison.counts["both accept" if ours else "both refuse"] += 1


def check_reading(comparison, case, ours, answer, ended):
    """What must hold whatever nginx does."""
    if case.effect == BAD and ours: comparison.wrong(case, f"must be refused, but the origin saw {brief(ours)}")
    elif case.effect == FINE and ours != case.reading:
        comparison.wrong(case, f"must be taken, but the origin saw {brief(ours)} and the visitor {answer[:60]!r}")
    elif ours and ours != case.reading: comparison.wrong(case, f"has another reading than {brief(ours)}")
    # Who waits for the rest of a body that never ends has not refused it.
    if not ours and not case.waits and not (ended and refusals(answer)):
        comparison.wrong(case, f"must be answered with why, and the connection closed, but got {answer[:60]!r}, {ended}")


def refusals(answer): return answer.removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n").startswith((b"HTTP/1.1 4", b"HTTP/1.1 5"))


def brief(seen): return [(method, target[:40], len(body)) for method, target, body in seen]


def outcome(case, answer, ended):
    """What a visitor has of a response: `(status, body)` when it is whole, "refused" or "cut"; ValueError if malformed."""
    if not answer: return "cut"
    status, _, body, is_whole = visitor.response_of(answer, case.method == "HEAD", ended)
    if status == 502: return "refused"
    return (b"%d" % status, body) if is_whole else "cut"


def compare_responses(comparison, case, ours, theirs):
    """Each of the two is the bytes that came and whether the connection ended well."""
    try:
        seen = outcome(case, *ours)
    except ValueError as error:
        return comparison.wrong(case, f"reached the visitor malformed, {error}: {ours[0][:300]!r}")
    try:
        reference = outcome(case, *theirs)
    except ValueError as error:
        reference = f"malformed, {error}"
    text = f"we gave {seen}, nginx {reference}"
    if b"poisoned" in ours[0]: comparison.wrong(case, "passed on what was not asked for")
    if case.effect == FINE and seen != case.reading: comparison.wrong(case, f"must be passed on whole: {text}")
    elif case.effect == BAD and isinstance(seen, tuple): comparison.wrong(case, f"must not look whole: {text}")
    elif isinstance(seen, tuple) and seen != case.reading: comparison.wrong(case, f"has another reading: {text}")
    if seen == "cut" and not case.cut: comparison.wrong(case, f"must be answered, with 502 at least: {text}")
    accepts, passes = isinstance(seen, tuple), isinstance(reference, tuple)
    if accepts and passes and seen != reference: comparison.explain(case, "other", text)
    elif passes and not accepts: comparison.explain(case, "stricter", text)
    elif accepts and not passes: comparison.explain(case, "laxer", text)
    else: comparison.counts["both accept" if accepts else "both refuse"] += 1
