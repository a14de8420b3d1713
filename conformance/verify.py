"""Re-adds receipts: a verifier written from docs/receipt.md alone, in the standard library of Python 3.

    python3 conformance/verify.py RECEIPT...

Prints the first node of each receipt that does not hold. Exit code 0: all hold; 1: some do not.
"""

import hashlib
import json
import math
import sys
from decimal import Decimal


def number(value):
    """ECMAScript's Number::toString: the shortest digits that read back, as RFC 8785 asks."""
    if value == 0:
        return "0"
    sign, digits, exponent = Decimal(repr(value)).as_tuple()
    text = "".join(map(str, digits))
    point = len(text) + exponent
    text = text.rstrip("0")
    count = len(text)
    if count <= point <= 21:
        out = text + "0" * (point - count)
    elif 0 < point <= 21:
        out = text[:point] + "." + text[point:]
    elif -6 < point <= 0:
        out = "0." + "0" * -point + text
    else:
        power = point - 1
        mantissa = text if count == 1 else text[0] + "." + text[1:]
        out = f"{mantissa}e{'+' if power > 0 else '-'}{abs(power)}"
    return ("-" if sign else "") + out


def string(value):
    # JSON.stringify leaves everything unescaped but quotes, backslashes and control characters.
    return json.dumps(value, ensure_ascii=False)


def canonical(value):
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, (int, float)):
        return number(float(value))
    if isinstance(value, str):
        return string(value)
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
    return "{" + ",".join(f"{string(key)}:{canonical(value[key])}" for key in keys) + "}"


def sha256(value):
    return hashlib.sha256(canonical(value).encode("utf-8")).hexdigest()


def node_hash(node):
    own = {key: entry for key, entry in node.items() if key != "hash"}
    if "children" in own:
        own["children"] = [child["hash"] for child in own["children"]]
    return sha256(own)


def near(a, b, scale=0.0):
    return abs(a - b) <= 1e-9 * max(1.0, scale, abs(a), abs(b))


def near_all(a, b, scale):
    return len(a) == len(b) and all(near(x, y, scale) for x, y in zip(a, b))


def cents(usd):
    return math.copysign(math.floor(abs(usd) * 100 + 0.5) / 100, usd)


def is_cents(rounded, usd):
    return rounded in (cents(usd), cents(usd * (1 + 1e-12)), cents(usd * (1 - 1e-12)))


def total(nodes, key):
    return sum(node[key] for node in nodes)


def size(rows):
    return max([1.0] + [abs(x) for row in rows for x in row])


def netted(rows, share, carried):
    out = []
    for column in zip(*rows):
        gains = sum(x for x in column if x > 0)
        losses = sum(x for x in column if x < 0)
        net = share * gains + losses
        out.append(gains + losses / share if carried == "remainder" and net > 0 else net)
    return out


def worst(profits):
    return profits.index(min(profits)) + 1


def position(node, figures):
    minimum, quantity, kind = figures["minimum"], node["quantity"], node["instrument"]
    value = 0 if kind == "future" else quantity * node["multiplier"] * node["priceUsd"]
    charged = kind != "share" if minimum["appliesTo"] == "all" else kind == "option" and quantity < 0
    least = minimum["perUnitUsd"] * node["multiplier"] * abs(quantity) if charged else 0
    if charged and kind == "option" and quantity > 0 and minimum["cappedAtLongMarketValue"]:
        least = min(least, node["marketValueUsd"])
    yield "marketValueUsd", near(node["marketValueUsd"], value)
    yield "minimumUsd", node["profitSource"] == "theoretical" or near(node["minimumUsd"], least)


def class_group(node, _):
    rows = [child["profitUsd"] for child in node["children"]]
    yield "profitUsd", near_all(node["profitUsd"], [sum(column) for column in zip(*rows)], size(rows))
    yield "minimumUsd", near(node["minimumUsd"], total(node["children"], "minimumUsd"))
    yield "worst", node["worst"]["index"] == worst(node["profitUsd"])
    yield "costUsd", near(node["costUsd"], total(node["children"], "costUsd"), size(rows))


def product_group(node, figures):
    rows = [child["profitUsd"] for child in node["children"]]
    if figures["minimumPer"] == "class_group":
        rows = [[min(x, -child["minimumUsd"]) for x in child["profitUsd"]] for child in node["children"]]
    yield "profitUsd", near_all(node["profitUsd"], netted(rows, node["offset"], figures["carriedGain"]), size(rows))
    yield "costUsd", near(node["costUsd"], total(node["children"], "costUsd"), size(rows))


def portfolio_group(node, figures):
    rows = [child["profitUsd"] for child in node["children"]]
    minimum = sum(total(child["children"], "minimumUsd") for child in node["children"])
    held = node["minimumUsd"] if figures["minimumPer"] == "portfolio_group" else 0
    loss = node["scanLossUsd"]
    yield "profitUsd", near_all(node["profitUsd"], netted(rows, node["offset"], figures["carriedGain"]), size(rows))
    yield "worst", node["worst"]["index"] == worst(node["profitUsd"])
    yield "scanLossUsd", near(loss, max(0, -min(node["profitUsd"])))
    yield "minimumUsd", near(node["minimumUsd"], minimum)
    yield "requirementUsd", near(node["requirementUsd"], max(loss, held))
    yield "binding", node["binding"] == ("minimum" if held > loss else "scan_loss" if loss > 0 else "none")
    yield "costUsd", near(node["costUsd"], total(node["children"], "costUsd"), size(rows))


def values(node):
    if node["kind"] in ("position", "notEligible"):
        return [node["marketValueUsd"]]
    parts = node["positions"] if node["kind"] == "strategySide" else []
    return [part["marketValueUsd"] for part in parts] + [x for child in node.get("children", []) for x in values(child)]


def account(node, _):
    charged = [child for child in node["children"] if child["kind"] != "houseTest"]
    yield "regulatoryUsd", is_cents(node["regulatoryUsd"], total(charged, "requirementUsd"))
    names = ["marketValueUsd", "cashUsd", "otherEquityUsd", "equityUsd", "requirementUsd", "excessUsd"]
    if node["status"] == "incomplete":
        yield "status", all(node[name] is None for name in names)
        return
    held = sum(values(node))
    required = node["requirementUsd"]
    yield "failures", node["failures"] == []
    yield "marketValueUsd", is_cents(node["marketValueUsd"], held)
    yield "equityUsd", is_cents(node["equityUsd"], held + node["cashUsd"] + node["otherEquityUsd"])
    yield "requirementUsd", required == node["regulatoryUsd"] if node["setBy"] is None else required >= node["regulatoryUsd"]
    yield "excessUsd", node["excessUsd"] == cents(node["equityUsd"] - required)


def run(node, _):
    complete = [child for child in node["children"] if child["status"] == "complete"]
    yield "accounts", node["accounts"] == len(node["children"])
    yield "incompleteAccounts", node["incompleteAccounts"] == len(node["children"]) - len(complete)
    for name in ["marketValueUsd", "cashUsd", "equityUsd", "requirementUsd"]:
        yield name, is_cents(node[name], total(complete, name))


def not_eligible(node, _):
    yield "requirementUsd", near(node["requirementUsd"], node["shareOfValue"] * abs(node["marketValueUsd"]))


def conversion_loss(node, _):
    yield "requirementUsd", near(node["requirementUsd"], node["quantity"] * node["lossPerUnitUsd"])


SUMS = {
    "run": run,
    "account": account,
    "portfolioGroup": portfolio_group,
    "productGroup": product_group,
    "classGroup": class_group,
    "position": position,
    "notEligible": not_eligible,
    "conversionLoss": conversion_loss,
    "strategySide": lambda node, _: [("positions", len(node["positions"]) > 0)],
    "houseTest": lambda node, _: [("addedUsd", node["addedUsd"] >= 0)],
}


def fault_of(node, figures, above=""):
    path = f"{above}/{node['kind']} {node['id']}"
    for child in node.get("children", []):
        fault = fault_of(child, figures, path)
        if fault is not None:
            return fault
    for name, holds in SUMS[node["kind"]](node, figures):
        if not holds:
            return f"{path}: {name} does not follow from what is below"
    return None if node["hash"] == node_hash(node) else f"{path}: another hash"


def receipt_fault(receipt):
    if receipt["format"] != "plimsoll-receipt/1":
        return "format: not plimsoll-receipt/1"
    fault = fault_of(receipt["run"], receipt["figures"])
    head = {key: entry for key, entry in receipt.items() if key not in ("run", "root")}
    if fault is None and receipt["root"] != sha256({**head, "run": receipt["run"]["hash"]}):
        return "root: another hash"
    return fault


if __name__ == "__main__":
    wrong = 0
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as file:
            found = receipt_fault(json.load(file, parse_int=float))
        wrong += found is not None
        print(f"{'holds' if found is None else 'FAILS'} {path}{'' if found is None else ': ' + found}")
    sys.exit(1 if wrong else 0)
