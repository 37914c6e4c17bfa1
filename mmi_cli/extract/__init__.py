"""Extract: one file a format turns a local file into `Content`; the registry knows which by the verdict of detect."""
