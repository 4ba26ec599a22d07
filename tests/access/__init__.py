"""Who may open what: every route, every role, every agency."""
