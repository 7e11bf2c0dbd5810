from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "wardwright.apps.directory"
    label = "directory"

    def ready(self) -> None:
        from . import events, permissions  # noqa: F401 - declared by being imported
