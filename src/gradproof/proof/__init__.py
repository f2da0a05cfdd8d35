"""Do we believe it? The referee, who asks two engines and never says more than both support.

Begin with `referee`.
Not here: how an answer was found; nothing that derives is imported.
"""
