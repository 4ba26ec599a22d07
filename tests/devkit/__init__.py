"""What authors of plugins are given, tried as an author would: in folders and processes of their own."""
