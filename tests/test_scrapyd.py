"""From a checkout to a corpus by way of a real Scrapyd: built, deployed, scheduled, cancelled, refused."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests

from newscrawl.cli import Exit
from tests.deployment import PATIENCE, Checkout, Scrapyd, wait_for
from tests.miniature import ROOT, Proxy, address, article, documents, lines, outcomes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newscrawl.storage import Server

SEED, NEAR, FAR = (21000001, 21000002, 21000003)
HUB = 21000050
MANY = range(21000100, 21000160)
SITE = {
    address(SEED): article(SEED, related=[address(NEAR)]),
    address(NEAR): article(NEAR, related=[address(FAR)]),
    address(FAR): article(FAR),
    address(HUB): article(HUB, related=[address(one) for one in MANY]),
} | {address(one): article(one) for one in MANY}
QUICK = ("DOWNLOAD_DELAY=0", "AUTOTHROTTLE_ENABLED=0")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    return Checkout(tmp_path_factory.mktemp("check out"))


@pytest.fixture(scope="module")
def proxy() -> Iterator[Proxy]:
    with Proxy(SITE) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def scrapyd(checkout: Checkout, proxy: Proxy, mongo: Server) -> Iterator[Scrapyd]:
    """A Scrapyd to which newscrawl is deployed by ``make deploy``."""
    with Scrapyd(checkout, http_proxy=proxy.url, MONGO_URI=mongo.uri) as scrapyd:
        before = checkout.files()
        done = checkout.run("make", "deploy")
        assert done.returncode == 0, done.stdout + done.stderr
        assert re.fullmatch(rf"deployed newscrawl \d+ to {scrapyd.url}, spiders: 1\n", done.stdout)
        assert checkout.files() == before
        yield scrapyd


def schedule(scrapyd: Scrapyd, server: Server, job: str, *settings: str, seed: int = SEED) -> None:
    """Schedule a crawl into a test's own database."""
    setting = [f"MONGO_DATABASE={server.database}", *settings]
    answer = scrapyd.order("schedule", spider="bbc_story", jobid=job, seed=address(seed), setting=setting)
    assert answer["jobid"] == job, answer


def packages(scrapyd: Scrapyd, project: str) -> set[str]:
    """Return what stands at the top of a project's only egg."""
    (path,) = (scrapyd.folder / "eggs" / project).iterdir()
    with zipfile.ZipFile(path) as egg:
        return {name.split("/")[0] for name in egg.namelist()}


def test_newscrawl_alone_is_deployed(scrapyd: Scrapyd) -> None:
    assert scrapyd.ask("listprojects")["projects"] == ["newscrawl"]
    assert packages(scrapyd, "newscrawl") == {"newscrawl", "EGG-INFO"}


def test_a_deployed_egg_collects_stories_under_its_job_id(scrapyd: Scrapyd, corpus_server: Server) -> None:
    schedule(scrapyd, corpus_server, "morning", *QUICK)
    job = scrapyd.finished("morning")
    stories = documents(corpus_server, "stories")
    assert [(row["_id"], row["crawl_id"]) for row in stories] == [
        (f"bbc:{one}", "morning") for one in (SEED, NEAR, FAR)
    ]
    assert documents(corpus_server, "crawls")[0]["finish_reason"] == "finished"
    log = scrapyd.read(job["log_url"])
    assert "'newscrawl/visit/new': 3," in log
    assert "Traceback" not in log
    assert "JOBDIR is ignored" in log
    assert len(list(lines(scrapyd.read(job["items_url"])))) == 3


def test_one_crawl_runs_at_a_time_and_a_cancelled_one_settles_its_visits(
    scrapyd: Scrapyd, corpus_server: Server, proxy: Proxy
) -> None:
    schedule(scrapyd, corpus_server, "long", *QUICK[1:], "DOWNLOAD_DELAY=0.3", "CONCURRENT_REQUESTS=2", seed=HUB)
    schedule(scrapyd, corpus_server, "next")
    wait_for(lambda: sum(address(one) in proxy.asked for one in MANY) >= 3)
    assert (scrapyd.jobs("running"), scrapyd.jobs("pending")) == (["long"], ["next"])
    assert scrapyd.order("cancel", job="next")["prevstate"] == "pending"
    assert scrapyd.order("cancel", job="long")["prevstate"] == "running"
    job = scrapyd.finished("long")
    assert "Closing spider (shutdown)" in scrapyd.read(job["log_url"])
    assert f"Process died: exitstatus={int(Exit.INTERRUPTED)} " in scrapyd.log.read_text()
    crawl, visits = documents(corpus_server, "crawls")[0], outcomes(corpus_server)
    assert crawl["finish_reason"] == "shutdown"
    stored = {key for key, outcome in visits.items() if outcome == "new"}
    assert stored == {row["_id"] for row in documents(corpus_server, "stories")}
    assert {key for key, outcome in visits.items() if outcome == "pending"} == visits.keys() - stored
    assert 3 <= len(stored) < len(MANY)


def test_the_crontab_schedules_no_second_crawl_beside_a_first(
    scrapyd: Scrapyd, checkout: Checkout, corpus_server: Server
) -> None:
    line = (checkout.folder / "deploy" / "crontab").read_text().splitlines()[-1]
    command = line.split(maxsplit=5)[5].removeprefix("cd newscrawl && ")
    database = f"setting=MONGO_DATABASE={corpus_server.database}"
    for _ in range(2):
        done = checkout.run("/bin/sh", "-c", f"{command} {database}", PATH="/usr/bin:/bin")
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        wait_for(lambda: scrapyd.jobs("running"))
    (job,) = scrapyd.jobs("running") + scrapyd.jobs("pending")
    assert re.fullmatch(r"scheduled-\d{8}T\d{6}", job)
    scrapyd.order("cancel", job=job)
    assert "max_stories=200" in scrapyd.log.read_text()
    scrapyd.finished(job)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["cnn_story"], "spider 'cnn_story' not found"), (["bbc_story", "setting=x"], "ValueError"), ([], "NAME=VALUE")],
)
def test_what_cannot_be_scheduled_is_said(
    scrapyd: Scrapyd, checkout: Checkout, arguments: list[str], said: str
) -> None:
    done = checkout.run(".venv/bin/python", "-m", "deploy.schedule", *arguments)
    assert done.returncode == 1
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert scrapyd.jobs("running") == scrapyd.jobs("pending") == []


def test_without_a_place_for_data_the_log_of_the_job_says_so(scrapyd: Scrapyd, corpus_server: Server) -> None:
    schedule(scrapyd, corpus_server, "nowhere", "MONGO_URI=", "NEWSCRAWL_DATA=")
    job = scrapyd.finished("nowhere")
    assert f"Process died: exitstatus={int(Exit.STORE_UNAVAILABLE)} " in scrapyd.log.read_text()
    (line,) = scrapyd.read(job["log_url"]).splitlines()
    assert "set MONGO_URI to use a MongoDB server, or NEWSCRAWL_DATA to a folder" in line


def test_the_embedded_server_runs_from_the_egg(scrapyd: Scrapyd, corpus_server: Server, checkout: Checkout) -> None:
    data = checkout.folder / "data"
    schedule(scrapyd, corpus_server, "embedded", *QUICK, "MONGO_URI=", f"NEWSCRAWL_DATA={data}")
    log = scrapyd.read(scrapyd.finished("embedded")["log_url"])
    assert "'newscrawl/visit/new': 3," in log
    assert (data / "mongo").is_dir()
    assert documents(corpus_server, "stories") == []


def test_a_broken_egg_is_refused_and_taken_back(scrapyd: Scrapyd, tmp_path: Path) -> None:
    (good,) = scrapyd.ask("listversions", project="newscrawl")["versions"]
    broken = Checkout(tmp_path)
    broken.deploys_to(scrapyd.url)
    (tmp_path / "newscrawl" / "spiders" / "bbc_story.py").write_text("import no_such_module\n")
    done = broken.run("make", "deploy")
    assert done.returncode != 0
    assert "No module named 'no_such_module'" in done.stderr
    assert f"deploy: {scrapyd.url} refused the egg for the reason above" in done.stderr
    assert scrapyd.ask("listversions", project="newscrawl")["versions"] == [good]


def test_scrapyd_refuses_by_its_answer_and_keeps_what_it_refused(scrapyd: Scrapyd, tmp_path: Path) -> None:
    """Why ``make deploy`` reads the answer: the day this fails it need not any more."""
    egg = tmp_path / "broken.egg"
    with zipfile.ZipFile(egg, "w") as archive:
        archive.writestr("EGG-INFO/PKG-INFO", "Name: broken\nVersion: 1\n")
        archive.writestr("EGG-INFO/entry_points.txt", "[scrapy]\nsettings = no_such_module\n")
    reply = requests.post(
        f"{scrapyd.url}/addversion.json",
        data={"project": "broken", "version": "1"},
        files={"egg": egg.read_bytes()},
        timeout=PATIENCE,
    )
    assert (reply.status_code, reply.json()["status"]) == (200, "error")
    assert scrapyd.ask("listversions", project="broken")["versions"] == ["1"]
    scrapyd.order("delproject", project="broken")


def test_a_deploy_that_reaches_nobody_fails(tmp_path: Path) -> None:
    checkout = Checkout(tmp_path)
    checkout.deploys_to("http://127.0.0.1:9")
    done = checkout.run("make", "deploy")
    assert done.returncode != 0
    assert "deploy: nobody answers at http://127.0.0.1:9; make scrapyd" in done.stderr
    assert "Traceback" not in done.stderr


def test_scrapyd_deploy_works_from_the_checkout_and_leaves_nothing_git_sees(scrapyd: Scrapyd, tmp_path: Path) -> None:
    checkout = Checkout(tmp_path)
    checkout.deploys_to(scrapyd.url)
    before = checkout.files()
    done = checkout.run(str(Path(sys.executable).parent / "scrapyd-deploy"), "-p", "plain", "-v", "1")
    assert done.returncode == 0, done.stderr
    assert '"spiders": 1, "status": "ok"' in done.stdout
    left = checkout.files() - before
    command = ["git", "-c", "safe.directory=*", "check-ignore", "--no-index", "--", *left]
    ignored = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert set(ignored.stdout.split()) == left
    assert packages(scrapyd, "plain") == {"newscrawl", "EGG-INFO"}
    scrapyd.order("delproject", project="plain")


def test_a_password_is_found_in_netrc(tmp_path: Path) -> None:
    checkout = Checkout(tmp_path)
    account = {"SCRAPYD_USERNAME": "crawler", "SCRAPYD_PASSWORD": "s3cret"}
    with Scrapyd(checkout, **account):
        without = checkout.run("make", "deploy", HOME=str(tmp_path))
        assert without.returncode != 0
        assert "401 Client Error: Unauthorized" in without.stderr
        (tmp_path / ".netrc").write_text("machine 127.0.0.1 login crawler password s3cret\n")
        (tmp_path / ".netrc").chmod(0o600)
        done = checkout.run("make", "deploy", HOME=str(tmp_path))
        assert done.returncode == 0, done.stderr
