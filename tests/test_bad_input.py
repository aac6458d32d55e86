"""What a user can get wrong, and what a machine can: each answered in one line, with the exit code that says which it was."""

from __future__ import annotations

import gzip
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from pymongo import MongoClient
from pymongo.errors import ConnectionFailure

from newscrawl.cli import Exit
from newscrawl.embedded.binary import find_mongod
from tests.embedded_processes import eventually, is_gone
from tests.miniature import (
    ROOT,
    SCRAPY,
    Proxy,
    address,
    archive,
    article,
    documents,
    environment,
    outcomes,
    scrapy,
)
from tests.small_disk import scrapy_on
from tests.warc_files import record, write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newscrawl.storage import Server

SEED = 21000001
CRAWL = ("crawl", "bbc_story", "-a", f"seed={address(SEED)}")
QUICK = ("-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=0")
SECRET = "s3cret"


def said(done: subprocess.CompletedProcess[str], code: Exit) -> str:
    """Return the one line that a command ended with."""
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    return done.stderr.strip()


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A folder for an embedded server, with no process left in it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="nb-"))
    yield folder
    assert is_gone(folder / "data"), "processes were left behind"
    shutil.rmtree(folder, ignore_errors=True)


# --- seeds and dates


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "is a directory"),
        (b"# only remarks\n\n", "holds no URL: write one a line"),
        (b"\xff\xd8\xff\xe0 a picture", "cannot be read (it is no UTF-8 text): name a text file with one URL a line"),
        (f"{address(SEED)}\nhttp://elsewhere.example/\n".encode(), "seed 'http://elsewhere.example/' is on another site"),
    ],
)  # fmt: skip
def test_a_seed_file_that_is_none(tmp_path: Path, content: bytes | None, message: str) -> None:
    file = tmp_path / "seeds"
    file.mkdir() if content is None else file.write_bytes(content)
    assert message in said(scrapy("crawl", "bbc_story", "-a", f"seed=@{file}"), Exit.BAD_INPUT).replace("Is a", "is a")


@pytest.mark.parametrize("date", ["2013-02-30", "0000-01-01"])
def test_a_date_that_is_none(date: str) -> None:
    line = said(scrapy("crawl", "bbc_story", "-a", f"until={date}"), Exit.BAD_INPUT)
    assert line == f"scrapy crawl: until='{date}' is no date: write 2013-03-17 or 2013-03-17T10:15, in UTC"


# --- archives


@pytest.fixture
def two_pages(tmp_path: Path) -> bytes:
    site = {address(SEED): article(SEED), address(SEED + 1): article(SEED + 1)}
    return archive(tmp_path / "good.warc.gz", site).read_bytes()


def replayed(file: Path) -> str:
    return said(scrapy(*CRAWL, NEWSCRAWL_REPLAY=str(file)), Exit.BAD_INPUT).removeprefix("scrapy crawl: ")


def test_an_archive_that_is_not_there(tmp_path: Path) -> None:
    assert (
        replayed(tmp_path / "no.warc")
        == f"{tmp_path}/no.warc cannot be read (No such file or directory): name a WARC file"
    )


def test_a_folder_without_archives(tmp_path: Path) -> None:
    assert replayed(tmp_path) == f"{tmp_path} holds no WARC file: name a folder that does, or a file"


def test_an_empty_archive(tmp_path: Path) -> None:
    (tmp_path / "a.warc.gz").touch()
    assert replayed(tmp_path / "a.warc.gz").endswith("holds no complete WARC record: leave it out or record it again")


def test_a_damaged_archive(tmp_path: Path, two_pages: bytes) -> None:
    file, second = tmp_path / "a.warc.gz", two_pages.rindex(b"\x1f\x8b\x08")
    file.write_bytes(two_pages[: second + 100] + b"damaged!" + two_pages[second + 108 :])
    assert replayed(file) == f"{file} is damaged near byte {second}: restore it, or use a copy that ends there"


def test_an_archive_compressed_as_a_whole(tmp_path: Path) -> None:
    file = tmp_path / "a.warc.gz"
    file.write_bytes(gzip.compress(record() + record(address(SEED))))
    assert "is compressed as a whole: `warcio recompress` it into a new file" in replayed(file)


def test_an_archive_without_responses(tmp_path: Path) -> None:
    file = write(tmp_path / "a.warc", [record(kind="request", block=b"GET / HTTP/1.1\r\n\r\n")])
    assert replayed(Path(file)) == f"{file} holds no response to replay: name another file"


# --- MongoDB


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("mongodb://me:s3cret@127.0.0.1:9", "MongoDB at 127.0.0.1:9 is not available: 127.0.0.1:9: [Errno 111] Connection refused"),
        ("mongodb://me:s3cret@no-such-host.invalid", "MongoDB at no-such-host.invalid:27017 is not available: "),
        ("mongodb+srv://me:s3cret@no-such-host.invalid", "MongoDB at no-such-host.invalid is not available: "),
        ("mongodb://me:s3c/ret@127.0.0.1:9", "Hint: username and password must be escaped according to RFC 3986"),
        ("mongodb+srv://me:s3c/ret@no-such-host.invalid", "MongoDB at no-such-host.invalid is not available: "),
        ("mongodb://me:s3cret", "MongoDB at the address in MONGO_URI is not available: Port contains non-digit characters"),
        ("me:s3cret@127.0.0.1:9", "MongoDB at 127.0.0.1:9 is not available: "),
        ("http://me:s3cret@127.0.0.1:9", "Invalid URI scheme: URI must begin with 'mongodb://' or 'mongodb+srv://'"),
    ],
)  # fmt: skip
def test_a_server_that_cannot_be_reached(uri: str, message: str) -> None:
    line = said(scrapy(*CRAWL, MONGO_URI=uri), Exit.STORE_UNAVAILABLE)
    assert line.startswith("scrapy crawl: MongoDB at ")
    assert message in line
    assert "s3c" not in line
    assert "ret@" not in line


def test_an_option_that_pymongo_only_warns_of() -> None:
    env = environment(None, MONGO_URI=f"mongodb://me:{SECRET}@127.0.0.1:9/?retry=1")
    command = [
        sys.executable,
        SCRAPY,
        "corpus",
        "stats",
    ]  # as users run it: scrapy() of these tests makes warnings errors
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert "MongoDB at 127.0.0.1:9 is not available: Unknown option" in said(done, Exit.STORE_UNAVAILABLE)


def test_questions_are_refused_alike() -> None:
    line = said(scrapy("corpus", "stats", MONGO_URI=f"mongodb://me:{SECRET}@127.0.0.1:9"), Exit.STORE_UNAVAILABLE)
    assert (
        line
        == "scrapy corpus stats: MongoDB at 127.0.0.1:9 is not available: 127.0.0.1:9: [Errno 111] Connection refused"
    )


@pytest.mark.parametrize("command", [CRAWL, ("corpus", "stats")])
def test_a_wrong_password(mongo: Server, command: tuple[str, ...]) -> None:
    uri = mongo.uri.replace("://", f"://me:{SECRET}@")
    line = said(scrapy(*command, MONGO_URI=uri), Exit.STORE_UNAVAILABLE)
    assert line.endswith("mongod.sock is not available: Authentication failed.")
    assert SECRET not in line


@pytest.mark.parametrize("name", ["news/crawl", "admin", "n" * 64])
def test_a_database_that_cannot_be_named_so(mongo: Server, name: str) -> None:
    line = said(scrapy(*CRAWL, MONGO_URI=mongo.uri, MONGO_DATABASE=name), Exit.STORE_UNAVAILABLE)
    assert line.endswith(
        f"MONGO_DATABASE={name!r} is not allowed: give up to 63 letters, digits, hyphens and underscores"
    )


@pytest.fixture
def guarded(short_path: Path) -> Iterator[str]:
    """A server of somebody's own that wants passwords; ``reader`` may read. Returns its address without a user."""
    socket = quote(str(short_path / "s.sock"), safe="")
    command = [find_mongod(), "--auth", "--dbpath", short_path, "--bind_ip", short_path / "s.sock", "--nounixsocket"]
    command += ["--wiredTigerEngineConfigString", "log=(file_max=32MB,prealloc=false)", "--quiet"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        try:
            assert eventually(lambda: made_users(f"mongodb://{socket}"))
            yield socket
        finally:
            server.kill()


def made_users(uri: str) -> bool:
    """Make the first user, and by it the one who may read."""
    try:
        with MongoClient[dict[str, object]](uri, serverSelectionTimeoutMS=100) as client:
            client.admin.command("createUser", "root", pwd=SECRET, roles=["root"])
    except ConnectionFailure:
        return False
    with MongoClient[dict[str, object]](uri, username="root", password=SECRET) as client:
        roles = [{"role": "read", "db": "newscrawl"}]
        client.admin.command("createUser", "reader", pwd=SECRET, roles=roles)
    return True


def test_a_user_who_may_only_read(guarded: str, tmp_path: Path, two_pages: bytes) -> None:
    (tmp_path / "a.warc.gz").write_bytes(two_pages)
    uri = f"mongodb://reader:{SECRET}@{guarded}"
    done = scrapy(*CRAWL, MONGO_URI=uri, NEWSCRAWL_REPLAY=str(tmp_path / "a.warc.gz"))
    assert done.returncode == Exit.STORE_UNAVAILABLE
    assert done.stderr.count("s.sock is not available: not authorized on newscrawl to execute command") == 1
    assert SECRET not in done.stderr
    assert "Traceback" not in done.stderr
    assert scrapy("corpus", "stats", MONGO_URI=uri).returncode == Exit.OK
    line = said(scrapy("corpus", "stats", MONGO_URI=f"mongodb://{guarded}"), Exit.STORE_UNAVAILABLE)
    assert line.endswith("s.sock is not available: command find requires authentication")


# --- disks


@pytest.mark.parametrize("command", [CRAWL, ("mongo", "start")])
def test_a_data_folder_that_cannot_be_written(short_path: Path, command: tuple[str, ...]) -> None:
    data = short_path / "data"
    line = said(scrapy_on(short_path, "ro", *command, NEWSCRAWL_DATA=str(data)), Exit.STORE_UNAVAILABLE)
    assert line.endswith(
        f"cannot write to the data folder {data}: allow it, or set NEWSCRAWL_DATA to a folder of your own"
    )


def test_a_data_folder_on_a_full_disk(short_path: Path) -> None:
    data = short_path / "data"
    line = said(scrapy_on(short_path, "size=16k", *CRAWL, NEWSCRAWL_DATA=str(data)), Exit.STORE_UNAVAILABLE)
    assert line == (
        f"scrapy crawl: no space left for the data folder {data}: free some, or set NEWSCRAWL_DATA to a folder on another disk"
    )


def test_a_disk_that_fills_up_during_the_crawl(short_path: Path) -> None:
    data, demo = short_path / "data", str(ROOT / "demo" / "archive.warc.gz")
    done = scrapy_on(short_path, "size=700k", "crawl", "bbc_story", NEWSCRAWL_DATA=str(data), NEWSCRAWL_REPLAY=demo)
    assert done.returncode == Exit.STORE_UNAVAILABLE, done.stderr
    assert done.stderr.count(f"ERROR: no space left for the data folder {data}: ") == 1
    assert "Traceback" not in done.stderr


def test_a_folder_to_record_into_that_cannot_be_written(tmp_path: Path) -> None:
    folder = tmp_path / "disk" / "archive"
    line = said(scrapy_on(tmp_path / "disk", "ro", *CRAWL, NEWSCRAWL_ARCHIVE=str(folder)), Exit.STORE_UNAVAILABLE)
    assert line.endswith(f"{folder} cannot be recorded into (Read-only file system): free space or name another folder")


def test_a_full_disk_stops_the_record_and_with_it_the_crawl(corpus_server: Server, tmp_path: Path) -> None:
    numbers = range(SEED, SEED + 40)
    site = {address(one): article(one, related=[address(one + 1)]) for one in numbers}
    with Proxy(site) as proxy:
        done = subprocess.run(
            [sys.executable, SCRAPY, *CRAWL, *QUICK, "-a", "depth=40"],
            cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
            env=environment(corpus_server, http_proxy=proxy.url, NEWSCRAWL_ARCHIVE=str(tmp_path)),
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)),
        )  # fmt: skip
    assert done.returncode == Exit.STORE_UNAVAILABLE, done.stderr
    assert done.stderr.count("cannot be recorded into (File too large): free space or name another folder") == 1
    assert "Traceback" not in done.stderr
    visits = outcomes(corpus_server)
    stored = {key for key, outcome in visits.items() if outcome == "new"}
    assert stored == {row["_id"] for row in documents(corpus_server, "stories")}
    assert 0 < len(stored) < len(numbers)
    assert set(visits.values()) == {"new", "pending"}, "what was not recorded is fetched again by resume"
