import { SaxesParser } from "saxes";

interface Child {
  readonly name: string;
  readonly isRequired: boolean;
  /** Place in the sequence; members of a choice share one. */
  readonly place: number;
  /** Named type of an element declared in place; else the element's own. */
  readonly type: string;
}

interface Type {
  base: string | null;
  readonly children: Child[];
}

/** What a schema says of elements and named types: their children in order. Enough of XML Schema for the SPAN schema. */
export class SchemaOrder {
  readonly #types = new Map<string, Type>();

  constructor(schema: string) {
    const stack: { tag: string; name: string | null; choices: number; type: Type | null }[] = [];
    const parser = new SaxesParser();
    parser.on("opentag", ({ name, attributes }) => {
      const tag = name.replace("xs:", "");
      const parent = stack.at(-1);
      const named = attributes["name"] ?? null;
      let type = parent?.type ?? null;
      const isGlobal = stack.length === 1;
      if (isGlobal && (tag === "element" || tag === "complexType")) {
        type = { base: tag === "element" ? (attributes["type"] ?? null) : null, children: [] };
        this.#types.set(`${tag} ${named}`, type);
      } else if (tag === "element" && type !== null) this.#addChild(type, attributes, parent?.choices ?? 0);
      if (tag === "extension" && type !== null) type.base = attributes["base"] ?? null;
      const choices = (parent?.choices ?? 0) > 0 || tag === "choice" ? (parent?.choices ?? 0) + 1 : 0;
      // Children of an element declared in place are not followed: the SPAN schema names their types.
      stack.push({ tag, name: named, choices, type: tag === "element" && !isGlobal ? null : type });
    });
    parser.on("closetag", () => stack.pop());
    parser.write(schema).close();
  }

  #addChild(type: Type, attributes: Readonly<Record<string, string>>, choices: number): void {
    const name = attributes["ref"] ?? attributes["name"] ?? "";
    const last = type.children.at(-1);
    const isChoice = choices > 0;
    const place = last === undefined ? 0 : isChoice && !last.isRequired ? last.place : last.place + 1;
    const isRequired = attributes["minOccurs"] !== "0" && !isChoice;
    const named = attributes["ref"] === undefined ? attributes["type"] : undefined;
    const own = named === undefined ? `element ${name}` : `complexType ${named}`;
    type.children.push({ name, isRequired, place, type: own });
  }

  #childrenOf(key: string): readonly Child[] {
    const type = this.#types.get(key);
    if (type === undefined) return [];
    const inherited = type.base === null ? [] : this.#childrenOf(`complexType ${type.base}`);
    const shift = (inherited.at(-1)?.place ?? -1) + 1;
    return [...inherited, ...type.children.map((child) => ({ ...child, place: child.place + shift }))];
  }

  /** What a document has against the schema: unknown elements, elements out of order, required ones that are missing. */
  faultsOf(document: string): string[] {
    const faults: string[] = [];
    const stack: { key: string; path: string; place: number; seen: Set<string> }[] = [];
    const parser = new SaxesParser();
    parser.on("opentag", ({ name }) => {
      const parent = stack.at(-1);
      const path = `${parent?.path ?? ""}/${name}`;
      const child = parent && this.#childrenOf(parent.key).find((candidate) => candidate.name === name);
      if (parent !== undefined) {
        if (child === undefined) faults.push(`${path} is not in the schema`);
        else if (child.place < parent.place) faults.push(`${path} stands too late`);
        parent.place = Math.max(parent.place, child?.place ?? 0);
        parent.seen.add(name);
      } else if (!this.#types.has(`element ${name}`)) faults.push(`${path} is not in the schema`);
      stack.push({ key: child?.type ?? `element ${name}`, path, place: 0, seen: new Set() });
    });
    parser.on("closetag", () => {
      const frame = stack.pop();
      for (const { name, isRequired } of this.#childrenOf(frame?.key ?? ""))
        if (isRequired && frame?.seen.has(name) === false) faults.push(`${frame.path} has no ${name}`);
    });
    parser.write(document).close();
    return faults;
  }
}
