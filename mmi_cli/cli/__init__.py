"""The command line: one file a command; flags become settings and a call below; the only place that exits."""
