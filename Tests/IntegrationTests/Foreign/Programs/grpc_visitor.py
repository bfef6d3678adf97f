"""A gRPC client, with grpcio, that makes one call and checks what comes back; the origin is grpc_origin.py.

usage: grpc_visitor.py PORT AUTHORITY CALL
"""
import queue
import sys
import time

import grpc

port, authority, name = sys.argv[1:4]
channel = grpc.insecure_channel(
    f"127.0.0.1:{port}",
    options=[
        ("grpc.default_authority", authority),
        ("grpc.max_receive_message_length", 64 << 20),
        ("grpc.enable_retries", 0),
    ],
)
said = (("x-said", "hello"),)


def trailers(call):
    return {entry.key: entry.value for entry in call.trailing_metadata()}


def unary():
    stub = channel.unary_unary("/test.Echo/Unary")
    answer, call = stub.with_call(b"abc", metadata=said, timeout=20)
    assert answer == b"cba", answer
    assert ("x-initial", "early") in [tuple(entry) for entry in call.initial_metadata()]
    assert trailers(call)["x-heard"] == "hello" and trailers(call)["x-count"] == "1", trailers(call)


def large():
    body = bytes(range(256)) * (20 << 12)  # 20 MiB in one message
    assert channel.unary_unary("/test.Echo/Unary")(body, timeout=50) == body[::-1]


def collect():
    stub = channel.stream_unary("/test.Echo/Collect")
    answer, call = stub.with_call((b"x" * 10_000 for _ in range(200)), metadata=said, timeout=20)
    assert answer == b"2000000", answer
    assert trailers(call)["x-count"] == "200", trailers(call)


def count():
    call = channel.unary_stream("/test.Echo/Count")(b"1000", metadata=said, timeout=20)
    assert [int(message) for message in call] == list(range(1000))
    assert trailers(call)["x-count"] == "1000", trailers(call)


def chat():
    """Sends each message only when the answer to the one before has come: nothing may wait for more."""
    ready = queue.Queue()

    def words():
        for word in [b"one", b"two", b"three", b"x" * 100_000]:
            yield word
            ready.get(timeout=20)

    call = channel.stream_stream("/test.Echo/Chat")(words(), metadata=said, timeout=30)
    answers = []
    for answer in call:
        answers.append(answer)
        ready.put(None)
    assert answers == [b"ONE", b"TWO", b"THREE", b"X" * 100_000], [len(answer) for answer in answers]
    assert trailers(call)["x-count"] == "4", trailers(call)


def refusal():
    try:
        channel.unary_unary("/test.Echo/Refuse")(b"", timeout=20)
    except grpc.RpcError as error:
        assert error.code() == grpc.StatusCode.FAILED_PRECONDITION, error
        assert error.details() == "not today, ünd nicht morgen", error
        assert trailers(error)["x-reason-bin"] == b"\x00\xff", error
        return
    raise AssertionError("no error came")


def unimplemented():
    try:
        channel.unary_unary("/test.Echo/Nothing")(b"", timeout=20)
    except grpc.RpcError as error:
        assert error.code() == grpc.StatusCode.UNIMPLEMENTED, error
        return
    raise AssertionError("no error came")


def deadline():
    began = time.monotonic()
    try:
        channel.unary_unary("/test.Echo/Wait")(b"deadline", timeout=1)
    except grpc.RpcError as error:
        assert error.code() == grpc.StatusCode.DEADLINE_EXCEEDED, error
        assert time.monotonic() - began < 5
        return
    raise AssertionError("no error came")


def cancellation():
    call = channel.unary_stream("/test.Echo/Endless")(b"cancellation", timeout=30)
    for _ in range(3):
        assert next(call) == b"tick"
    call.cancel()
    assert call.code() == grpc.StatusCode.CANCELLED


def down():
    """For an origin that is not running."""
    try:
        channel.unary_unary("/test.Echo/Unary")(b"", timeout=20)
    except grpc.RpcError as error:
        assert error.code() == grpc.StatusCode.UNAVAILABLE, error
        return
    raise AssertionError("no error came")


globals()[name]()
channel.close()
print(f"ok {name}")
