// As `duckdb-packages.ts`: the bundled command requires the package.
export { Piscina } from "piscina";
