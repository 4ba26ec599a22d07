"""Certificates in the words of others: Open Badges 3.0, a verifiable credential signed as a JSON Web Token."""
