from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.utils.translation import gettext_lazy as _


class SignOnConfig(AppConfig):
    name = "wardwright.platform.signon"
    label = "signon"
    verbose_name = _("Signing in")

    def ready(self) -> None:
        from . import jobs, sessions  # noqa: F401 - declared by being imported

        user_logged_in.connect(sessions.begin, dispatch_uid="signon.begin")
        user_logged_out.connect(sessions.leave, dispatch_uid="signon.leave")
