"""The embedded platform: models and domain functions. `loyalty_api.client` and `loyalty_api.api` are the ways in."""
