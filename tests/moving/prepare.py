"""Run in a process of its own: makes a small house with one of everything, and texts that are hard to carry."""

import django

django.setup()

from datetime import date  # noqa: E402
from decimal import Decimal  # noqa: E402

from tests import world  # noqa: E402
from tests.factories import make_asset, make_site, writes  # noqa: E402
from wardwright.config.setup import make_administrator, prepare_house  # noqa: E402
from wardwright.platform.audit.sealing import seal_pending  # noqa: E402


@writes
def drop(site):
    """The newest number of a table is gone, so that its counter is ahead of its rows."""
    site.delete()


prepare_house()
make_administrator("admin", "a long enough password")
world.build()
make_asset(
    tag="HARD-1",
    serial='=cmd|"x"',
    notes="Zeile\r\nzwei\tTab \\N \\. \u2028 ✓ “quotes” 𝄞",
    usage_hours=Decimal("12345.6"),
    purchased_on=date(1999, 12, 31),
    purchase_cost_cents=9_007_199_254_740_993,
    external_ids={"z": 1e22, "a": [1.5, -0.0, None, True, {"ü": 10**15}], "empty": {}},
)
seal_pending()
make_asset(tag="UNSEALED-1")
drop(site=make_site(code="GONE"))
