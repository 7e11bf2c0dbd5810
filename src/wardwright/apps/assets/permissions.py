"""Who may see, register, change, move and retire devices, and decide about names."""

from django.utils.translation import gettext_lazy as _

from wardwright.platform.access.guardrails import guardrail
from wardwright.platform.access.permissions import permission

VIEW = permission("assets.view", _("See devices"))
REGISTER = permission("assets.register", _("Register devices"))
CHANGE = permission("assets.change", _("Change devices"))
MOVE = permission("assets.move", _("Move devices"))
CHANGE_STATUS = permission("assets.change_status", _("Change a device's status"))
RETIRE = permission("assets.retire", _("Retire devices"))
CATALOGUE = permission("assets.catalogue", _("Change device types and models"))
MERGE = permission("assets.merge", _("Decide about similar names"))
IMPORT = permission("assets.import", _("Import registers"))

SANITISE_FIRST = guardrail(
    "assets.sanitise-first", _("A device that may hold data is sanitised before it is disposed of")
)
CHECK_SANITISING = guardrail(
    "assets.check-sanitising", _("A second person checks that the data are gone before disposal"), "warn"
)
