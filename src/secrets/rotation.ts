import { fail } from "../base/problem.ts";
import type { Contents, RotationPhase, StoredCa } from "./contents.ts";

/** undefined: the CA is not being rotated. */
export type RotationState = RotationPhase | undefined;

/** One step of a rotation, from where the caller saw it. */
export type Move =
  | { readonly from: undefined; readonly to: "trust" }
  | { readonly from: "trust"; readonly to: "issue" }
  | { readonly from: "issue"; readonly to: "drop" }
  | { readonly from: "drop"; readonly to: "done" };

export function phaseOf(contents: Contents): RotationState {
  return contents.rotation?.phase;
}

/** Both while both may be met; in the same order throughout, so that the file does not change when the other one issues. */
export function trustedPem({ ca, rotation }: Contents): string {
  if (rotation?.phase === "drop") return rotation.next.cert;
  return `${ca?.cert ?? ""}${rotation?.next.cert ?? ""}`;
}

/** The contents after a step. Throws a RampartError when the rotation is not where the step begins. */
export function movedRotation(contents: Contents, move: Move, next: StoredCa | undefined, store: string): Contents {
  const { ca, secrets, rotation } = contents;
  if (rotation?.phase !== move.from) {
    fail("The CA is being rotated by another rampart", {
      path: store,
      reason: `the rotation stands at "${rotation?.phase ?? "nothing"}", and this run was at "${move.from ?? "nothing"}".`,
      remedy: "Let the other run end. rampart cert rotate-ca goes on from wherever the rotation stands.",
    });
  }
  if (move.to === "done") return { ca: rotation?.next ?? ca, secrets };
  const coming = rotation?.next ?? next;
  if (coming === undefined) throw new Error("a rotation began without a next CA");
  return { ca, secrets, rotation: { phase: move.to, next: coming } };
}
