#!/usr/bin/env python3
"""serve.py ROOT PORT [ADDRESS]: the built page, until Ctrl-C. For this machine's own browsers (IPv4 and IPv6 loopback),
or for everyone who reaches ADDRESS, as a container has to."""
import errno
import functools
import http.server
import os
import socket
import sys
import threading

MIME_TYPES = {  # never the system's mime.types: a wrong type for .wasm or .mjs stops the page
    ".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml",
    ".js": "text/javascript; charset=utf-8", ".mjs": "text/javascript; charset=utf-8", ".wasm": "application/wasm",
    ".json": "application/json", ".map": "application/json", ".png": "image/png", ".bin": "application/octet-stream"}


class Handler(http.server.SimpleHTTPRequestHandler):
    def guess_type(self, path):
        return MIME_TYPES.get(os.path.splitext(path)[1].lower(), "application/octet-stream")

    def end_headers(self):
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_request(self, *_):  # errors are still logged
        pass


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address):  # a browser that leaves early is no error
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class Server6(Server):
    address_family = socket.AF_INET6


def fail(message):
    print(f"digit-vae: {message}", file=sys.stderr)
    sys.exit(69)


def main(root, port, address=None):
    if not os.path.isfile(os.path.join(root, "index.html")):
        fail(f"there is no page in {root}: run make web")
    if not port.isdecimal() or not 0 < int(port) < 65536:
        fail(f"PORT={port} is not a port: use 1 to 65535")
    port, servers = int(port), []
    loopback = [(Server, "127.0.0.1"), (Server6, "::1")]
    for server, name in [(Server6 if ":" in address else Server, address)] if address else loopback:
        try:
            servers.append(server((name, port), functools.partial(Handler, directory=root)))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                fail(f"port {port} is in use: PORT={port % 65535 + 1} make demo")
            if error.errno == errno.EACCES:
                fail(f"port {port} is not for ordinary users: PORT=8080 make demo")
            if not servers:  # a machine without IPv6 is fine
                fail(f"cannot listen on {name}: {error.strerror}")
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    name = "localhost" if address in (None, "", "0.0.0.0", "::") else f"[{address}]" if ":" in address else address
    print(f"digit-vae is at http://{name}:{port} (Ctrl-C stops)", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit("usage: serve.py ROOT PORT [ADDRESS]")
    try:
        main(*sys.argv[1:])
    except KeyboardInterrupt:
        pass
