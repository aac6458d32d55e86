"""Taking the corpus away, and asking it in MongoDB's own language."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from newscrawl.corpus import QuestionError, exporting, exports, queries
from newscrawl.corpus_cli import lists
from newscrawl.corpus_cli.verbs.filters import FILTERS, filters_of, text_of
from newscrawl.corpus_cli.verbs.verb import Verb, argument

if TYPE_CHECKING:
    from argparse import Namespace

    from newscrawl.corpus import Corpus
    from newscrawl.corpus_cli.verbs.verb import Rows


def _export(corpus: Corpus, asked: Namespace) -> Rows:
    text, filters = text_of(asked), filters_of(asked)
    if asked.output:
        corpus.export(asked.output, asked.format, part=asked.part, text=text, **filters)
        sys.stderr.write(f"written: {asked.output}\n")
    elif asked.format in exports.STREAMED:
        exports.to_stream(corpus.rows(asked.part, text, **filters), asked.part, sys.stdout, asked.format)
    else:
        raise QuestionError(
            f"--format {asked.format} needs --output: name a {'folder' if asked.format == 'dataset' else 'file'}"
        )
    return []


def _query(corpus: Corpus, asked: Namespace) -> Rows:
    return corpus.query(asked.collection, queries.read(_text(asked.file)))


def _text(file: str) -> str:
    if file == "-":
        return sys.stdin.read()
    try:
        return Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise QuestionError(
            f"{file} cannot be read ({reason}): name a file with an aggregation, or - for standard input"
        ) from error


VERBS: dict[str, Verb] = {
    "export": Verb(
        ask=_export,
        show=lists.nothing,
        help="Take stories away, with their links and all that is known of them, as a file or a dataset.",
        examples=(
            "scrapy corpus export --format parquet --output stories.parquet --since 2013",
            "scrapy corpus export --format dataset --output dam-dataset dam",
        ),
        arguments=(
            *FILTERS,
            argument(
                "--format",
                choices=exports.FORMATS,
                default="jsonl",
                help="default: jsonl; dataset is a folder of all parts",
            ),
            argument(
                "--output",
                metavar="PATH",
                help="the file, or folder, to make; without it jsonl and csv go to standard output",
            ),
            argument(
                "--part",
                choices=list(exporting.PARTS),
                default="stories",
                help="what of the stories: default stories, with their links",
            ),
        ),
    ),
    "query": Verb(
        ask=_query,
        show=lists.documents,
        help="Run an aggregation in MongoDB's language, from a file or standard input. It can only read.",
        examples=("scrapy corpus query stories live-by-section.json",),
        arguments=(
            argument(
                "collection", choices=queries.COLLECTIONS, metavar="COLLECTION", help=", ".join(queries.COLLECTIONS)
            ),
            argument("file", metavar="FILE", help="a list of stages in (extended) JSON; - reads standard input"),
        ),
    ),
}
