"""The way in for the other system: keys, texts to paste there, the first call, and a look at what was pasted."""
