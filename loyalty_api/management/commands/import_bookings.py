"""`manage.py import_bookings CODE FILE.csv`; docs/import.md names the columns."""

from loyalty_api.client.importing.bookings import KIND
from loyalty_api.management.import_command import ImportCommand


class Command(ImportCommand):
    help = "Imports bookings from a CSV file, part by part; refused rows go into a file of their own."
    kind = KIND
