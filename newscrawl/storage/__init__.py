"""The only writer of the corpus: connection, schema, documents and the store itself.

What writes is loaded when it is asked for: a command that only reads begins a tenth of a second sooner.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from newscrawl.storage.connection import Server, StoreUnavailableError
from newscrawl.storage.records import PageRecord
from newscrawl.storage.resuming import ResumeError, arguments_of

if TYPE_CHECKING:
    from newscrawl.storage.opening import open_store
    from newscrawl.storage.store import StoryStore

__all__ = ["PageRecord", "ResumeError", "Server", "StoreUnavailableError", "StoryStore", "arguments_of", "open_store"]

_WRITERS = {"StoryStore": "store", "open_store": "opening"}


def __getattr__(name: str) -> Any:
    if name not in _WRITERS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WRITERS[name]}"), name)
