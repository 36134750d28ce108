"""What keeps a slow or absent neighbour from taking our threads: a breaker and a bulkhead, per process."""
