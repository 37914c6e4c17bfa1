"""Fill: content and schema in, grounded values out."""
