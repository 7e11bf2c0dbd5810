"""The API with the routes of every app."""

from wardwright.api.instance import api
from wardwright.apps.assets.api import router as assets
from wardwright.apps.directory.api import router as directory

for router in (directory, assets):
    api.add_router("", router)
