import type { Config } from "./config.ts";

/** Who asks: root on this host by the socket, or the common name of a certificate. */
export type Asker = { readonly kind: "root" } | { readonly kind: "certificate"; readonly name: string };

type Group = "members" | "routes" | "monitor";

/** Who may ask what over the network. Everything else is for root on this host. */
const open: Readonly<Record<string, readonly Group[]>> = {
  "/peer": ["members"],
  "/backup": ["members"],
  "/write": ["members", "routes", "monitor"],
  "/read": ["members", "routes", "monitor"],
  "/metrics": ["monitor"],
  "/status": ["monitor"],
};

export function mayAsk(asker: Asker, path: string, clients: Config["clients"]): boolean {
  if (asker.kind === "root") return true;
  const groups = Object.hasOwn(open, path) ? (open[path] ?? []) : [];
  return groups.some((group) =>
    group === "monitor" ? clients.monitor === asker.name : clients[group].includes(asker.name),
  );
}
