"""The API with the routes of every app."""

from wardwright.api.instance import api
from wardwright.apps.assets.api import router as assets
from wardwright.apps.directory.api import router as directory
from wardwright.apps.maintenance.api import router as maintenance
from wardwright.apps.testing.api import router as testing

for router in (directory, assets, testing, maintenance):
    api.add_router("", router)
