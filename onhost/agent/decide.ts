import { alone } from "./decide/alone.ts";
import { electing } from "./decide/electing.ts";
import { following } from "./decide/following.ts";
import { founding } from "./decide/founding.ts";
import { leading } from "./decide/leading.ts";
import { act, wait } from "./decide/scene.ts";
import type { Decision, View } from "./model.ts";

/**
 * What this member's agent does next, and why: the rules of the database, complete. It knows nothing but the view; whatever was cut off before is
 * decided anew from what remains.
 */
export function decide(view: View, now: number): Decision {
  const { store, me, memory } = view;
  if (store === undefined) return alone(view, now);
  const { cluster, leader } = store;
  if (cluster === undefined) return founding(view, store);
  if (store.revision < memory.seen) {
    return wait(
      `This look is older than an earlier one (revision ${store.revision} of ${memory.seen}); it is not acted on.`,
    );
  }
  const scene = { view, store, cluster, now };
  if (leader === undefined) return electing(scene);
  const newest = Math.max(memory.promised, memory.led);
  if (leader.term < newest && leader.member === me) {
    return act(
      { kind: "resign" },
      `Term ${newest} is promised here, and this key is of term ${leader.term}: it is given back.`,
    );
  }
  if (leader.term < newest) {
    return wait(
      `${leader.member} leads in term ${leader.term}, but term ${newest} is known here; the look is too old to act on.`,
    );
  }
  return leader.member === me ? leading(scene, leader) : following(scene, leader);
}
