"""The audit trail as people read it: in words, filtered, as CSV. It is written by `audit`."""
