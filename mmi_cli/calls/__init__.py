"""What a call says of itself: who speaks, as what, how long, in which mood, and what was asked and promised; no model is needed."""
