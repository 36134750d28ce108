"""All settings, from the environment; `docs/deploy.md` lists the variables."""

import sys
from ipaddress import ip_network
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from selfservice import env
from selfservice.apidocs.shared_settings import SHARED_REST, SHARED_SETTINGS
from selfservice.logs.configuration import configuration
from selfservice.middleware.content_policy import DIRECTIVES
from selfservice.middleware.database_deadline import DeadlineConnection
from selfservice.schedule import SCHEDULE, TO_WORKERS

BASE_DIR = Path(__file__).resolve().parent.parent
read = env.Reader()

# --- safety ------------------------------------------------------------------------------------------------------
DEBUG = read.flag("DEBUG")
SECRET_KEY = read.secret("SECRET_KEY", characters=50, hint="Set it to at least 50 random characters.")
FIELD_ENCRYPTION_KEYS = read.encryption_keys(
    "FIELD_ENCRYPTION_KEYS", hint="Set it to one or more base64url keys of 32 bytes, the current one first."
)
PUBLIC_URL = read.origin("PUBLIC_URL")
ALLOWED_HOSTS = read.hosts("ALLOWED_HOSTS", public_url=PUBLIC_URL)
TRUSTED_PROXIES = read.networks("TRUSTED_PROXIES")
OUTBOUND_ALLOW = read.host_ports("OUTBOUND_ALLOW")
PORT = read.port("PORT", 8000)

CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_HTTPONLY = True
SESSION_ENGINE = "selfservice.accounts.session_store"
# After so long without a page one signs in anew (`selfservice.accounts.idle`).
SESSION_COOKIE_AGE = 8 * 3600
SECURE_HSTS_SECONDS = 31_536_000 if PUBLIC_URL.startswith("https://") else 0
# The proxy redirects to https, for pages only: Braze follows no redirect. Other hosts of the domain are not ours. Forms
# are protected by a subclass of the middleware that W003 looks for by name.
SILENCED_SYSTEM_CHECKS = ["security.W003", "security.W005", "security.W008", "security.W021"]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {"DIRECTIVES": DIRECTIVES}
DATA_UPLOAD_MAX_MEMORY_SIZE = 9 * 1024 * 1024

# --- the parts ---------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "axes",
    "csp",
    "django_htmx",
    "selfservice.partitions",
    "selfservice.watch",
    "selfservice.processes",
    "selfservice.ui",
    "selfservice.apidocs",
    "selfservice.audit",
    "selfservice.accounts",
    "selfservice.programs",
    "selfservice.people",
    "selfservice.guide",
    "loyalty_api",
    "loyalty_api.engine",
    "loyalty_api.client",
    "integrations.calls",
    "integrations.connections",
    "integrations.keys",
    "integrations.delivery",
    "integrations.inbound",
    "integrations.kafka",
    "integrations.statistics",
    "integrations.braze",
    "integrations.erasure",
    "integrations.cards",
    "integrations.recovery",
    "integrations.matrix",
    "integrations.activity",
    "integrations.onboarding",
    "integrations.insight",
    "integrations.alerts",
]
INTEGRATIONS = ["integrations.braze.spec.SPEC"]
# In the order of the tabs on a program's pages.
PROGRAM_SECTIONS = [
    "integrations.cards.section.OVERVIEW",
    "loyalty_api.pages.members.section.MEMBERS",
    "loyalty_api.pages.coupons.section.COUPONS",
    "loyalty_api.pages.levels.section.LEVELS",
    "loyalty_api.pages.reports.section.REPORTS",
    "selfservice.people.section.PEOPLE",
    "integrations.alerts.section.ALERTS",
    "selfservice.trail.section.TRAIL",
    "loyalty_api.pages.settings.section.SETTINGS",
]
# What stands in the audit trail, in words: the modules whose WORDS have them.
AUDIT_WORDS = [
    "selfservice.trail.own_words",
    "loyalty_api.client.audit_words",
    "loyalty_api.pages.audit_words",
    "integrations.frame.audit_words",
    "integrations.alerts.audit_words",
]
LOYALTY_EVENT_SINK = "integrations.delivery.intake.accept"
# What the members' pages need of the integrations.
LOYALTY_MEMBER_TRACES = "integrations.erasure.traces.TRACES"
# A remote loyalty platform: how it is called, and what of its interface is spelled otherwise there (docs/remote.md).
LOYALTY_HTTP_SESSION = "integrations.outbound.sessions.session"
LOYALTY_CALL_LOG = "integrations.calls.platform_calls.record_platform_call"
LOYALTY_KNOWN_ACCOUNTS = "integrations.delivery.known_accounts.account_ids"
# How a coupon is told to messages, for the preview in its editor.
LOYALTY_COUPON_IN_MESSAGES = "integrations.braze.content.coupon"
LOYALTY_CALL_SECONDS = 5.0
LOYALTY_ENDPOINTS: dict[str, object] = {}

MIDDLEWARE = [
    "selfservice.watch.middleware.WatchMiddleware",
    "selfservice.middleware.proxies.TrustedProxyMiddleware",
    "selfservice.middleware.hosts.HostMiddleware",
    # The calls of other systems go past what stands between these two.
    "selfservice.middleware.pages.PagesBegin",
    "django.middleware.security.SecurityMiddleware",
    "selfservice.middleware.compression.CompressionMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "selfservice.middleware.private_answers.PrivateAnswerMiddleware",
    "csp.middleware.CSPMiddleware",
    "selfservice.middleware.database_deadline.DatabaseDeadlineMiddleware",
    "selfservice.middleware.database_away.DatabaseAwayMiddleware",
    "selfservice.middleware.nul.NulMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "selfservice.accounts.idle.IdleMiddleware",
    "selfservice.accounts.lost_forms.LostFormMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "selfservice.accounts.signed_out.SignedOutMiddleware",
    "selfservice.middleware.no_method.NoMethodMiddleware",
    "axes.middleware.AxesMiddleware",
    "selfservice.middleware.pages.PagesEnd",
]
ROOT_URLCONF = "selfservice.urls"
WSGI_APPLICATION = "selfservice.wsgi.application"
# Who says which requests are in vain, and what one is told for which there is no room.
ADMISSION_IN_VAIN = "integrations.inbound.shedding.is_in_vain"
ADMISSION_LANE = "integrations.inbound.shedding.lane_of"
ADMISSION_TURN_AWAY = "integrations.inbound.shedding.turn_away"
# Braze never follows a redirect, so no door may answer with one for a missing slash.
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "selfservice.ui.context.shell",
            ],
        },
    }
]

# --- people ------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "programs:list"
LOGOUT_REDIRECT_URL = LOGIN_URL
AXES_FAILURE_LIMIT = "selfservice.accounts.throttle.failure_limit"
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
AXES_IPWARE_META_PRECEDENCE_ORDER = ["REMOTE_ADDR"]
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["password"]

# --- stores ------------------------------------------------------------------------------------------------------
STORE_HINT = "It names the store of a real installation; `manage.py` starts an embedded one when it is unset."
DATABASES = {"default": env.postgresql(read, "DATABASE_URL", hint=STORE_HINT)}
DATABASES["default"]["ENGINE"] = "selfservice.database"
# A door for Braze has 1.5 seconds in all, so waiting for a connection must end well before.
_POOL = {"min_size": 0, "max_size": 8, "timeout": 1.0, "max_idle": 60.0, "reconnect_timeout": 1.0}
DATABASES["default"]["OPTIONS"] |= {  # type: ignore[operator]
    "pool": {**_POOL, "connection_class": DeadlineConnection},
    "connect_timeout": 2,
    # What is asked often is planned once per connection. A pooler that gives each transaction another one forbids it.
    "server_side_binding": True,
    "prepare_threshold": 5 if read.flag("DATABASE_PREPARE", default=True) else None,
}
# Only for `manage.py migrate`: a role that owns the audit trail, so that the application's own can change no line.
MIGRATION_DATABASE = env.optional_postgresql(read, "MIGRATION_DATABASE_URL")
# What a request may wait for a database that is there but says nothing.
DATABASE_REQUEST_SECONDS = 12.0
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = read.redis("REDIS_URL", hint=STORE_HINT)

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = TO_WORKERS
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = SCHEDULE

# --- delivery (docs/architecture.md) ------------------------------------------------------------------------------
# A lease shorter than a request may last would let a second worker send what the first still sends.
DELIVERY_LEASE_SECONDS = read.number("DELIVERY_LEASE_SECONDS", 15.0, least=1.0, most=300.0)
DELIVERY_SWEEP_SECONDS = read.number("DELIVERY_SWEEP_SECONDS", 1.0, least=0.05, most=60.0)
DELIVERY_SLOTS = 32
DELIVERY_BACKOFF_SECONDS = read.number("DELIVERY_BACKOFF_SECONDS", 1.0, least=0.01, most=60.0)
DELIVERY_BACKOFF_MAX_SECONDS = read.number("DELIVERY_BACKOFF_MAX_SECONDS", 900.0, least=0.01, most=3600.0)
DELIVERY_BREAKER_FAILURES = 5
DELIVERY_PROBE_SECONDS = read.number("DELIVERY_PROBE_SECONDS", 3.0, least=0.05, most=60.0)
DELIVERY_RETRY_HOURS = 72.0
RESYNC_MARKERS_PER_LANE = 50
# After which a resync whose markers nobody sends begins to send them by itself.
RESYNC_PATIENCE_SECONDS = 5.0
# Of a replay's events a page counts so many by itself; of more the workers choose them.
REPLAY_COUNTED = 10_000
RETENTION_DAYS = 90

# --- calls of other systems -----------------------------------------------------------------------------------------
PROGRAM_CALLS_PER_SECOND = read.number("PROGRAM_CALLS_PER_SECOND", 200.0, least=1.0, most=100_000.0)
KEY_CALLS_PER_SECOND = read.number("KEY_CALLS_PER_SECOND", PROGRAM_CALLS_PER_SECOND, least=1.0, most=100_000.0)
# A batch of coupons is assigned by so many calls side by side, where the loyalty platform is a remote one.
COUPON_BATCH_CALLS = 4

# --- Kafka (docs/kafka.md): off while no server is named ----------------------------------------------------------
KAFKA_BOOTSTRAP_SERVERS = read.host_ports("KAFKA_BOOTSTRAP_SERVERS")
KAFKA_TOPIC = read.text("KAFKA_TOPIC", "loyalty-events")
KAFKA_GROUP = read.text("KAFKA_GROUP", "selfservice")
KAFKA_OPTIONS = read.options("KAFKA_OPTIONS")

# --- language and time -------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = read.time_zone("TIME_ZONE", "UTC")

# --- files, mail, logs -------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
# The pictures in the documents are a part of the product: the guide shows them.
STATICFILES_DIRS = [BASE_DIR / "static", ("guide", BASE_DIR / "docs" / "screenshots")]
# Static files are served from where they lie, so an installation needs no collecting step.
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 300
vars().update(env.email(read, "EMAIL_URL"))
DEFAULT_FROM_EMAIL = read.text("EMAIL_FROM", "selfservice@localhost")

REST_FRAMEWORK = SHARED_REST
SPECTACULAR_SETTINGS = SHARED_SETTINGS
# JSON for machines, unless somebody looks at a terminal.
LOG_FORMAT = read.choice("LOG_FORMAT", ["json", "plain"], default="plain" if sys.stderr.isatty() else "json")
LOGGING = configuration(form=LOG_FORMAT)

# --- watching (docs/deploy.md) ------------------------------------------------------------------------------------
METRICS_TOKEN = read.optional_secret("METRICS_TOKEN", characters=16)
METRICS_ALLOW = read.networks("METRICS_ALLOW") or [ip_network("127.0.0.0/8"), ip_network("::1/128")]
METRICS_PORT = read.port("METRICS_PORT", 0)
METRICS_SOURCES = [
    "selfservice.watch.metrics.process_families",
    "integrations.delivery.metrics.families",
    "integrations.kafka.metrics.families",
]
# The processes that an installation cannot do without, and how each is started.
HEALTH_PROCESSES = {"worker": "worker", "scheduler": "scheduler"}
if KAFKA_BOOTSTRAP_SERVERS:
    HEALTH_PROCESSES["reader"] = "consume_events"
SENTRY_DSN = read.address_with_key("SENTRY_DSN")
CRASH_REPORT_FILTER = "integrations.calls.redaction.redact"
