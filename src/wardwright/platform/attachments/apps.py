from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class AttachmentsConfig(AppConfig):
    name = "wardwright.platform.attachments"
    label = "attachments"
    verbose_name = _("Documents")

    def ready(self) -> None:
        from .stores import parse

        parse(settings.FILES_URL)  # a wrong setting, or a library that is missing, is told at the start
