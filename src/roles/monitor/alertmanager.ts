import { yamlFile } from "../../formats/prometheus.ts";
import type { Site } from "../../model/site.ts";
import type { DeclaredFlow, Host } from "../../model/topology.ts";
import { header } from "./header.ts";

/** alertmanager.yml: what pages goes out at once, the rest is gathered for a moment. */
export function alertmanagerConfig(host: Host, site: Site, why: string): string {
  const { webhook } = site.monitor.alerts;
  const receiver = "operators";
  return yamlFile(
    {
      route: {
        ...{ receiver, group_by: ["alertname"], group_wait: "5s", group_interval: "30s", repeat_interval: "4h" },
        routes: [{ matchers: ['severity="page"'], receiver, group_wait: "0s", group_interval: "1s" }],
      },
      // Without a webhook alerts are shown by `rampart status` and in Prometheus only.
      receivers: [webhook === undefined ? { name: receiver } : { name: receiver, webhook_configs: [{ url: webhook }] }],
    },
    header(host, why),
  );
}

/** The way out for alerts, when there is a webhook. */
export function webhookFlows(site: Site): readonly DeclaredFlow[] {
  const { webhook } = site.monitor.alerts;
  const parts = webhook?.match(/^(https?):\/\/(?:[^@/]*@)?([^:/?#]+)(?::(\d+))?/);
  if (!parts) return [];
  const [, scheme, name = "", port] = parts;
  // A name may stand for any address, and for another one tomorrow.
  const address = /^[\d.]+$/.test(name) ? name : "0.0.0.0/0";
  const to = {
    address,
    port: Number(port ?? (scheme === "http" ? 80 : 443)),
    protocol: "tcp",
    name: "webhook",
  } as const;
  const why = "Alerts are delivered to the operators.";
  return [{ role: "monitor", from: { kind: "tier", tier: "monitor" }, to, why, path: "monitor.alerts.webhook" }];
}
