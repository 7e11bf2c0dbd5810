"""Drawn images of phantoms and built dose reports; a test that imports them needs the optional part ``imaging``."""

import os

import pytest

from wardwright.kernel.imaging import INSTALL, available

if not available():
    words = f"Image analysis is not installed: {INSTALL}"
    if os.environ.get("WARDWRIGHT_REQUIRE_ALL") == "1":
        pytest.fail(words)
    pytest.skip(words, allow_module_level=True)
