import { givenOf, givenReference, openingTier } from "../model/certificate.ts";
import type { CertificateResource, FileResource, Origin } from "../model/resource.ts";
import type { Site } from "../model/site.ts";
import { localNames, publicNames, visitorNames } from "../model/site-names.ts";
import type { Host } from "../model/topology.ts";

/** Where the daemon that opens visitors' TLS has its certificates: HAProxy of the balancers, or nginx of the web hosts. */
function folderOf(site: Site): string {
  return openingTier(site) === "web" ? "/etc/nginx/tls" : "/etc/haproxy/tls";
}

/** Certificate and key that visitors see. The user's own has a name of its own: the two kinds never share a file. */
export function visitorBundle(site: Site): string {
  return `${folderOf(site)}/${givenOf(site) ? "given" : "public"}.pem`;
}

/**
 * For the name on the operator's machine, which no other CA vouches for; undefined when the site's own CA issued what visitors
 * see, for that name too.
 */
export function localBundle(site: Site): string | undefined {
  return site.tls.certificate === "own" ? undefined : `${folderOf(site)}/local.pem`;
}

/** Port on 127.0.0.1 at which a handshake shows what visitors are served, also on the balancer that stands by. */
export const servedPort = 8406;

/** What visitors' browsers verify, as the hosts have it that open their TLS. */
export function visitorCertificates(host: Host, site: Site): readonly (CertificateResource | FileResource)[] {
  const { certificate } = site.tls;
  const local = localBundle(site);
  const all = "What visitors' browsers verify: every name under which the site answers.";
  if (certificate === "own" || local === undefined) return [issued(site, visitorBundle(site), publicNames(site), all)];
  const here = issued(
    site,
    local,
    localNames(site),
    "For the operator's machine, whose names no other CA vouches for.",
  );
  if (certificate.kind === "files") return [given(host, site), here];
  const until = "Serves visitors until the first certificate of the public CA has come.";
  const first = issued(site, visitorBundle(site), visitorNames(site), until);
  return [{ ...first, path: "tls.certificate", placeholder: true }, here];
}

function issued(site: Site, file: string, names: readonly string[], why: string): CertificateResource {
  const origin: Origin = { role: openingTier(site), path: "domain", why };
  return {
    ...{ ...origin, kind: "certificate", commonName: names[0] ?? site.domain, dnsNames: names, ipAddresses: [] },
    ...{ usages: ["server"], certificateFile: file, keyFile: file, group: "root" },
  };
}

function given(host: Host, site: Site): FileResource {
  const head = `Made by Rampart for ${host.name}: change the site file instead. Why: your certificate and its key.`;
  return {
    ...{ role: openingTier(site), path: "tls.certificate", why: "The certificate that you gave, with its key." },
    ...{ kind: "file", file: visitorBundle(site), mode: "0600", owner: "root", group: "root" },
    content: `# ${head}\n${givenReference("certificate")}\n${givenReference("key")}\n`,
  };
}
