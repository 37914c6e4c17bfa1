"""What a run knows on disk and on blob, and what it may rely on when it goes on."""
