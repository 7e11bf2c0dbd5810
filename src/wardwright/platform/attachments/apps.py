from django.apps import AppConfig


class AttachmentsConfig(AppConfig):
    name = "wardwright.platform.attachments"
    label = "attachments"
