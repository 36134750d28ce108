"""`manage.py import_users CODE FILE.csv`; docs/import.md names the columns."""

from loyalty_api.client.importing.users import KIND
from loyalty_api.management.import_command import ImportCommand


class Command(ImportCommand):
    help = "Imports users from a CSV file, part by part; refused rows go into a file of their own."
    kind = KIND
