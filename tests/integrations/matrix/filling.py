"""The matrix as a browser sends it, when nobody has changed anything but what is named."""

from integrations.braze.mapping.names import ATTRIBUTES, EVENT_NAMES

ADDRESS = "/programs/club/integrations/braze/mapping"


def filled(**changes):
    fields = {
        "events": ["", *EVENT_NAMES],
        "attributes": ["", *ATTRIBUTES],
        "revenueMode": "purchases",
        "productIdMode": "transaction_id",
        "productName": "Completed Order",
        "emailChannels": "email consent\nnewsletter",
        "missingOptin": "subscribed",
        "propertyMode": "all_but",
        "whole": "1",
    }
    boxes = {name: ["", *changes[name]] for name in ("events", "attributes") if name in changes}
    return fields | changes | boxes
