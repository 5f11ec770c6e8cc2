"""The notebooks run from the first cell to the last, on few digits, and are kept without outputs."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from conftest import FIXTURES
from nbclient import NotebookClient
from nbformat import NotebookNode

from inkdigits.training.run import load_run

ROOT = Path(__file__).parent.parent
NOTEBOOKS = ROOT / "notebooks"
#: What stands in the cell of that name while the tests run.
FEW_DIGITS = """
images, labels = (Path({folder!r}, f"{{part}}.idx.gz").read_bytes() for part in ("images", "labels"))
learning = test = Pictures.from_idx(images, labels, "few")
DIGITS, HELD, TESTED = 200, 100, 60
NETWORK, EPOCHS, BATCH = "inknet", 3, 20
OUT = Path({out!r})
"""


def executed(name: str, parameters: str = "") -> NotebookNode:
    """The notebook after every cell has run; an error in one raises."""
    notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    for cell in notebook.cells:
        if "parameters" in cell.metadata.get("tags", ()):
            cell.source = parameters
    resources = {"metadata": {"path": str(NOTEBOOKS)}}
    return NotebookClient(notebook, timeout=600, resources=resources).execute()


def printed(notebook: NotebookNode) -> str:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    return "".join(output.text for output in outputs if output.output_type == "stream")


def pictures(notebook: NotebookNode) -> int:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    return sum("image/png" in output.get("data", {}) for output in outputs)


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.name)
def test_no_outputs_are_kept(path: Path) -> None:
    cells = json.loads(path.read_text("utf-8"))["cells"]
    assert cells[0]["cell_type"] == "markdown"
    for cell in cells:
        if cell["cell_type"] == "code":
            assert (cell["outputs"], cell["execution_count"]) == ([], None)


def test_what_the_shipped_model_learnt_from_is_as_the_run_files_say() -> None:
    runs = [
        load_run(ROOT / "runs" / f"{name}.toml") for name in ("scout", "digits", "digits2", "plain", "plain2")
    ]
    (held,) = {run.data.mnist_validation for run in runs}
    assert all(run.data.pendigits for run in runs)
    told = (NOTEBOOKS / "train.ipynb").read_text("utf-8")
    assert f"from {60_000 - held:,} of MNIST's 60,000 and from pen strokes" in told
    assert f"the other {held:,} were held back" in told


def test_training(tmp_path: Path) -> None:
    notebook = executed("train", FEW_DIGITS.format(folder=str(FIXTURES / "mnist"), out=str(tmp_path)))
    assert (tmp_path / "digits.onnx").exists()
    assert "200 digits to learn from, 100 to validate on" in printed(notebook)
    assert "of 60 right" in printed(notebook)
    assert pictures(notebook) >= 6


def test_reading() -> None:
    notebook = executed("read")
    assert "2048" in printed(notebook)
    assert pictures(notebook) >= 5
