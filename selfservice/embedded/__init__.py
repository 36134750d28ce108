"""The PostgreSQL and the Valkey that come with the product: starts them in a folder, shares them, stops them.
Callers use `services.attach` and `services.detach`. Standard library only; nothing here knows Django.
"""
