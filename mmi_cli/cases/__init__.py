"""Files that hold several papers, and papers that lie in several files."""
