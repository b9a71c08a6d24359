import { type AlertRule, selector } from "../../formats/prometheus.ts";
import { acmeOf, openingTier } from "../../model/certificate.ts";
import { hostsOf, type Topology } from "../../model/topology.ts";
import { jobs } from "./paths.ts";
import { unlessKeeperIsDown } from "./peers.ts";
import { alert, missing } from "./rule.ts";

const served = "rampart_certificate_served";

/** What visitors are served, at the site's address and by every host that opens their TLS; and whether new certificates come. */
export function certificateAlerts({ site }: Topology): readonly AlertRule[] {
  const expiry = selector("probe_ssl_earliest_cert_expiry", { job: jobs.certificates });
  const left = `${served}_not_after_seconds - time()`;
  // A sixth of its life: for the short-lived ones, that never have ten days.
  const short = `(${served}_not_after_seconds - ${served}_not_before_seconds) / 6`;
  const description = "Measured by a handshake, so a renewed certificate that was not loaded shows too.";
  const soon = "CertificateServedExpiresSoon";
  const days = acmeOf(site) ? 1 : 10;
  return [
    alert(soon, "ticket", "1m", `${expiry} - time() < ${days} * 86400`, {
      summary: `The certificate served at {{ $labels.instance }} ends within ${days === 1 ? "a day" : `${days} days`}`,
      description,
    }),
    alert(
      soon,
      "ticket",
      "1m",
      `(${left} < 10 * 86400) and (${left} < ${short})`,
      {
        summary: "The certificate that {{ $labels.host }} serves ends in {{ $value | humanizeDuration }}",
        description,
      },
      { measured: openingTier(site) },
    ),
    alert("CertificateNotServed", "ticket", "2m", `${served}_as_stored == 0`, {
      summary: "{{ $labels.host }} serves another certificate than lies on its disk, or none",
      description: `${openingTier(site) === "web" ? "nginx" : "HAProxy"} does not take the certificate, or does not answer.`,
    }),
    ...(acmeOf(site) ? acmeAlerts : []),
  ];
}

const acmeAlerts: readonly AlertRule[] = [
  alert("CertificateOrderFailed", "ticket", "10s", "rampart_certificate_order_failed == 1", {
    summary: "The last order for the public certificate failed",
    description: "Visitors are served the certificate that there is; the order is tried again by itself.",
  }),
  alert("CertificateFetchFailed", "ticket", "5m", "rampart_certificate_fetch_failed == 1", {
    summary: "{{ $labels.host }} cannot fetch the public certificate, or does not take it",
    description: "It goes on serving the one that it has.",
  }),
];

/** The programs on the hosts are asked for as well: what they wrote last stays there when they run no more. */
export function certificateMeasurements(topology: Topology): readonly AlertRule[] {
  const serving = hostsOf(topology, openingTier(topology.site)).length;
  const recent = (file: string) => `time() - node_textfile_mtime_seconds{file=~".*/${file}[.]prom"} < 300`;
  const enough = (file: string, count: number, what: string): AlertRule => ({
    ...missing("", what),
    expr: `(count(${recent(file)}) or vector(0)) < ${count}`,
  });
  const order = enough("rampart-acme", 1, "orders of the public certificate");
  const orders = { ...order, expr: unlessKeeperIsDown(order.expr, topology) };
  return [
    enough("rampart-certificate", serving, `the certificates that the ${openingTier(topology.site)} hosts serve`),
    ...(acmeOf(topology.site) ? [orders] : []),
  ];
}
