"""Certificates: register, numbers, signature, paper, verification, revocation."""
