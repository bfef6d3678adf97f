"""An origin for the inspector's tests: answers with the body it was sent, under the type that the query asks for.

/echo?type=T&status=N   the request's body as a response of that type
/events                 three server-sent events, then nothing until the visitor leaves
"""

import http.server
import json
import sys
import urllib.parse


class Origin(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        address = urllib.parse.urlsplit(self.path)
        asked = urllib.parse.parse_qs(address.query)
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if address.path == "/events":
            return self.events()
        self.send_response(int(asked.get("status", ["200"])[0]))
        self.send_header("content-type", asked.get("type", ["text/plain"])[0])
        self.send_header("set-cookie", "session=do-not-show-this; HttpOnly")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = answer

    def events(self):
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        for number in range(3):
            self.wfile.write(f'event: tick\nid: {number}\ndata: {{"number":{number}}}\n\n'.encode())
            self.wfile.flush()
        self.close_connection = True
        self.rfile.read(1)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Origin)
server.daemon_threads = True
print(json.dumps({"port": server.server_port}), flush=True)
try:
    server.serve_forever()
except KeyboardInterrupt:
    sys.exit(0)
