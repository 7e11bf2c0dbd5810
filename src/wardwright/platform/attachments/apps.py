from django.apps import AppConfig
from django.conf import settings


class AttachmentsConfig(AppConfig):
    name = "wardwright.platform.attachments"
    label = "attachments"

    def ready(self) -> None:
        from .stores import parse

        parse(settings.FILES_URL)  # a wrong setting, or a library that is missing, is told at the start
