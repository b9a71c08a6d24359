import type { Decision, Peer, View } from "./model.ts";

/** What the others are told until the next look: as it was before what is done now. */
export function peerOf({ server, memory, store, me }: View, { action }: Decision): Peer {
  const open =
    server.state === "running" && !server.readOnly && store?.leader?.member === me && memory.led === store.leader.term;
  return {
    at: 0,
    seen: memory.seen,
    promised: memory.promised,
    leads: open ? memory.led : 0,
    broken: action.kind === "report broken" || action.kind === "rebuild" ? action.why : undefined,
    server,
  };
}
