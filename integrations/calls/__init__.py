"""The call log, both directions: what was said, when, with which answer."""
