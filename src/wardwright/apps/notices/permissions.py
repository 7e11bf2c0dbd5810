"""Who may see notices, say what they mean, answer them and keep their sources; and the guardrail of class I."""

from django.utils.translation import gettext_lazy as _

from wardwright.platform.access.guardrails import guardrail
from wardwright.platform.access.permissions import permission

VIEW = permission("notices.view", _("See recalls, safety notices and advisories"))
REVIEW = permission("notices.review", _("Say which devices a notice means"))
RESPOND = permission("notices.respond", _("Take cases of notices, order the work and close them"))
HANDLE = permission("notices.handle", _("Locate affected devices and record what was done"))
SOURCES = permission("notices.sources", _("Keep the sources of notices and take in files"))

OPEN_CLASS_ONE = guardrail(
    "notices.open-class-one", _("A device with an open class I notice is not returned to service")
)
ALL_SETTLED = guardrail("notices.all-settled", _("A case is closed only when every affected device is settled"))
