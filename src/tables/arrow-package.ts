// As `duckdb-packages.ts`: the bundled command requires the package.
export * as arrow from "apache-arrow";
