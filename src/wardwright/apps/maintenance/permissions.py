"""Who may see, plan, do, verify and close work, and the guardrails of maintenance."""

from django.utils.translation import gettext_lazy as _

from wardwright.platform.access.guardrails import guardrail
from wardwright.platform.access.permissions import permission

VIEW = permission("maintenance.view", _("See work orders and plans"))
PLAN = permission("maintenance.plan", _("Write and approve maintenance plans"))
GENERATE = permission("maintenance.generate", _("Generate due work"))
REPORT = permission("maintenance.report", _("Report a problem with a device"))
DISPATCH = permission("maintenance.dispatch", _("Assign and reschedule work"))
PERFORM = permission("maintenance.perform", _("Do work and record results"))
VERIFY = permission("maintenance.verify", _("Verify repairs and return devices to service"))
CLOSE = permission("maintenance.close", _("Close work orders"))
CANCEL = permission("maintenance.cancel", _("Cancel work orders"))
REPORTS = permission("maintenance.reports", _("See compliance figures"))

READINGS_REQUIRED = guardrail("maintenance.readings-required", _("Work is not closed without its required steps"))
SKIP_NEEDS_REASON = guardrail("maintenance.skip-needs-reason", _("A required step is skipped only with a reason"))
INSTRUMENT_IN_DATE = guardrail(
    "maintenance.instrument-in-date", _("A reading is taken with an instrument in calibration")
)
FAILED_TEST_RETURN = guardrail(
    "maintenance.failed-test-return", _("A device with a failed test is not returned to service")
)
VERIFY_REPAIR = guardrail("maintenance.verify-repair", _("A repair is verified before the device returns to service"))
ACCEPT_FIRST = guardrail("maintenance.accept-first", _("A new device is inspected before its first use"))
AEM_FORBIDDEN = guardrail(
    "maintenance.aem-forbidden", _("Imaging, lasers and new devices keep the maker's maintenance")
)
TIER_REQUIRED = guardrail("maintenance.tier-required", _("Work is done by somebody of the required tier"), "warn")
