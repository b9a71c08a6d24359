type Age = typeof import("age-encryption");

let loaded: Promise<Age> | undefined;

/** The age library, loaded when a store is read or written: it costs 25 ms. */
export function age(): Promise<Age> {
  loaded ??= import("age-encryption");
  return loaded;
}
