"""Calls and outcomes counted by the hour, exactly, so that no page counts rows."""
