"""PostgreSQL as Django's backend has it, but for one thing: what it costs to see that a connection is alive."""
