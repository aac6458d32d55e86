"""A miniature site for tests: pages in the markup of 2013 with invented text, as an archive or behind a loopback proxy."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from email.message import Message

    from newscrawl.storage import Server

ROOT = Path(__file__).parent.parent
SCRAPY = str(Path(sys.executable).parent / "scrapy")


def address(number: int, host: str = "www.bbc.com") -> str:
    """Return the address of a story of the miniature site."""
    return f"http://{host}/news/world-{number}"


@dataclass
class Reply:
    """What the site answers to one address."""

    body: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    date: str = "2013-03-17T12:00:00Z"


def article(
    number: int, text: str | None = None, related: list[str] | None = None, section: list[str] | None = None
) -> Reply:
    """Return a story page: headline and text made of its number, with the blocks of links a story of 2013 has."""
    words = (
        text or f"Keeper number {number} of the lighthouse wrote down the wind of day {number % 97} with a steady hand."
    )
    return Reply(
        f"""<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8"><title>BBC News - Lighthouse {number}</title>
<meta name="Description" content="What keeper {number} saw."/>
<meta name="OriginalPublicationDate" content="2013/03/17 11:00:00"/>
<meta name="DCTERMS.created" content="2013-03-{number % 27 + 1:02d}T10:00:00+00:00"/>
<meta name="DCTERMS.modified" content="2013-03-{number % 27 + 1:02d}T11:00:00+00:00"/>
<meta name="Headline" content="Lighthouse {number}"/><meta name="Section" content="World"/><meta name="CPS_ID" content="{number}"/>
<link rel="canonical" href="http://www.bbc.co.uk/news/world-{number}"/></head><body><div id="main-content">
<div class="layout-block-a"><div class="story-body"><h1 class="story-header">The lighthouse of bay {number}</h1>
<p class="introduction">{escape(words)}</p><p>The lamp of bay {number} was lit at dusk.</p></div>
<div class="story-related"><h2>More on This Story</h2><div class="see-also"><h3>Related Stories</h3><ul>
{_items(related)}</ul></div></div>
<div class="top-index-stories"><h2 class="top-index-stories-header"><a href="/news/world/">More World stories</a></h2><ul>
{_items(section)}</ul></div></div></div></body></html>"""
    )


def _items(urls: list[str] | None) -> str:
    return "".join(f'<li><a class="story" href="{escape(url)}">To {escape(url[-8:])}</a></li>' for url in urls or [])


def moved(to: str) -> Reply:
    """Return a permanent redirect."""
    return Reply(status=301, headers={"Location": to})


def archive(path: Path, site: Mapping[str, Reply]) -> Path:
    """Write the site as a WARC file."""
    with path.open("wb") as stream:
        writer = WARCWriter(stream, gzip=True)
        for url, reply in site.items():
            body = reply.body.encode()
            headers = [("Content-Type", "text/html"), ("Content-Length", str(len(body))), *reply.headers.items()]
            http = StatusAndHeaders(f"{reply.status} Reply", headers, protocol="HTTP/1.1")
            record = writer.create_warc_record(
                url,
                "response",
                payload=io.BytesIO(body),
                length=len(body),
                http_headers=http,
                warc_headers_dict={"WARC-Date": reply.date},
            )
            writer.write_record(record)
    return path


class QuietServer(ThreadingHTTPServer):
    """Says nothing of clients that were killed."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Do nothing."""


def unchanged(reply: Reply, asked: Message) -> bool:
    """Return whether a request says that the client holds this reply: by the ETag, or, if it names none, by the date."""
    etag, date = asked["If-None-Match"], asked["If-Modified-Since"]
    return etag == reply.headers.get("ETag") if etag else bool(date and date == reply.headers.get("Last-Modified"))


class Proxy:
    """A loopback HTTP proxy behind which the site is served; ``asked`` lists the addresses in order, ``answered`` how."""

    def __init__(self, site: Mapping[str, Reply]) -> None:
        self.asked: list[str] = []
        self.answered: list[tuple[str, int]] = []
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                proxy.asked.append(self.path)
                reply = site.get(self.path, Reply("not here", 404))
                if unchanged(reply, self.headers):
                    reply = Reply(
                        status=304, headers={"ETag": reply.headers["ETag"]} if "ETag" in reply.headers else {}
                    )
                proxy.answered.append((self.path, reply.status))
                body = reply.body.encode()
                self.send_response(reply.status)
                headers = {"Content-Type": "text/html", "Content-Length": str(len(body))} | reply.headers
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                pass

        self.server = QuietServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self) -> Proxy:
        return self

    def __exit__(self, *error: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def environment(server: Server | None, **more: str) -> dict[str, str]:
    """Return the environment of a command that is to use a test's database."""
    store = {"MONGO_URI": server.uri, "MONGO_DATABASE": server.database} if server else {}
    return os.environ | store | more


def scrapy(
    *arguments: str, server: Server | None = None, timeout: float = 60, **env: str
) -> subprocess.CompletedProcess[str]:
    """Run a scrapy command in the project; warnings of Python are errors there too."""
    command = [sys.executable, "-W", "error", SCRAPY, *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=environment(server, **env), capture_output=True, text=True, timeout=timeout, check=False
    )


def documents(server: Server, collection: str, **query: object) -> list[dict[str, object]]:
    """Return the documents of a collection by ``_id``."""
    with server.connect() as client:
        return list(client[server.database][collection].find(query).sort("_id"))


def outcomes(server: Server) -> dict[str, str]:
    """Return {request key: outcome} of all visits."""
    return {str(row["request_key"]): str(row["outcome"]) for row in documents(server, "visits")}


def lines(text: str) -> Iterator[dict[str, object]]:
    """Parse JSON lines."""
    return (json.loads(line) for line in text.splitlines() if line)
