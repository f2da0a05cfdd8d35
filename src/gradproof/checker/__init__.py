"""The small checker of certificates: a third opinion, which shares nothing with the others."""
