"""Aggregations in MongoDB's own language, held to reading."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bson import json_util
from pymongo.errors import ExecutionTimeout, OperationFailure

from newscrawl.corpus.errors import QuestionError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pymongo.database import Database

Document = dict[str, Any]

COLLECTIONS = ("stories", "links", "revisions", "visits", "crawls", "summaries", "tombstones")
STAGES = frozenset(
    {
        "$addFields", "$bucket", "$bucketAuto", "$count", "$densify", "$facet", "$fill", "$graphLookup", "$group", "$limit",
        "$lookup", "$match", "$project", "$redact", "$replaceRoot", "$replaceWith", "$sample", "$set", "$setWindowFields",
        "$skip", "$sort", "$sortByCount", "$unionWith", "$unset", "$unwind",
    }
)  # fmt: skip
"""The stages that only read, and only the corpus. What is not here is refused, whatever a later MongoDB may add."""
CODE = frozenset({"$where", "$function", "$accumulator", "$out", "$merge"})
"""Operators that run JavaScript or write: refused wherever they stand."""
SECONDS = 60
"""How long an aggregation may take."""


def read(text: str) -> list[Document]:
    """Return the pipeline that a text of (extended) JSON holds. Raises QuestionError."""
    try:
        pipeline = json_util.loads(text, json_options=json_util.JSONOptions(tz_aware=True))
    except (ValueError, TypeError) as error:
        raise QuestionError(
            f"the aggregation is no JSON ({error}): write a list of stages, keys in double quotes"
        ) from error
    return _checked(pipeline, "the aggregation")


def _checked(pipeline: Any, name: str) -> list[Document]:
    if not isinstance(pipeline, list) or not all(isinstance(stage, dict) and len(stage) == 1 for stage in pipeline):
        raise QuestionError(f'{name} is no list of stages, each an object with one key: [{{"$match": {{…}}}}, …]')
    for stage in pipeline:
        ((operator, given),) = stage.items()
        if operator not in STAGES:
            raise QuestionError(f"{operator} is not allowed: query only reads, with {', '.join(sorted(STAGES))}")
        _check_operators(given)
        for nested in _nested(operator, given):
            _checked(nested, f"what stands in {operator}")
    return pipeline


def _nested(operator: str, given: Any) -> Iterator[Any]:
    """Yield the pipelines within a stage."""
    if not isinstance(given, dict):
        return
    if operator == "$facet":
        yield from given.values()
    elif operator in {"$lookup", "$unionWith"} and "pipeline" in given:
        yield given["pipeline"]


def _check_operators(value: Any) -> None:
    """Refuse operators of CODE at any depth."""
    if isinstance(value, dict):
        if forbidden := CODE & value.keys():
            raise QuestionError(f"{min(forbidden)} is not allowed: query only reads, and runs no code")
        for one in value.values():
            _check_operators(one)
    elif isinstance(value, list):
        for one in value:
            _check_operators(one)


def run(database: Database[Document], collection: str, pipeline: list[Document]) -> Iterator[Document]:
    """Yield what an aggregation over a collection finds. Raises QuestionError where it is not allowed or makes no sense."""
    if collection not in COLLECTIONS:
        raise QuestionError(f"no collection {collection!r}: there are {', '.join(COLLECTIONS)}")
    checked = _checked(pipeline, "the aggregation")
    try:
        yield from database[collection].aggregate(checked, allowDiskUse=True, maxTimeMS=SECONDS * 1000)
    except ExecutionTimeout as error:
        raise QuestionError(f"the aggregation took longer than {SECONDS} seconds: let it match less first") from error
    except OperationFailure as error:
        reason = (error.details or {}).get("errmsg", str(error))
        raise QuestionError(f"MongoDB does not understand the aggregation: {reason}") from error
