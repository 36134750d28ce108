"""The stand-in's own page, for people: the last requests and the profiles, as plain HTML without scripts."""
