"""What stands between a client and the views when a store or a proxy is involved."""
