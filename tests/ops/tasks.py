"""Tasks for these tests."""

from django_tasks import task


@task()
def breaks() -> None:
    """Fails."""
    raise RuntimeError("broken on purpose")
