"""A program's integration cards, and the commands about connections and keys."""
