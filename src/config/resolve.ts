import type { AppService, Environment, Site, SiteDatabase, SiteLimits, SiteTls } from "../model/site.ts";
import { listedAddresses } from "./address-list.ts";
import { namesFile } from "./check-firewall.ts";
import { defaults } from "./defaults.ts";
import type { Facts } from "./facts.ts";
import type { AppServiceInput, SiteInput } from "./input.ts";
import { siteKeys } from "./keys.ts";
import { localName } from "./names.ts";
import { databaseBackup } from "./resolve-backup.ts";
import { monitorAlerts } from "./resolve-monitor-alerts.ts";
import { monitorDashboard } from "./resolve-monitor-dashboard.ts";
import { monitorExport } from "./resolve-monitor-export.ts";
import { monitorObjectives } from "./resolve-monitor-objectives.ts";
import { regions } from "./resolve-regions.ts";
import { type Choose, webTier } from "./resolve-web.ts";
import { routeFrom } from "./routes.ts";
import { literal } from "./words.ts";

/** Where one value of the complete site comes from: what `rampart config` prints. */
export interface Provenance {
  /** Path in the site file, also for keys that it does not have yet. */
  readonly path: string;
  /** undefined when the site has no such thing. */
  readonly value: unknown;
  readonly source: "site file" | "default";
  /** For a default: why it is what a careful operator would choose. Otherwise what the key means. */
  readonly why: string;
}

/** Fills in every default. The input has passed every check of siteProblems. */
export function completeSite(
  input: SiteInput,
  facts?: Pick<Facts, "fileText">,
): { readonly site: Site; readonly provenance: readonly Provenance[] } {
  const provenance: Provenance[] = [];
  const meaning = new Map(siteKeys().map(({ path, description }) => [path, description]));
  const choose: Choose = (path, given, fallback, why) => {
    const isGiven = given !== undefined;
    const value = isGiven ? given : fallback;
    const known = meaning.get(path.replace(/^app\.[^.]+/, "app.<name>"));
    provenance.push({
      path,
      value,
      source: isGiven ? "site file" : "default",
      why: isGiven && known !== undefined ? known : why,
    });
    return value;
  };
  const site: Site = {
    name: choose("name", input.name, input.name, ""),
    domain: choose("domain", input.domain, input.domain, ""),
    aliases: choose("aliases", input.aliases, [], "no other public name is redirected unless you own it and say so"),
    ...tiers(input, choose),
    app: services(input, choose),
    database: database(input, choose),
    monitor: monitor(input, choose),
    limits: limits(input, choose),
    firewall: {
      admin: choose(
        "firewall.admin",
        input.firewall?.admin,
        [],
        "in the lab only this machine reaches the hosts by SSH; nobody else needs to",
      ),
      ...lists(input, choose, facts),
    },
    environment: environment(input, choose),
  };
  return { site, provenance };
}

function lists({ firewall }: SiteInput, choose: Choose, facts: Pick<Facts, "fileText"> | undefined) {
  const named = choose("firewall.block", firewall?.block, [], "nobody is shut out before there is a reason");
  const addresses = (entry: string) => listedAddresses(facts?.fileText?.(entry) ?? "").map(({ text }) => text);
  const extra = choose("firewall.extra", firewall?.extra, [], "what is inside is reached by the site's own hosts only");
  return { block: named.flatMap((entry) => (namesFile(entry) ? addresses(entry) : [entry])), extra };
}

function tiers(input: SiteInput, choose: Choose): Pick<Site, "tls" | "balancer" | "web"> {
  return {
    tls: {
      certificate: publicCertificate(input, choose),
      trust: choose("tls.trust", input.tls?.trust, undefined, "a public authority is one that Debian knows"),
      terminate: choose(
        "tls.terminate",
        input.tls?.terminate,
        "balancer",
        "the balancer must read requests to route, retry and limit them; every hop behind it is encrypted again",
      ),
    },
    balancer: {
      hosts: choose(
        "balancer.hosts",
        input.balancer?.hosts,
        defaults.balancer.hosts,
        "the site stays up when one balancer is lost or restarted",
      ),
    },
    web: webTier(input, choose),
  };
}

function publicCertificate({ tls }: SiteInput, choose: Choose): SiteTls["certificate"] {
  const why = "works at once and without the internet; browsers trust it when you import the site's CA certificate";
  const chosen = choose("tls.certificate", tls?.certificate, "own", why);
  if (chosen === "own") return chosen;
  if (chosen !== "acme") return { kind: "files", ...chosen };
  return {
    kind: "acme",
    email: choose("tls.email", tls?.email, "", ""),
    directory: choose(
      "tls.directory",
      tls?.directory,
      defaults.acme.directory,
      "Let's Encrypt: free, and known to every browser",
    ),
  };
}

function services(input: SiteInput, choose: Choose): readonly AppService[] {
  const named = Object.entries(input.app ?? {});
  if (named.length === 0) return choose("app", undefined, [], "the site serves static files only");
  return named.map(([name, service]) => appService(name, service, { domain: input.domain, choose }));
}

function appService(
  name: string,
  service: AppServiceInput,
  { domain, choose }: { readonly domain: string; readonly choose: Choose },
): AppService {
  const at = (key: string) => `app.${name}.${key}`;
  const given = service.routes?.flatMap((input) => {
    const route = routeFrom(input, domain);
    return "reason" in route ? [] : [route];
  });
  return {
    name: choose(at("name"), name, name, "the name of the service under app"),
    source: choose(at("source"), service.source, service.source, ""),
    packages: choose(at("packages"), service.packages, [], "what is not installed needs no update"),
    build: choose(at("build"), service.build, undefined, "the source folder is what the hosts get, as it is"),
    migrate: choose(at("migrate"), service.migrate, undefined, "nothing has to be run before a new release starts"),
    start: choose(at("start"), service.start, service.start, ""),
    port: choose(at("port"), service.port, service.port, ""),
    health: choose(
      at("health"),
      service.health,
      defaults.app.health,
      "nearly every program answers its own front page",
    ),
    metrics: choose(at("metrics"), service.metrics, undefined, "only what the host itself measures is watched"),
    push: choose(at("push"), service.push, false, "nothing listens for measurements that nobody pushes"),
    login: choose(at("login"), service.login, undefined, "failed log-ins are counted only where you say they happen"),
    concurrency: choose(
      at("concurrency"),
      service.concurrency,
      defaults.app.concurrency,
      "more than a program of this kind works on well; a flood waits outside of it",
    ),
    routes: choose(
      at("routes"),
      given,
      [{ host: undefined, path: "/" }],
      "the only service answers every request that is no static file",
    ),
    env: choose(at("env"), service.env, {}, "the service gets PORT, and nothing from your machine leaks into it"),
    secrets: choose(at("secrets"), service.secrets, [], "the service asks for no random values"),
    database: choose(at("database"), service.database, false, "a service that needs no database cannot reach it"),
    hosts: choose(at("hosts"), service.hosts, defaults.app.hosts, "one can be lost or updated while the other serves"),
  };
}

function database(input: SiteInput, choose: Choose): SiteDatabase | undefined {
  const wanted = input.database !== undefined || Object.values(input.app ?? {}).some((service) => service.database);
  if (!wanted) return choose("database", undefined, undefined, "no service says database: true");
  const given = input.database ?? {};
  return {
    hosts: choose(
      "database.hosts",
      given.hosts,
      defaults.database.hosts,
      "the fewest with which no acknowledged write is lost when any one fails",
    ),
    mode: choose(
      "database.mode",
      given.mode,
      defaults.database.mode,
      "one primary and replicas that confirm each write: the form that loses nothing",
    ),
    arbiter: choose(
      "database.arbiter",
      given.arbiter,
      defaults.database.arbiter,
      "an odd number of members needs no further vote",
    ),
    promise:
      given.mode === "galera"
        ? choose(
            "database.promise",
            undefined,
            undefined,
            "mode galera keeps neither promise; the guide says what it keeps",
          )
        : choose(
            "database.promise",
            given.promise,
            defaults.database.promise,
            "an order that was confirmed must be there tomorrow, also after a power cut",
          ),
    bufferPoolMiB: choose(
      "database.bufferPoolMiB",
      given.bufferPoolMiB,
      defaults.database.bufferPoolMiB,
      "fits a small host; on a host for the database alone give it half of the memory",
    ),
    backup: databaseBackup(given.backup, choose),
  };
}

function monitor(input: SiteInput, choose: Choose): Site["monitor"] {
  const { monitor: given } = input;
  return {
    hosts: choose("monitor.hosts", given?.hosts, defaults.monitor.hosts, "one watches all"),
    retentionDays: choose(
      "monitor.retentionDays",
      given?.retentionDays,
      defaults.monitor.retentionDays,
      "two weeks and a day: this week beside the last, on a few hundred MiB of disk",
    ),
    alerts: monitorAlerts(given?.alerts, choose),
    export: monitorExport(given?.export, choose),
    dashboard: monitorDashboard(given?.dashboard, choose),
    statusPage: choose(
      "monitor.statusPage",
      given?.statusPage,
      undefined,
      "how the site is doing is told to nobody unasked",
    ),
    objectives: monitorObjectives(given?.objectives, choose),
    ...regions(input, choose),
  };
}

function limits({ limits: given }: SiteInput, choose: Choose): SiteLimits {
  const { limits: fallback } = defaults;
  const why = {
    requests: "an office behind one address browses freely; a program that floods does not get through",
    connections: "far more than browsers open, far less than it takes to keep a balancer busy with handshakes",
    open: "one address cannot hold the connections that all others need",
    errors: "people mistype addresses, scanners try hundreds",
    logins: "people try a few passwords, programs try thousands",
    ban: "long enough to make guessing hopeless, short enough for somebody who only forgot",
  };
  return {
    requests: choose<string | false>("limits.requests", given?.requests, fallback.requests, why.requests),
    connections: choose<string | false>(
      "limits.connections",
      given?.connections,
      fallback.connections,
      why.connections,
    ),
    open: choose<number | false>("limits.open", given?.open, fallback.open, why.open),
    errors: choose<string | false>("limits.errors", given?.errors, fallback.errors, why.errors),
    logins: choose<string | false>("limits.logins", given?.logins, fallback.logins, why.logins),
    ban: choose<string>("limits.ban", given?.ban, fallback.ban, why.ban),
  };
}

function environment({ domain, environments }: SiteInput, choose: Choose): Environment {
  const local = localName(domain);
  return {
    name: choose("environment.name", undefined, "lab", "the only environment of this version"),
    kind: choose("environment.kind", undefined, "lab", "hosts made on this machine: nothing to rent, nothing to break"),
    localDomain: choose(
      "environment.localDomain",
      undefined,
      local,
      `the last label of ${literal(domain)} replaced: browsers look up .localhost names on this machine`,
    ),
    httpsPort: choose(
      "environments.lab.httpsPort",
      environments?.lab?.httpsPort,
      defaults.lab.httpsPort,
      "free on most machines; 443 may be in use by something of yours",
    ),
    httpPort: choose(
      "environments.lab.httpPort",
      environments?.lab?.httpPort,
      defaults.lab.httpPort,
      "free on most machines; 80 may be in use by something of yours",
    ),
  };
}
