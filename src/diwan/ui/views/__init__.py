"""Pages of what every room has: the trail of a record, the jobs, the outbox."""
