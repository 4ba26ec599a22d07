"""Old registers as files: one person's list, a second person at the book, recognised by row or by sample."""
