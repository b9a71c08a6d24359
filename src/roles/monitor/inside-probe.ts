import type { ScrapeConfig } from "../../formats/prometheus.ts";
import type { Topology } from "../../model/topology.ts";
import { jobs, local } from "./paths.ts";

/**
 * When the certificates end that hosts serve inside: a handshake with every service that the monitor asks anyway. The host is
 * label `on` and not `host`: the prober answers for it, so `up` of these says nothing of the host.
 */
export function insideProbe({ hosts, services }: Topology): ScrapeConfig {
  const names = new Map(hosts.map((host) => [host.name, host]));
  return {
    job_name: jobs.inside,
    metrics_path: "/probe",
    scrape_interval: "1m",
    params: { module: ["inside"] },
    static_configs: services.flatMap(({ host: name, address, port, metrics, tlsName, ...service }) => {
      const host = names.get(name);
      if (host === undefined || metrics === undefined || tlsName === undefined) return [];
      const at = address === host.inside ? host.fqdn : address;
      return [{ targets: [`${at}:${port}`], labels: { on: host.name, service: service.name } }];
    }),
    relabel_configs: [
      { source_labels: ["__address__"], target_label: "__param_target" },
      { source_labels: ["__param_target"], target_label: "instance" },
      { target_label: "__address__", replacement: local.blackbox },
    ],
  };
}
