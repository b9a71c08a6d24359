import type { SiteAlerts } from "../../model/alerts.ts";
import type { ProbeSettings } from "../../model/probe.ts";
import { probePort } from "../../model/probes.ts";
import { secretReference } from "../../model/secret.ts";
import { visitorNames } from "../../model/site-names.ts";
import { type Host, hostsOf, offersOf, type Topology, tierName } from "../../model/topology.ts";
import { blackboxAddress, paths } from "./paths.ts";

/** probe.json: what the program is told. Holds secrets by reference. */
export function settingsText(host: Host, topology: Topology, head: string): string {
  const { site, networks } = topology;
  const secrets = site.monitor.visit.flatMap(({ form }) =>
    form.flatMap((field) => ("secret" in field ? [field.secret] : [])),
  );
  const settings: ProbeSettings = {
    site: site.name,
    region: host.region ?? host.name,
    listen: { address: host.inside, port: probePort },
    tls: { ca: paths.ca, certificate: paths.certificate, key: paths.key },
    monitor: { name: tierName(site, "monitor"), hosts: hostsOf(topology, "monitor").map(({ name }) => name) },
    probes: hostsOf(topology, "probe").map(({ region = "", fqdn, inside }) => ({
      ...{ region, name: fqdn, address: inside, port: probePort },
    })),
    names: visitorNames(site),
    address: networks.virtual,
    port: offersOf(topology, "balancer.https")[0]?.port ?? 443,
    trust: site.tls.certificate === "own" ? paths.ca : `${paths.publicCa} ${paths.debianCa}`,
    blackbox: blackboxAddress,
    visit: site.monitor.visit,
    secrets: Object.fromEntries(secrets.map((name) => [name, secretReference(name)])),
    webhook: site.monitor.alerts.webhook,
    ...alertWays(site.monitor.alerts),
  };
  return `${JSON.stringify({ "//": head, ...settings }, undefined, 2)}\n`;
}

function alertWays({ email, trust }: SiteAlerts): Pick<ProbeSettings, "mail" | "alertTrust"> {
  const own = trust === undefined ? {} : { trust: paths.alertTrust };
  return {
    ...(trust === undefined ? {} : { alertTrust: `${paths.debianCa} ${paths.alertTrust}` }),
    ...(email === undefined
      ? {}
      : {
          mail: {
            ...{ host: email.host, port: email.port, from: email.from, to: email.to, ...own },
            ...(email.user === undefined ? {} : { user: email.user, password: paths.mailPassword }),
          },
        }),
  };
}
