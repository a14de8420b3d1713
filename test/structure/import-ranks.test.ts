import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { errorTable } from "../../src/basics/error-table.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Folders along the data's path: a file imports its own folder, or one of strictly lower rank. */
const ranks: Readonly<Record<string, number>> = {
  "src/basics": 0,
  "src/tables": 1,
  "src/contracts": 1,
  "src/broker-exports": 2,
  "src/clearing-files": 2,
  "src/positions": 2,
  "src/market": 2,
  "src/rules": 3,
  "src/scenarios": 3,
  "src/valuation": 4,
  "src/risk": 5,
  "src/requirement": 6,
  "src/reg-t": 6,
  "src/workers": 7,
  "src/analysis": 8,
  "src/report": 8,
  "src/books": 8,
  "src/engine-options.ts": 0,
  "src/book-engine.ts": 9,
  "src/engine.ts": 9,
  "src/cli": 10,
  "src/server": 10,
  "src/index.ts": 10,
};

interface Source {
  /** From the root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  /** Text without comments and without the contents of strings: what the program does. */
  readonly code: string;
}

function sourcesOf(folder: string): Source[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => {
      const path = join(folder, name).split(sep).join("/");
      const text = readFileSync(join(root, path), "utf8");
      return { path, text, code: codeOf(text) };
    })
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** Takes comments out and empties strings; template literals stay, for they may hold code. */
function codeOf(text: string): string {
  const tokens = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g;
  return text.replace(tokens, (token) => {
    if (token.startsWith("/")) return token.replaceAll(/[^\n]/g, " ");
    return token.startsWith("`") ? token : '""';
  });
}

/** Every module that a file names: static, re-exported and dynamic imports, type imports too. */
function importsOf({ text }: Source): string[] {
  const found = text.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)"([^"]+)"/g);
  return [...found].map((match) => match[1] ?? "");
}

/** Key of `ranks` that a path belongs to. */
function placeOf(path: string): string {
  return path.split("/").slice(0, 2).join("/");
}

function targetOf(source: Source, name: string): string {
  const target = join(dirname(join(root, source.path)), name.replace(/\.js$/, ".ts"));
  return relative(root, target).split(sep).join("/");
}

function relativeImports(source: Source): string[] {
  return importsOf(source)
    .filter((name) => name.startsWith("."))
    .map((name) => targetOf(source, name));
}

const src = sourcesOf("src");
const assembly = sourcesOf("assembly");

test("the sources were found", () => {
  expect(src.length).toBeGreaterThan(50);
  expect(assembly.length).toBeGreaterThan(20);
  expect(src.flatMap(relativeImports).length).toBeGreaterThan(150);
});

describe("imports", () => {
  test("every folder of src has a rank", () => {
    const unranked = src.map(({ path }) => path).filter((path) => ranks[placeOf(path)] === undefined);
    expect(unranked).toEqual([]);
  });

  test("a file imports its own folder or strictly lower ranks", () => {
    const upward = src.flatMap((source) => {
      const own = placeOf(source.path);
      return relativeImports(source)
        .filter((target) => {
          const place = placeOf(target);
          return place !== own && !((ranks[place] ?? Infinity) < (ranks[own] ?? -1));
        })
        .map((target) => `${source.path} imports ${target}`);
    });
    expect(upward).toEqual([]);
  });

  test("nothing in src imports tests, benches, scripts, examples or the kernel's sources", () => {
    const outside = src.flatMap((source) =>
      relativeImports(source)
        .filter((target) => !target.startsWith("src/"))
        .map((target) => `${source.path} imports ${target}`),
    );
    expect(outside).toEqual([]);
  });

  test("the kernel's sources import nothing outside themselves", () => {
    const outside = assembly.flatMap((source) =>
      importsOf(source)
        .filter((name) => !name.startsWith("./"))
        .map((name) => `${source.path} imports ${name}`),
    );
    expect(outside).toEqual([]);
  });

  test("packages are those of the manifest", () => {
    const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      dependencies: Record<string, string>;
      optionalDependencies: Record<string, string>;
    };
    const declared = { ...manifest.dependencies, ...manifest.optionalDependencies };
    const undeclared = src.flatMap((source) =>
      importsOf(source)
        .filter((name) => !name.startsWith(".") && !name.startsWith("node:"))
        .map((name) => (name.startsWith("@") ? name.split("/").slice(0, 2) : name.split("/").slice(0, 1)))
        .map((parts) => parts.join("/"))
        .filter((name) => declared[name] === undefined)
        .map((name) => `${source.path} imports ${name}`),
    );
    expect(undeclared).toEqual([]);
  });

  test("only src/valuation and src/workers touch WebAssembly", () => {
    const touching = src
      .filter(({ code }) => /\bWebAssembly\b/.test(code))
      .map(({ path }) => placeOf(path))
      .filter((place) => place !== "src/valuation" && place !== "src/workers");
    expect(touching).toEqual([]);
  });
});

describe("what the result path may not use", () => {
  // Results of these differ between engines and versions; the kernel has its own.
  const transcendental =
    /\bMath\s*\.\s*(?:exp|expm1|log|log1p|log2|log10|pow|sin|cos|tan|asin|acos|atan|atan2|sinh|cosh|tanh|asinh|acosh|atanh|cbrt|hypot|random)\b/;

  test("no transcendental of Math in src, and no power but of whole numbers", () => {
    const uses = src.flatMap(({ path, code }) =>
      code.split("\n").flatMap((line, i) => {
        const powers = line.match(/\S+\s*\*\*=?\s*\S+/g) ?? [];
        const fractional = powers.filter((power) => !/^\(?\d+\s*\*\*\s*\d+\b(?!\.)/.test(power));
        return transcendental.test(line) || fractional.length > 0 ? [`${path}:${i + 1}`] : [];
      }),
    );
    expect(uses).toEqual([]);
  });

  test("no Math at all, no float32 and no relaxed SIMD in the kernel", () => {
    const uses = assembly.flatMap(({ path, code }) =>
      code
        .split("\n")
        .flatMap((line, i) => (/\bMathf?\b|\bNativeMathf?\b|relaxed/.test(line) ? [`${path}:${i + 1}`] : [])),
    );
    expect(uses).toEqual([]);
  });

  test("no module-level variable that can change", () => {
    const changing = [...src, ...assembly].flatMap(({ path, code }) =>
      code
        .split("\n")
        .flatMap((line, i) => (/^(?:export\s+)?(?:let|var)\b/.test(line) ? [`${path}:${i + 1}`] : [])),
    );
    expect(changing).toEqual([]);
  });

  test("the scanner sees what it looks for, and not comments or strings", () => {
    expect(transcendental.test(codeOf("const x = Math.exp(1);"))).toBe(true);
    expect(transcendental.test(codeOf("// Math.exp(1)\n/* Math.log(2) */ f('Math.pow');"))).toBe(false);
    expect(codeOf("a /* b\nc */ d")).toBe("a     \n     d");
  });
});

describe("house habits", () => {
  test("files have at most 250 lines", () => {
    const long = [...src, ...assembly]
      .map(({ path, text }) => ({ path, lines: text.split("\n").length - 1 }))
      .filter(({ lines }) => lines > 250);
    expect(long).toEqual([]);
  });

  test("no default export", () => {
    expect(src.filter(({ code }) => /\bexport\s+default\b/.test(code)).map(({ path }) => path)).toEqual([]);
  });

  test("every code of the error table is used", () => {
    const text = src
      .filter(({ path }) => !/^src\/basics\/[a-z]+-(?:table|errors)\.ts$/.test(path))
      .map((source) => withoutComments(source.text))
      .join("\n");
    const unused = Object.keys(errorTable).filter((code) => !new RegExp(`\\b${code}\\b`).test(text));
    expect(unused).toEqual([]);
  });
});

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/[^\n]*/gm, "");
}
