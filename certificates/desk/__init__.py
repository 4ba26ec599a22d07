"""The verify desk: a pile of papers read from codes, lists and scans, judged at once, finished with a report."""
