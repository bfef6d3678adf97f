"""The bytes that the sample origin sends; the same as its SamplePattern."""

BLOCK = 256 * 1024


def _block():
    state, words, mask = 1, [], (1 << 64) - 1
    for _ in range(BLOCK // 8):
        state ^= state << 13 & mask
        state ^= state >> 7
        state ^= state << 17 & mask
        words.append(state.to_bytes(8, "little"))
    return b"".join(words)


_PATTERN = _block() * 8


def first(count):
    """The first `count` bytes, 2 MiB at most."""
    return _PATTERN[:count]
