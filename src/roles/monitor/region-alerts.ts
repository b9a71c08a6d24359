import { type AlertRule, selector } from "../../formats/prometheus.ts";
import { acmeOf } from "../../model/certificate.ts";
import { regionFigures as figures, probeSeconds } from "../../model/probe.ts";
import { quorumOf } from "../../model/probes.ts";
import { hostsOf, type Topology } from "../../model/topology.ts";
import { jobs } from "./paths.ts";
import { notDetails } from "./rhythm.ts";
import { alert, missing } from "./rule.ts";

// What regions see. More than half of them agree: somebody is woken. One alone: a note, since the fault is more likely between
// it and the site than in the site. When the site is down for everybody, SiteDown says so, from inside and sooner.

/** Hosts that give nothing at all are told by HostDown; a probe that does is a region lost, and wakes nobody. */
export const notProbes = 'tier!="probe"';

export function regionAlerts(topology: Topology): readonly AlertRule[] {
  const regions = hostsOf(topology, "probe").length;
  if (regions === 0) return [];
  const quorum = quorumOf(regions);
  return [
    ...pageAlerts(topology, quorum),
    ...nameAlerts(topology, quorum),
    ...(topology.site.monitor.visit.length > 0 ? visitAlerts(quorum) : []),
    certificateAlert(topology),
    ...probeAlerts(),
  ];
}

/** What was seen lately; a probe whose program hangs has seen nothing. */
function seen(check: string): string {
  const fresh = `time() - ${selector(figures.checked, { check })} < 60`;
  return `${selector(figures.success, { check })} and on (region) (${fresh})`;
}

const failing = (check: string) => `(${seen(check)}) == 0`;
const agree = (check: string, quorum: number) => `count(${failing(check)}) >= ${quorum}`;
const insideSees = (window: string) =>
  `min_over_time(${selector("probe_success", { job: jobs.site })}[${window}]) == 0`;

function pageAlerts({ site }: Topology, quorum: number): readonly AlertRule[] {
  const down = `(${insideSees("20s")})`;
  const nameWrong = `(${agree("dns", quorum)})`;
  return [
    alert("SiteDownOutside", "page", "5s", `${agree("page", quorum)} unless on () ${down} unless on () ${nameWrong}`, {
      summary: `https://${site.domain}/ is down in {{ $value }} regions`,
      description: "The monitor inside gets the page, most regions outside do not: the way in is broken.",
    }),
    alert(
      "SiteDownInRegion",
      "ticket",
      "30s",
      `${failing("page")} unless on () (${agree("page", quorum)}) unless on () ${down}`,
      {
        summary: `https://${site.domain}/ is down in {{ $labels.region }}`,
        description: "Other regions get the page: the fault is more likely between this region and the site.",
      },
    ),
  ];
}

function nameAlerts({ site, networks }: Topology, quorum: number): readonly AlertRule[] {
  const description = `Visitors who ask for it are led elsewhere than to ${networks.virtual}, or nowhere.`;
  return [
    alert("DomainWrong", "page", "20s", agree("dns", quorum), {
      summary: `${site.domain} or an alias does not lead to the site in {{ $value }} regions`,
      description,
    }),
    alert("DomainWrongInRegion", "ticket", "1m", `${failing("dns")} unless on () (${agree("dns", quorum)})`, {
      summary: `${site.domain} or an alias does not lead to the site in {{ $labels.region }}`,
      description,
    }),
  ];
}

function visitAlerts(quorum: number): readonly AlertRule[] {
  const failed = `${figures.step} == 0`;
  const most = `count by (step) (${failed}) >= ${quorum}`;
  // A visit stays failed until the next; what stops every page has an alert of its own.
  const known = `(${insideSees("90s")}) unless on () (max(max_over_time(${selector(figures.success, { check: "page" })}[90s])) == 0)`;
  return [
    alert("VisitFailed", "page", "5s", `${most} unless on () (${known})`, {
      summary: 'Customers fail at "{{ $labels.step }}" in {{ $value }} regions',
      description: "Pages are served, and this step of the scripted visit does not do what it should.",
    }),
    alert("VisitFailedInRegion", "ticket", "2m", `${failed} unless on (step) (${most}) unless on () (${known})`, {
      summary: 'The visit from {{ $labels.region }} fails at "{{ $labels.step }}"',
      description: "From other regions it goes well, or fails elsewhere.",
    }),
  ];
}

function certificateAlert({ site }: Topology): AlertRule {
  const days = acmeOf(site) ? 1 : 10;
  return alert(
    "CertificateServedExpiresSoon",
    "ticket",
    "1m",
    `min by (name) (${figures.certificate}) - time() < ${days * 86_400}`,
    {
      summary: "The certificate that visitors of {{ $labels.name }} are served ends in {{ $value | humanizeDuration }}",
      description: "Seen from outside, by a handshake.",
    },
    { measured: "outside" },
  );
}

function probeAlerts(): readonly AlertRule[] {
  const gone = `max by (host) (up{tier="probe",${notDetails}}) == 0`;
  const stale = `max by (host) (time() - ${selector(figures.checked, { check: "page" })}) > 60`;
  // A monitor that is down is told by the other one.
  const downMonitor = `label_replace(max by (host) (up{tier="monitor",${notDetails}}) == 0, "monitor", "$1", "host", "(.*)")`;
  const silent = `${figures.silence} > ${2 * probeSeconds.silence}`;
  return [
    alert("RegionLost", "ticket", "20s", `${gone} or ${stale}`, {
      summary: "Nothing is known of what {{ $labels.host }} sees",
      description:
        "The probe is down, cannot be reached from the monitor, or has stopped looking. The site is looked at from the other regions.",
    }),
    alert("HeartbeatNotHeard", "ticket", "30s", `${silent} unless on (monitor) ${downMonitor}`, {
      summary: "{{ $labels.host }} hears no sign of life of {{ $labels.monitor }}",
      description: "Should the monitor die, this region would not notice; or it would tell that it is dead now.",
    }),
  ];
}

/** Whether enough regions tell what they see, and whether visits are made. */
export function regionMeasurements(topology: Topology): readonly AlertRule[] {
  const regions = hostsOf(topology, "probe").length;
  if (regions === 0) return [];
  const count = (what: string) => `(count(${what}) or vector(0))`;
  const visits = `time() - ${figures.visited} < 300`;
  const visited: AlertRule = {
    ...missing("", "visits"),
    ...{ for: "5m", expr: `${count(visits)} < ${quorumOf(regions)}` },
  };
  return [
    { ...missing("", "the site as regions see it"), expr: `${count(seen("page"))} < ${quorumOf(regions)}` },
    ...(topology.site.monitor.visit.length > 0 ? [visited] : []),
  ];
}
