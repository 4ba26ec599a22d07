"""The audit of the register: everything that was signed, numbered and logged is worked out again and compared.

`whole_audit.audit` runs all of it; `findings` what it finds and how that is said.
"""
