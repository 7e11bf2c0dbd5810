"""Run in a process of its own: makes the house of the kill test and prints what the clients need as JSON."""

import hashlib
import json
from datetime import timedelta

import django

django.setup()

from django.utils import timezone  # noqa: E402

from tests.factories import make_model, make_site, make_user  # noqa: E402
from wardwright.config.setup import prepare_house  # noqa: E402
from wardwright.platform.access.models import ApiToken  # noqa: E402
from wardwright.platform.audit.operation import open_change  # noqa: E402
from wardwright.platform.core.change import System  # noqa: E402

TOKEN = "kill-test"

prepare_house()
site, model, user = make_site(), make_model(), make_user()
with open_change("test.token", System("test")):
    digest = hashlib.sha256(TOKEN.encode()).hexdigest()
    ApiToken.objects.create(user=user, label="kill", digest=digest, expires_at=timezone.now() + timedelta(days=1))
print(json.dumps({"site_id": site.pk, "device_model_id": model.pk, "token": TOKEN}))
