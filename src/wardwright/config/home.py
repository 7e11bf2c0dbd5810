"""The house on disk: one folder that holds the database, keys, files and the audit journal."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def home_folder() -> Path:
    """``WARDWRIGHT_HOME``, else ``var`` in a checkout, else ``~/.wardwright``."""
    given = os.environ.get("WARDWRIGHT_HOME")
    if given:
        return Path(given).expanduser().resolve()
    checkout = Path(__file__).resolve().parents[3]
    return checkout / "var" if (checkout / "pyproject.toml").exists() else Path.home() / ".wardwright"


def secret_key(home: Path) -> str:
    """``WARDWRIGHT_SECRET_KEY``, else a key kept in the home folder, readable by its owner only."""
    given = os.environ.get("WARDWRIGHT_SECRET_KEY")
    if given:
        return given
    path = home / "keys" / "secret.key"
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.parent.mkdir(exist_ok=True, mode=0o700)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text()
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
    return path.read_text()
