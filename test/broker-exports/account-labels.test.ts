import { expect, test } from "vitest";
import { accountHider, accountLabels } from "../../src/broker-exports/account-labels.js";

test("x and the last four characters of the number, in every spelling of brokers", () => {
  const accounts = [
    "X00000001",
    "U7654321",
    "12345678SCHW",
    "Individual ...XXX342",
    "Brokerage -3412",
    "5WX12345",
    "ACCT1",
  ];
  expect([...accountLabels(accounts).values()]).toEqual([
    "x0001",
    "x4321",
    "x5678",
    "x342",
    "x3412",
    "x2345",
    "xCCT1",
  ]);
});

test("accounts that end alike grow to six characters, then a hash tells them; the order does not matter", () => {
  const labels = accountLabels([
    "Z11110001",
    "Z22220001",
    "Z93334444",
    "Z83334444",
    "Roth ...123",
    "Joint ...123",
  ]);
  expect([labels.get("Z11110001"), labels.get("Z22220001")]).toEqual(["x10001", "x20001"]);
  const rest = ["Z93334444", "Z83334444", "Roth ...123", "Joint ...123"].map(
    (account) => labels.get(account) ?? "",
  );
  expect(new Set(rest).size).toBe(4);
  for (const label of rest) expect(label).toMatch(/^x(?:4444|123)-[0-9a-f]{6}$/);
  const reversed = accountLabels([...labels.keys()].toReversed());
  for (const [account, label] of labels) expect(reversed.get(account)).toBe(label);
});

test("hashes say nothing of the number's characters", () => {
  const labels = accountLabels(["Z11110001", "Z22220001"], "hash");
  for (const label of labels.values()) expect(label).toMatch(/^h[0-9a-f]{12}$/);
  expect(new Set(labels.values()).size).toBe(2);
});

test("numbers are taken out of texts, whole or cut", () => {
  const hide = accountHider(accountLabels(["Z98765432", "Brokerage -55554444"]));
  const texts = [
    "Z98765432",
    "of Z98765432, too",
    "98765432",
    "W9876543",
    "Brokerage -55554444",
    "QZA   270115C00050000",
  ];
  expect(texts.map((text) => hide(text))).toEqual([
    "x5432",
    "of x5432, too",
    "…5432",
    "W…6543",
    "x4444",
    "QZA   270115C00050000",
  ]);
});
