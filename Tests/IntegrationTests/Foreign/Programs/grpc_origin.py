"""A gRPC server of all four kinds of calls, with grpcio and without generated code: messages are plain bytes.

Prints its port as JSON, and then a line for each call that was cancelled under it.
"""
import concurrent.futures
import json
import threading

import grpc

lines = threading.Lock()


def say(line):
    with lines:
        print(line, flush=True)


def trailing(context, count):
    metadata = dict(context.invocation_metadata())
    context.set_trailing_metadata((("x-count", str(count)), ("x-heard", metadata.get("x-said", "nothing"))))


def unary(request, context):
    context.send_initial_metadata((("x-initial", "early"),))
    trailing(context, 1)
    return request[::-1]


def collect(requests, context):
    count = total = 0
    for request in requests:
        count += 1
        total += len(request)
    trailing(context, count)
    return str(total).encode()


def count(request, context):
    for number in range(int(request)):
        yield str(number).encode()
    trailing(context, int(request))


def chat(requests, context):
    seen = 0
    for request in requests:
        seen += 1
        yield request.upper()
    trailing(context, seen)


def refuse(request, context):
    context.set_trailing_metadata((("x-reason-bin", b"\x00\xff"),))
    context.abort(grpc.StatusCode.FAILED_PRECONDITION, "not today, ünd nicht morgen")


def wait(request, context):
    """Answers nothing until the caller has given up, and says so."""
    gone = threading.Event()
    context.add_callback(gone.set)
    gone.wait(60)
    say(f"gone {request.decode()}")
    return b""


def endless(request, context):
    """Streams until the caller has given up, and says so."""
    context.add_callback(lambda: say(f"gone {request.decode()}"))
    while context.is_active():
        yield b"tick"


handlers = {
    "Unary": grpc.unary_unary_rpc_method_handler(unary),
    "Collect": grpc.stream_unary_rpc_method_handler(collect),
    "Count": grpc.unary_stream_rpc_method_handler(count),
    "Chat": grpc.stream_stream_rpc_method_handler(chat),
    "Refuse": grpc.unary_unary_rpc_method_handler(refuse),
    "Wait": grpc.unary_unary_rpc_method_handler(wait),
    "Endless": grpc.unary_stream_rpc_method_handler(endless),
}
server = grpc.server(
    concurrent.futures.ThreadPoolExecutor(max_workers=16),
    options=[("grpc.max_receive_message_length", 64 << 20), ("grpc.so_reuseport", 0)],
)
server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("test.Echo", handlers),))
port = server.add_insecure_port("127.0.0.1:0")
server.start()
say(json.dumps({"port": port}))
server.wait_for_termination()
