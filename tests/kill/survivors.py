"""Run in a process of its own: prints every device's serial number and note, and the jobs that failed, as JSON."""

import json

import django

django.setup()

from wardwright.apps.assets.models import Asset  # noqa: E402
from wardwright.platform.jobs.models import Job, JobState  # noqa: E402

failed = list(Job.objects.filter(state=JobState.FAILED).values_list("task", "error"))
print(json.dumps({"devices": list(Asset.objects.values_list("serial", "notes")), "jobs_failed": failed}))
