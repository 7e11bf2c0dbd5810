"""Run in a process of its own: registers sites one by one until it is told to stop; prints how many."""

import sys
import threading
import time

import django

django.setup()

from wardwright.apps.directory.models import Site  # noqa: E402
from wardwright.platform.audit.operation import open_change  # noqa: E402
from wardwright.platform.core.change import System  # noqa: E402

stop = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), stop.set()), daemon=True).start()
count = 0
while not stop.is_set():
    with open_change("test.write", System("writer")):
        Site.objects.create(code=f"W{count}", name=f"Written {count}")
    count += 1
    if count == 1:
        print("writing", flush=True)
    time.sleep(0.002)
print(count)
