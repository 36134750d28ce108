"""What the integrations hold of a single member: erased, together with the profile in the other system where that is
wanted, and told for an export. The members' pages ask for it by a name in settings."""
