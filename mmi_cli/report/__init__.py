"""A run as one HTML page: each value where it was found."""
