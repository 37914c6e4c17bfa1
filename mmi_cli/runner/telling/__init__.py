"""What a run says of itself: counts, times, conditions, traces."""
