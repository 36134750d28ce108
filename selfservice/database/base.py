"""Django's backend for PostgreSQL, in the form in which `ENGINE` names it."""

import select
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg_pool import ConnectionPool

from selfservice.database.moments import with_moments


class DatabaseWrapper(base.DatabaseWrapper):
    """Looks at a connection out of the pool before it is used, without asking the server each time.

    `CONN_HEALTH_CHECKS` would do so, and make each request wait for one more answer.
    """

    def get_connection_params(self) -> dict[str, Any]:
        parameters: dict[str, Any] = super().get_connection_params()
        parameters["context"] = with_moments(parameters["context"], self.timezone)
        return parameters

    def get_new_connection(self, conn_params: Any) -> Any:
        connection = super().get_new_connection(conn_params)
        while self.pool and not is_alive(connection):
            # The pool replaces what comes back closed.
            connection.close()
            self.pool.putconn(connection)
            connection = super().get_new_connection(conn_params)
        return connection

    def _set_autocommit(self, autocommit: bool) -> None:
        # A connection out of the pool has it already, and to be asked for it once more would cost a wait.
        if self.connection.autocommit != autocommit:
            with self.wrap_database_errors:
                self.connection.autocommit = autocommit


def is_alive(connection: "psycopg.Connection[Any]") -> bool:
    """A server that has ended a connection has said so, and what it said waits to be read.

    So nothing to read means alive. Anything else, a mere notice included, is worth asking the server.
    """
    if connection.closed:
        return False
    waiting = select.poll()
    waiting.register(connection.pgconn.socket, select.POLLIN)
    if not waiting.poll(0):
        return True
    try:
        ConnectionPool.check_connection(connection)
    except psycopg.Error:
        return False
    return True
