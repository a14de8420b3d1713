import type { Ptr } from "./kernel.js";
import type { KernelSpace } from "./placed-options.js";
import type { Region } from "./regions.js";

const numbersAnAccount = 4;
const wordsAnAccount = 8;
const bindings = ["none", "scan_loss", "minimum"] as const;

/** What ordering the lots marks accounts with: something they hold cannot be used, or is computed apart. */
export const accountMarks = { unusable: 1, apart: 2 } as const;

/**
 * What the accounts of a netting come to, in the kernel's memory: the records that the head of assembly/net.ts draws. Those of
 * accounts in no piece hold anything.
 */
export class AccountColumns {
  readonly count: number;
  /** By account, bits: {@link accountMarks}. An account with any is left out of the netting. The caller sets them first. */
  readonly marks: Uint8Array;
  readonly ptrs: { readonly accounts: Ptr; readonly held: Ptr; readonly marks: Ptr };
  readonly heldWords: number;
  readonly #numbers: Float64Array;
  readonly #words: Int32Array;
  readonly #held: Int32Array;
  readonly #space: KernelSpace;
  readonly #regions: Region[] = [];

  /** @param heldWords u32 of class groups held, by account */
  constructor(space: KernelSpace, count: number, heldWords: number) {
    this.#space = space;
    this.count = count;
    this.heldWords = heldWords;
    const take = (bytes: number): Ptr => {
      const region = space.regions.take(bytes);
      this.#regions.push(region);
      return region.ptr;
    };
    this.ptrs = {
      accounts: take(count * wordsAnAccount * 4),
      held: heldWords === 0 ? 0 : take(count * heldWords * 4),
      marks: take(count),
    };
    const { buffer } = space.kernel.memory;
    this.#numbers = new Float64Array(buffer, this.ptrs.accounts, count * numbersAnAccount);
    this.#words = new Int32Array(buffer, this.ptrs.accounts, count * wordsAnAccount);
    this.#held = new Int32Array(buffer, this.ptrs.held, count * heldWords);
    this.marks = new Uint8Array(buffer, this.ptrs.marks, count);
  }

  /** USD, over all groups. */
  requirementUsd(account: number): number {
    return this.#numbers[account * numbersAnAccount] ?? Number.NaN;
  }

  marketValueUsd(account: number): number {
    return this.#numbers[account * numbersAnAccount + 1] ?? Number.NaN;
  }

  /** The costliest group, the first of equals; -1 where the account holds nothing, or nothing with a number. */
  worstGroup(account: number): number {
    return this.#words[account * wordsAnAccount + 7] ?? -1;
  }

  /** Index of the worst scenario of that group, from 0. */
  worstScenario(account: number): number {
    return this.#reason(account) & 0x3fff;
  }

  /** The class group that loses most there, within the group. */
  worstClass(account: number): number {
    return (this.#reason(account) >> 14) & 0x3fff;
  }

  binding(account: number): "none" | "scan_loss" | "minimum" {
    return bindings[this.#reason(account) >> 28] ?? "none";
  }

  /** Class groups within the costliest group that the account holds, ascending, where the group tells them. */
  held(account: number): number[] {
    const classes: number[] = [];
    this.#heldBits(account).forEach((bits, at) => {
      for (let bit = 0; bit < 32; bit++) if (((bits >>> bit) & 1) === 1) classes.push(at * 32 + bit);
    });
    return classes;
  }

  /** The same as one value, which accounts with the same class groups share. */
  heldKey(account: number): number | string {
    return this.heldWords === 1 ? (this.#held[account] ?? 0) : this.#heldBits(account).join(" ");
  }

  release(): void {
    for (const region of this.#regions.splice(0)) this.#space.regions.give(region);
  }

  #heldBits(account: number): Int32Array {
    return this.#held.subarray(account * this.heldWords, (account + 1) * this.heldWords);
  }

  #reason(account: number): number {
    return this.#words[account * wordsAnAccount + 6] ?? 0;
  }
}
