import { type Agent, readable, writable } from "./agent.ts";
import { ask } from "./https.ts";
import { acknowledging, promiseOf } from "./promise.ts";

/** The agent's figures in Prometheus' text form; a figure that is not known is left out. */
export async function metricsOf(agent: Agent): Promise<string> {
  const { last, config } = agent;
  const store = last?.view.store;
  const cluster = store?.cluster;
  const primary = cluster?.primary === config.me;
  const status = last?.looked?.status;
  const figures: readonly (readonly [string, string, number | boolean | undefined])[] = [
    ["rampart_database_writable", "Open for writes as the leader.", writable(agent)],
    ["rampart_database_readable", "Serves reads within the bound.", readable(agent)],
    [
      "rampart_database_promise_holds",
      "An acknowledged write survives any single fault.",
      primary ? promiseOf(agent).holds : undefined,
    ],
    ["rampart_database_voters", "Members that may acknowledge.", primary ? cluster?.voters.length : undefined],
    [
      "rampart_database_acknowledging",
      "Voters that acknowledge now.",
      primary ? acknowledging(agent).length : undefined,
    ],
    ["rampart_database_term", "How often the leader key was taken.", cluster?.term],
    ["rampart_database_paused", "The agents only look.", cluster?.paused],
    [
      "rampart_database_broken",
      "This member must be built anew.",
      last === undefined ? undefined : last.peer.broken !== undefined,
    ],
    [
      "rampart_database_unacknowledged_total",
      "Commits let go without an acknowledgement.",
      status && Number(status.Rpl_semi_sync_master_no_tx ?? 0),
    ],
    [
      "rampart_store_reachable",
      "The last question to etcd was answered.",
      last === undefined ? undefined : store !== undefined,
    ],
    ["rampart_store_member_healthy", "etcd on this host works.", await ownStore(agent)],
  ];
  return figures
    .flatMap(([name, help, value]) => {
      if (value === undefined) return [];
      const type = name.endsWith("_total") ? "counter" : "gauge";
      return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, `${name} ${Number(value)}`];
    })
    .join("\n")
    .concat("\n");
}

/** Whether etcd on this host works; undefined where there is none. */
async function ownStore({ config, etcd }: Agent): Promise<boolean | undefined> {
  const own = config.members.find(({ name }) => name === config.me);
  const url = config.stores.find((store) => own !== undefined && new URL(store).hostname === own.fqdn);
  if (url === undefined) return undefined;
  const { hostname: name, port } = new URL(url);
  const question = { address: name, port: Number(port || 2379), name, path: "/health", limit: 1000 };
  return await ask(etcd.connections, question).then(
    ({ status }) => status === 200,
    () => false,
  );
}
