import threading

import pytest
from django.db import connection, transaction

from selfservice.programs.models import Program
from tests import emptying
from tests.factories.engine import ProgramFactory


@pytest.mark.django_db(transaction=True)
def test_a_writer_that_takes_its_tables_in_another_order_is_waited_for() -> None:
    ProgramFactory.create()
    holds_the_last_table, may_go_on = threading.Event(), threading.Event()

    def write() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE watch_heartbeat IN ROW EXCLUSIVE MODE")
            holds_the_last_table.set()
            may_go_on.wait(10)
            cursor.execute("UPDATE accounts_user SET email = email")
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    assert holds_the_last_table.wait(10)
    threading.Timer(0.3, may_go_on.set).start()
    emptying.empty(None)
    writer.join()

    assert not Program.objects.exists()
