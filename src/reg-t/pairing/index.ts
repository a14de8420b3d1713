// AGREED with the rest of src/reg-t: findCheapestPairing is synchronous. Large books are given to an integer solver
// that the caller has loaded once (`options.solver`, see large.ts); without one the own method answers them too.
export {};
