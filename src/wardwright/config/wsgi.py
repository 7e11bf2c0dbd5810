"""The web application, as granian loads it into each of its processes."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wardwright.config.settings")
application = get_wsgi_application()
