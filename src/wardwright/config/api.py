"""The API with the routes of every app."""

from wardwright.api.instance import api
from wardwright.apps.assets.api import router as assets

for prefix, router in (("", assets),):
    api.add_router(prefix, router)
