"""Build the function's zip: the package, what it needs and its bytecode, without what a function never runs.

Run it with the Python that template.yaml names, on any machine: python3.13 deploy/aws/build.py
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
OUT = ROOT / "out" / "aws"
FOLDER, ZIP = OUT / "function", OUT / "function.zip"
#: What the wheels must run on: Lambda's Amazon Linux 2023 has glibc 2.34.
PLATFORMS = (
    "manylinux_2_28_x86_64",
    "manylinux_2_27_x86_64",
    "manylinux_2_17_x86_64",
    "manylinux2014_x86_64",
)
#: In bytes: of the zip, and unpacked, of which Lambda itself takes 250 MB.
ZIP_LIMIT, LIMIT = 80_000_000, 220_000_000
#: Never run here. The second copy of onnxruntime is for programs in C.
UNUSED = (
    "bin", "*-stubs", "**/tests", "**/*.pyi", "**/*.h", "**/*.lib",
    "onnxruntime/capi/libonnxruntime.so*", "onnxruntime/transformers", "onnxruntime/tools",
    "onnxruntime/quantization", "onnxruntime/datasets", "onnxruntime/backend",
    "numpy/f2py", "numpy/_core/lib", "numpy/random/lib", "numpy/_pyinstaller",
    "inkdigits/server/page", "inkdigits/cli", "inkdigits/training", "inkdigits/evaluation",
)  # fmt: skip
#: The earliest time that a zip can tell, so that the same sources give the same file.
EPOCH = (1980, 1, 1, 0, 0, 0)


def main() -> None:
    started = time.perf_counter()
    major, minor = runtime()
    if sys.version_info[:2] != (major, minor):
        sys.exit(f"build.py: bytecode is of one version of Python. Run: python{major}.{minor} {sys.argv[0]}")
    shutil.rmtree(FOLDER, ignore_errors=True)
    install()
    trim()
    shutil.copy(HERE / "handler.py", FOLDER)
    compile_all()
    pack()
    packed, unpacked = ZIP.stat().st_size, sum(path.stat().st_size for path in files())
    took = time.perf_counter() - started
    print(
        f"{ZIP.relative_to(ROOT)}: {packed / 1e6:.1f} MB, unpacked {unpacked / 1e6:.1f} MB, in {took:.0f} s"
    )
    if packed > ZIP_LIMIT or unpacked > LIMIT:
        sys.exit(f"build.py: over {ZIP_LIMIT / 1e6:.0f} MB packed or {LIMIT / 1e6:.0f} MB unpacked")


def runtime() -> tuple[int, int]:
    """The version of Python that template.yaml has the function run on."""
    template = (HERE / "template.yaml").read_text("utf-8")
    ((major, minor),) = re.findall(r"Runtime: python(\d+)\.(\d+)", template)
    return int(major), int(minor)


def install() -> None:
    """Lay the locked packages, as wheels for Lambda, and this one into the folder."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile",
           "--no-deps", "--target", str(FOLDER)]  # fmt: skip
    wheels = [argument for name in PLATFORMS for argument in ("--platform", name)]
    locked = ["--only-binary", ":all:", "--require-hashes", "--requirement", str(HERE / "requirements.txt")]
    subprocess.run([*pip, *wheels, *locked], check=True)
    subprocess.run([*pip, str(ROOT)], check=True)


def trim() -> None:
    for pattern in UNUSED:
        for path in FOLDER.glob(pattern):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def compile_all() -> None:
    """Write bytecode that is taken without a look at its source, since a zip keeps no exact times."""
    command = [sys.executable, "-m", "compileall", "-q", "-j", "0", "--invalidation-mode", "unchecked-hash",
               "-s", str(FOLDER), str(FOLDER)]  # fmt: skip
    subprocess.run(command, check=True)


def files() -> list[Path]:
    return sorted(path for path in FOLDER.rglob("*") if path.is_file())


def pack() -> None:
    """Zip the folder, in one order and with one date."""
    with zipfile.ZipFile(ZIP, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in files():
            info = zipfile.ZipInfo(str(path.relative_to(FOLDER)), EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = (0o755 if ".so" in path.suffixes else 0o644) << 16
            archive.writestr(info, path.read_bytes())


if __name__ == "__main__":
    main()
