"""What a holder shares, and what he or she learns of checks."""
