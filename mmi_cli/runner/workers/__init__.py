"""Where files are done: in this process, in watched worker processes, on a cluster."""
