"""Why an address brought no page: exceptions for requests that are not made, and words for those that fail."""

from __future__ import annotations

import re
import zlib

from scrapy import exceptions
from scrapy.spidermiddlewares.httperror import HttpError

from newscrawl.archive import NotInArchive
from newscrawl.items import Outcome


class OffSiteError(exceptions.IgnoreRequest):
    """The address is on another site, or within somebody's own network."""


class BarredError(exceptions.IgnoreRequest):
    """robots.txt bars the address."""


class RobotsUnknownError(Exception):
    """robots.txt cannot be had, so nobody knows what it bars."""


DOWNLOAD_ERRORS: dict[type[BaseException], str] = {
    exceptions.CannotResolveHostError: "the name of the host cannot be resolved",
    exceptions.DownloadCancelledError: "too large",
    exceptions.DownloadConnectionRefusedError: "the server refuses connections",
    exceptions.DownloadFailedError: "the connection broke off",
    exceptions.DownloadTimeoutError: "no answer in time",
    exceptions.ResponseDataLossError: "the answer broke off before its end",
    EOFError: "the answer is not compressed as it says",
    OSError: "the answer is not compressed as it says",
    zlib.error: "the answer is not compressed as it says",
}
"""What goes wrong on the way to a page, and what it means."""

_SAY_ALL = (exceptions.IgnoreRequest, RobotsUnknownError)
_WRAPPED = re.compile(r"\[?<twisted\.python\.failure\.Failure [\w.]+: (.*?)>\]?")


REFUSED = {BarredError: Outcome.ROBOTS, OffSiteError: Outcome.OFF_SITE, NotInArchive: Outcome.NOT_IN_ARCHIVE}


def outcome_of(error: BaseException | None) -> tuple[Outcome, str]:
    """Return what a download that failed means for its visit, and why in words."""
    if isinstance(error, HttpError):
        return Outcome.HTTP_ERROR, f"the server answered {error.response.status}"
    assert error
    outcome = next((outcome for kind, outcome in REFUSED.items() if isinstance(error, kind)), Outcome.FAILED)
    return outcome, in_words(error) if outcome is Outcome.FAILED else str(error)


def in_words(error: BaseException) -> str:
    """Return one line that says why a page could not be fetched."""
    message = _WRAPPED.sub(r"\1", " ".join(str(error).split()))
    if message and isinstance(error, _SAY_ALL):
        return message
    meaning = next((words for kind, words in DOWNLOAD_ERRORS.items() if isinstance(error, kind)), type(error).__name__)
    return f"{meaning}: {message}" if message else meaning
