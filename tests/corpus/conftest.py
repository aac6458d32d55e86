"""Corpora for tests: the storyline, which nobody may change, and one of a test's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from newscrawl.corpus import Corpus
from tests.corpus.storyline import storyline_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newscrawl.storage import Server


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
