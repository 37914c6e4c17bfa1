"""The result of a file in the shape of Content Understanding's AnalyzeResult, for programs that were written for that service."""
