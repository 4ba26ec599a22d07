"""What the plugin can find: rules, people, verdicts."""
