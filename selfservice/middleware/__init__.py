"""What stands between a client and the views: trusted proxies, a database that is away, and caches."""
