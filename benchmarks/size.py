"""How large the model and the wheel are, in bytes."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from stamp import report

from inkdigits.model import PACKAGED

ROOT = Path(__file__).parent.parent


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder]
        subprocess.run([*command, str(ROOT)], check=True)
        wheel = next(Path(folder).glob("*.whl"))
        with zipfile.ZipFile(wheel) as archive:
            entries = archive.infolist()
        page = sum(entry.compress_size for entry in entries if "/page/" in entry.filename)
        maps = sum(entry.compress_size for entry in entries if entry.filename.endswith(".map"))
        sizes = {
            "model": PACKAGED.stat().st_size,
            "wheel": wheel.stat().st_size,
            "page": page,
            "source_maps": maps,
        }
    report("size, bytes", sizes)


if __name__ == "__main__":
    main()
