"""The values that flow, in flow order: source, detection, content, schema, record. Imports nothing of ours."""
