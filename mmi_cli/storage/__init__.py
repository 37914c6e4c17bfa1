"""Where files come from and results go: local folders and Azure Blob Storage, behind one interface."""
