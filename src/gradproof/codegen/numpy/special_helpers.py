"""Special functions that a generated NumPy module defines for itself, so that it needs nothing but NumPy."""

SPECIAL = {
    "erfc": """
def _erfc(x):
    x = np.asarray(x) + 0.0
    return np.vectorize(math.erfc, otypes=[x.dtype])(x)
""",
    "lgamma": """
def _lgamma(x):
    x = np.asarray(x) + 0.0
    return np.vectorize(math.lgamma, otypes=[x.dtype])(x)
""",
    # recurrence to 12 and above, then the asymptotic series (Abramowitz and Stegun 6.3.18, 6.4.12)
    "digamma": """
def _digamma(x):
    x = np.asarray(x) + 0.0
    low, total = np.array(x, dtype=float), np.zeros(x.shape)
    while np.any(low < 12):
        small = low < 12
        total = np.where(small, total - 1/low, total)
        low = np.where(small, low + 1, low)
    q = 1/low**2
    tail = q*(1/12 - q*(1/120 - q*(1/252 - q*(1/240 - q*(1/132 - q*691/32760)))))
    return (total + np.log(low) - 0.5/low - tail).astype(x.dtype)
""",
    "trigamma": """
def _trigamma(x):
    x = np.asarray(x) + 0.0
    low, total = np.array(x, dtype=float), np.zeros(x.shape)
    while np.any(low < 12):
        small = low < 12
        total = np.where(small, total + 1/low**2, total)
        low = np.where(small, low + 1, low)
    q = 1/low**2
    tail = q*(1/6 - q*(1/30 - q*(1/42 - q*(1/30 - q*(5/66 - q*691/2730)))))
    return (total + (1 + 0.5/low + tail)/low).astype(x.dtype)
""",
    "rowlogsumexp": """
def _rowlogsumexp(x):
    top = np.max(x, axis=1, keepdims=True)
    top = np.where(np.isfinite(top), top, 0)
    return top[:, 0] + np.log(np.sum(np.exp(x - top), axis=1))
""",
    "at_largest_in_rows": '''
def _at_largest_in_rows(x):
    """1 at the largest entry of each row, the first if there are several; 0 elsewhere."""
    out = np.zeros_like(x)
    out[np.arange(len(x)), np.argmax(x, axis=1)] = 1
    return out
''',
    "at_smallest_in_rows": '''
def _at_smallest_in_rows(x):
    """1 at the smallest entry of each row, the first if there are several; 0 elsewhere."""
    out = np.zeros_like(x)
    out[np.arange(len(x)), np.argmin(x, axis=1)] = 1
    return out
''',
}
