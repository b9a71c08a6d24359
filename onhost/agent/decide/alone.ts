import type { Decision, View } from "../model.ts";
import { act, names, wait } from "./scene.ts";

/**
 * Without etcd nobody fails over. A primary stays while its lease runs, and after that while every other member answers it and none has promised
 * another term (rule 14): all of them, for any one could have elected somebody. What makes this safe is the voters' promise; this is the second line.
 */
export function alone(view: View, now: number): Decision {
  const { server, settings, recent, memory } = view;
  if (server.state !== "running" || server.readOnly) {
    return wait("etcd does not answer; without it nothing is decided, and this member accepts no writes.");
  }
  if (now < recent.leaseUntil) return wait("etcd does not answer; the lease still runs, so the primary goes on.");
  const others = view.members.filter((member) => member !== view.me);
  const silent = others.filter((member) => now - (view.peers[member]?.at ?? -Infinity) > settings.fresh);
  const promised = others.filter((member) => (view.peers[member]?.promised ?? 0) > memory.led);
  if (silent.length === 0 && promised.length === 0) {
    return wait(`etcd does not answer, but ${names(others)} do and have promised nobody else: the primary goes on.`);
  }
  const why =
    promised.length > 0
      ? `${names(promised)} promised a later term`
      : `${names(silent)} cannot be asked whether another leads`;
  return act(
    { kind: "kill" },
    `etcd does not answer, the lease has run out and ${why}: MariaDB is killed before anybody writes in vain.`,
  );
}
