"""What an operator leans on: archives of the whole installation, signs of health, figures, the log."""
