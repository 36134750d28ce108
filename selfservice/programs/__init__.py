"""Programs, the roles people have in them, and the one place that answers "may they?"."""
