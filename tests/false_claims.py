"""False claims that the normal form alone must not prove, by law, each beside what the law does prove.

"+" the law proves it; "-" a neighbour that is false, one at least for each condition of the law; "~" false
only at some points (kinks, singular matrices) or true only under a condition that nobody gave. The letters
are those of `letters`; G is lower triangular, H upper.
"""

CLAIMS = """
names: orthogonal matrices
+ O'*O = eye(n)
+ O*O' = eye(n)
+ rowsum(O.^2) = ones(n)
- O*O = eye(n)
- O'*O' = eye(n)
- O'*diag(x)*O = sum(x)*eye(n)
- O'*(diag(x)*O) = diag(x)
- (O.^2)*x = sum(x)*ones(n)
- rowsum(O.^4) = ones(n)
- (O.^2)'*O = eye(n)
- O'*diag(O) = ones(n)
- sum(diag(O).^2) = n
- O.*O = ones(n, n)
- O = ones(n, n)
- A'*A = eye(n)
- inv(A) = A'
- einsum("ji,jk->ijk", O, O) = einsum("ik,j->ijk", eye(n), ones(n))
names: rows that add up to one
+ rowsum(N) = ones(m)
+ N'*u = colsum(diag(u)*N)
- colsum(N) = ones(n)
- rowsum(N.^2) = ones(m)
- N*x = sum(x)*ones(m)
- N.*X = X
- sum(N.*N) = m
- tr(N'*N) = m
- q'*x = sum(x)
- sum(q.^2) = 1
- rowsum(X) = ones(m)
names: symmetric, antisymmetric, diagonal, positive
+ S' = S
+ K' = -K
+ x'*K*x = 0
+ tr(K*S) = 0
+ abs(p) = p
- A' = A
- K' = K
- x'*K*y = 0
- tr(K*A) = 0
- tr(K*K) = 0
- x'*K*K*x = 0
- S*R = R*S
- E*A = A*E
- abs(M) = M
- abs(S) = S
- abs(x) = x
- diag(diag(S)) = S
- tr(K*K*S) = 0
- (K.*K)' = -(K.*K)
networks: products and traces
+ tr(A*B*C) = tr(B*C*A)
- tr(A*B*C) = tr(A*C*B)
- A*B = B*A
- (A*B)' = A'*B'
- x'*A*y = y'*A*x
- diag(A*B) = diag(A).*diag(B)
- tr(A*B) = tr(A)*tr(B)
- sum(A*B) = sum(A)*sum(B)
- sum(x.*y) = sum(x)*sum(y)
- A.*B = A*B
- kron(A, B) = kron(B, A)
- vec(A') = vec(A)
- vec(A*B*C) = kron(C, A)*vec(B)
- reshape(vec(X'), m, n) = X
- rowsum(X) = mean(X)*ones(m)
- sum(eye(n)) = 1
- ones(n)'*ones(n) = 1
- mean(X) = sum(X)/n
powers: roots and signs
+ sqrt(x.^2) = abs(x)
+ sqrt(4*p) = 2*sqrt(p)
+ 1/(2*a + 2*b) = 1/(a + b)/2
+ sqrt(x.^4) = x.^2
- sqrt(x.^2) = x
- sqrt((x - y).^2) = x - y
- sqrt(a^2*b^2) = a*b
- sqrt(x.^6) = x.^3
- (x.^2).^(3/2) = x.^3
- sqrt((x'*y)^2) = x'*y
- sqrt(x.^2.*y) = x.*sqrt(y)
- (x + y).^2 = x.^2 + y.^2
- sqrt(p + x.^2) = sqrt(p) + abs(x)
- 1/(a + b) = 1/a + 1/b
- (a + c)/(a + b) = c/b
- (a + b)^2/(a + b) = a - b
- (a - b)/(b - a) = 1
- sqrt(2)*sqrt(2) = 4
- sqrt(8) = 2
- (-1)^j = 1
- (-1)^j = -1
- abs(x.^2 - p) = x.^2 - p
- abs(x.*y) = x.*y
- abs(x + y) = x + y
- abs(x'*y) = x'*y
- abs(x'*A*x) = x'*A*x
- abs(p - x.^2) = p - x.^2
- abs(p.^3 + x.^3) = p.^3 + x.^3
- abs(-p) = -p
- abs(a*sum(p)) = a*sum(p)
- (diag(x)*A)^2 = diag(x.^2)*A*A
- (x*y').^2 = x*y'
- (A*x).^2 = (A.^2)*(x.^2)
~ (-1)^(2*c) = 1
exp and log: products and sums
+ exp(x + y) = exp(x).*exp(y)
+ exp(2*log(p)) = p.^2
+ log(p.*exp(x)) = x + log(p)
+ exp(2*log(t)) = t^2
- exp(x + y) = exp(x) + exp(y)
- exp(2*log(p).^2) = p.^2
- exp(log(p).^2) = p
- exp(log(p).*log(p)) = p.*p
- exp(x.*log(p)) = p + x
- exp(log(p).*x.*y) = p.^x
- exp(a*log(t)*sum(x)) = t^a
- exp(1/log(t)) = 1/t
- exp(log(t)/2) = t
- exp(x.*step(y)) = exp(x).*step(y)
- exp(x.*step(y)) = exp(x)
- exp(2*x.*step(y).*step(w)) = exp(2*x).*step(y)
- exp(diag(x)) = diag(exp(x))
- exp(A) = diag(exp(diag(A)))
- exp(x*y') = exp(x)*exp(y)'
- log(p + x.^2) = log(p) + log(x.^2)
- log(p).^2 = 2*log(p)
- log(exp(x).^2) = x
- log(2*p) = 2*log(p)
- log(p.*x.^2) = log(p) + log(abs(x))
- log(1/t) = log(t)
- log(x'*x) = 2*log(sum(x))
- log(p/t) = log(p) + log(t)
- logsumexp(x + y) = logsumexp(x) + logsumexp(y)
- exp(-x) = -exp(x)
pointwise: even, odd, and the circle
+ sin(-x) = -sin(x)
+ cos(-x) = cos(x)
+ sin(x).^2 = 1 - cos(x).^2
+ sin(x).^3 = sin(x) - sin(x).*cos(x).^2
+ asin(-x) = -asin(x)
- sin(-x) = sin(x)
- cos(-x) = -cos(x)
- sin(x).^3 = 1 - cos(x).^2
- sin(x).*sin(y) = 1 - cos(x).*cos(y)
- sin(x).^2 = 1 - cos(y).^2
- sin(x).^2 = 1 - cos(2*x).^2
- sin(x) = 1 - cos(x)
- sin(2*x) = 2*sin(x)
- asin(-x) = asin(x)
- atan(-x) = atan(x)
- erf(-x) = erf(x)
- asinh(-x) = asinh(x)
- lgamma(2*p) = 2*lgamma(p)
- digamma(p) = trigamma(p)
- sum(sin(x))^2 = n - sum(cos(x))^2
- sin(A).^2 = eye(n) - cos(A).^2
- tanh(x) = sigmoid(x)
signs: jumps
+ sign(x).^2 = ones(n)
+ sign(x).^3 = sign(x)
+ step(x).^2 = step(x)
+ abs(x) = x.*sign(x)
- sign(x).^3 = ones(n)
- sign(x) = ones(n)
- sign(x).*sign(y) = ones(n)
- sign(x.*y) = sign(x)
- sign(x + y) = sign(x) + sign(y)
- sign(x.^3) = ones(n)
- sign(x - y) = sign(y - x)
- sign(-x) = sign(x)
- sign(x.^2 - p) = ones(n)
- sign(x'*y) = 1
- sign(x'*x - a) = 1
- sign(a)^3 = 1
- sign(a*b) = sign(a)
- sum(sign(x))^2 = n^2
- step(x).*step(y) = step(x)
- step(x) = ones(n)
- step(-x) = step(x)
- step(x.*y) = step(x)
- step(x + p) = step(x)
- step(x - 1) = step(x)
- step(-p) = ones(n)
- step(a)*step(b) = step(a)
- sum(step(x))^2 = sum(step(x))
- (step(x)'*y)^2 = step(x)'*y
- max(x) = min(x)
- max(x) = sum(x)
- max(-x) = -max(x)
- max(x + y) = max(x) + max(y)
- rowmax(X) = rowmin(X)
- rowmax(X) = max(X)*ones(m)
- rowmax(X) = X*ones(n)
- max(x, y) = x
- max(x, y) = min(x, y)
- abs(x) = x.*step(x)
- relu(x) = x
- relu(x + y) = relu(x) + relu(y)
~ step(-x) = 1 - step(x)
~ step(x.^2) = ones(n)
inverses: what stands beside its own argument
+ inv(A)*A = eye(n)
+ A*inv(A)*B = B
+ inv(A + B)*A = eye(n) - inv(A + B)*B
+ inv(A*B) = inv(B)*inv(A)
+ inv(inv(A)) = A
+ inv(2*A) = inv(A)/2
- inv(A)*A' = eye(n)
- A'*inv(A) = eye(n)
- inv(A)' = inv(A)
- inv(A)*diag(x)*A = sum(x)*eye(n)
- inv(A)*diag(x)*A = diag(x)
- inv(A)*diag(A) = ones(n)
- diag(inv(A)*diag(x)*A) = x
- A'*diag(inv(A)) = ones(n)
- diag(inv(A)).*diag(A) = ones(n)
- (inv(A).^2)*A = eye(n)
- inv(A)*(A.^2) = eye(n)
- (inv(A).^2)*(A.^2) = eye(n)
- inv(A).*A = eye(n)
- einsum("ij,jk->ijk", inv(A), A) = einsum("ik,j->ijk", eye(n), ones(n))
- inv(A)*B = B*inv(A)
- inv(A)*A*B = A*B
- inv(A + B) = inv(A) + inv(B)
- inv(A + B)*A = eye(n)
- inv(A + A')*(2*A) = eye(n)
- inv(A + A')*A = eye(n) - inv(A + A')*A
- inv(A*B) = inv(A)*inv(B)
- A*inv(A*B) = inv(B)
- inv(2*A) = 2*inv(A)
- inv(a*A) = a*inv(A)
- inv(inv(A)') = A
- inv(inv(A)) = A'
- X*inv(X'*X)*X' = eye(m)
- U*inv(U'*U)*U' = eye(n)
- inv(U'*U)*U' = U'
- inv(kron(A, B)) = kron(inv(B), inv(A))
- inv(kron(A, F)) = kron(inv(A), F)
- inv(S + R)*S = eye(n) - inv(S + R)*R*S
- inv(eye(n) + A)*A = eye(n) + inv(eye(n) + A)
- inv(A)*B*A = B
- inv(K)' = inv(K)
- inv(S*R) = inv(S)*inv(R)
- inv(diag(x) + A) = diag(1./x) + inv(A)
- inv(E*A) = inv(E)*inv(A)
- tr(inv(A)*B*A) = tr(A)
- inv(A)*x*y'*A*y = x*y'*y
inverses: at an output
+ inv(A)*B = inv(B*A)*B*B
- inv(A)*B = inv(A)*B'
- inv(A)'*B = inv(A)*B
- B*inv(A) = inv(A)*B
- inv(A)*B*inv(A) = inv(A)*B*inv(A)'
- inv(A)*x = inv(A)'*x
- inv(S)*A*inv(S) = inv(S)*A'*inv(S)
- inv(A)*x/(1 + a) = inv(A)*x/(1 - a)
- (a*x + b*y)/(a + b) = x + y
- x/(a - b) + x/(b - a) = x
powers of matrices
+ A^j*A = A^(j + 1)
+ A^j*A^j = A^(2*j)
+ A^3 = A*A*A
- A^j*A' = A^(j + 1)
- A^j*B = A^(j + 1)
~ A^j*A^j = A^(j*j)
- A^j.*A = A^(j + 1)
- A^j*diag(x)*A = A^(j + 1)
- (A^j)' = A^j
- K^j*K' = K^(j + 1)
- inv(A^j) = A^j
- (A^j).^2*A = A^(j + 2)
- (2*A)^j = 2*A^j
- A^j*diag(A) = A^(j + 1)*ones(n)
- tr(A^j) = tr(A)^j
- A^2 = A.*A
- (A*B)^2 = A^2*B^2
determinants
+ det(A*B) = det(A)*det(B)
+ det(2*A) = 2^n*det(A)
+ det(eye(n) + x*y') = 1 + y'*x
+ abs(det(M)) = det(M)
- det(A + B) = det(A) + det(B)
- det(2*A) = 2*det(A)
- det(-A) = det(A)
- det(-A) = -det(A)
- det(A') = -det(A)
- det(inv(A)) = det(A)
- det(A*A) = det(A)
- det(eye(n) + A) = 1 + tr(A)
- det(eye(n) + A*B) = 1 + tr(A*B)
- det(eye(n) + A*B) = det(eye(n) + A)*det(eye(n) + B)
- det(eye(n) + A*B*C) = det(eye(n) + A*C*B)
- det(eye(n) + 2*x*y') = 1 + y'*x
- det(A + x*y') = 1 + y'*x
- det(X'*X) = det(X*X')
- det(eye(n) - U*V) = det(eye(k) + V*U)
- abs(det(A)) = det(A)
- abs(det(S)) = det(S)
- abs(det(M - R)) = det(M - R)
- abs(det(-M)) = det(-M)
- abs(det(M*S)) = det(M*S)
- sqrt(det(A)^2) = det(A)
- det(diag(x)) = sum(x)
- det(diag(x)*A) = sum(x)*det(A)
- logdet(2*A) = log(2) + logdet(A)
- logdet(A + B) = logdet(A) + logdet(B)
- logdet(A*B) = logdet(A)*logdet(B)
- logdet(inv(A)) = logdet(A)
functions of matrices
+ sqrtm(M)*sqrtm(M) = M
+ expm(A)*expm(-A) = eye(n)
+ dexpm(A, A) = expm(A)*A
+ dexpm(A, expm(A)) = expm(A)*expm(A)
- sqrtm(A)*sqrtm(A)' = A
- sqrtm(A)*sqrtm(B) = A
- sqrtm(A).*sqrtm(A) = A
- sqrtm(A)*diag(x)*sqrtm(A) = A
- sqrtm(A)*diag(x)*sqrtm(A) = sum(x)*A
- (sqrtm(A).^2)*sqrtm(A) = A
- sqrtm(A)*diag(sqrtm(A)) = diag(A)
- sqrtm(2*A) = 2*sqrtm(A)
- expm(A + B) = expm(A)*expm(B)
- expm(A)' = expm(A)
- expm(-A) = -expm(A)
- expm(2*A) = 2*expm(A)
- expm(A) = exp(A)
- logm(A*B) = logm(A) + logm(B)
- dexpm(A, B) = expm(A)*B
- dexpm(A, A') = expm(A)*A'
- dexpm(A, A*B) = expm(A)*A*B
- dexpm(A, diag(x)) = expm(A)*diag(x)
- dexpm(A, A) = expm(A)
- dexpm(S, R) = expm(S)*R
- dexpm(A + B, A) = expm(A + B)*A
- dlogm(A, B) = inv(A)*B
- dlogm(M, S) = inv(M)*S
- sylvester(A, A, B) = inv(2*A)*B
- sylvester(A, B, A) = inv(A + B)*A
- dpow(A, j, B) = j*A^(j - 1)*B
- tr(dexpm(A, B)*C) = tr(expm(A)*B*C)
- dexpm(-A, B) = dexpm(A, B)
factors of Cholesky
+ chol(M)*chol(M)' = M
+ inv(chol(M))'*inv(chol(M)) = inv(M)
+ chol(M)'*inv(M) = inv(chol(M))
+ rowsum(chol(M).^2) = diag(M)
- chol(M)'*chol(M) = M
- chol(M)*chol(M) = M
- chol(M)*diag(x)*chol(M)' = sum(x)*M
- colsum(chol(M).^2) = diag(M)
- rowsum(chol(M).^4) = diag(M)
- chol(M).*chol(M) = M
- (chol(M).^2)*chol(M)' = M
- chol(M)*diag(chol(M)) = diag(M)
- inv(chol(M))*inv(chol(M))' = inv(M)
- chol(M)*inv(M) = inv(chol(M))
- inv(M)*chol(M) = inv(chol(M))
- inv(chol(M))*M = chol(M)
- chol(M)' = chol(M)
- chol(2*M) = 2*chol(M)
- chol(M)*diag(x)*chol(M)' = M
- einsum("ij,kj->ijk", chol(M), chol(M)) = einsum("ik,j->ijk", M, ones(n))
triangles
+ halftril(A) + halftriu(A) = A
+ tril(G) = G
+ triu(H) = H
+ triu(G) = diag(diag(G))
+ tril(chol(M)) = chol(M)
+ triu(A)' = tril(A')
- halftril(A) = tril(A)
- halftril(A) + halftriu(A) = A + diag(diag(A))
- halftril(halftril(A)) = halftril(A)
- halftril(G) = G
- halftriu(H) = H
- halftril(A)' = halftril(A')
- halftril(A) = halftriu(A)
- triu(G) = G
- tril(H) = H
- tril(G') = G'
- triu(H') = H'
- tril(inv(H)) = inv(H)
- triu(inv(G)) = inv(G)
- tril(G*H) = G*H
- tril(exp(G)) = exp(G)
- tril(G, -1) = G
- triu(H, 1) = H
- triu(G, 1) = diag(diag(G))
- triu(G, -1) = G
- tril(A) = A
- tril(A)*tril(B) = tril(A*B)
- triu(chol(M)) = chol(M)
- tril(A.*G') = A.*G'
- halftril(S) = S
- tril(A) + triu(A) = A
selectors
+ vcat(x, y)'*vcat(x, y) = x'*x + y'*y
+ exp(x)[1:2] = exp(x[1:2])
+ e(1, n)'*e(2, n) = 0
+ x[2:5][1:2] = x[2:3]
+ hcat(A, B)*vcat(C, D) = A*C + B*D
- x[1:2]'*x[1:2] = x'*x
- x[1:2]'*x[2:3] = 0
- x[1:3]'*y[2:4] = x[2:3]'*y[2:3]
- e(1, n)'*e(1, n) = 0
- e(1, n)'*e(2, n) = 1
- x[1] = x[2]
- x[1]^2 = x[1]
- x[1]^2 = x'*x
- exp(x)[1:2] = x[1:2]
- sum(exp(x[1:2])) = sum(exp(x))
- exp(x[1:2]) = exp(x)[2:3]
- x[2:5][1:2] = x[1:2]
- x[2:5][2:3] = x[2:3]
- A[1,:]*B[:,1] = A[1,1]*B[1,1]
- A[1,2] = A[2,1]
- (A[1,:]*x)^2 = (A[1,:].^2)*(x.^2)
- hcat(A, B)*vcat(C, D) = A*D + B*C
- vcat(x, y) = vcat(y, x)
- exp(vcat(x, y)) = vcat(exp(x), y)
- sum(vcat(x, y)) = sum(x)
- triu(A, 1).^2 = triu(A, 1)
- cumsum(x) = x
~ e(1, n)'*e(k, n) = 0
~ x[1:k]'*x[2:n] = 0
singular values and eigenvalues
+ svd_u(X)*diag(svdvals(X))*svd_v(X)' = X
+ svd_u(X)'*svd_u(X) = eye(n)
+ eigvecs(S)*diag(eigvals(S))*eigvecs(S)' = S
- svd_u(X)*svd_u(X)' = eye(m)
- svd_u(X)*svd_v(X)' = X
- svd_u(X)*diag(svdvals(X).^2)*svd_v(X)' = X
- svd_u(X)*diag(svdvals(X))*svd_u(X)' = X*X'
- svd_u(X)*diag(svdvals(Y))*svd_v(X)' = X
- svd_u(X)*diag(x)*svd_v(X)' = X
- svd_u(X)*diag(svdvals(X).*x)*svd_v(X)' = X
- svd_u(X)*diag(svdvals(X))*svd_v(X)' = polar(X)
- svd_u(X)*diag(svdvals(X))*svd_v(Y)' = X
- eigvecs(S)*eigvecs(S) = eye(n)
- eigvecs(S)*diag(eigvals(S).^2)*eigvecs(S)' = S
- eigvecs(S)'*diag(eigvals(S))*eigvecs(S) = S
- eigvecs(S)*diag(eigvals(R))*eigvecs(S)' = S
~ eigvecs(A)*diag(eigvals(A))*eigvecs(A)' = A
- norm_nuc(X) = norm_spec(X)
- norm_nuc(X + Y) = norm_nuc(X) + norm_nuc(Y)
- pinv(X)*Y = eye(n)
~ pinv(A*B) = pinv(B)*pinv(A)
- pinv(X)' = X
- polar(X) = X
- einsum("ik,jk->ijk", svd_u(X), svd_v(X)) = einsum("ij,k->ijk", polar(X), ones(n))
~ pinv(X)*X = eye(n)
~ abs(E) = E
unknown functions
+ f.(x + y) = f.(y + x)
- f.(x) = x
- f.(2*x) = 2*f.(x)
- f.(x) = g.(x)
- f.(-x) = -f.(x)
- f.(x) = f.(y)
- L(x) = L(y)
- L(x, y) = L(y, x)
- L(A) = L(A')
- L(x) = L(2*x)
words made of others
- softplus(x) = log(exp(x))
- softmax(x) = exp(x)/sum(x)
- softmax(X) = softmax(X')'
- logsoftmax(x) = x
- gelu(x) = x.*erf(x)
- elu(x) = exp(x) - 1
- leaky_relu(x) = relu(x)/100
- silu(x) = sigmoid(x)
- norm1(x) = abs(sum(x))
- norm2(x + y) = norm2(x) + norm2(y)
- norm2(2*x) = -2*norm2(x)
- normF(A*B) = normF(A)*normF(B)
- norm2(x)^2 = norm1(x)^2
- var(x) = sum((x - mean(x)).^2)
- huber(x) = x.^2/2
- hardtanh(x) = x
- acos(x) = -asin(x)
- tan(x) = cos(x)./sin(x)
- tanh(x) = sinh(x).*cosh(x)
- log1p(x) = log(x)
- expm1(x) = exp(x)
- clip(x, a, b) = x
- prod(p) = sum(p)
"""

# What varies, a function of it, its differential, and a false one: for each kind of atom its own rule.
DIFFERENTIALS = """
A ; tr(A*B) ; tr(dA*B) ; tr(dA*B')
A ; tr(A*A) ; 2*tr(A*dA) ; tr(A*dA)
A ; tr(A*A') ; 2*tr(A'*dA) ; 2*tr(A*dA)
A ; inv(A) ; -inv(A)*dA*inv(A) ; inv(A)*dA*inv(A)
A ; inv(A) ; -inv(A)*dA*inv(A) ; -inv(A)*inv(A)*dA
A ; inv(A) ; -inv(A)*dA*inv(A) ; -inv(A)'*dA*inv(A)'
A ; det(A) ; det(A)*tr(inv(A)*dA) ; det(A)*tr(inv(A)'*dA)
A ; det(A) ; det(A)*tr(inv(A)*dA) ; tr(inv(A)*dA)
A ; logdet(A) ; tr(inv(A)*dA) ; tr(A*dA)
A ; expm(A) ; dexpm(A, dA) ; expm(A)*dA
A ; logm(A) ; dlogm(A, dA) ; inv(A)*dA
A ; sqrtm(A) ; sylvester(sqrtm(A), sqrtm(A), dA) ; inv(sqrtm(A))*dA/2
A ; tr(A^j) ; j*tr(A^(j - 1)*dA) ; tr(A^(j - 1)*dA)
A ; tr(A^j) ; j*tr(A^(j - 1)*dA) ; j*tr(A^j*dA)
A ; A^2 ; A*dA + dA*A ; 2*A*dA
X ; norm_nuc(X) ; polar(X):dX ; svd_u(X)*svd_u(X)'*X:dX
x ; x.*x ; 2*x.*dx ; x.*dx
x ; sum(x.^3) ; 3*(x.^2)'*dx ; 3*x'*dx
x ; exp(x) ; exp(x).*dx ; exp(x)
x ; exp(x) ; exp(x).*dx ; x.*exp(x).*dx
x ; log(x) ; dx./x ; x.*dx
x ; sin(x) ; cos(x).*dx ; -cos(x).*dx
x ; cos(x) ; -sin(x).*dx ; sin(x).*dx
x ; asin(x) ; dx./sqrt(1 - x.^2) ; dx./sqrt(1 + x.^2)
x ; acos(x) ; -dx./sqrt(1 - x.^2) ; dx./sqrt(1 - x.^2)
x ; atan(x) ; dx./(1 + x.^2) ; dx./(1 - x.^2)
x ; erf(x) ; 2*exp(-x.^2).*dx/sqrt(pi) ; exp(-x.^2).*dx/sqrt(pi)
x ; erf(x) ; 2*exp(-x.^2).*dx/sqrt(pi) ; 2*exp(x.^2).*dx/sqrt(pi)
x ; asinh(x) ; dx./sqrt(1 + x.^2) ; dx./sqrt(x.^2 - 1)
x ; acosh(x) ; dx./sqrt(x.^2 - 1) ; dx./sqrt(1 + x.^2)
x ; lgamma(x) ; digamma(x).*dx ; lgamma(x).*dx
x ; digamma(x) ; trigamma(x).*dx ; digamma(x).*dx
x ; tanh(x) ; (1 - tanh(x).^2).*dx ; (1 + tanh(x).^2).*dx
x ; sigmoid(x) ; sigmoid(x).*(1 - sigmoid(x)).*dx ; sigmoid(x).*dx
x ; abs(x) ; sign(x).*dx ; dx
x ; relu(x) ; step(x).*dx ; x.*dx
x ; sign(x).*y ; 0*dx ; y.*dx
x ; step(x).*y ; 0*dx ; y.*dx
x ; max(x) ; max'(x):dx ; sum(dx)
x ; sqrt(x'*x) ; x'*dx/sqrt(x'*x) ; 2*x'*dx/sqrt(x'*x)
x ; 1/(x'*y) ; -y'*dx/(x'*y)^2 ; y'*dx/(x'*y)^2
x ; 1/(1 + x'*y) ; -y'*dx/(1 + x'*y)^2 ; -y'*dx/(1 + x'*y)
x ; f.(x) ; f'.(x).*dx ; f.(x).*dx
x ; f'.(x) ; f''.(x).*dx ; f'.(x).*dx
x ; x'*A*x ; x'*(A + A')*dx ; 2*x'*A*dx
x ; y ; 0*dx ; dx
M ; chol(M) ; chol(M)*halftril(inv(chol(M))*(dM + dM')*inv(chol(M))')/2 ; halftril(dM)
S ; tr(S*A) ; tr(dS*A) ; tr(dS*A')
S ; sum(eigvals(S)) ; tr(dS) ; sum(dS)
"""
