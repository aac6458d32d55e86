"""A loopback proxy that answers with any bytes, or with none: what a real network does on a bad day."""

from __future__ import annotations

import socketserver
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping

Answer = bytes | Callable[["socket.socket"], None]
"""What is sent, or what is done with the connection instead."""

NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
HTML = "text/html; charset=utf-8"


def http(body: str | bytes, content_type: str = HTML, status: str = "200 OK", **headers: str) -> bytes:
    """Return a whole response; header names with underscores for hyphens."""
    content = body.encode() if isinstance(body, str) else body
    told = {"Content-Type": content_type, "Content-Length": str(len(content))}
    told |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"HTTP/1.1 {status}\r\n{head}Connection: close\r\n\r\n".encode("latin-1") + content


def silence(connection: socket.socket) -> None:
    """Say nothing until the other side has lost its patience."""
    connection.settimeout(20)
    connection.recv(1)


def reset(connection: socket.socket) -> None:
    """Break the connection off as a crashed server does: with a reset instead of an end."""
    import socket
    import struct

    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


class Wire:
    """Serves the addresses of ``site`` behind a loopback proxy; ``asked`` lists what was asked for, with the time."""

    def __init__(self, site: Mapping[str, Answer]) -> None:
        self.asked: list[tuple[str, float]] = []
        wire = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                url = self.rfile.readline(65536 * 2).split()[1].decode("latin-1")
                while self.rfile.readline() not in {b"\r\n", b""}:
                    pass
                wire.asked.append((url, time.monotonic()))
                answer = site.get(url, NOT_FOUND)
                try:
                    self.connection.sendall(answer) if isinstance(answer, bytes) else answer(self.connection)
                except OSError:
                    return  # the crawl hung up, as it may

            def finish(self) -> None:
                pass

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

        self.server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *error: object) -> None:
        self.server.shutdown()
        self.server.server_close()
