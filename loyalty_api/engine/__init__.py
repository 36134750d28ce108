"""The embedded platform: models and domain functions. Reached through `loyalty_api.client` and `loyalty_api.api` only."""
