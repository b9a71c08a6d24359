import { lookup } from "node:dns/promises";
import type { ProbeCheck, ProbeSettings } from "../../src/model/probe.ts";
import { type Found, phasesOf, probed } from "./blackbox.ts";
import type { Figures } from "./figures.ts";

/** Looks at the page, and everything on the way to it. A look that fails is done again at once: one lost packet is no outage. */
export async function lookAtPage(settings: ProbeSettings, figures: Figures): Promise<void> {
  const { names, port, blackbox } = settings;
  const url = `https://${names[0]}${port === 443 ? "" : `:${port}`}/`;
  await timed("page", figures, async () => {
    const first = await probed(blackbox, "page", url);
    const found = succeeded(first) ? first : await probed(blackbox, "page", url);
    figures.phases = phasesOf(found);
    figures.status = found.get("probe_http_status_code") ?? 0;
    return { success: succeeded(found), seconds: found.get("probe_duration_seconds") };
  });
}

/** The same part by part: the name, the connection, the certificate of every public name. */
export async function lookAtParts(settings: ProbeSettings, figures: Figures): Promise<void> {
  const { names, port, blackbox, address } = settings;
  await timed("dns", figures, async () => ({ success: (await wrongName(names, address)) === undefined }));
  await timed("tcp", figures, async () => outcome(await probed(blackbox, "tcp", `${names[0]}:${port}`)));
  await timed("tls", figures, async () => {
    const found = await Promise.all(names.map((name) => probed(blackbox, "tls", `${name}:${port}`)));
    found.forEach((one, index) => {
      const end = one.get("probe_ssl_earliest_cert_expiry");
      const name = names[index] ?? "";
      if (end === undefined || end <= 0) figures.certificates.delete(name);
      else figures.certificates.set(name, end);
    });
    return { success: found.every(succeeded), seconds: found[0]?.get("probe_duration_seconds") };
  });
}

/** The first of the site's names that a visitor here would find elsewhere, or not at all. */
async function wrongName(names: readonly string[], address: string): Promise<string | undefined> {
  for (const name of names) {
    const found = await lookup(name, { all: true, family: 4 }).catch(() => []);
    if (found.length === 0 || found.some((one) => one.address !== address)) return name;
  }
  return undefined;
}

function succeeded(found: Found): boolean {
  return found.get("probe_success") === 1;
}

function outcome(found: Found) {
  return { success: succeeded(found), seconds: found.get("probe_duration_seconds") };
}

/** Notes how it went. When nothing can be said (the exporter is away), what was seen before is forgotten: missing is not healthy. */
async function timed(
  check: ProbeCheck,
  { looks }: Figures,
  look: () => Promise<{ success: boolean; seconds?: number | undefined }>,
): Promise<void> {
  const began = performance.now();
  try {
    const { success, seconds } = await look();
    looks.set(check, { at: Date.now() / 1000, success, seconds: seconds ?? (performance.now() - began) / 1000 });
  } catch {
    looks.delete(check);
  }
}
