"""``scrapy corpus``: what it refuses or cannot answer, its help, its exit codes."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

import pytest

from newscrawl.corpus import Corpus
from newscrawl.corpus_cli.parsing import parse
from newscrawl.corpus_cli.verbs import VERBS
from newscrawl.storage import Server
from tests.corpus.storyline import DAM

if TYPE_CHECKING:
    from tests.corpus.conftest import Ask

NOWHERE = Server("mongodb://reader:secret@127.0.0.1:1", "newscrawl")


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (
            "",
            2,
            "say what to do: stats, find, show, links, ",
        ),
        ("shwo", 2, "unknown verb 'shwo': allowed are stats, find, "),
        ("--json stats", 2, "unknown option '--json': options come after the verb"),
        ("find dam --sektion x", 2, "unrecognized arguments: --sektion x: scrapy corpus find -h lists what is allowed"),
        ("find dam --sec x", 2, "unrecognized arguments: --sec x"),
        ("find dam --kind opinion", 2, "argument --kind: invalid choice: 'opinion'"),
        ("find dam --era gel-2011", 2, "argument --era: unknown era 'gel-2011', allowed are "),
        ("find dam --since yesterday", 2, "argument --since: 'yesterday' is no date: give YYYY-MM-DD, YYYY-MM or YYYY"),
        ("find dam --until 2013-02-30", 2, "argument --until: '2013-02-30' is no date"),
        ("find dam --language english", 2, "argument --language: 'english' is no language tag"),
        ("find dam --limit many", 2, "argument --limit: 'many' is no whole number"),
        ("find dam --sort size", 2, "argument --sort: invalid choice: 'size'"),
        ("find --sort relevance", 2, "only a text search can be sorted by relevance"),
        ("find dam --crawl nope", 1, "no crawl 'nope' in the corpus"),
        ("find zebra", 1, "no story matches"),
        ("find zebra --json", 1, "no story matches"),
        ("find --section {'$gt':''}", 1, "no story matches"),
        ("show", 2, "the following arguments are required: ID|URL"),
        ("show a b", 2, "unrecognized arguments: b"),
        ("show 12345", 1, "no story '12345' in the corpus"),
        ("show {'$gt':''}", 1, "no story \"{'$gt':''}\" in the corpus"),
        ("timeline zebra", 1, "no story matches 'zebra'"),
        (f"timeline {DAM} --depth 0", 2, "argument --depth: '0' is no depth: give a number from 1 to 10"),
        (f"timeline {DAM} --relation listed", 2, "argument --relation: invalid choice: 'listed'"),
        (f"links {DAM} --relation twin", 1, "no such links"),
        ("visits", 2, "the following arguments are required: CRAWL"),
        ("visits nope", 1, "no crawl 'nope' in the corpus"),
        ("visits last --outcome lost", 2, "argument --outcome: invalid choice: 'lost'"),
        ("visits last --outcome robots", 1, "no such visits"),
        ("stats -s MONGO_URI", 2, "Invalid -s value, use -s NAME=VALUE"),
        ("find \udc80", 2, "'\\udc80' is not valid UTF-8"),
    ],
)
def test_what_cannot_be_answered_is_one_line(ask: Ask, words: str, code: int, message: str) -> None:
    told = ask(*words.split())
    assert (told.code, told.out) == (code, "")
    assert message in told.err
    assert told.err.startswith("scrapy corpus")
    assert told.err.count("\n") == 1


@pytest.mark.parametrize("words", ["stats", f"forget {DAM} --json"])
def test_no_server_is_one_line(ask: Ask, words: str) -> None:
    told = ask(*words.split(), on=NOWHERE)
    assert (told.code, told.out) == (4, "")
    assert re.fullmatch(
        r"scrapy corpus \w+: MongoDB at 127.0.0.1:1 is not available: .*Connection refused.*\n", told.err
    )
    assert "secret" not in told.err


def test_an_empty_corpus_says_what_to_do_next(ask: Ask, corpus_server: Server) -> None:
    told = ask("stats", on=corpus_server)
    assert told.code == 0
    assert told.out.startswith("The corpus is empty; collect a first story with: scrapy crawl bbc_story -a seed=URL")
    assert ask("stats", "--json", on=corpus_server).rows[0]["stories"] == 0
    for words in (
        "find dam",
        "find",
        f"show {DAM}",
        f"timeline {DAM}",
        "timeline dam",
        f"links {DAM}",
        "crawls",
        "visits last",
    ):
        told = ask(*words.split(), on=corpus_server)
        assert (told.code, told.out) == (1, "")
        assert "the corpus is empty; collect a first story with: scrapy crawl bbc_story -a seed=URL" in told.err


# --- help


def test_help_lists_the_verbs_with_an_example_each(ask: Ask) -> None:
    told = ask("-h")
    assert told.code == 0
    for name, verb in VERBS.items():
        assert f"  {name} " in told.out
        assert verb.examples[0] in told.out


@pytest.mark.parametrize("name", VERBS)
def test_a_verb_has_help_with_examples(ask: Ask, name: str) -> None:
    told = ask(name, "-h")
    assert told.code == 0
    assert VERBS[name].help in told.out
    assert f"  {VERBS[name].examples[0]}\n" in told.out


@pytest.mark.parametrize("example", [example for verb in VERBS.values() for example in verb.examples])
def test_examples_are_commands_that_are_allowed(example: str) -> None:
    scrapy, corpus, *words = shlex.split(example)
    assert (scrapy, corpus) == ("scrapy", "corpus")
    assert parse(VERBS, words).verb == words[0]


def test_an_interrupt_ends_quietly(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(self: Corpus) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Corpus, "stats", interrupted)
    assert ask("stats").code == 130
