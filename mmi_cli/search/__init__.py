"""One index over passages, pages, pictures and turns, and what is asked of it."""
