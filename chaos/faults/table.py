"""All faults in the order of their numbers, and those that are not for this harness, with the reason."""

from chaos.events import Mix
from chaos.faults import answers, changes, history, intake, processes, stores
from chaos.run import Fault

# At which the delays of a quiet time can be told from those of a fault on two cores.
QUIET_RATE = 150.0

FAULTS: tuple[Fault, ...] = (
    Fault("F01", "worker killed before its requests arrive", processes.worker_killed_before_send),
    Fault("F02", "worker killed after Braze took its requests", processes.worker_killed_after_send),
    Fault("F03", "every worker killed every few seconds", processes.workers_killed_again_and_again, 60),
    Fault("F04", "worker frozen past its lease", processes.worker_frozen_past_its_lease),
    Fault("F05", "web killed during intake", processes.web_killed_during_intake, has_till=True),
    Fault("F06", "Redis away", stores.redis_away, 10),
    Fault("F07", "Redis emptied", stores.redis_emptied, 10),
    Fault("F08", "Redis full", stores.redis_full, 10),
    Fault("F09", "PostgreSQL restarted", stores.postgres_restarted, has_till=True),
    Fault("F10", "PostgreSQL killed", stores.postgres_killed, has_till=True),
    Fault("F11", "connections of the database used up", stores.connections_exhausted),
    Fault("F12", "database slow, then locked", stores.database_slow),
    Fault("F13", "deadlocks", stores.deadlocks),
    Fault("F14", "429 with a stated wait", answers.throttled),
    Fault("F15", "429 without sense", answers.throttled_with_nonsense),
    Fault("F16", "server errors", answers.failing),
    Fault("F17", "Braze never answers one program", answers.silent, 40, alters_answers=True),
    Fault("F18", "answers drip", answers.dripping),
    Fault("F19", "connections cut before, during, after a request", answers.cut_off),
    Fault("F20", "connection cut after Braze took the request", answers.cut_off_after_taking),
    Fault("F21", "errors of single objects", answers.item_errors, stands_alone=True),
    Fault("F22", "strange answers", answers.strange_answers, stands_alone=True, alters_answers=True),
    Fault("F23", "certificate refused", answers.certificate_refused, stands_alone=True),
    Fault("F24", "key refused", answers.key_refused, stands_alone=True),
    Fault("F25", "configuration changed under way", changes.configuration_changed, stands_alone=True),
    Fault("F26", "connection paused and resumed under way", changes.paused_and_resumed, stands_alone=True),
    Fault("F27", "key of the intake revoked", changes.intake_key_revoked, stands_alone=True),
    Fault(
        "F28", "the same call several times at once", intake.repeated_calls, mix=Mix(repeated=0.5), stands_alone=True
    ),
    Fault("F29", "events out of order", intake.out_of_order, mix=Mix(late=True), stands_alone=True),
    Fault("F30", "poison events", intake.poison, mix=Mix(bad=0.1), stands_alone=True),
    Fault("F31", "clocks wrong by an hour, and set back", processes.clocks_wrong, stands_alone=True),
    Fault("F32", "no space left for PostgreSQL", stores.disk_full, stands_alone=True),
    Fault("F33", "one program floods", intake.flood, stands_alone=True, rate=QUIET_RATE),
    Fault("F34", "one program's Braze is slow", intake.slow_neighbour, stands_alone=True, rate=QUIET_RATE),
    Fault("F35", "upgrade: all restarted in turn", processes.workers_restarted),
    Fault("F36", "purge of old rows under load", history.purged_under_load, stands_alone=True, rate=QUIET_RATE),
    Fault("F37", "scheduler dead, then two", processes.scheduler_dead_or_doubled),
    Fault("F38", "set back to a backup", history.set_back, 60, is_set_back=True, stands_alone=True),
    Fault("F39", "mail server silent", intake.mail_away, stands_alone=True),
    Fault("F40", "encryption key missing or rotated", processes.encryption_key_missing_or_rotated),
)

LEFT_OUT: dict[str, str] = {}

BY_ID = {fault.id: fault for fault in FAULTS}
QUICK = ("F01", "F02", "F09", "F20", "F21", "F24", "F28", "F30")
