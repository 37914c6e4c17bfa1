"""Recordings in segments: shots, scenes, chapters or equal lengths of time, and what each of them shows and says."""
