"""NumPy for words with sizes behind their arrays: spellings, and the functions that a module defines.

Convolutions go through the places of a window, one at a time, and slice what each of them meets; so
they need no more memory than their arrays.
"""

from __future__ import annotations

from gradproof.codegen.python.spelling import Spelling


def _called(text: str, helper: str) -> Spelling:
    return Spelling(text, helper=helper)


WINDOWED: dict[str, Spelling] = {
    **{f"conv{d}d": _called(f"_conv({{0}}, {{1}}, {d}{{more}})", "taps conv") for d in (1, 2)},
    **{
        f"conv{d}d_transpose": _called(f"_conv_transpose({{0}}, {{1}}, {d}{{more}})", "taps conv_transpose")
        for d in (1, 2)
    },
    **{
        f"conv{d}d_weight": _called(f"_conv_weight({{0}}, {{1}}, {d}{{more}})", "taps conv_weight")
        for d in (1, 2)
    },
    "unfold": _called("_unfold({0}{more})", "unfold"),
    "fold": _called("_fold({0}{more})", "fold"),
    "onehot": _called("_onehot({0}{more}, dtype)", "onehot"),
    "hat": _called("_hat({0})", "hat"),
    "ptrace": _called("_ptrace({0}{more})", "ptrace"),
    "windows": _called("_windows(dtype{more})", "windows"),
    "bands": _called("_windows(dtype{more}).sum(axis=2)", "windows"),
    "exchange": Spelling("np.eye({sizes}, dtype=dtype)[::-1]"),
    "cyclic": _called("_cyclic(dtype{more})", "cyclic"),
    "offset": _called("_offset(dtype{more})", "offset"),
    "elimination": _called("_elimination(dtype{more})", "elimination"),
    "duplication": _called("_duplication(dtype{more})", "duplication"),
    "crossing": _called("-np.stack([_hat(row) for row in np.eye(3, dtype=dtype)])", "hat"),
}

WINDOW_HELPERS = {
    "taps": '''
def _taps(widths, counts, stride):
    """The places of a window, and the slices that they meet, window after window."""
    for tap in np.ndindex(*widths):
        yield tap, tuple(slice(a, a + stride*(m - 1) + 1, stride) for a, m in zip(tap, counts))
''',
    "conv": '''
def _conv(x, w, d, stride=1, padding=0):
    """y[i] = sum of x[stride*i + a - padding]*w[a] over the last d axes."""
    counts = [(n + 2*padding - k)//stride + 1 for n, k in zip(x.shape[-d:], w.shape[-d:])]
    x = np.pad(x, [(0, 0)]*(x.ndim - d) + [(padding, padding)]*d)
    at_once = ",->", "c...,oc->o...", "nc...,oc->no..."
    spec = "...,...->..." if x.ndim == d else at_once[x.ndim - d]
    places = _taps(w.shape[-d:], counts, stride)
    return sum(np.einsum(spec, x[(..., *at)], w[(..., *tap)]) for tap, at in places)
''',
    "conv_transpose": '''
def _conv_transpose(y, w, d, *sizes):
    """The adjoint of _conv in x."""
    stride, padding = *sizes[d:], *(1, 0)[len(sizes) - d:]
    spec = ("...,...->...", "o...,oc->c...", "no...,oc->nc...")[y.ndim - d]
    front = {d: (), d + 1: w.shape[1:2], d + 2: (y.shape[0], *w.shape[1:2])}[y.ndim]
    out = np.zeros((*front, *(n + 2*padding for n in sizes[:d])), dtype=np.result_type(y, w))
    for tap, at in _taps(w.shape[-d:], y.shape[-d:], stride):
        out[(..., *at)] += np.einsum(spec, y, w[(..., *tap)])
    return out[(..., *(slice(padding, padding + n) for n in sizes[:d]))]
''',
    "conv_weight": '''
def _conv_weight(x, y, d, *sizes):
    """The adjoint of _conv in w."""
    stride, padding = *sizes[d:], *(1, 0)[len(sizes) - d:]
    x = np.pad(x, [(0, 0)]*(x.ndim - d) + [(padding, padding)]*d)
    places = "hw"[:d]
    spec = (f"{places},{places}->", f"c{places},o{places}->oc", f"nc{places},no{places}->oc")[y.ndim - d]
    front = () if y.ndim == d else (y.shape[-d - 1], x.shape[-d - 1])
    out = np.zeros((*front, *sizes[:d]), dtype=np.result_type(x, y))
    for tap, at in _taps(sizes[:d], y.shape[-d:], stride):
        out[(..., *tap)] = np.einsum(spec, x[(..., *at)], y)
    return out
''',
    "unfold": '''
def _unfold(x, k, stride=1, padding=0):
    """The windows of k places as rows."""
    return np.lib.stride_tricks.sliding_window_view(np.pad(x, padding), k)[::stride].copy()
''',
    "fold": '''
def _fold(rows, n, stride=1, padding=0):
    """The adjoint of _unfold."""
    out = np.zeros(n + 2*padding, dtype=rows.dtype)
    for a in range(rows.shape[1]):
        out[a:a + stride*(rows.shape[0] - 1) + 1:stride] += rows[:, a]
    return out[padding:padding + n]
''',
    "onehot": '''
def _onehot(places, n, dtype):
    """A row for each place, counted from 1: 1 there, 0 elsewhere."""
    places = np.asarray(places).astype(int)
    if places.size and not (1 <= places.min() and places.max() <= n):
        raise ShapeError(f"places are counted from 1 to {n}")
    return np.eye(n, dtype=dtype)[places - 1]
''',
    "hat": '''
def _hat(a):
    """The matrix with hat(a) @ b = cross(a, b)."""
    return np.array([[0*a[0], -a[2], a[1]], [a[2], 0*a[0], -a[0]], [-a[1], a[0], 0*a[0]]])
''',
    "ptrace": '''
def _ptrace(x, side, m, n):
    """The partial trace over the first (side 1) or second (side 2) of two spaces."""
    return np.einsum("aiaj->ij" if side == 1 else "iaja->ij", np.reshape(x, (m, n, m, n)))
''',
    "windows": '''
def _windows(dtype, n, k, stride=1, padding=0):
    """1 at (i, j, a) where window i meets place j at its place a."""
    starts = stride*np.arange((n + 2*padding - k)//stride + 1) - padding
    return (np.arange(n)[None, :, None] == starts[:, None, None] + np.arange(k)).astype(dtype)
''',
    "cyclic": '''
def _cyclic(dtype, n, k):
    """Moves a vector by k places, round the end."""
    return np.roll(np.eye(n, dtype=dtype), k, axis=0)
''',
    "offset": '''
def _offset(dtype, n, k):
    """Moves a vector by k places; zeros come in."""
    return np.eye(n, k=-k, dtype=dtype)
''',
    "elimination": '''
def _elimination(dtype, n):
    """vec(S) without the entries above the diagonal."""
    return np.eye(n*n, dtype=dtype)[np.tri(n, dtype=bool).T.ravel()]
''',
    "duplication": '''
def _duplication(dtype, n):
    """From the columns on and below the diagonal to vec(S), for a symmetric S."""
    place = np.cumsum(np.tri(n, dtype=bool).T.ravel()).reshape(n, n) - 1
    place = np.where(np.tri(n, dtype=bool).T, place, place.T)
    return np.eye(n*(n + 1)//2, dtype=dtype)[place.ravel()]
''',
}
