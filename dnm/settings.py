"""Settings, read from the environment. Production refuses to start half-configured and says what to set.

`DNM_ENV` is one of development (default), test, demo, production. Every variable is described in
docs/operations.md, and a test keeps the two in step.
"""

from pathlib import Path
from typing import Any

import environ
import structlog
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from dnm import embedded

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} is {value!r}: it must be one of {', '.join(allowed)}.")
    return value


DNM_ENV = _one_of(
    "DNM_ENV",
    env.str("DNM_ENV", default="development"),
    ("development", "test", "demo", "production"),
)
DNM_DEMO = DNM_ENV == "demo"
PRODUCTION = DNM_ENV == "production"
PROCESS = _one_of(
    "DNM_PROCESS",
    env.str("DNM_PROCESS", default="web"),
    ("web", "events", "worker", "beat", "command"),
)
"""Decides the statement timeout and what the process is called in PostgreSQL."""

DEFAULT_SECRET = "not-a-secret-development-only"  # noqa: S105
SECRET_KEY = env.str("DNM_SECRET_KEY", default=DEFAULT_SECRET)
DEBUG = env.bool("DNM_DEBUG", default=DNM_ENV == "development")
BASE_DOMAIN = env.str("DNM_BASE_DOMAIN", default="localhost")
"""A network without a domain of its own answers at <slug>.<base domain>; operators at admin.<base domain>."""

ANSWERED_HOSTS = env.list("DNM_ALLOWED_HOSTS", default=[]) or [BASE_DOMAIN, f".{BASE_DOMAIN}", "127.0.0.1"]
"""Besides the networks' own domains, which stand in the database: see `dnm.accounts.hosts`."""
if DNM_ENV == "test":
    ANSWERED_HOSTS.append("testserver")
ALLOWED_HOSTS = ["*"]
"""Open, because the first middleware refuses what is neither in `ANSWERED_HOSTS` nor a network's domain."""
TRUSTED_PROXY_COUNT = env.int("DNM_TRUSTED_PROXIES", default=0)

# -- databases ----------------------------------------------------------------------------------------

STATEMENT_TIMEOUT = {"worker": "5min", "beat": "30s"}.get(PROCESS, "15s")


NO_SERVER = "postgresql://dnm_app@/set-DATABASE_URL-or-start-the-embedded-servers"
"""Lets tools that only read the settings (mypy, linters) run without a server; a connection says what is
missing.
"""


def _database(url: str, *, limits: str) -> dict[str, Any]:
    parsed = env.db_url_config(url or NO_SERVER)
    parsed["ENGINE"] = "django.db.backends.postgresql"
    options = parsed.setdefault("OPTIONS", {})
    # pgtrigger reads this setting before each trigger; where it is unset it catches an exception: 0.4 ms.
    options["options"] = f"{limits} -c pgtrigger.ignore={{}}"
    options["application_name"] = f"dnm-{PROCESS}"
    parsed["CONN_MAX_AGE"] = env.int("DNM_CONN_MAX_AGE", default=60)
    parsed["CONN_HEALTH_CHECKS"] = True
    return parsed


DATABASES = {
    "default": _database(
        env.str("DATABASE_URL", default="") or embedded.addresses().database,
        limits="-c lock_timeout=3s -c idle_in_transaction_session_timeout=30s "
        # A statement whose process was killed ends as well, and its locks with it.
        f"-c statement_timeout={STATEMENT_TIMEOUT} -c client_connection_check_interval=3s",
    )
    | {"TEST": {"MIRROR": "owner"}}
}
OWNER_URL = env.str("DATABASE_OWNER_URL", default="")
if not OWNER_URL and DNM_ENV in {"development", "test"}:
    OWNER_URL = embedded.addresses().database_owner
if OWNER_URL:
    DATABASES["owner"] = _database(OWNER_URL, limits="-c lock_timeout=10s")
DATABASE_ROUTERS = ["dnm.accounts.tenancy.router.OwnerMigrates"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TREE_LEVELS = 8
"""Deepest level of a partner or territory tree. Raising it is this setting and a migration."""

# -- broker and cache ---------------------------------------------------------------------------------

REDIS_URL = env.str("REDIS_URL", default="") or embedded.addresses().redis
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_FUNCTION": "dnm.accounts.tenancy.context.cache_key",
    }
}
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "max_retries": 0,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT = 1500
CELERY_TASK_TIME_LIMIT = 1800
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 400_000
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = ("dnm.jobs.background.queue_of",)
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BEAT_SCHEDULER = "dnm.jobs.beat:SoleScheduler"
CELERY_BEAT_SCHEDULE_FILENAME = env.str("DNM_BEAT_SCHEDULE", default=str(BASE_DIR / ".dnm" / "beat-schedule"))
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "deliver what is due": {
        "task": "dnm.events.tasks.redeliver",
        "schedule": 5.0,
        "options": {"expires": 5, "queue": "clocks"},
    },
    "end looks that have run out": {
        "task": "dnm.events.tasks.end_views",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "lapse and remind offers": {"task": "leads.tasks.run_clocks", "schedule": 5.0, "options": {"expires": 5}},
    "wake waiting leads": {"task": "leads.tasks.wake_waiting", "schedule": 30.0, "options": {"expires": 30}},
    "pick up jobs left behind": {
        "task": "dnm.jobs.tasks.resume",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "forget idempotency keys": {
        "task": "dnm.api.tasks.purge_keys",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "roll up metrics": {"task": "dnm.metrics.tasks.roll_up", "schedule": 300.0, "options": {"expires": 300}},
    "documents expire and remind": {
        "task": "partners.tasks.watch_documents",
        "schedule": 900.0,
        "options": {"expires": 900},
    },
    "delete files that nobody names": {
        "task": "partners.tasks.sweep_files",
        "schedule": 86_400.0,
        "options": {"expires": 3600},
    },
    "send mails": {
        "task": "dnm.notifications.tasks.send_mails",
        "schedule": 10.0,
        "options": {"expires": 10, "queue": "mail"},
    },
    "mail invitations": {
        "task": "partners.tasks.mail_invitations",
        "schedule": 10.0,
        "options": {"expires": 10, "queue": "mail"},
    },
    "go on telling readers": {
        "task": "partners.tasks.tell_audiences",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "remind readers": {
        "task": "partners.tasks.remind_readers",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "project tiers": {
        "task": "partners.tasks.project_tiers",
        "schedule": 600.0,
        "options": {"expires": 600},
    },
    "put changes into effect": {
        "task": "partners.tasks.take_due_changes",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "carry out moves": {
        "task": "partners.tasks.organisation.keep_moves",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "let lines follow authorisations": {
        "task": "partners.tasks.organisation.keep_lines",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "beat is alive": {"task": "dnm.jobs.tasks.heartbeat", "schedule": 10.0, "options": {"expires": 10}},
}

LIVE_HEARTBEAT = env.float("DNM_LIVE_HEARTBEAT", default=15.0)
"""Seconds between two signs of life on a live stream; at each one the right to listen is checked again."""

# -- applications -------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "dnm.accounts",
    "dnm.scoping",
    "dnm.events",
    "dnm.workflow",
    "dnm.jobs",
    "dnm.notifications",
    "dnm.metrics",
    "dnm.imports",
    "dnm.web",
    "dnm.api",
    "partners",
    "inventory",
    "training",
    "leads",
    "claims",
    "incentives",
    "analytics",
    "dnm.demo",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "guardian",
    "pgtrigger",
    "pghistory",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_tables2",
    "django_htmx",
    "django_cotton.apps.SimpleAppConfig",
    "template_partials.apps.SimpleAppConfig",
    "phonenumber_field",
    "csp",
]

MIDDLEWARE = [
    "dnm.accounts.middleware.HostMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "dnm.accounts.middleware.RequestIdMiddleware",
    "csp.middleware.CSPMiddleware",
    "dnm.accounts.middleware.NetworkMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "dnm.scoping.middleware.ActorMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "dnm.web.middleware.PreferencesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "dnm.web.viewing.ViewAsMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "dnm.web.middleware.OwnLoginMiddleware",
    "dnm.web.middleware.ErrorPagesMiddleware",
]
ROOT_URLCONF = "dnm.urls"
WSGI_APPLICATION = "dnm.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django_cotton.cotton_loader.Loader",
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
            ],
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "dnm.web.context.shell",
            ],
        },
    }
]
COTTON_DIR = "cotton"

# -- login --------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "partners.backends.ScopeBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
if DNM_ENV == "test":
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
elif DNM_DEMO:
    PASSWORD_HASHERS.append("django.contrib.auth.hashers.PBKDF2PasswordHasher")
    # The demo's people are seeded with a quick hash; whoever logs in gets a proper one.
ACCOUNT_ADAPTER = "dnm.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key", "invitation": "60/m/ip", "hand_over": "60/m/ip"}
ACCOUNT_FORMS = {
    "login": "dnm.accounts.forms.PasswordLogin",
    "request_login_code": "dnm.accounts.forms.CodeLogin",
}
MFA_ADAPTER = "dnm.accounts.factors.MFAAdapter"
MFA_FORMS = {
    "activate_totp": "dnm.accounts.factors.ActivateTOTP",
    "add_webauthn": "dnm.accounts.factors.AddPasskey",
    "login_webauthn": "dnm.accounts.forms.PasskeyLogin",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
MFA_ALLOW_UNVERIFIED_EMAIL = True
"""Nobody signs up for himself, so nobody can hold an address that is not his: people come by invitation."""
SOCIALACCOUNT_ADAPTER = "dnm.web.login.identities.IdentityAdapter"
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5
OIDC_PRIVATE_ADDRESSES = env.bool("DNM_OIDC_PRIVATE_ADDRESSES", default=not PRODUCTION)
"""Whether an identity provider may stand at a private address, and without https."""
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ANONYMOUS_USER_NAME = None
SILENCED_SYSTEM_CHECKS = ["guardian.W001", "auth.W004"]
"""Guardian stores grants here and decides nothing; e-mail is unique in lower case, by constraint."""
GUARDIAN_MONKEY_PATCH_USER = False
GUARDIAN_RAISE_403 = False

SESSION_ENGINE = "django.contrib.sessions.backends.db"
"""Not in the cache: pages go on when Valkey is away."""
SESSION_COOKIE_NAME = "dnm_session"
SESSION_COOKIE_AGE = 720 * 3600
"""At most; each network's policy ends its sessions sooner."""
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_NAME = "dnm_csrf"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "dnm.web.views.errors.csrf_failure"

# -- security headers ---------------------------------------------------------------------------------

EMPTY_STYLE_HASH = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "img-src": [SELF, "data:"],
        "style-src": [SELF, EMPTY_STYLE_HASH],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if PRODUCTION:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = env.int("DNM_HSTS_SECONDS", default=31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = env.bool("DNM_SSL_REDIRECT", default=True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]

# -- API ----------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "dnm.api.authentication.TokenAuthentication",
        "dnm.api.authentication.PortalSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["dnm.api.permissions.HasActor"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_VERSIONING_CLASS": None,
    "DEFAULT_THROTTLE_CLASSES": ["dnm.api.throttles.MemberThrottle", "dnm.api.throttles.NetworkThrottle"],
    "DEFAULT_THROTTLE_RATES": {
        "member": env.str("DNM_API_RATE_MEMBER", default="1200/min"),
        "network": env.str("DNM_API_RATE_NETWORK", default="12000/min"),
        "enquiry": env.str("DNM_ENQUIRY_RATE", default="30/min"),
    },
    "EXCEPTION_HANDLER": "dnm.api.errors.problem",
    "NUM_PROXIES": TRUSTED_PROXY_COUNT,
    "UNAUTHENTICATED_USER": None,
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "DNM API",
    "DESCRIPTION": "The dealer-network portal's API, scoped to the membership that asks.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "InvitationStateEnum": "partners.models.invitations.InvitationState",
        "JobStateEnum": "dnm.jobs.models.JobState",
        "LeadStateEnum": "leads.states.LeadState",
        "OfferStateEnum": "leads.states.OfferState",
        "DeclineReasonEnum": "leads.states.DeclineReason",
        "DocumentStateEnum": "partners.states.documents.DocumentState",
        "GateEnum": "partners.states.documents.Gate",
        "PartnerStateEnum": "partners.states.PartnerState",
        "PartnerKindEnum": "partners.models.PartnerKind",
        "NewPartnerKindEnum": "partners.serializers.BELOW_THE_ROOT",
        "ApplicationStateEnum": "partners.states.onboarding.ApplicationState",
        "ChecklistItemStateEnum": "partners.models.onboarding.ItemState",
        "SettlementStateEnum": "partners.states.exits.SettlementState",
        "ChangeKindEnum": "partners.states.changes.ChangeKind",
        "ChangeStateEnum": "partners.states.changes.ChangeState",
    },
}

# -- language, time, files ----------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
"""What there is a catalogue for (docs/web.md, "Languages"). Formats of numbers, money and dates are the
network's own (`Network.locale`) in every language.
"""
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "dnm.web.localized"
USE_I18N = USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
COLLECTED = DNM_ENV in {"production", "demo"}
"""Whether static files are collected, hashed and compressed beforehand; otherwise found where they lie."""
STATIC_ROOT = env.str("DNM_STATIC_ROOT", default=str(BASE_DIR / "static-collected")) if COLLECTED else None
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": {
            "production": "whitenoise.storage.CompressedManifestStaticFilesStorage",
            # The same, compressing only what a page's first load needs: the rest takes a minute.
            "demo": "dnm.web.static_files.FirstLoadCompressed",
        }.get(DNM_ENV, "django.contrib.staticfiles.storage.StaticFilesStorage")
    },
}
WHITENOISE_USE_FINDERS = not COLLECTED
MEDIA_ROOT = env.str("DNM_MEDIA_ROOT", default=str(BASE_DIR / ".dnm" / "media"))
FILES_ROOT = env.str("DNM_FILES", default=str(Path(MEDIA_ROOT) / "files"))
"""Contents of uploaded files. No web server serves this folder: `partners.views.files` does, after scope."""
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
PHONENUMBER_DB_FORMAT = "E164"
DJANGO_TABLES2_TEMPLATE = "tables/table.html"

EMAIL_BACKEND = env.str(
    "DNM_EMAIL_BACKEND",
    default="django.core.mail.backends.smtp.EmailBackend"
    if PRODUCTION
    else "django.core.mail.backends.console.EmailBackend",
)
EMAIL_HOST = env.str("DNM_EMAIL_HOST", default="localhost")
EMAIL_PORT = env.int("DNM_EMAIL_PORT", default=25)
EMAIL_HOST_USER = env.str("DNM_EMAIL_USER", default="")
EMAIL_HOST_PASSWORD = env.str("DNM_EMAIL_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("DNM_EMAIL_TLS", default=False)
EMAIL_TIMEOUT = 10
PORTAL_ADDRESS = env.str(
    "DNM_PORTAL_ADDRESS", default="https://{host}" if PRODUCTION else "http://{host}:8000"
)
"""How mails write the address of a network's portal; `{host}` is its host name."""
DEFAULT_FROM_EMAIL = env.str("DNM_EMAIL_FROM", default=f"portal@{BASE_DOMAIN}")

PGTRIGGER_MIGRATE = True

# -- logs ---------------------------------------------------------------------------------------------

_shared: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
structlog.configure(
    processors=[*_shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
_rendering: list[Any] = (
    [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    if PRODUCTION
    else [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "structured": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_rendering],
            "foreign_pre_chain": _shared,
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
    "root": {"handlers": ["stderr"], "level": env.str("DNM_LOG_LEVEL", default="INFO")},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}


def _refuse_half_configured() -> None:
    """Raise `ImproperlyConfigured` naming every setting that would make production unsafe."""
    owner_like = {"postgres", "dnm_owner"}
    faults = [
        (DEBUG, "DNM_DEBUG must be off"),
        (
            SECRET_KEY == DEFAULT_SECRET or len(SECRET_KEY) < 50,
            "DNM_SECRET_KEY must be set to 50 random characters",
        ),
        (BASE_DOMAIN == "localhost", "DNM_BASE_DOMAIN must be the portal's own domain"),
        ("*" in ANSWERED_HOSTS, "DNM_ALLOWED_HOSTS must not contain a wildcard host (*)"),
        (not env.str("DATABASE_URL", default=""), "DATABASE_URL must be set (application role dnm_app)"),
        (
            DATABASES["default"].get("USER") in owner_like
            or DATABASES["default"].get("USER") == _owner_user(),
            "DATABASE_URL must connect as the application role, never as the owner of the tables",
        ),
        (not env.str("REDIS_URL", default=""), "REDIS_URL must be set"),
    ]
    found = [message for wrong, message in faults if wrong]
    if found:
        raise ImproperlyConfigured("DNM does not start in production like this: " + "; ".join(found) + ".")


def _owner_user() -> str | None:
    return DATABASES["owner"].get("USER") if "owner" in DATABASES else None


if PRODUCTION:
    _refuse_half_configured()
