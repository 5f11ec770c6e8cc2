"""Upload the built page to its bucket: python deploy/aws/page.py BUCKET

Needs boto3. What is in the bucket already stays, so that a page that is open finds its files.
"""

from __future__ import annotations

import mimetypes
import sys
from pathlib import Path
from typing import Any

import boto3

PAGE = Path(__file__).resolve().parents[2] / "src" / "inkdigits" / "server" / "page"
#: Larger files CloudFront does not compress itself (bytes).
BY_CLOUDFRONT = 10_000_000
#: Files whose names hold a hash of what is in them never change.
KEPT, ASKED = "public, max-age=31536000, immutable", "no-cache"
TYPES = {".webmanifest": "application/manifest+json", ".wasm": "application/wasm", ".js": "text/javascript"}


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    if not (PAGE / "index.html").is_file():
        sys.exit("page.py: the page is not built. Run: make web")
    s3 = boto3.client("s3")
    for key, path, how in uploads():
        s3.upload_file(str(path), sys.argv[1], key, ExtraArgs=how)
        print(key)


def uploads() -> list[tuple[str, Path, dict[str, Any]]]:
    """Key, file and headers of everything to upload, what others refer to first."""
    files = [path for path in PAGE.rglob("*") if path.is_file() and path.suffix not in (".br", ".gz")]
    return [_upload(path) for path in sorted(files, key=lambda path: (path.parent == PAGE, path.name))]


def _upload(path: Path) -> tuple[str, Path, dict[str, Any]]:
    key = path.relative_to(PAGE).as_posix()
    kind = TYPES.get(path.suffix) or mimetypes.guess_type(path)[0] or "application/octet-stream"
    how = {"ContentType": kind, "CacheControl": KEPT if key.startswith("assets/") else ASKED}
    packed = path.with_name(path.name + ".br")
    if packed.is_file() and path.stat().st_size > BY_CLOUDFRONT:
        return key, packed, how | {"ContentEncoding": "br"}
    return key, path, how


if __name__ == "__main__":
    main()
