"""The statistics page of an integration: how much went each way in up to 90 days, and what became of it."""
