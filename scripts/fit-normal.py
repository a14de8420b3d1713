#!/usr/bin/env python3
"""Fits every table of coefficients of the kernel's elementary functions and prints them as AssemblyScript.

Method: least squares with Lawson's weights (C. L. Lawson 1961; J. R. Rice and K. H. Usow, Math. Comp. 22, 1968), which
converges to the minimax fit; a rational P/Q is linearised (|P - gQ| w / Q_previous, q0 = 1) and refitted with the last Q.
Arithmetic: mpmath, 70 digits. The error printed beside each table is that of the coefficients AFTER rounding to double,
evaluated exactly, on a grid four times as fine as the one fitted.

Needs Python 3 with mpmath (checked with 1.2.1 and 1.3.0); takes half a minute. Run: python3 scripts/fit-normal.py [TABLE ...]
What it prints stands in fit-normal.txt; test/assembly/coefficients.test.ts holds the kernel to it.
"""
import sys
from mpmath import mp, mpf, matrix, lu_solve, cos, pi, exp, erfc, log, sqrt

mp.dps = 70


def chebyshev_points(low, high, count):
    return [(low + high) / 2 - (high - low) / 2 * cos(pi * (2 * i + 1) / (2 * count)) for i in range(count)]


def lawson(rows, targets, weights, rounds, on_round=None):
    """Minimises max |weights * (rows . c - targets)|; returns c."""
    n = len(rows[0])
    lam = [mpf(1) / len(rows)] * len(rows)
    best, best_error = None, None
    for _ in range(rounds):
        normal, right = matrix(n, n), matrix(n, 1)
        for row, target, weight, l in zip(rows, targets, weights, lam):
            lw = l * weight * weight
            for a in range(n):
                ra = lw * row[a]
                right[a] += ra * target
                for b in range(a, n):
                    normal[a, b] += ra * row[b]
        for a in range(n):
            for b in range(a):
                normal[a, b] = normal[b, a]
        c = lu_solve(normal, right)
        c = [c[i] for i in range(n)]
        residuals = [abs(w * (sum(x * y for x, y in zip(row, c)) - t)) for row, t, w in zip(rows, targets, weights)]
        error = max(residuals)
        if best_error is None or error < best_error:
            best, best_error = c, error
        lam = [l * r for l, r in zip(lam, residuals)]
        total = sum(lam)
        lam = [l / total for l in lam]
        if on_round is not None:
            weights = on_round(c)
            best_error = None
    return best


def horner(c, x):
    value = mpf(0)
    for k in reversed(c):
        value = value * x + k
    return value


def fit_polynomial(f, degree, low, high, weight, rounds=25, count=90):
    points = chebyshev_points(low, high, count)
    rows = [[x ** k for k in range(degree + 1)] for x in points]
    return lawson(rows, [f(x) for x in points], [weight(x) for x in points], rounds)


def fit_rational(g, p_degree, q_degree, points, weight, rounds=60):
    """P/Q with q0 = 1: unknown p0..pP, q1..qQ; the fit of P - g(Q - 1) to g."""
    values = [g(x) for x in points]
    rows = [
        [x ** k for k in range(p_degree + 1)] + [-v * x ** k for k in range(1, q_degree + 1)]
        for x, v in zip(points, values)
    ]
    base = [weight(x) for x in points]

    def divided(c):
        q = [mpf(1)] + c[p_degree + 1:]
        return [w / horner(q, x) for w, x in zip(base, points)]

    c = lawson(rows, values, base, rounds, divided)
    return c[: p_degree + 1], [mpf(1)] + c[p_degree + 1:]


def rounded(c):
    return [mpf(float(x)) for x in c]


def show(name, c, comment):
    print(f"// {name}: {comment}")
    for k, x in enumerate(c):
        print(f"const {name}{k}: f64 = {float(x)!r};")
    print()
    sys.stdout.flush()


def worst(f, points):
    return mp.nstr(max(abs(f(x)) for x in points), 3)


def upper_tail(x):
    """g(x) = exp(x^2/2) N(-x): the normal tail without its exponential."""
    return exp(x * x / 2) * erfc(x / sqrt(mpf(2))) / 2


def normal_tail(p_degree, q_degree):
    end = mpf("8.6")
    p, q = fit_rational(upper_tail, p_degree, q_degree, chebyshev_points(mpf(0), end, 140), lambda x: exp(-x * x / 2))
    p, q = rounded(p), rounded(q)
    fine = chebyshev_points(mpf(0), end, 560)
    error = worst(lambda x: exp(-x * x / 2) * (horner(p, x) / horner(q, x) - upper_tail(x)), fine)
    assert all(x > 0 for x in p + q)
    show("TAIL_P", p, f"absolute error of exp(-x^2/2) P/Q on [0, 8.6]: {error}")
    show("TAIL_Q", q, "all coefficients are positive: no pole, no cancellation")


def relative_tail(degree):
    """g to relative accuracy on [0, inf): nodes dense near 0, x = 4(1-z)/z."""
    points = [4 * (1 - z) / z for z in chebyshev_points(mpf("0.04"), mpf(1), 160)]
    p, q = fit_rational(upper_tail, degree - 1, degree, points, lambda x: 1 / upper_tail(x), 70)
    p, q = rounded(p), rounded(q)
    fine = [4 * (1 - z) / z for z in chebyshev_points(mpf("0.04"), mpf(1), 640)]
    error = worst(lambda x: horner(p, x) / horner(q, x) / upper_tail(x) - 1, fine)
    assert all(x > 0 for x in p + q), (p, q)
    show("RATIO_P", p, f"relative error of P/Q against exp(x^2/2) N(-x) on [0, 96]: {error}")
    show("RATIO_Q", q, "all coefficients are positive")


def tail_slope(degree):
    """-g'(x) = 1/sqrt(2 pi) - x g(x) to relative accuracy on [-0.14, inf)."""
    low = mpf("-0.14")

    def slope(x):
        return 1 / sqrt(2 * pi) - x * upper_tail(x)

    points = [4 * (1 - z) / z + low for z in chebyshev_points(mpf("0.04"), mpf(1), 160)]
    p, q = fit_rational(slope, degree - 2, degree, points, lambda x: 1 / slope(x), 70)
    p, q = rounded(p), rounded(q)
    fine = [4 * (1 - z) / z + low for z in chebyshev_points(mpf("0.04"), mpf(1), 640)]
    error = worst(lambda x: horner(p, x) / horner(q, x) / slope(x) - 1, fine)
    assert all(x > 0 for x in p + q), (p, q)
    show("SLOPE_P", p, f"relative error of P/Q against 1/sqrt(2 pi) - x exp(x^2/2) N(-x) on [-0.14, 95]: {error}")
    show("SLOPE_Q", q, "all coefficients are positive")


def powers_of_two(degree):
    c = rounded(fit_polynomial(lambda f: mpf(2) ** f, degree, -mpf(1) / 2, mpf(1) / 2, lambda f: mpf(2) ** -f))
    fine = chebyshev_points(-mpf(1) / 2, mpf(1) / 2, 400)
    show("TWO", c, f"2^f on [-1/2, 1/2], relative error {worst(lambda f: horner(c, f) / mpf(2) ** f - 1, fine)}")


def exponential(degree):
    """exp(r) = 1 + r + r^2 E(r) on |r| <= ln 2 / 2."""
    h = log(mpf(2)) / 2 * mpf("1.0001")

    def rest(r):
        if abs(r) < mpf("1e-15"):
            return mpf(1) / 2 + r / 6
        return (exp(r) - 1 - r) / (r * r)

    c = rounded(fit_polynomial(rest, degree, -h, h, lambda r: r * r + mpf("1e-3")))
    fine = chebyshev_points(-h, h, 400)
    error = worst(lambda r: (1 + r + r * r * horner(c, r)) / exp(r) - 1, fine)
    show("EXP", c, f"(exp(r) - 1 - r) / r^2 on |r| <= ln(2)/2; relative error left in exp(r) {error}")


def logarithm(degree):
    """log((1+s)/(1-s)) = 2s + s^3 L(s^2), |s| <= 3 - 2 sqrt 2."""
    end = ((3 - 2 * sqrt(mpf(2))) * mpf("1.0001")) ** 2

    def rest(z):
        s = sqrt(z)
        return (log((1 + s) / (1 - s)) - 2 * s) / (s * z)

    c = rounded(fit_polynomial(rest, degree, mpf(0), end, lambda z: z + mpf("1e-4")))
    fine = chebyshev_points(mpf(0), end, 400)

    def left(z):
        s = sqrt(z)
        return (2 * s + s * z * horner(c, z)) / log((1 + s) / (1 - s)) - 1

    show("LOG", c, f"(log((1+s)/(1-s)) - 2s) / s^3 in s^2, |s| <= 3 - 2 sqrt 2; relative error left {worst(left, fine)}")


FITS = {
    "TWO": lambda: powers_of_two(10),
    "EXP": lambda: exponential(10),
    "LOG": lambda: logarithm(6),
    "TAIL": lambda: normal_tail(6, 7),
    "RATIO": lambda: relative_tail(11),
    "SLOPE": lambda: tail_slope(12),
}

if __name__ == "__main__":
    for name in sys.argv[1:] or FITS:
        FITS[name]()
