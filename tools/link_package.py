"""Puts the checkout on the environment's path and writes its ``wardwright`` command; needs no network and no build."""

from __future__ import annotations

import stat
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    paths = sysconfig.get_paths()
    (Path(paths["purelib"]) / "wardwright.pth").write_text(f"{ROOT / 'src'}\n")
    script = Path(paths["scripts"]) / "wardwright"
    script.write_text(f"#!{sys.executable}\nfrom wardwright.config.cli import main\n\nmain()\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)


if __name__ == "__main__":
    main()
