"""Run in a process of its own: fetches a feed as the worker does, and prints what its runs came to as JSON."""

import json
import sys

import django

django.setup()

from wardwright.apps.notices import operations  # noqa: E402
from wardwright.apps.notices.models import Notice, Refusal, Run, Source  # noqa: E402
from wardwright.apps.notices.operations.fetching import fetch_source  # noqa: E402
from wardwright.config.setup import prepare_house  # noqa: E402
from wardwright.platform.core.change import System  # noqa: E402

prepare_house()
BY = System("test")
source = Source.objects.filter(name="Feed").first() or operations.add_source(
    by=BY, name="Feed", kind="openfda", url=sys.argv[1], per_minute=240
)
fetch_source.func(operations.ask_source(by=BY, source_id=source.pk).pk)
runs = list(Run.objects.filter(source=source).values("state", "new", "changed", "unchanged", "refused"))
refs = sorted(Notice.objects.filter(source=source).values_list("ref", flat=True))
print(json.dumps({"runs": runs, "refs": refs, "refusals": Refusal.objects.count()}))
