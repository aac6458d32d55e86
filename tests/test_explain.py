"""``scrapy explain``: what it tells of a page, and how it refuses."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console
from scrapy.settings import Settings

from newscrawl.cli import Exit
from newscrawl.commands.explain import Command
from newscrawl.explaining import SHOWN, explain, shortened
from newscrawl.explaining.fixtures import file_name, save
from newscrawl.explaining.showing import show
from newscrawl.page import Page
from newscrawl.sites.bbc import BBC
from newscrawl.spiders.bbc_story import BBCStorySpider
from newscrawl.spiders.story import SeenKeys
from tests.demo import ARCHIVE
from tests.golden import FIXTURES, Fixture, told

if TYPE_CHECKING:
    from newscrawl.explaining import Explanation

ROOT = Path(__file__).parent.parent
SEED = "http://www.bbc.com/news/world-middle-east-21817201"
BARRED = "http://www.bbc.co.uk/news/private-21817201"


def explained(fixture: Fixture) -> Explanation:
    return explain(Page(fixture.page.read_bytes(), fixture.expected["url"]), BBC)


def scrapy(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scrapy", "explain", *words],
        cwd=ROOT,
        env=os.environ | {"COLUMNS": "200"} | variables,
        capture_output=True,
        text=True,
        check=False,
    )


def made_command(replay: Path = ARCHIVE) -> Command:
    command = Command()
    command.settings = Settings({"SPIDER_MODULES": ["newscrawl.spiders"], "NEWSCRAWL_REPLAY": str(replay)})
    return command


def parser_of(command: Command) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser()
    command.add_options(parser)
    return parser


def refusal(*words: str, capsys: pytest.CaptureFixture[str], replay: Path = ARCHIVE) -> str:
    """Run the command in this process, as ``scrapy`` does; return the line with which it refuses."""
    command = made_command(replay)
    parser = parser_of(command)
    with pytest.raises(SystemExit) as end:
        carry_out(command, *parser.parse_known_args(list(words)))
    assert end.value.code == Exit.BAD_INPUT
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("scrapy explain: ")
    assert said.err.count("\n") == 1
    return said.err


def carry_out(command: Command, options: argparse.Namespace, left_over: list[str]) -> None:
    command.process_options(left_over, options)
    command.run(left_over, options)


@pytest.fixture(scope="module")
def story() -> Explanation:
    return explained(next(fixture for fixture in FIXTURES if fixture.name == "bbc/gel-2010/29990001"))


# --- what is told


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda fixture: fixture.name)
def test_the_era_tried_last_is_the_one_that_reads(fixture: Fixture) -> None:
    *others, last = explained(fixture).trials
    assert (last.era, last.matched) == (fixture.era, True)
    assert last.because
    assert not any(trial.matched or trial.because for trial in others)


def test_the_part_of_the_marker_is_named(story: Explanation) -> None:
    marker = story.trials[-1].marker
    assert story.trials[-1].because == "has #main-content > .layout-block-a"
    assert " or " in marker


def test_each_field_of_the_era_has_its_rule_or_none(story: Explanation) -> None:
    fields = {field.name: field for field in story.fields}
    assert story.found.story
    assert {name: field.rule for name, field in fields.items() if field.rule} == story.found.story.sources
    assert fields["kind"].rule is None
    assert fields["kind"].passed == ("meta CPS_ASSET_TYPE",)
    assert fields["date_published"].value.startswith("2013-")


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda fixture: fixture.name)
def test_edges_are_followed_as_the_spider_follows_them(fixture: Fixture) -> None:
    explanation = explained(fixture)
    spider = BBCStorySpider()
    spider.arguments = BBCStorySpider.check_arguments({}, Settings())
    spider.allow_private, spider.seen = False, SeenKeys()
    spider.seen.add(explanation.key)
    visit = spider._visit(explanation.page.url, explanation.target)
    page = explanation.found.story or explanation.found.index
    asked = [request.url for request in spider._follow(page, visit)] if page else []
    assert [edge.link.url for edge in explanation.edges if edge.not_followed is None] == asked


def test_why_an_edge_is_not_followed(story: Explanation) -> None:
    reasons = {edge.not_followed for edge in story.edges}
    assert reasons >= {
        None,
        "asked for by an edge above",
        "no crawl follows inline links to external",
        "only with -a follow=inline",
    }


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("two\n words", "two words"),
        (["a", "b"], "2: a | b"),
        ("x" * (SHOWN + 1), "x" * (SHOWN - 1) + "…"),
    ],
)
def test_values_are_shortened(value: Any, line: str) -> None:
    assert shortened(value) == line


def test_the_screen_shows_era_fields_and_edges(story: Explanation) -> None:
    console = Console(width=200, record=True, file=open(os.devnull, "w"))  # noqa: SIM115, PTH123
    with console.file:
        show(console, story)
    text = console.export_text()
    for words in ("bbc:29990001", "has #main-content > .layout-block-a", "meta DCTERMS.created", "related → story"):
        assert words in text


# --- saving


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda fixture: fixture.name)
def test_a_saved_page_is_a_test_page(fixture: Fixture, tmp_path: Path) -> None:
    page, expected = save(explained(fixture), tmp_path)
    assert page.read_bytes() == fixture.page.read_bytes()
    assert page.suffix == fixture.page.suffix
    saved = json.loads(expected.read_text(encoding="utf-8"))
    assert {"era": fixture.era, **saved} == {"url": fixture.expected["url"], **told(fixture.extract())}


UNKNOWN = (
    "<html><head><title>Маяк</title></head><body><h1>Маяк над бухтой</h1><p>Смотритель записал ветер.</p></body></html>"
)


@pytest.mark.parametrize("charset", ["utf-8", "koi8-r", "windows-1251"])
def test_a_page_that_no_era_claims_becomes_a_test_page(charset: str, tmp_path: Path) -> None:
    page = Page(UNKNOWN.encode(charset), "http://www.bbc.co.uk/russian/29990002", f"text/html; charset={charset}")
    explanation = explain(page, BBC)
    assert explanation.found.era == "generic"
    saved = Fixture(save(explanation, tmp_path / "generic")[0])
    assert saved.expected["story"]["headline"] == "Маяк над бухтой"
    assert {"era": saved.era, **saved.expected} == {"url": page.url, **told(saved.extract())}


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("bbc:21817201", "21817201"),
        ("https://www.bbc.com/news/technology", "technology"),
        ("http://news.bbc.co.uk/1/hi/magazine/default.stm", "default"),
        ("https://www.bbc.com/", "www_bbc_com"),
        ("https://www.bbc.com/news/???", "news"),
        ("", "page"),
    ],
)
def test_a_page_is_saved_under_its_id(key: str, name: str) -> None:
    assert file_name(key) == name


# --- the command


def test_a_file(story: Explanation) -> None:
    page = "tests/pages/bbc/gel-2010/29990001.html"
    run = scrapy(page, "--url", story.page.url, "--json")
    assert (run.returncode, run.stderr) == (0, "")
    answer = json.loads(run.stdout)
    assert answer["era"] == "gel-2010"
    assert answer["key"] == answer["story_id"] == "bbc:29990001"
    assert answer["fields"]["headline"]["rule"] == ".story-header"
    assert len(answer["edges"]) == len(story.edges)


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda fixture: fixture.name)
def test_every_file_is_explained(fixture: Fixture, capsys: pytest.CaptureFixture[str]) -> None:
    command = made_command()
    words = [str(fixture.page), "--url", fixture.expected["url"], "--json"]
    carry_out(command, *parser_of(command).parse_known_args(words))
    answer = json.loads(capsys.readouterr().out)
    assert (answer["era"], answer["problems"]) == (fixture.era, [])
    assert not [name for name, field in answer["fields"].items() if field["value"] and not field["rule"]]


def test_an_address_in_an_archive_is_saved(tmp_path: Path) -> None:
    run = scrapy(SEED, "--save", str(tmp_path / "new"), NEWSCRAWL_REPLAY=str(ARCHIVE))
    assert run.returncode == 0, run.stderr
    assert "gel-2010" in run.stdout
    assert {path.name for path in (tmp_path / "new").iterdir()} == {"21817201.html", "21817201.json"}
    again = scrapy(SEED, "--save", str(tmp_path / "new"), NEWSCRAWL_REPLAY=str(ARCHIVE))
    assert (again.returncode, again.stderr.count("\n")) == (2, 1)
    assert "21817201.html (File exists)" in again.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "name one page: a URL or a file"),
        (("a", "b"), "name one page: a URL or a file"),
        (("page.html",), "say with --url where it was served from"),
        (("missing.html", "--url", SEED), "missing.html cannot be read (No such file or directory)"),
        ((".", "--url", SEED), ". cannot be read (Is a directory)"),
        ((SEED, "--url", SEED), "leave it out with a URL"),
        ((SEED, "--jsn"), "unknown option '--jsn'"),
        (("http://www.example.com/",), "'http://www.example.com/' is on another site: allowed hosts are"),
        (("page.html", "--url", "www.bbc.com"), "'www.bbc.com' is no URL"),
    ],
)
def test_what_cannot_be_explained_is_one_line(
    words: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert message in refusal(*words, capsys=capsys)


def test_an_archive_that_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert "missing.warc cannot be read" in refusal(SEED, capsys=capsys, replay=Path("missing.warc"))


@pytest.mark.parametrize(
    ("url", "reason"),
    [("http://www.bbc.com/news/uk-99999999", "is not in the archive"), (BARRED, "robots.txt")],
)
def test_a_page_that_cannot_be_had_is_one_line(url: str, reason: str) -> None:
    run = scrapy(url, NEWSCRAWL_REPLAY=str(ARCHIVE))
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.startswith("scrapy explain: ")
    assert run.stderr.count("\n") == 1
    assert reason in run.stderr
