from django.apps import AppConfig


class TestingConfig(AppConfig):
    name = "wardwright.apps.testing"
    label = "testing"
