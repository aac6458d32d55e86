"""The promises of conftest.py, tried in a pytest of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SKIPS = {
    "in the test": "import pytest\ndef test_it():\n    pytest.skip('why')\n",
    "by a mark": "import pytest\n@pytest.mark.skip(reason='why')\ndef test_it():\n    pass\n",
    "of the module": "import pytest\npytest.skip('why', allow_module_level=True)\n",
    "for want of a parameter": "import pytest\n@pytest.mark.parametrize('x', [])\ndef test_it(x):\n    pass\n",
}
EXPECTED = "import pytest\n@pytest.mark.xfail(reason='why')\ndef test_it():\n    assert False\n"
ENVIRONMENT = "import os\ndef test_it():\n    assert not {'MONGO_URI', 'NEWSCRAWL_DATA', 'http_proxy', 'ALL_PROXY'} & set(os.environ)\n"


def run(folder: Path, source: str, **environment: str) -> subprocess.CompletedProcess[str]:
    shutil.copy(Path(__file__).with_name("conftest.py"), folder)
    (folder / "test_inner.py").write_text(source, encoding="utf-8")
    (folder / "pytest.ini").touch()
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("source", SKIPS.values(), ids=SKIPS)
def test_under_ci_a_skip_is_a_failure(tmp_path: Path, source: str) -> None:
    result = run(tmp_path, source, CI="true")
    assert result.returncode in {pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.INTERRUPTED}, result.stdout
    assert "a skip is a failure under CI" in result.stdout


def test_elsewhere_a_skip_is_a_skip(tmp_path: Path) -> None:
    result = run(tmp_path, SKIPS["in the test"], CI="")
    assert result.returncode == pytest.ExitCode.OK
    assert "1 skipped" in result.stdout


def test_an_expected_failure_is_no_skip(tmp_path: Path) -> None:
    result = run(tmp_path, EXPECTED, CI="true")
    assert result.returncode == pytest.ExitCode.OK
    assert "1 xfailed" in result.stdout


def test_settings_of_the_shell_do_not_reach_the_tests(tmp_path: Path) -> None:
    result = run(tmp_path, ENVIRONMENT, MONGO_URI="x", NEWSCRAWL_DATA="x", http_proxy="x", ALL_PROXY="x")
    assert result.returncode == pytest.ExitCode.OK, result.stdout
