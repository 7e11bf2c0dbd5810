from django.apps import AppConfig


class SignaturesConfig(AppConfig):
    name = "wardwright.platform.signatures"
    label = "signatures"
