"""A call → the values of the namespace `call.`: each with its confidence and the times and speaker it was computed from."""
