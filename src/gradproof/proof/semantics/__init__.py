"""What a claim takes for granted, and what the referee understands by words made of other words.

Begin with `context`.
Not here: values and normal forms.
"""
