"""Requirements of the model-valued cases, computed without any engine: closed forms with 30 digits (mpmath), American options
with cash dividends by Crank-Nicolson on two grids (numpy, scipy). Run: python3 conformance/independent/values.py

As-of time of every case: 20 November 2026, 16:00 New York. Days to 16:00 New York of 18 December: 28; 15 January: 56. Years are
ACT/365, rates and yields continuous, volatility stays with the contract.
"""

from mpmath import erfc, exp, log, mp, mpf, sqrt
import numpy as np
from scipy.linalg import solve_banded

mp.dps = 30


def cdf(x):
    return erfc(-x / sqrt(2)) / 2


def european(kind, s, k, years, r, q, vol):
    """Black-Scholes with a continuous yield; Black's formula for q = r."""
    s, k, years, r, q, vol = (mpf(str(x)) for x in (s, k, years, r, q, vol))
    if vol == 0:
        vol = mpf(10) ** -20
    d1 = (log(s / k) + (r - q + vol * vol / 2) * years) / (vol * sqrt(years))
    d2 = d1 - vol * sqrt(years)
    sign = 1 if kind == "C" else -1
    return sign * (s * exp(-q * years) * cdf(sign * d1) - k * exp(-r * years) * cdf(sign * d2))


TYPES = {"broad": 0.10, "equity": 0.15, "high": (-0.08, 0.06)}


def ten(kind):
    low, high = (-TYPES[kind], TYPES[kind]) if not isinstance(TYPES[kind], tuple) else TYPES[kind]
    return [mpf(str(low)) * k / 5 for k in (5, 4, 3, 2, 1)] + [mpf(str(high)) * k / 5 for k in (1, 2, 3, 4, 5)]


D28, D56 = mpf(28) / 365, mpf(56) / 365


def show(name, losses, note=""):
    worst = max(range(len(losses)), key=lambda k: losses[k])
    print(f"{name}: {mp.nstr(losses[worst], 15)} at point {worst + 1} {note}")


def book_losses(points, legs):
    """legs: (quantity x multiplier, value as a function of price factor and volatility factor)."""
    return [-sum(n * (value(1 + move, vol) - value(1, 1)) for n, value in legs) for move, vol, *_ in points]


def index_put(strike, volatility, years=D28, spot=1000, kind="P"):
    return lambda up, vol: european(kind, spot * mpf(up), strike, years, "0.04", "0.01", mpf(volatility) * vol)


# index-option: short 2 European puts 950 on an index of type broad_index at 1000, and long 1 put 900.
plain = [(move, 1) for move in ten("broad")]
show("index-option", book_losses(plain, [(-200, index_put(950, "0.25")), (100, index_put(900, "0.27"))]))

# implied-volatility: the price of the put 950 at 25 %, for the quote; requirement of a short one.
print("implied-volatility: price", mp.nstr(index_put(950, "0.25")(1, 1), 20))
show("implied-volatility", book_losses(plain, [(-100, index_put(950, "0.25"))]))

# price-volatility: short straddle 1000; each price with volatility x 0.85, 1, 1.15, price moves and the unchanged one.
with_zero = ten("broad")[:5] + [mpf(0)] + ten("broad")[5:]
grid = [(move, vol) for vol in (mpf("0.85"), mpf(1), mpf("1.15")) for move in with_zero]
straddle = [(-100, index_put(1000, "0.2")), (-100, index_put(1000, "0.2", kind="C"))]
show("price-volatility", book_losses(grid, straddle), "(volatility 0.85: 1-11, 1: 12-22, 1.15: 23-33)")

# span-16: the same straddle. Price moves 0, +-1/3, +-2/3, +-1 of 10 %, each with volatility x 1.35 and 0.65; +-2 x 10 % at 35 %.
thirds = [mpf(0), mpf(1) / 30, -mpf(1) / 30, mpf(2) / 30, -mpf(2) / 30, mpf("0.1"), -mpf("0.1")]
scan = [(move, vol) for move in thirds for vol in (mpf("1.35"), mpf("0.65"))]
losses = book_losses(scan, straddle)
losses += [loss * mpf("0.35") for loss in book_losses([(mpf("0.2"), 1), (mpf("-0.2"), 1)], straddle)]
show("span-16", losses)

# futures-option: short 1 European put 5800 on a future at 6000, multiplier 50, type high_cap_broad_index: Black 1976.
future = lambda up, vol: european("P", 6000 * mpf(up), 5800, D28, "0.04", "0.04", mpf("0.18") * vol)
show("futures-option", book_losses([(move, 1) for move in ten("high")], [(-50, future)]))


def american_with_dividend(kind, spots, strike, years, r, vol, dividend, at, nodes):
    """Crank-Nicolson in log price, projection at every step; the price falls by the dividend at its time. Values at `spots`."""
    low, high = np.log(strike / 12), np.log(strike * 12)
    x = np.linspace(low, high, nodes)
    s, dx = np.exp(x), x[1] - x[0]
    payoff = np.maximum(strike - s, 0) if kind == "P" else np.maximum(s - strike, 0)
    v = payoff.copy()

    def roll(v, span, steps):
        dt = span / steps
        a = 0.5 * vol * vol / dx**2
        b = (r - 0.5 * vol * vol) / (2 * dx)
        lower, middle, upper = a - b, -2 * a - r, a + b
        for step in range(steps):
            # The first steps are implicit: the payoff has a kink.
            theta = 1.0 if step < 4 else 0.5
            rhs = v.copy()
            rhs[1:-1] += (1 - theta) * dt * (lower * v[:-2] + middle * v[1:-1] + upper * v[2:])
            bands = np.zeros((3, nodes))
            bands[0, 2:] = -theta * dt * upper
            bands[1, 1:-1] = 1 - theta * dt * middle
            bands[2, :-2] = -theta * dt * lower
            bands[1, 0] = bands[1, -1] = 1
            rhs[0], rhs[-1] = payoff[0], payoff[-1]
            v = np.maximum(solve_banded((1, 1), bands, rhs), payoff)
        return v

    steps = nodes // 2
    v = roll(v, years - at, steps)
    v = np.maximum(np.interp(np.maximum(s - dividend, s[0]), s, v), payoff)
    v = roll(v, at, steps)
    # Cubic through the four nodes around each spot.
    out = []
    for spot in spots:
        i = int(np.searchsorted(x, np.log(spot)))
        out.append(np.polyval(np.polyfit(x[i - 2 : i + 2] - x[i], v[i - 2 : i + 2], 3), np.log(spot) - x[i]))
    return np.array(out)


def american_case(name, kind, strike, quantity, dividend):
    # Ex-date 11 December, 09:30 New York: 20 days and 17.5 hours.
    at = (20 + 17.5 / 24) / 365
    spots = [60.0] + [60.0 * (1 + float(move)) for move in ten("equity")]
    for nodes in (4001, 8001, 16001):
        v = american_with_dividend(kind, spots, strike, float(D56), 0.04, 0.3, dividend, at, nodes)
        losses = [-quantity * 100 * (value - v[0]) for value in v[1:]]
        show(f"{name} ({nodes} nodes)", [mpf(float(loss)) for loss in losses], f"value {v[0]:.6f}")


# american-dividend: short 5 puts 65, and short 5 calls 57.5, on shares at 60 that pay 1.20.
american_case("american-dividend put", "P", 65.0, -5, 1.2)
american_case("american-dividend call", "C", 57.5, -5, 1.2)
