"""Settings of the bare application: the product's database and server, and nothing else that a request would pass."""

from selfservice import env

read = env.Reader()
SECRET_KEY = read.required("SECRET_KEY", hint="The benchmarks set it.")
ALLOWED_HOSTS = ["127.0.0.1"]
PORT = read.port("PORT", 8000)
USE_TZ = True
# `manage.py web` comes from the first, so both applications are served alike.
INSTALLED_APPS = ["selfservice.processes", "rest_framework", "bench"]
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "bench.yardsticks"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": env.postgresql(read, "DATABASE_URL", hint="The benchmarks set it.")}
# Connections stay open and are not looked at before use: the yardstick is the quickest that such a view can be.
DATABASES["default"]["OPTIONS"] = {"pool": {"min_size": 0, "max_size": 8, "timeout": 1.0, "max_idle": 60.0}}
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "UNAUTHENTICATED_USER": None,
}
LOGGING = {"version": 1, "disable_existing_loggers": False, "root": {"level": "WARNING"}}
