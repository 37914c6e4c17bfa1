"""Parts of a run done apart, and put together again."""
