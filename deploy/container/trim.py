"""Takes from installed packages what serving never loads, which is a third of them: trim.py SITE-PACKAGES"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

#: What goes, and why it is not missed.
UNUSED = (
    "**/tests",  # of numpy above all
    "**/*.pyi",  # for type checkers
    "**/*.[ach]",  # for compilers
    "google",  # protobuf, for making models
    "numpy/_core/_*_tests*.so",
    "numpy/_core/_simd*.so",  # for tests likewise; what computes has its own
    "numpy/f2py",  # Fortran
    "onnxruntime/capi/libonnxruntime.so*",  # for programs in C; the Python module holds the same once more
    "onnxruntime/backend",  # this and the next four are for making models
    "onnxruntime/datasets",
    "onnxruntime/quantization",
    "onnxruntime/tools",
    "onnxruntime/transformers",
    "PIL/_avif*",  # a format that is not read
    "pillow.libs/libavif*",
    "pydantic/v1",  # how things were called once
    "pygments/lexers/[a-z]*",  # colours for programs
    "pygments/lexers/_*_builtins.py",
)
#: A library that comes with its debugging symbols, eight times as large as without.
SYMBOLS = "cc3d/*.so"


def main() -> None:
    packages = Path(sys.argv[1])
    for pattern in UNUSED:
        found = list(packages.glob(pattern))
        if not found:
            sys.exit(f"trim.py: nothing is {pattern} any more; see what has become of it")
        for path in found:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    subprocess.run(["strip", "--strip-unneeded", *packages.glob(SYMBOLS)], check=True)


if __name__ == "__main__":
    main()
