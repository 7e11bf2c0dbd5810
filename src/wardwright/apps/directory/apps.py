from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "wardwright.apps.directory"
    label = "directory"
