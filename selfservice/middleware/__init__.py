"""What stands between a client and the views: trusted proxies, and a database that is away."""
