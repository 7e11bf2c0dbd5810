"""Builds the documentation.

``python tools/build_docs.py`` writes the site into ``site/``; with ``--reference`` it writes the pages that come from
the code into ``docs/reference`` (they are committed); with ``--check`` it says which of those are out of date and exits
with 1.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import asvs_page
import reference_pages
import validation_pages

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs" / "reference"
KERNEL = ROOT / "src" / "wardwright" / "kernel"


def reference() -> dict[Path, str]:
    """Every generated page with its text."""
    _django()
    pages = {
        "settings.md": reference_pages.settings_page(),
        "cli.md": reference_pages.cli_page(),
        "permissions.md": reference_pages.permissions_page(),
        "operations.md": reference_pages.operations_page(),
        "states.md": reference_pages.states_page(),
        "routes.md": reference_pages.routes_page(),
        "openapi.json": reference_pages.openapi_document(),
        "figures.md": reference_pages.figures_page(),
        "safety-limits.md": reference_pages.safety_limits_page(),
        "asvs.md": asvs_page.page(),
        "results.schema.json": (KERNEL / "data" / "results.schema.json").read_text(),
        **{f"validation/{name}": text for name, text in validation_pages.pages().items()},
    }
    return {REFERENCE / name: text for name, text in pages.items()}


def _django() -> None:
    """Load the package as shipped, in an empty house, in English."""
    os.environ["WARDWRIGHT_HOME"] = tempfile.mkdtemp(prefix="wardwright-docs-")
    os.environ["WARDWRIGHT_DATABASE_URL"] = ""
    os.environ["DJANGO_SETTINGS_MODULE"] = "wardwright.config.settings"
    import django
    from django.utils import translation

    django.setup()
    translation.activate("en")
    reference_pages.import_declarations()


def stale(pages: dict[Path, str]) -> list[str]:
    """Generated pages that are missing, different, or no longer made."""
    wrong = [path for path, text in pages.items() if not path.exists() or path.read_text() != text]
    left = [path for path in (REFERENCE / "validation").glob("*.md") if path not in pages]
    return sorted(str(path.relative_to(ROOT)) for path in [*wrong, *left])


def write(pages: dict[Path, str]) -> None:
    for path in (REFERENCE / "validation").glob("*.md"):
        if path not in pages:
            path.unlink()
    for path, text in pages.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def main() -> int:
    if "--reference" in sys.argv:
        pages = reference()
        changed = stale(pages)
        write(pages)
        print(f"{len(pages)} pages written, {len(changed)} changed.")
        return 0
    if "--check" in sys.argv:
        wrong = stale(reference())
        for name in wrong:
            print(f"{name} is out of date: run python tools/build_docs.py --reference")
        return 1 if wrong else 0
    command = [str(Path(sys.executable).with_name("zensical")), "build", "--clean", "--strict"]
    done = subprocess.run(command, cwd=ROOT, check=False)
    if done.returncode == 0:
        print(f"The documentation is in {ROOT / 'site'}.")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
