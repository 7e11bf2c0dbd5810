"""The web application, as granian loads it into each of its processes."""

import ctypes
import os
import signal
import sys

from django.core.wsgi import get_wsgi_application


def die_with_supervisor() -> None:
    """Leave no orphan behind when the supervisor is killed (Linux only; elsewhere the next start finds the port busy)."""
    if sys.platform == "linux" and os.environ.get("WARDWRIGHT_SUPERVISOR"):
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wardwright.config.settings")
die_with_supervisor()
application = get_wsgi_application()
