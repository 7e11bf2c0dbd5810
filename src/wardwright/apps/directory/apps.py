from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DirectoryConfig(AppConfig):
    name = "wardwright.apps.directory"
    label = "directory"
    verbose_name = _("Places, companies and people")

    def ready(self) -> None:
        from wardwright.platform.access.builtin import MANAGE
        from wardwright.web.nav import nav_entry

        from . import events, search  # noqa: F401 - declared by being imported
        from .permissions import VIEW

        nav_entry("people", _("People"), "people", permission=VIEW, order=10)
        nav_entry("people", _("Absences"), "absences", permission=VIEW, order=15)
        nav_entry("people", _("Departments"), "departments", permission=VIEW, order=20)
        nav_entry("people", _("Sites and rooms"), "sites", permission=VIEW, order=30)
        nav_entry("people", _("Companies"), "companies", permission=VIEW, order=40)
        nav_entry("settings", _("My account"), "my-account", order=10)
        nav_entry("settings", _("Log-ins"), "users", permission=MANAGE, order=30)
        nav_entry("settings", _("Sign-ins"), "sign-ins", permission=MANAGE, order=45)
        nav_entry("settings", _("Single sign-on"), "providers", permission=MANAGE, order=50)
        nav_entry("settings", _("Roles"), "roles", permission=MANAGE, order=40)
