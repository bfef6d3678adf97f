"""An agent that somebody else could have written: an independent HTTP/2 server behind TLS, without a control stream.

It dials the edge, which then speaks HTTP/2 to it as the client; it answers the control stream with the status that it is
told to, and everything else with its own words.
"""
import socket
import ssl
import sys

import h2.config
import h2.connection
import h2.events
import h2.settings


def dial(address, chain, key, root):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_verify_locations(cadata=root)
    context.load_cert_chain(chain, key)
    context.set_alpn_protocols(["rh2"])
    host, port = address.rsplit(":", 1)
    return context.wrap_socket(socket.create_connection((host, int(port))), server_hostname="localhost")


def answer(connection, event, control_status):
    headers = dict(event.headers)
    if headers.get(b":protocol") == b"osm-control":
        connection.send_headers(event.stream_id, [(":status", control_status)], end_stream=True)
        return
    body = b"sidecar saw " + headers[b":path"]
    connection.send_headers(event.stream_id, [(":status", "200"), ("content-length", str(len(body)))])
    connection.send_data(event.stream_id, body, end_stream=True)


def serve(tls, control_status):
    connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
    connection.initiate_connection()
    # With "none", not even RFC 8441 is offered, so that no control stream is opened at all.
    if control_status != "none":
        connection.update_settings({h2.settings.SettingCodes.ENABLE_CONNECT_PROTOCOL: 1})
    tls.sendall(connection.data_to_send())
    while data := tls.recv(65536):
        for event in connection.receive_data(data):
            if isinstance(event, h2.events.RequestReceived):
                answer(connection, event, control_status)
        tls.sendall(connection.data_to_send())


if __name__ == "__main__":
    _, address, chain, key, root_path, control_status = sys.argv
    with open(root_path, encoding="utf-8") as file:
        root = file.read()
    serve(dial(address, chain, key, root), control_status)
