"""What every test leaves behind in its process, wherever it stands, is gone before the next."""

import pytest


@pytest.fixture(autouse=True)
def nothing_left():
    """Limits drawn on and work counted are gone with their rows; a page's language is that of its reader alone."""
    from django.utils import translation

    from wardwright.apps.maintenance.queries.forecast import forget_usual_times
    from wardwright.platform.access.limits import forget_held

    yield
    forget_held()
    forget_usual_times()
    translation.deactivate()
