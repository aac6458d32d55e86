"""Where the corpus lives: the server ``MONGO_URI`` names, else the embedded one."""

from __future__ import annotations

import logging
import re
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pymongo import AsyncMongoClient, MongoClient
from pymongo.errors import PyMongoError
from pymongo.uri_parser import parse_uri

from newscrawl.embedded import EmbeddedError, Lease, acquire

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scrapy.settings import BaseSettings

Document = dict[str, Any]

CONNECT_SECONDS = 3
"""How long a server may take to be found: a wrong address has to be said within five seconds, start-up included."""

CLIENT_OPTIONS: dict[str, Any] = {
    "appname": "newscrawl",
    "tz_aware": True,
    "serverSelectionTimeoutMS": CONNECT_SECONDS * 1000,
    "connectTimeoutMS": CONNECT_SECONDS * 1000,
}

NO_PLACE = (
    "newscrawl runs outside its project folder and knows no place for its data: set MONGO_URI to use a MongoDB server, "
    "or NEWSCRAWL_DATA to a folder for the embedded one"
)

# pymongo logs every command at DEBUG through the root logger: 20-38 MB per 5,000 items
logging.getLogger("pymongo").setLevel(logging.WARNING)


class StoreUnavailableError(Exception):
    """The corpus cannot be reached; ``str()`` is one line that names the host and the reason, never a password."""


@dataclass(slots=True)
class Server:
    """A MongoDB server that answered, and the database of the corpus on it."""

    uri: str
    database: str
    lease: Lease | None = None
    """Keeps the embedded server running while it is held; None for a server of the user's own."""

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Server:
        """Return the server the settings name, starting the embedded one if none is named. Raises StoreUnavailableError."""
        database = settings["MONGO_DATABASE"]
        if uri := settings["MONGO_URI"]:
            return cls(uri, database)
        if not settings["NEWSCRAWL_DATA"]:
            raise StoreUnavailableError(NO_PLACE)
        try:
            lease = acquire(Path(settings["NEWSCRAWL_DATA"]))
        except EmbeddedError as error:
            raise StoreUnavailableError(str(error)) from error
        return cls(lease.uri, database, lease)

    def connect(self) -> MongoClient[Document]:
        """Return a client whose server has answered a ping. Raises StoreUnavailableError."""
        with _said_in_one_line(self.uri):
            client: MongoClient[Document] = MongoClient(self.uri, **CLIENT_OPTIONS)
            try:
                client.admin.command("ping")
            except PyMongoError:
                client.close()
                raise
        return client

    async def connect_async(self) -> AsyncMongoClient[Document]:
        """Return an asyncio client whose server has answered a ping. Raises StoreUnavailableError."""
        with _said_in_one_line(self.uri):
            client: AsyncMongoClient[Document] = AsyncMongoClient(self.uri, **CLIENT_OPTIONS)
            try:
                await client.admin.command("ping")
            except PyMongoError:
                await client.close()
                raise
        return client

    def release(self) -> None:
        """Let the embedded server stop when nobody else holds it."""
        if self.lease:
            self.lease.release()


@contextmanager
def _said_in_one_line(uri: str) -> Iterator[None]:
    try:
        yield
    except (PyMongoError, ValueError) as error:
        raise StoreUnavailableError(describe(uri, error)) from error


def describe(uri: str, error: Exception) -> str:
    """Return one line: which host, what went wrong; without credentials and without pymongo's topology dump."""
    reason = str(error).split("(configured timeouts", 1)[0].split(", Timeout:", 1)[0].split(", full error", 1)[0]
    return f"MongoDB at {hosts(uri)} is not available: {without_credentials(' '.join(reason.split()))}"


def hosts(uri: str) -> str:
    """Return the hosts of a MongoDB URI, for messages: ``db1:27017,db2:27017``."""
    try:
        nodes = parse_uri(uri, validate=False)["nodelist"] if uri.startswith("mongodb://") else []
    except (PyMongoError, ValueError):
        nodes = []
    named = [f"{host}:{port}" if port else str(host) for host, port in nodes]
    return ",".join(named) or without_credentials(uri).split("://", 1)[-1].split("/", 1)[0] or "an empty address"


def without_credentials(text: str) -> str:
    """Return the text with the user and password of every URI in it replaced by ``***``."""
    return re.sub(r"(?<=://)[^/\s]*@", "***@", text)
