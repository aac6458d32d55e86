"""Schedule a crawl unless one of the project waits or runs: ``python -m deploy.schedule SPIDER [NAME=VALUE]…``.

``NAME=VALUE`` is an argument of the spider, or ``setting=NAME=VALUE``. For cron: it says nothing unless something is wrong.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import requests
from scrapyd_client.exceptions import ErrorResponse, MalformedResponse

from deploy.target import Target


def main(spider: str, *fields: str) -> None:
    """Schedule, or leave it; exit 1 with the reason if Scrapyd did not take the job."""
    target = Target.from_config()
    given = [(name, value) for name, _, value in (field.partition("=") for field in fields)]
    try:
        jobs = target.client.jobs(target.project)
        if not jobs["pending"] and not jobs["running"]:
            target.client.schedule(target.project, spider, [("jobid", job_id()), *given])
    except (ErrorResponse, MalformedResponse, requests.RequestException) as error:
        sys.exit(f"schedule: {target.url}: {error}")


def job_id() -> str:
    """Return an id that no other job has: Scrapyd takes one twice, and one crawl would write on in the other's log."""
    return f"scheduled-{datetime.now(UTC):%Y%m%dT%H%M%S}"


if __name__ == "__main__":
    if len(sys.argv) == 1:
        sys.exit(__doc__.splitlines()[0])
    main(*sys.argv[1:])
