"""What did they type?

Begin with `parse`.
Not here: what the words mean; nothing here knows an operator's shape (`elaboration`).
"""
