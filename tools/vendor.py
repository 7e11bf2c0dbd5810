"""Fetch the front-end packages we ship, check them, and copy the few files we need. Development time only.

Run `python tools/vendor.py` after changing a pin. A hospital never runs it: the files are committed, and
`tests/architecture/test_vendor.py` checks them without a network. Needs `npm` on the path, and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

VENDOR = Path(__file__).resolve().parent.parent / "src" / "wardwright" / "web" / "static" / "vendor"

#: Outline icons that go into the one sprite. An icon that no page uses should leave this list.
ICONS = """
activity adjustments-horizontal alert-circle alert-octagon alert-triangle ambulance arrow-down arrow-left arrow-right
arrow-up arrows-sort award ban barcode battery-2 bed bell bolt bug building-hospital calendar calendar-due
calendar-event calendar-off calendar-stats camera cash certificate chart-bar chart-line check checklist checks
chevron-down chevron-left chevron-right chevron-up circle-check circle-dashed clipboard-list clock clock-exclamation
columns copy cpu database device-floppy device-heart-monitor device-tablet dots dots-vertical download edit
external-link eye eye-off file-certificate file-text filter first-aid-kit flag git-merge hash heartbeat help
hierarchy history home hourglass info-circle keyboard language leaf link list-check lock lock-open login logout lungs
mail map-pin menu-2 message minus moon network package paperclip phone photo player-pause player-play plug-connected
plug-connected-x plus printer qrcode receipt refresh report-analytics rotate ruler-measure scale scan school search
server settings shield-check shield-lock shopping-cart signature sitemap speakerphone star stethoscope sun sunrise
table tag temperature tool tools trash trending-down trending-up truck upload user user-check user-plus users
versions wifi wifi-off world x
heart-rate-monitor clipboard-check folder key id list list-details note pencil replace route target timeline briefcase
coin calculator droplet cloud api fingerprint message-report building-warehouse door stack percentage alarm recycle
cpu-2 git-branch
""".split()  # noqa: SIM905  (a word list stays readable)


@dataclass(frozen=True)
class Package:
    """One pinned package: `files` maps a path inside it to the name we keep it under."""

    name: str
    version: str
    folder: str
    files: dict[str, str]

    @property
    def spec(self) -> str:
        return f"{self.name}@{self.version}"


# @tabler/core was measured and left out: its style sheet alone is 635 kB, 79 kB with gzip and 56 kB with Brotli: half
# of the 150 kB that a whole page may weigh (docs/reference/components.md).
PACKAGES = (
    Package("htmx.org", "2.0.11", "htmx.org", {"dist/htmx.min.js": "htmx.min.js", "LICENSE": "LICENSE"}),
    Package("@tabler/icons", "3.51.0", "tabler-icons", {"LICENSE": "LICENSE"}),
    # The reader's script is made for exactly this version of its engine: another one fails while it reads.
    Package(
        "barcode-detector", "3.2.2", "barcode-detector", {"dist/iife/ponyfill.js": "ponyfill.js", "LICENSE": "LICENSE"}
    ),
    Package(
        "zxing-wasm",
        "3.1.3",
        "zxing-wasm",
        {"dist/reader/zxing_reader.wasm": "zxing_reader.wasm", "LICENSE": "LICENSE"},
    ),
)


def npm(*arguments: str, folder: Path) -> str:
    return subprocess.run(["npm", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


def fetch(package: Package, folder: Path) -> tuple[tarfile.TarFile, str]:
    """The package's archive and its integrity; raises SystemExit when the bytes are not those that npm published."""
    packed = json.loads(npm("pack", "--json", package.spec, folder=folder))[0]
    published = npm("view", package.spec, "dist.integrity", folder=folder).strip()
    archive = folder / packed["filename"]
    own = "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if own != published:
        raise SystemExit(f"{package.spec}: the archive is {own}, npm published {published}. Nothing was copied.")
    return tarfile.open(archive), own


def read(archive: tarfile.TarFile, path: str) -> bytes:
    member = archive.extractfile(f"package/{path}")
    if member is None:
        raise SystemExit(f"{archive.name}: {path} is a folder, not a file.")
    return member.read()


def without_source_map(content: bytes) -> bytes:
    """A source-map line would make the browser ask for a file that we do not ship."""
    return re.sub(rb"\s*(//[#@]|/\*#) sourceMappingURL=[^\n]*", b"", content)


def symbol(archive: tarfile.TarFile, name: str) -> str:
    """One icon as a <symbol>; stroke and size come from our style sheet."""
    svg = read(archive, f"icons/outline/{name}.svg").decode()
    body = re.sub(r"<!--.*?-->", "", svg, flags=re.S)
    body = re.search(r"<svg[^>]*>(.*)</svg>", body, flags=re.S).group(1)
    body = re.sub(r'<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>', "", body)
    inner = re.sub(r">\s+<", "><", body.strip())
    return f'<symbol id="{name}" viewBox="0 0 24 24">{inner}</symbol>'


def sprite(archive: tarfile.TarFile) -> bytes:
    symbols = "\n".join(symbol(archive, name) for name in sorted(set(ICONS)))
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n'.encode()


def contents(package: Package, archive: tarfile.TarFile) -> dict[str, bytes]:
    kept = {name: without_source_map(read(archive, path)) for path, name in package.files.items()}
    if package.name == "@tabler/icons":
        kept["icons.svg"] = sprite(archive)
    return kept


def write(package: Package, kept: dict[str, bytes]) -> list[dict[str, object]]:
    """Copy the files; one lock entry for each: its path below vendor/, SHA-384 and size in bytes."""
    folder = VENDOR / package.folder
    folder.mkdir(parents=True, exist_ok=True)
    entries: list[dict[str, object]] = []
    for name, content in sorted(kept.items()):
        (folder / name).write_bytes(content)
        digest = base64.b64encode(hashlib.sha384(content).digest()).decode()
        entries.append({"path": f"{package.folder}/{name}", "sha384": f"sha384-{digest}", "size": len(content)})
    return entries


def main() -> None:
    lock = []
    with tempfile.TemporaryDirectory() as scratch:
        for package in PACKAGES:
            archive, integrity = fetch(package, Path(scratch))
            files = write(package, contents(package, archive))
            lock.append({"package": package.name, "version": package.version, "integrity": integrity, "files": files})
    (VENDOR / "vendor.lock.json").write_text(json.dumps(lock, indent=2) + "\n")
    print(f"{sum(len(entry['files']) for entry in lock)} files of {len(lock)} packages are in {VENDOR}")


if __name__ == "__main__":
    main()
