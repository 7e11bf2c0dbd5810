"""Run in a process of its own: prints the serial numbers in the house, and the last note of each device, as JSON."""

import json

import django

django.setup()

from wardwright.apps.assets.models import Asset  # noqa: E402

print(json.dumps(dict(Asset.objects.values_list("serial", "notes"))))
