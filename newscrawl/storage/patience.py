"""What an outage of the server is, and how long a write waits for its end."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bson.errors import BSONError
from pymongo.errors import BulkWriteError, ConnectionFailure, OperationFailure
from tenacity import AsyncRetrying, retry_if_exception, stop_after_delay, wait_random_exponential

if TYPE_CHECKING:
    from collections.abc import Callable

    from tenacity import RetryCallState

logger = logging.getLogger(__name__)

SHUTTING_DOWN = frozenset({91, 189, 10107, 11600, 11602, 13435})
"""Error codes of a server that is on its way down or not yet up (MongoDB's error_codes.yml)."""

LONGEST_PAUSE = 2
"""Seconds between two attempts, at most; a crawl that is told to stop waits for one more attempt."""


def is_outage(error: BaseException) -> bool:
    """Return whether an error says that the server is away, not that it refuses something."""
    if isinstance(error, BulkWriteError):
        concerns = error.details.get("writeConcernErrors", ())
        return any(concern.get("code") in SHUTTING_DOWN for concern in concerns)
    if isinstance(error, OperationFailure):
        return error.code in SHUTTING_DOWN
    return isinstance(error, ConnectionFailure)


TOO_LARGE = 10334
DOCUMENT = frozenset({2, 52, 121, TOO_LARGE, 17261, 17262, 17280, 17419, 17420})
"""Error codes that speak of one document: not valid, too large, a value or key that cannot be (MongoDB's error_codes.yml)."""


def is_refusal(error: BaseException) -> bool:
    """Return whether an error says that a document cannot be stored, wherever and whenever."""
    if isinstance(error, BulkWriteError):
        codes = {write["code"] for write in error.details.get("writeErrors", ())}
        return bool(codes & DOCUMENT) and not is_outage(error)
    if isinstance(error, OperationFailure):
        return error.code == TOO_LARGE
    return isinstance(error, BSONError | UnicodeError | OverflowError)


def patient(seconds: float, hopeless: Callable[[], bool]) -> AsyncRetrying:
    """Return a retrying that repeats what an outage interrupts.

    It ends, with the error of the last attempt, when ``seconds`` have passed or there is no point in waiting any longer.
    """
    too_late = stop_after_delay(seconds)
    return AsyncRetrying(
        retry=retry_if_exception(is_outage),
        wait=wait_random_exponential(multiplier=0.1, max=LONGEST_PAUSE),
        stop=lambda state: hopeless() or too_late(state),
        before_sleep=_say_once,
        reraise=True,
    )


def _say_once(state: RetryCallState) -> None:
    if state.attempt_number == 1:
        logger.warning("MongoDB is away: the crawl waits for it")
