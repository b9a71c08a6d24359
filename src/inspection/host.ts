import { sectionOf } from "../base/sections.ts";
import { plural, shellQuote } from "../base/text.ts";
import { isAuthority } from "../model/authorities.ts";
import type { HostFinding, HostInspection, UnitExposure } from "../model/inspection.ts";
import type { Resource } from "../model/resource.ts";
import { referencedSecrets } from "../model/secret.ts";
import { type Host, type Service, servicesOn, type Topology } from "../model/topology.ts";
import { unitExposure } from "./exposure.ts";

/** Days after which package lists say nothing about the updates of today. */
const listsDays = 3;

/**
 * Shell that looks at a host and changes nothing. The secrets are tried by an account that owns nothing: what it can read,
 * everybody can, whatever folders and modes are on the way.
 */
export function inspectionScript(resources: readonly Resource[]): string {
  const files = secretFiles(resources).map(shellQuote).join(" ");
  const nobody = "setpriv --reuid=65534 --regid=65534 --clear-groups";
  return `echo "== exposure"; systemd-analyze security --no-pager --json=short; echo
echo "== own"
(cd /etc/systemd/system && for file in rampart-*.service; do [ ! -e "$file" ] || set -- "$@" "$file"; done
[ $# = 0 ] || systemd-analyze security --no-pager "$@" | sed -n 's/.*exposure level for \\([^ ]*\\): \\([0-9.]*\\).*/\\1 \\2/p')
echo "== running"; systemctl list-units --type=service --state=running --plain --no-legend | cut -d ' ' -f 1
echo "== listening"; ss -Hltnup
echo "== readable"
${nobody} sh -c 'for file; do [ ! -r "$file" ] || echo "$file"; done' - ${files}
timeout 5 ${nobody} grep -rlsI -e '-----BEGIN [A-Z ]*PRIVATE KEY-----' /etc /usr/local /root /run/rampart /var/lib/rampart
echo "== updates"
newest=$(find /var/lib/apt/lists -maxdepth 1 -name '*_Packages*' -printf '%T@\\n' | sort -n | tail -n 1)
echo "age \${newest:+$((($(date +%s) - \${newest%.*}) / 86400))}"
[ -z "$newest" ] || apt-get -s -qq --with-new-pkgs upgrade 2>/dev/null | grep '^Inst'
echo "== end"
`;
}

function secretFiles(resources: readonly Resource[]): readonly string[] {
  return resources.flatMap((one) => {
    if (one.kind === "certificate") return [one.keyFile];
    if (one.kind !== "file") return [];
    return referencedSecrets(one.content).some((name) => !isAuthority(name)) ? [one.file] : [];
  });
}

/** Judges what the script printed; undefined when it did not come to its end. */
export function hostInspection(host: Host, topology: Topology, output: string): HostInspection | undefined {
  if (!output.includes("\n== end")) return undefined;
  const section = (name: string) => sectionOf(output, name);
  const units = exposures(section("exposure").join(""), new Set(section("running")), section("own"));
  return {
    host: host.name,
    units,
    findings: [
      exposureFinding(host, units),
      readableFinding(host, section("readable")),
      listeningFinding(host, section("listening"), servicesOn(topology, host)),
      updatesFinding(host, section("updates")),
    ],
  };
}

/** systemd-analyze passes over units that run once and end; Rampart's own are asked for by name. */
function exposures(json: string, running: ReadonlySet<string>, own: readonly string[]): readonly UnitExposure[] {
  const rows = JSON.parse(json || "[]") as readonly { readonly unit: string; readonly exposure: string }[];
  const scores = new Map(rows.filter((row) => running.has(row.unit)).map((row) => [row.unit, Number(row.exposure)]));
  for (const line of own) {
    const [unit = "", score] = line.split(" ");
    scores.set(unit, Number(score));
  }
  return [...scores]
    .flatMap(([unit, score]) => unitExposure(unit, score) ?? [])
    .toSorted((one, other) => one.unit.localeCompare(other.unit));
}

function finding(id: string, promise: string, wrong: readonly string[]): HostFinding {
  return { id: `base.${id}`, promise, state: wrong.length === 0 ? "holds" : "fails", message: wrong.join("; ") };
}

function exposureFinding(host: Host, units: readonly UnitExposure[]): HostFinding {
  const over = units.filter((one) => !(one.score <= one.bound));
  return finding(
    "exposure",
    `Every service of ${host.name} is confined to what it needs.`,
    over.map(
      ({ unit, score, bound }) =>
        `${unit} has an exposure of ${score.toFixed(1)}, at most ${bound.toFixed(1)} is allowed`,
    ),
  );
}

function readableFinding(host: Host, files: readonly string[]): HostFinding {
  const wrong = [...new Set(files)].map((file) => `everybody on the host can read ${file}`);
  return finding("secrets", `No password and no private key on ${host.name} can be read by everybody.`, wrong);
}

/** A socket of `ss -Hltnup`: `tcp LISTEN 0 128 10.77.1.1:22 0.0.0.0:* users:(("sshd",pid=181,fd=6))`. */
function listeningFinding(host: Host, lines: readonly string[], services: readonly Service[]): HostFinding {
  const declared = new Set(services.map(({ protocol, address, port }) => `${protocol} ${address}:${port}`));
  const wrong = lines.flatMap((line) => {
    const [protocol = "", , , , place = "", , who = ""] = line.split(/\s+/);
    if (declared.has(`${protocol} ${place}`) || isLoopback(place)) return [];
    const [, program = "an unknown process", pid] = /"([^"]+)",pid=(\d+)/.exec(who) ?? [];
    return [`${program}${pid ? ` (process ${pid})` : ""} listens on ${protocol} ${place}, which no role declares`];
  });
  return finding("listening", `On ${host.name} only declared services listen, at their own address.`, [
    ...new Set(wrong),
  ]);
}

function isLoopback(place: string): boolean {
  return /^127\.|^\[::1\]:|^\[::ffff:127\./.test(place.replace(/%[^:]*/, ""));
}

function updatesFinding(host: Host, lines: readonly string[]): HostFinding {
  const promise = `No security update is waiting on ${host.name}.`;
  const [, age] = /^age (\d*)$/.exec(lines[0] ?? "") ?? [];
  const unknown = (message: string): HostFinding => ({ id: "base.updates", promise, state: "unknown", message });
  if (!age) return unknown("whether security updates wait: there are no package lists");
  const waiting = lines.flatMap((line) => /^Inst (\S+) .*[Ss]ecurity/.exec(line)?.[1] ?? []);
  if (waiting.length > 0)
    return finding("updates", promise, [`${plural(waiting.length, "package")}: ${waiting.join(", ")}`]);
  if (Number(age) > listsDays)
    return unknown(`whether security updates wait: the package lists are ${plural(Number(age), "day")} old`);
  return finding("updates", promise, []);
}
