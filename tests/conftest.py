"""What holds for every test: a clean environment, and under CI no test that quietly did not run."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from newscrawl.storage import Server

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)

FOREIGN = ("mongo_", "newscrawl_", "scrapy_", "http_proxy", "https_proxy", "all_proxy", "no_proxy")
"""Beginnings of variables that would lead a test to somebody's corpus, settings or proxy."""
KEPT = {"NEWSCRAWL_PAGES"}


def pytest_configure() -> None:
    """Forget the shell's settings before any module is imported; programs that tests start inherit the clean state."""
    for name in set(os.environ) - KEPT:
        if name.lower().startswith(FOREIGN):
            del os.environ[name]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Under CI a skipped test has failed."""
    return refuse_skip((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Under CI a module that skips itself has failed."""
    return refuse_skip((yield))


def refuse_skip(report: Report) -> Report:
    """Turn a skip into a failure where CI is set; an expected failure stays one."""
    if report.skipped and os.environ.get("CI") == "true" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"a skip is a failure under CI: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def mongo() -> Iterator[Server]:
    """A real embedded mongod for the tests of one process; its folder's path is short because a socket's has to be."""
    from newscrawl.embedded import acquire
    from newscrawl.storage import Server

    data = Path(tempfile.mkdtemp(prefix="nc-"))
    lease = acquire(data)
    yield Server(lease.uri, "newscrawl")
    lease.release()
    shutil.rmtree(data, ignore_errors=True)


@pytest.fixture
def corpus_server(mongo: Server) -> Iterator[Server]:
    """The test server with an empty database of the test's own."""
    from newscrawl.storage import Server

    server = Server(mongo.uri, f"test-{uuid.uuid4().hex[:12]}")
    yield server
    with server.connect() as client:
        client.drop_database(server.database)
