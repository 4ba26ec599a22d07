"""What the plugin can do: load rules, record facts, note a check."""
