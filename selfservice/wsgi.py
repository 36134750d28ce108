"""The WSGI entry point that `manage.py web` serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "selfservice.settings")

application = get_wsgi_application()
