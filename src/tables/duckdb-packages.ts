// Loaded when DuckDB is needed, through here and not by `import()` of the packages: the bundled command then requires them,
// and Node does not have to start its loader of modules for it.
export { DuckDBInstance } from "@duckdb/node-api";
export { default as bindings } from "@duckdb/node-bindings";
