"""Run in a process of its own: makes a house for so many people and prints what they need as JSON."""

import hashlib
import json
import sys
from datetime import timedelta

import django

django.setup()

from django.utils import timezone  # noqa: E402

from tests.factories import make_model, make_site, make_user  # noqa: E402
from wardwright.config.setup import prepare_house  # noqa: E402
from wardwright.platform.access.models import ApiToken  # noqa: E402
from wardwright.platform.audit.operation import open_change  # noqa: E402
from wardwright.platform.core.change import System  # noqa: E402

prepare_house()
site, model = make_site(), make_model()
tokens = [f"kill-test-{number}" for number in range(int(sys.argv[1]))]
users = [make_user() for _ in tokens]
with open_change("test.token", System("test")):
    for user, token in zip(users, tokens, strict=True):
        digest = hashlib.sha256(token.encode()).hexdigest()
        ApiToken.objects.create(user=user, label="kill", digest=digest, expires_at=timezone.now() + timedelta(days=1))
print(json.dumps({"site_id": site.pk, "device_model_id": model.pk, "tokens": tokens}))
