"""People who sign in, with and without a role."""

import itertools

from django.contrib.auth.hashers import make_password

from selfservice.accounts.models import User
from selfservice.programs.models import Membership, Role

PASSWORD = "seven green bicycles"
SIGNED_IN_BY = "django.contrib.auth.backends.ModelBackend"
_numbers = itertools.count(1)


def person(*, program=None, role=Role.ADMIN, **fields):
    """A person with a password, and with a role when a program is given."""
    fields = {"email": f"person-{next(_numbers)}@example.org", "name": "Pat Person"} | fields
    user = User.objects.create(password=make_password(PASSWORD), **fields)
    if program:
        Membership.objects.create(program=program, user=user, role=role)
    return user


def sign_in(client, user):
    client.force_login(user, backend=SIGNED_IN_BY)
    return client
