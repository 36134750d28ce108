"""REST over the engine, in the shape of the Convercus platform API."""
