"""Where the corpus lives: the server ``MONGO_URI`` names, else the embedded one."""

from __future__ import annotations

import logging
import re
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pymongo import AsyncMongoClient, MongoClient
from pymongo.errors import BulkWriteError, OperationFailure, PyMongoError
from pymongo.uri_parser import parse_uri

from newscrawl import __version__
from newscrawl.embedded import EmbeddedError, Lease, acquire
from newscrawl.storage.schema import SCHEMA_VERSION, STATE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scrapy.settings import BaseSettings

Document = dict[str, Any]

CONNECT_SECONDS = 2
"""How long a server may take to be found: a wrong address has to be said within five seconds, start-up included."""

CLIENT_OPTIONS: dict[str, Any] = {
    "appname": "newscrawl",
    "tz_aware": True,
    # with a streaming monitor pymongo holds a process for half a second at its exit
    "serverMonitoringMode": "poll",
    "serverSelectionTimeoutMS": CONNECT_SECONDS * 1000,
    "connectTimeoutMS": CONNECT_SECONDS * 1000,
}

NO_PLACE = (
    "newscrawl runs outside its project folder and knows no place for its data: set MONGO_URI to use a MongoDB server, "
    "or NEWSCRAWL_DATA to a folder for the embedded one"
)

NO_DATABASE = "MONGO_DATABASE={!r} is not allowed: give up to 63 letters, digits, hyphens and underscores"

NEWER = (
    "database {} holds a corpus of version {}, made by newscrawl {}; this newscrawl, {}, knows versions up to {}: "
    "update newscrawl"
)

_DATABASE = re.compile(r"[A-Za-z0-9_-]{1,63}")
_HOSTS = re.compile(r"[\w.-]+(?::\d+)?(?:,[\w.-]+(?::\d+)?)*")

# pymongo logs every command at DEBUG through the root logger: 20-38 MB per 5,000 items
logging.getLogger("pymongo").setLevel(logging.WARNING)


DISK_FULL = 14031
"""Error code of a server without room (MongoDB's error_codes.yml)."""


class StoreUnavailableError(Exception):
    """The corpus cannot be used; ``str()`` is one line that names the host and the reason, never a password."""


@dataclass(slots=True)
class Server:
    """A MongoDB server that answered, and the database of the corpus on it."""

    uri: str
    database: str
    lease: Lease | None = None
    """Keeps the embedded server running while it is held; None for a server of the user's own."""
    data: Path | None = None
    """The folder ``NEWSCRAWL_DATA``, where the spool is; None where there is none."""

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Server:
        """Return the server the settings name, starting the embedded one if none is named. Raises StoreUnavailableError."""
        database = settings["MONGO_DATABASE"]
        if not _DATABASE.fullmatch(database) or database in {"admin", "config", "local"}:
            raise StoreUnavailableError(NO_DATABASE.format(database))
        data = Path(settings["NEWSCRAWL_DATA"]) if settings["NEWSCRAWL_DATA"] else None
        if uri := settings["MONGO_URI"]:
            return cls(uri, database, data=data)
        if data is None:
            raise StoreUnavailableError(NO_PLACE)
        try:
            lease = acquire(data)
        except EmbeddedError as error:
            raise StoreUnavailableError(str(error)) from error
        return cls(lease.uri, database, lease, data)

    def connect(self) -> MongoClient[Document]:
        """Return a client whose server has answered, and holds no corpus of a newer newscrawl. Raises StoreUnavailableError."""
        with said_in_one_line(self.uri):
            with _options_checked():
                client: MongoClient[Document] = MongoClient(self.uri, **CLIENT_OPTIONS)
            try:
                client.admin.command("ping")
                check_version(self.database, client[self.database].schema.find_one(STATE))
            except (PyMongoError, StoreUnavailableError):
                client.close()
                raise
        return client

    async def connect_async(self) -> AsyncMongoClient[Document]:
        """Return an asyncio client whose server has answered a ping. Raises StoreUnavailableError."""
        with said_in_one_line(self.uri):
            with _options_checked():
                client: AsyncMongoClient[Document] = AsyncMongoClient(self.uri, **CLIENT_OPTIONS)
            try:
                await client.admin.command("ping")
            except PyMongoError:
                await client.close()
                raise
        return client

    @property
    def failure(self) -> str | None:
        """Why the embedded server is gone for good; None while it is not, or where the server is the user's own."""
        return str(self.lease.failure) if self.lease and self.lease.failure else None

    def release(self) -> None:
        """Let the embedded server stop when nobody else holds it."""
        if self.lease:
            self.lease.release()


def check_version(database: str, state: Document | None) -> None:
    """Raise StoreUnavailableError where ``state``, in which a corpus tells its version, is that of a newer newscrawl."""
    if state and state["version"] > SCHEMA_VERSION:
        newer = NEWER.format(database, state["version"], state["newscrawl"], __version__, SCHEMA_VERSION)
        raise StoreUnavailableError(newer)


@contextmanager
def said_in_one_line(uri: str) -> Iterator[None]:
    """Turn what pymongo says of a server, or of its address, into StoreUnavailableError."""
    try:
        yield
    except (PyMongoError, ValueError, UserWarning) as error:
        raise StoreUnavailableError(describe(uri, error)) from error


@contextmanager
def _options_checked() -> Iterator[None]:
    """Make errors of pymongo's warnings about options it does not know, or values it cannot use."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        yield


def describe(uri: str, error: Exception) -> str:
    """Return one line: which host, what went wrong; without credentials and without pymongo's topology dump."""
    if isinstance(error, StoreUnavailableError):
        return str(error)
    if DISK_FULL in error_codes(error):
        return f"the disk of MongoDB at {hosts(uri)} is full: free some"
    reason = re.split(r"\(configured timeouts|, Timeout:|, full error| \{ ", str(error), maxsplit=1)[0]
    return f"MongoDB at {hosts(uri)} is not available: {without_credentials(' '.join(reason.split()))}"


def error_codes(error: Exception) -> set[int | None]:
    """Return the codes by which the server refused a command, or single writes of a bulk."""
    if isinstance(error, BulkWriteError):
        return {
            write["code"] for kind in ("writeErrors", "writeConcernErrors") for write in error.details.get(kind, ())
        }
    return {error.code} if isinstance(error, OperationFailure) else set()


def hosts(uri: str) -> str:
    """Return the hosts of a MongoDB URI, for messages: ``db1:27017,db2:27017``."""
    try:
        nodes = parse_uri(uri, validate=False)["nodelist"] if uri.startswith("mongodb://") else []
    except (PyMongoError, ValueError):
        nodes = []
    if nodes:
        return ",".join(f"{host}:{port}" if port else str(host) for host, port in nodes)
    # a password may hold anything where the address is malformed: nothing is shown that does not look like hosts
    named = re.split(r"[/?]", uri.rpartition("@")[2].rpartition("://")[2])[0]
    return named if _HOSTS.fullmatch(named) else "the address in MONGO_URI"


def without_credentials(text: str) -> str:
    """Return the text with ``***`` for all that stands directly before an ``@``: the user and password of an address."""
    return re.sub(r"[^\s\"']*@", "***@", text)
