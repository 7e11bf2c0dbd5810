"""Settings of the test suite: SQLite or, with ``WARDWRIGHT_TEST_DATABASE_URL``, PostgreSQL; the rest is as shipped."""

import os
import tempfile

# Never the house that the shell happens to name: tests write keys, files and a journal.
os.environ["WARDWRIGHT_HOME"] = tempfile.mkdtemp(prefix="wardwright-test-")
os.environ["WARDWRIGHT_FILES"] = os.environ["WARDWRIGHT_S3_ENDPOINT"] = ""
os.environ["WARDWRIGHT_DATABASE_URL"] = os.environ.get("WARDWRIGHT_TEST_DATABASE_URL", "")

from .settings import *  # noqa: F403
from .settings import DATABASES, INSTALLED_APPS, STATIC_ROOT, STORAGES

STATIC_ROOT.mkdir(parents=True, exist_ok=True)

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
AXES_ENABLED = False
API_PER_MINUTE = 0
if "sqlite" in DATABASES["default"]["ENGINE"]:
    options = DATABASES["default"]["OPTIONS"]
    options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")
else:
    INSTALLED_APPS.append("tests.delivery_tables.DeliveryTables")
