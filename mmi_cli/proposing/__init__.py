"""A schema proposed from sample files: what labels recur over them, what their tables hold, which built-in schema they fit."""
