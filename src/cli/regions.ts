import { regionFigures as names, type ProbeCheck } from "../model/probe.ts";
import { probePort } from "../model/probes.ts";
import type { RegionStanding, RegionVisit } from "../model/regions.ts";
import type { Host } from "../model/topology.ts";
import { paths } from "../roles/probe/paths.ts";

/** What a probe is asked on its own host: also when the monitor is gone, that fetches the same figures. */
export function regionScript({ fqdn }: Host): string {
  const proof = `--cacert ${paths.ca} --cert ${paths.certificate} --key ${paths.key}`;
  return `echo "CLOCK $(date +%s)"
curl -sS -m 4 ${proof} https://${fqdn}:${probePort}/metrics 2>/dev/null | sed -n 's/^rampart_region_/FIGURE &/p'`;
}

/** Older looks say nothing of now. */
const freshSeconds = 60;

/** @param output of `regionScript`; undefined: the host did not answer. */
export function regionStanding(host: Host, output: string | undefined): RegionStanding {
  const figures = figuresOf(output ?? "");
  const now = Number(/^CLOCK (\d+)$/m.exec(output ?? "")?.[1] ?? 0);
  const value = (name: string, labels = "") => figures.get(`${name}{${labels}}`) ?? null;
  const isFresh = (check: ProbeCheck) => now - (value(names.checked, `check="${check}"`) ?? 0) < freshSeconds;
  const check = (one: ProbeCheck) => {
    const success = value(names.success, `check="${one}"`);
    return success === null || !isFresh(one) ? null : success === 1;
  };
  const got = check("page") === true;
  const phase = (one: string) => (got ? value(names.phase, `phase="${one}"`) : null);
  const ends = [...figures].flatMap(([key, end]) => (key.startsWith(`${names.certificate}{`) ? [end] : []));
  const silences = [...figures].flatMap(([key, seconds]) => (key.startsWith(`${names.silence}{`) ? [seconds] : []));
  return {
    ...{ region: host.region ?? host.name, host: host.name },
    checks: { dns: check("dns"), tcp: check("tcp"), tls: check("tls"), page: check("page") },
    seconds: {
      ...{ resolve: phase("resolve"), connect: phase("connect"), tls: phase("tls"), firstByte: phase("processing") },
      total: got ? value(names.seconds, 'check="page"') : null,
    },
    certificateDays: ends.length === 0 ? null : Math.floor((Math.min(...ends) - now) / 86_400),
    visit: visitOf(figures),
    monitorSilence: silences.length === 0 ? null : Math.min(...silences),
    ...(figures.size === 0
      ? { detail: output === undefined ? `${host.name} does not answer` : "its program does not answer" }
      : {}),
  };
}

type Figures = ReadonlyMap<string, number>;

/** By name and labels, without the region. */
function figuresOf(output: string): Figures {
  return new Map(
    [...output.matchAll(/^FIGURE (\w+)\{region="[^"]*",?(.*)\} (\S+)$/gm)].map(([, name, labels, value]) => [
      `${name}{${labels}}`,
      Number(value),
    ]),
  );
}

function visitOf(figures: Figures): RegionVisit | null {
  const [ok, at, seconds] = [names.visit, names.visited, names.visitSeconds].map((name) => figures.get(`${name}{}`));
  if (ok === undefined || at === undefined || seconds === undefined) return null;
  const steps = [...figures].flatMap(([key, value]) => {
    const step = key.startsWith(`${names.step}{`) ? /step="([^"]*)"/.exec(key)?.[1] : undefined;
    if (step === undefined) return [];
    return [{ step, ok: value === 1, seconds: figures.get(`${names.stepSeconds}{step="${step}"}`) ?? 0 }];
  });
  return { ok: ok === 1, at: new Date(at * 1000).toISOString(), seconds, steps };
}
