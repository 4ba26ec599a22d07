"""A holder who lost the account gets back to the own certificates: by paper and card, and always in person at a desk."""
