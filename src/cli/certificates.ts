import { X509Certificate } from "node:crypto";
import { shellQuote } from "../base/text.ts";
import type { World } from "../converge/world.ts";
import { servedPort } from "../formats/visitor-certificate.ts";
import { openingTier } from "../model/certificate.ts";
import type { CertificateResource } from "../model/resource.ts";
import type { Host } from "../model/topology.ts";
import { desiredHost } from "../plan/desired.ts";
import type { CertificateState, CertificateStatus } from "../report/certificates.ts";
import { renewBeforeDays } from "../resources/certificate.ts";
import { run } from "../ssh/run.ts";
import { rolesOf } from "../topology/topology.ts";

/** Every certificate of the site's own CA that a host should have. */
export function certificatesOf(host: Host, world: World): readonly CertificateResource[] {
  const { resources } = desiredHost(host, world.topology, rolesOf(host, world.roles));
  return resources.filter((one): one is CertificateResource => one.kind === "certificate");
}

/** Looks at every certificate of every host, and at what visitors are served. One round trip a host. */
export async function certificateStatus(world: World, now: Date): Promise<readonly CertificateStatus[]> {
  const each = await Promise.all(world.topology.hosts.map((host) => hostStatus(host, world, now)));
  return each.flat();
}

async function hostStatus(host: Host, world: World, now: Date): Promise<readonly CertificateStatus[]> {
  const wanted = certificatesOf(host, world);
  const script = wanted.map(
    (one) => `echo "== ${one.certificateFile}"; ${leaf(`cat ${shellQuote(one.certificateFile)}`)}`,
  );
  const served = host.tier === openingTier(world.topology.site) ? [`echo "== served"; ${servedScript(world)}`] : [];
  const { stdout } = await run(world.targetOf(host.name), [...script, ...served, "echo '== end'"].join("\n"), {
    timeoutMs: 20_000,
  });
  const found = sections(stdout);
  const judge = { now, issuers: issuersOf(world), answered: stdout.includes("== end") };
  const rows = wanted.map((one) => {
    const pem = found.get(one.certificateFile);
    return certificateRow({ ...judge, host: host.name, file: one.certificateFile, wanted: one, pem });
  });
  if (served.length === 0) return rows;
  return [...rows, servedRow(host, found, judge)];
}

/** The first certificate of a PEM text, never a key. */
function leaf(command: string): string {
  return `${command} 2>/dev/null | sed -n '/BEGIN CERTIFICATE/,/END CERTIFICATE/p;/END CERTIFICATE/q'`;
}

function servedScript({ topology }: World): string {
  const { domain } = topology.site;
  const ask = `timeout 5 openssl s_client -connect 127.0.0.1:${servedPort} -servername ${shellQuote(domain)} < /dev/null`;
  // Of what runs: the site file may name another one already.
  const file =
    openingTier(topology.site) === "web"
      ? "sed -n '/ssl_certificate /{s/^ *ssl_certificate \\([^ ]*\\);/\\1/p;q}' /etc/nginx/nginx.conf"
      : `sed -n 's/^  bind 127.0.0.1:${servedPort} ssl crt \\([^ ]*\\).*/\\1/p' /etc/haproxy/haproxy.cfg`;
  return `${leaf(ask)}; echo "== stored"; ${leaf(`cat "$(${file})"`)}`;
}

function sections(output: string): ReadonlyMap<string, string> {
  const parts = output.split(/^== (.*)\n/m).slice(1);
  return new Map(parts.flatMap((name, index) => (index % 2 === 0 ? [[name, parts[index + 1] ?? ""] as const] : [])));
}

interface Judge {
  readonly now: Date;
  readonly issuers: readonly Issuer[];
  readonly answered: boolean;
}

interface Issuer {
  readonly name: string;
  readonly certificate: X509Certificate;
}

function issuersOf({ authority, trusted }: World): readonly Issuer[] {
  const all = trusted.match(/-----BEGIN[^-]*-----[^-]*-----END[^-]*-----/g) ?? [];
  const issues = new X509Certificate(authority.certificatePem).fingerprint256;
  return all.map((pem) => {
    const certificate = new X509Certificate(pem);
    return { certificate, name: certificate.fingerprint256 === issues ? "site CA" : "other site CA" };
  });
}

function certificateRow(
  facts: Judge & {
    readonly host: string;
    readonly file: string;
    readonly wanted: CertificateResource;
    readonly pem: string | undefined;
  },
): CertificateStatus {
  const { host, file, wanted, pem, now, issuers, answered } = facts;
  const use = wanted.usages.toSorted().join(" and ");
  const names = wanted.dnsNames.length > 0 ? wanted.dnsNames : [wanted.commonName];
  const certificate = parsed(pem);
  if (!certificate) return { host, file, use, names, ...nothing, state: answered ? "missing" : "unknown" };
  const issuer = issuers.find((one) => certificate.verify(one.certificate.publicKey));
  const term = termOf(certificate, now);
  const foreign = issuer === undefined && wanted.placeholder !== true;
  return {
    host,
    file,
    use,
    names,
    ...term,
    issuer: issuer?.name ?? issuerName(certificate),
    state: stateOf(term, foreign),
  };
}

function servedRow(host: Host, found: ReadonlyMap<string, string>, judge: Judge): CertificateStatus {
  const certificate = parsed(found.get("served"));
  const stored = parsed(found.get("stored"));
  const about = { host: host.name, file: "served", use: "visitors" };
  if (!certificate) return { ...about, names: [], ...nothing, state: judge.answered ? "missing" : "unknown" };
  const term = termOf(certificate, judge.now);
  const issuer = judge.issuers.find((one) => certificate.verify(one.certificate.publicKey))?.name;
  const loaded = certificate.fingerprint256 === stored?.fingerprint256;
  return {
    ...{ ...about, ...term, names: namesIn(certificate), issuer: issuer ?? issuerName(certificate) },
    state: loaded ? stateOf(term, false) : "not loaded",
  };
}

const nothing = { ends: null, daysLeft: null, issuer: null } as const;

function parsed(pem: string | undefined): X509Certificate | undefined {
  try {
    return pem === undefined || pem.trim() === "" ? undefined : new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

function termOf(certificate: X509Certificate, now: Date): { readonly ends: string; readonly daysLeft: number } {
  const end = new Date(certificate.validTo);
  return { ends: end.toISOString(), daysLeft: Math.max(0, Math.floor((end.getTime() - now.getTime()) / 86_400_000)) };
}

function stateOf({ daysLeft }: { readonly daysLeft: number }, foreign: boolean): CertificateState {
  if (foreign) return "foreign";
  if (daysLeft <= 0) return "ended";
  return daysLeft < renewBeforeDays ? "due" : "well";
}

function namesIn(certificate: X509Certificate): readonly string[] {
  return [...(certificate.subjectAltName ?? "").matchAll(/DNS:([^,\s]+)/g)].flatMap(([, name]) => name ?? []);
}

function issuerName(certificate: X509Certificate): string {
  return /^CN=(.*)$/m.exec(certificate.issuer)?.[1] ?? "unnamed";
}
