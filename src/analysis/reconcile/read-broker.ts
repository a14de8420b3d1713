import { failure, MarginError } from "../../basics/failure.js";
import { canonicalSymbol } from "../../contracts/contract-master.js";
import { emptyRow, type Reference, type ReferenceRow } from "./reference.js";

type Json = Readonly<Record<string, unknown>>;

/**
 * Figures out of a broker's JSON:
 *
 * - tastytrade's margin report: account `maintenance-requirement`, and per group `underlying-symbol` with
 *   `maintenance-requirement`. Amounts are unsigned: a `-effect` of Credit makes one negative, which no requirement is.
 * - Schwab's Trader API: per position `maintenanceRequirement`, with `longQuantity` less `shortQuantity`.
 *
 * @throws MarginError `JSON_SYNTAX`, `FILE_FORMAT_UNKNOWN`, `CELL_TYPE`.
 */
export function brokerReference(text: string, file: string): Reference {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    const expected = error instanceof Error ? error.message : null;
    throw new MarginError([failure("JSON_SYNTAX", { file, expected })]);
  }
  const body = isJson(document) && isJson(document["data"]) ? document["data"] : document;
  if (isJson(body) && "maintenance-requirement" in body && Array.isArray(body["groups"]))
    return { format: "tastytrade-margin-report", rows: tastytradeRows(body, file) };
  const accounts = (Array.isArray(document) ? document : [document])
    .filter(isJson)
    .map((item) => item["securitiesAccount"])
    .filter(isJson);
  if (accounts.length > 0)
    return { format: "schwab-trader-api", rows: accounts.flatMap((account) => schwabRows(account, file)) };
  const expected =
    "a tastytrade margin report (maintenance-requirement, groups) or Schwab accounts (securitiesAccount), or the plain CSV form";
  throw new MarginError([failure("FILE_FORMAT_UNKNOWN", { file, value: file, expected })]);
}

function tastytradeRows(body: Json, file: string): ReferenceRow[] {
  const account = typeof body["account-number"] === "string" ? body["account-number"] : null;
  const requirement = (of: Json): number => {
    const usd = numberOf(of, "maintenance-requirement", file);
    return of["maintenance-requirement-effect"] === "Credit" ? 0 - usd : usd;
  };
  const groups = (body["groups"] as unknown[]).filter(isJson);
  return [
    { ...emptyRow, account, id: account ?? "", marginUsd: requirement(body) },
    ...groups.map((group): ReferenceRow => {
      const id = textOf(group, "underlying-symbol", file);
      return { ...emptyRow, account, level: "class_group", id, marginUsd: requirement(group) };
    }),
  ];
}

function schwabRows(body: Json, file: string): ReferenceRow[] {
  const account = textOf(body, "accountNumber", file);
  const positions = Array.isArray(body["positions"]) ? body["positions"].filter(isJson) : [];
  return positions.map((position) => {
    const instrument = isJson(position["instrument"]) ? position["instrument"] : {};
    return {
      ...emptyRow,
      account,
      level: "symbol",
      id: canonicalSymbol(textOf(instrument, "symbol", file)),
      quantity: numberOf(position, "longQuantity", file) - numberOf(position, "shortQuantity", file),
      marginUsd: numberOf(position, "maintenanceRequirement", file),
    };
  });
}

/** A number, or a decimal written as text, as broker interfaces send amounts. */
function numberOf(from: Json, key: string, file: string): number {
  const value = from[key];
  const isText = typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value.trim());
  const number = isText ? Number(value) : value;
  if (typeof number === "number" && Number.isFinite(number)) return number;
  throw new MarginError([failure("CELL_TYPE", { file, column: key, value, expected: "a finite number" })]);
}

function textOf(from: Json, key: string, file: string): string {
  const value = from[key];
  if (typeof value === "string" && value.trim() !== "") return value.trim();
  throw new MarginError([failure("CELL_TYPE", { file, column: key, value, expected: "a text" })]);
}

function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
