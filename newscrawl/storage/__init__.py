"""The only writer of the corpus: connection, schema, documents and the store itself."""

from newscrawl.storage.connection import Server, StoreUnavailableError
from newscrawl.storage.opening import open_store
from newscrawl.storage.records import PageRecord
from newscrawl.storage.resuming import ResumeError, arguments_of
from newscrawl.storage.store import StoryStore

__all__ = ["PageRecord", "ResumeError", "Server", "StoreUnavailableError", "StoryStore", "arguments_of", "open_store"]
