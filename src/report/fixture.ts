import type { Change, HostChanges, Plan } from "../model/plan.ts";
import type { RoleName } from "../model/topology.ts";

/** Plans for the tests of this folder. */
export function change(
  host: string,
  id: string,
  reason: string,
  more: Partial<Change> & { readonly role?: RoleName; readonly path?: string; readonly why?: string } = {},
): Change {
  const { role = "base", path = "", why = "Because of that.", ...rest } = more;
  return { host, id, reason, verb: "update", effect: "none", origin: { role, path, why }, steps: [], ...rest };
}

/** A unit that takes these files. */
export function follower(host: string, name: string, effect: "reload" | "restart", inputs: readonly string[]): Change {
  const steps = [{ kind: "unit", name, deed: effect, inputs }] as const;
  return change(host, `unit:${name}`, `${inputs[0]} changes`, { effect, steps });
}

export function work(host: string, changes: readonly Change[], drain = false): HostChanges {
  return { host, changes, drain };
}

function firewall(host: string): Change {
  return change(host, "firewall:/etc/nftables.conf", "1 rules to add, 0 to take away");
}

const nginxFile = "/etc/nginx/conf.d/shop.conf";
const targets = "/etc/prometheus/targets/hosts.yml";

function webChanges(host: string): readonly Change[] {
  const why = "Requests are spread over the hosts of a service.";
  return [
    change(host, `file:${nginxFile}`, "content differs", { role: "web", path: "app.shop.hosts", why }),
    follower(host, "nginx.service", "reload", [nginxFile]),
  ];
}

/** A third host of the service shop, as in FEEL.md. */
export const growingPlan: Plan = {
  site: "shop",
  environment: "lab",
  stages: [
    { title: "open doors", hosts: ["db1", "db2", "db3"].map((host) => work(host, [firewall(host)])), gate: [] },
    {
      title: "bring up shop",
      hosts: [
        work(
          "shop3",
          Array.from({ length: 26 }, (_, n) => change("shop3", `file:/etc/${n}`, "not there")),
        ),
      ],
      gate: ["shop3"],
    },
    ...["web1", "web2"].map((host) => ({
      title: `change ${host}`,
      hosts: [work(host, webChanges(host))],
      gate: [host],
    })),
    {
      title: "change mon1",
      hosts: [
        work("mon1", [
          change("mon1", `file:${targets}`, "content differs"),
          follower("mon1", "prometheus.service", "reload", [targets]),
        ]),
      ],
      gate: ["mon1"],
    },
  ],
  unchanged: ["lb1", "lb2", "shop1", "shop2", "recommendations1"],
  added: ["shop3"],
};

export const emptyPlan: Plan = { site: "shop", environment: "lab", stages: [], unchanged: ["lb1"], added: [] };
