"""What practice problems are grown from: templates whose words in braces are replaced by their choices."""

from __future__ import annotations

SHAPES: dict[str, tuple[str, ...]] = {
    "A": ("m", "n"), "B": ("p", "k"), "X": ("n", "p"), "C": ("m", "k"), "S": ("n", "n"), "Z": ("n", "n"),
    "x": ("n",), "y": ("n",), "b": ("m",), "W": ("k", "n"), "V": ("p", "k"), "Y": ("n", "p"),
    "w": ("p",), "M": ("p", "p"), "c": (),
}  # fmt: skip
GRAMMAR: dict[str, tuple[str, ...]] = {
    "products": (
        "L({map})", "C:({map})", "norm2({map} - C)^2", "tr(C'*{map})", "b'*{mat}*{vec}", "L(A*{left})",
        "L({mat}*{vec})",
    ),
    "transposes": (
        "L({turn})", "tr({turn}*{square})", "Z:({turn})", "norm2({turn} - Z)^2", "L({turn}*X)", "x'*{turn}*y",
    ),
    "traces": (
        "tr({square}*{square})", "tr({turn}*{square}) + tr({square})", "tr({square})^2", "tr(X'*{square}*X)",
        "tr({square}*X*M*X')", "tr(Z^3)", "tr({square}*{square}*{square})",
    ),
    "norms": (
        "norm2({vec} - {vec})^2", "norm2(A*{vec} - b)^2", "norm2({vec})",
        "norm2(A*{vec} - b)^2 + norm2({vec})^2", "norm2(A*{vec} - b)", "norm2(X*Y' - Z)^2", "norm2({vec})^4",
        "x'*y/norm2({vec})",
    ),
    "inverses": (
        "tr({square}*inv(Z))", "x'*inv(Z)*y", "L(inv(Z)*{square})", "tr(inv({square} + Z)*S)", "L(inv(Z)*X)",
        "x'*inv(Z + c*eye(n))*y", "tr(inv(X'*X))",
    ),
    "determinants": (
        "logdet(Z)", "det(Z)", "logdet({square} + Z)", "logdet(X'*X)", "logdet(Z) - tr(Z*S)", "1/det(Z)",
        "logdet(eye(n) + X*Y')", "det(Z*S)", "logdet(Z)^2", "logdet(X'*S*X)",
    ),
    "elementwise": (
        "sum({fun}({vec}))", "y'*{fun}(S*x)", "sum({fun}(A*X))", "L({fun}(S*{vec}))",
        "sum(exp({vec}).*{vec})", "L({fun}(X).*Y)", "sum({fun}(x.*y))", "x'*{fun}({vec})",
    ),
    "diagonals": (
        "L(diag(x)*X)", "L(X*diag(w))", "x'*diag(y)*x", "L(diag({vec})*S)", "norm2(diag(x)*A' - {left}*B)^2",
        "sum(diag(x)*S*y)", "L(x.*y)", "tr(diag(x)*S)", "L(diagonal({turn}))",
    ),
    "softmax": (
        "y'*softmax({vec})", "logsumexp({vec})", "L(softmax({vec}))", "logsumexp(S*x) - y'*S*x",
        "logsumexp({vec})^2", "-y'*log(softmax({vec}))", "L(softmax(X))", "L(softmax(X*M))",
    ),
    "losses": (
        "norm2(X*w - y)^2/n", "norm2(X*w - y)^2/2 + c*norm2(w)^2", "sum(log(1 + exp(X*w))) - y'*X*w",
        "sum(exp(X*w)) - y'*X*w", "sum(relu(1 - y.*(X*w)))", "(X*w - y)'*diag(x)*(X*w - y)",
        "(X*w - y)'*S*(X*w - y)", "norm2(X*M - Y)^2 + c*norm2(M)^2", "sum({fun}(X*w - y))",
        "-sum(log(sigmoid(y.*(X*w))))",
    ),
    "statistics": (
        "(x - y)'*inv(S)*(x - y)", "logdet(S) + (x - y)'*inv(S)*(x - y)", "logdet(S) + tr(inv(S)*Z)",
        "var(x)", "x'*S*x/(x'*x)", "x'*y/(norm2(x)*norm2(y))", "-sum(x.*log(x))", "sum(x.*log(x./y))",
        "logdet(S) - x'*S*x", "norm2(x - mean(x)*ones(n))^2",
    ),
    "layers": (
        "L(X*M + ones(n)*w')", "L({fun}(X*M + ones(n)*w'))", "L(X - ones(n)*colmean(X)')", "L(X*diag(w))",
        "H = {fun}(X*M); L(H*M)", "L({fun}(X*M))", "L(colsum({fun}(X*M)))", "L(X./(ones(n)*w'))",
    ),
    "networks": (
        "H = {fun}(W*x); L(V*H)", "H = {fun}(W*Y); norm2(V*H - M)^2", "H = {fun}(W*x); norm2(V*H)^2",
        "H = {fun}(W*x); K = {fun}(V*H); L(K)", "L({fun}(W*x))", "H = {fun}(W*x); norm2(V*H - w)^2/2",
        "L({fun}(V*W*x))", "H = {fun}(X*M) + X; L(H)",
    ),
    "attention": (
        "P = softmax(X*Y'); L(P*Z)", "P = softmax(X*Y'/sqrt(p)); L(P*Z)", "L(softmax(X*M*Y'))",
        "L(softmax(Z)*X)", "P = softmax(X*M*X'); L(P*Y)",
    ),
    "jacobians": (
        "A*{vec}", "{fun}(A*x)", "(x'*y)*x", "x/norm2(x)", "softmax({vec})", "{fun}(x).*x", "A*{fun}(S*x)",
        "x.*y", "S*x + (x'*y)*x", "x*(x'*S*x)", "diag(y)*{fun}(S*x)",
    ),
    "hessians": (
        "x'*S*x", "norm2(A*{vec} - b)^2", "sum({smooth}({vec}))", "logsumexp(x)", "norm2(x)", "(x'*y)^2",
        "sum({smooth}(A*x))", "exp(x'*y)", "sum(log(1 + exp(A*x)))", "norm2({vec})^4", "(x'*S*x)^2",
    ),
    "map": ("A*X*B", "A*{left}*B", "A*(X + Y)*B", "A*S*X*B"),
    "left": ("X", "Y", "(S*X)", "(X*X'*Y)"),
    "turn": ("S'", "(S*Z)'", "X*Y'", "S'*Z", "Z'*S'*Z"),
    "square": ("Z", "S", "Z'", "X*Y'", "S*Z", "Z'*S"),
    "mat": ("A", "(A*S)", "(A*S')"),
    "vec": ("x", "(S*x)", "(x - y)", "(S'*x)"),
    "fun": ("tanh", "sigmoid", "exp", "relu", "sin"),
    "smooth": ("tanh", "sigmoid", "exp", "sin", "log"),
}  # fmt: skip
PARTS = ("map", "left", "turn", "square", "mat", "vec", "fun", "smooth")  # words, and no topics
TOPICS = tuple(topic for topic in GRAMMAR if topic not in PARTS)
KINDS = {"jacobians": "jacobian", "hessians": "hessian"}  # gradients, where nothing else is said
FIRST = {"jacobians": "x", "hessians": "x", "losses": "w M", "layers": "w M X", "attention": "X Y Z M"}
FAVOURITES = "Z X W x S w M Y V A y B"  # the variable is the first of these that is there, or the second
