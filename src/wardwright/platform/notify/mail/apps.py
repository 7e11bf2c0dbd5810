from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "wardwright.platform.notify.mail"
    label = "mail"

    def ready(self) -> None:
        from . import delivery  # noqa: F401 - declared by being imported
