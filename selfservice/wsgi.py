"""The WSGI entry point that `manage.py web` serves."""

import os

from django.core.wsgi import get_wsgi_application

from selfservice.middleware.admission import with_admission

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "selfservice.settings")

# `manage.py web` says how many requests may be worked on at once.
application = with_admission(get_wsgi_application(), slots=int(os.environ.get("WEB_SLOTS", "4")))
