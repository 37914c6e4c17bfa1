"""A whole run: plan, executors, journal, results."""
