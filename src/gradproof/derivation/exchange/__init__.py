"""Derivations to JSON and back.

Begin with `json`; the schema is `derivation/schema.json`.
Not here: certificates, which are another format (`derivation.certificate`).
"""
