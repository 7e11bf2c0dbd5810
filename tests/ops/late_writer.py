"""Run in a process of its own: holds the table of changes, says so, and commits a change once it is told to go on."""

import sys

import django

django.setup()

from django.db import connection, transaction  # noqa: E402

from tests.factories import make_site  # noqa: E402

with transaction.atomic():
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE audit_change IN ACCESS EXCLUSIVE MODE")
    print("held", flush=True)
    sys.stdin.readline()
    make_site(code="LATE")
