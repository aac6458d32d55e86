"""Corpora for tests: the storyline, which nobody may change, and one of a test's own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from scrapy.cmdline import execute
from scrapy.settings import Settings

from newscrawl.corpus import Corpus
from tests.corpus.storyline import storyline_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from newscrawl.storage import Server

    Ask = Callable[..., "Answer"]


@pytest.fixture(scope="session")
def server(mongo: Server) -> Iterator[Server]:
    """The storyline, written once; to be read only."""
    with storyline_server(mongo) as server:
        yield server


@pytest.fixture
def corpus(server: Server) -> Iterator[Corpus]:
    """The storyline, to be asked."""
    with Corpus(server) as corpus:
        yield corpus


@pytest.fixture
def own(corpus_server: Server) -> Iterator[Corpus]:
    """An empty corpus that a test may change."""
    with Corpus(corpus_server) as corpus:
        yield corpus


class Answer:
    """What the command printed, and its exit code."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def ask(server: Server, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Run the command in this process, by default on the storyline."""

    def run(*words: str, on: Server = server, columns: int = 100) -> Answer:
        monkeypatch.setenv("COLUMNS", str(columns))
        settings = Settings()
        settings.setmodule("newscrawl.settings", priority="project")
        settings.setdict({"MONGO_URI": on.uri, "MONGO_DATABASE": on.database}, priority="project")
        with pytest.raises(SystemExit) as end:
            execute(["scrapy", "corpus", *words], settings)
        return Answer(int(end.value.code or 0), *capsys.readouterr())

    return run
