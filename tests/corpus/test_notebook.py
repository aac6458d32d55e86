"""The notebook of the documentation, run from its first cell to its last."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from nbclient import NotebookClient

if TYPE_CHECKING:
    import pytest

    from newscrawl.storage import Server

NOTEBOOK = Path(__file__).parents[2] / "docs" / "corpus.ipynb"


def test_the_notebook_is_stored_without_what_it_printed() -> None:
    cells = [cell for cell in nbformat.read(NOTEBOOK, as_version=4).cells if cell.cell_type == "code"]
    assert [cell for cell in cells if cell.outputs or cell.execution_count] == []


def test_the_notebook_runs(server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MONGO_URI", server.uri)
    monkeypatch.setenv("MONGO_DATABASE", server.database)
    for folder in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR"):
        monkeypatch.setenv(folder, str(tmp_path / folder))
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(NOTEBOOK.parent)}}).execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    printed = "".join(output.text for output in outputs if output.output_type == "stream")
    assert "Selva dam" in printed
    assert "burst 2013-03-1" in printed
    shown = [output.data for output in outputs if output.output_type in {"display_data", "execute_result"}]
    assert sum("application/vnd.plotly.v1+json" in one for one in shown) == 3
    assert not any("https://cdn" in str(one.get("text/html", "")) for one in shown)
