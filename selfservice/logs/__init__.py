"""How a log record becomes one line: fields, safe characters, no secrets. What is logged is up to each
module."""
