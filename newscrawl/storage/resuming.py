"""How a crawl is taken up again: its arguments as they were, and what of its log is still open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from newscrawl.storage.connection import Server

LAST = "last"


class ResumeError(ValueError):
    """There is no such crawl; ``str()`` is one line that says what to do."""


def arguments_of(server: Server, which: str) -> dict[str, str]:
    """Return a crawl's arguments as a user would give them, with its id as ``_job``. ``last``: the crawl begun last.

    Raises ResumeError.
    """
    query: dict[str, Any] = {} if which == LAST else {"_id": {"$eq": which}}
    with server.connect() as client:
        crawl = client[server.database].crawls.find_one(query, sort=[("started_at", -1)])
    if crawl is None:
        wanted = "no crawl" if which == LAST else f"no crawl {which!r}"
        raise ResumeError(f"there is {wanted} in database {server.database}: scrapy corpus crawls lists them")
    given = {name: getattr(value, "isoformat", value.__str__)() for name, value in crawl["arguments"].items()}
    return given | {"seed": ",".join(crawl["seeds"]), "_job": crawl["_id"], "_resume": "1"}
