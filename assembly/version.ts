/** Version of the kernel's contract: raised whenever an export's name, parameters or meaning changes. */
export function version(): i32 {
  return 1;
}
