"""Keys with which other systems call us."""
