"""What stands on a page (words, formulas as boxes, rows and sections), and a writer for each format.

Begin with `model`, then `derivation` and `text`.
Not here: text of a format in what stands on a page; other documents, which are made where they belong.
"""
