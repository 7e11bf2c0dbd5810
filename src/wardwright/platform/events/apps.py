from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "wardwright.platform.events"
    label = "events"
