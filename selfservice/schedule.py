"""What the scheduler asks the workers to do, when (UTC), and how it reaches them."""

from datetime import time

from celery.schedules import crontab

# When what is past retention is removed, every night.
REMOVAL = time(2, 40)

# Of the connection to the broker. Names that begin with BROKER would be settings of the library's own.
TO_WORKERS = {
    "socket_timeout": 5,
    "socket_connect_timeout": 0.2,
    "visibility_timeout": 3600,
    # A hint to the workers is not worth waiting for: by itself the library would try for six seconds.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
}

SCHEDULE = {
    "partitions": {"task": "selfservice.partitions.tasks.maintain", "schedule": crontab(minute=10)},
    "purge": {
        "task": "integrations.delivery.tasks.purge",
        "schedule": crontab(hour=REMOVAL.hour, minute=REMOVAL.minute),
    },
    "ended sessions": {"task": "selfservice.accounts.tasks.forget_sessions", "schedule": crontab(hour=2, minute=55)},
    "statistics": {"task": "integrations.statistics.tasks.fold", "schedule": crontab()},
    "old statistics": {"task": "integrations.statistics.tasks.remove_expired", "schedule": crontab(hour=2, minute=50)},
    "replays": {"task": "integrations.delivery.tasks.work_off_replays", "schedule": 5.0},
    "resyncs": {"task": "integrations.delivery.tasks.work_off_resyncs", "schedule": 5.0},
    "erasures": {"task": "integrations.erasure.tasks.work_off", "schedule": 20.0},
    "alerts": {"task": "integrations.alerts.tasks.evaluate", "schedule": crontab()},
    "alert mails": {"task": "integrations.alerts.tasks.send_mails", "schedule": 15.0},
    "locked points": {"task": "loyalty_api.engine.tasks.unlock_points", "schedule": crontab()},
    "levels": {"task": "loyalty_api.engine.tasks.settle_levels", "schedule": crontab()},
    "reports": {"task": "loyalty_api.engine.tasks.count_reports", "schedule": crontab()},
    "expiring points": {"task": "loyalty_api.engine.tasks.expire_points", "schedule": crontab(minute=20)},
}
