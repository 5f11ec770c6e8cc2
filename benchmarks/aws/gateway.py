"""A local HTTP API in front of a function that the runtime interface emulator runs.

python -m benchmarks.aws.gateway PORT ADDRESS-OF-THE-EMULATOR
"""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock

import httpx

from benchmarks.aws.asks import Answer, Ask
from benchmarks.aws.events import answer_of, event_of

#: What an HTTP API, and what Lambda takes in, in bytes.
API, LAMBDA = 10 * 2**20, 6 * 2**20
TOO_LARGE = Answer(413, {"content-type": "application/json"}, b'{"message":"Request Entity Too Large"}')


def serve(port: int, emulator: str) -> None:
    """Serve on loopback until this process is ended."""
    client, turn = httpx.Client(timeout=60), Lock()

    class Gateway(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            given = self.ask(Ask(self.command, self.path, dict(self.headers), body))
            self.send_response(given.status)
            for name, value in given.headers.items():
                if name.lower() != "content-length":
                    self.send_header(name, value)
            self.send_header("content-length", str(len(given.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(given.body)

        do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = do_PATCH = answer  # noqa: N815

        def ask(self, ask: Ask) -> Answer:
            event = json.dumps(event_of(ask, self.client_address[0]))
            if len(ask.body) > API or len(event) > LAMBDA:
                return TOO_LARGE
            with turn:  # the emulator is one instance, which has one request at a time
                return answer_of(client.post(emulator, content=event).json())

        def log_message(self, *_: object) -> None:
            pass

    ThreadingHTTPServer(("127.0.0.1", port), Gateway).serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.argv[2])
