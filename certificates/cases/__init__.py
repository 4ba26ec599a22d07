"""Reports by the public that a paper does not fit what the check says; the issuer answers each."""
