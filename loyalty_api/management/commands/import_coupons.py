"""`manage.py import_coupons CODE FILE.csv`; docs/import.md names the columns."""

from loyalty_api.client.importing.coupons import KIND
from loyalty_api.management.import_command import ImportCommand


class Command(ImportCommand):
    help = "Imports coupons from a CSV file, part by part; refused rows go into a file of their own."
    kind = KIND
