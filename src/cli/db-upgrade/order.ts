/** What is done next: one member's packages, the switchover before those of the primary, or nothing more. */
export type Step =
  | { readonly kind: "member"; readonly host: string }
  | { readonly kind: "switchover" }
  | { readonly kind: "done" };

/**
 * Replicas first, in the site's order; the primary last, after it has handed over. Asked anew before each step: whoever leads by then, and
 * whatever an earlier run has done, is what counts.
 * @param hosts all members in the site's order.
 * @param behind those with something to do.
 */
export function nextStep(hosts: readonly string[], behind: ReadonlySet<string>, primary: string | null): Step {
  const replica = hosts.find((host) => behind.has(host) && host !== primary);
  if (replica !== undefined) return { kind: "member", host: replica };
  return primary !== null && behind.has(primary) ? { kind: "switchover" } : { kind: "done" };
}
