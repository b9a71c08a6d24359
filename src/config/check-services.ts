import type { Problem } from "../base/problem.ts";
import type { AppServiceInput } from "./input.ts";
import type { Fault } from "./names.ts";
import { routeFrom, routeText } from "./routes.ts";
import type { Draft, SiteDraft } from "./shape.ts";

type ServiceDraft = Draft<AppServiceInput>;

/** Ports that other programs hold on every app host. Below 1024 none can be opened without root's rights. */
const takenPorts: ReadonlyMap<number, string> = new Map([
  [22, "SSH"],
  [80, "HTTP, which only the balancers answer"],
  [443, "HTTPS, which only the balancers answer"],
  [3306, "the way to the database for writes"],
  [3307, "the way to the database for reads"],
  [8405, "the metrics of the host's own proxy"],
]);
/** Prometheus exporters live here by convention; node exporter has 9100. */
const exporterPorts = { from: 9100, to: 9199 };

/**
 * Problems within services and between them.
 * @param isBroken tells whether a path already has a problem, so that nothing is told twice.
 */
export function serviceProblems(draft: SiteDraft, isBroken: (path: string) => boolean): readonly Problem[] {
  const services = Object.entries(draft.app ?? {});
  const single = services.flatMap(([name, service]) => {
    if (service === undefined) return [];
    const path = `app.${name}`;
    return [...portProblems(path, service), ...variableProblems(path, service), ...metricsProblems(path, service)];
  });
  return [...single, ...emptySiteProblems(draft, isBroken), ...routeProblems(draft, isBroken)];
}

function portProblems(path: string, { port }: ServiceDraft): readonly Problem[] {
  if (port === undefined) return [];
  const remedy = "Let the service listen at another port, such as 3000.";
  const holder = takenPorts.get(port);
  if (holder !== undefined) {
    return [{ path: `${path}.port`, reason: `port ${port} is taken on the service's hosts: it is ${holder}.`, remedy }];
  }
  if (port < 1024) {
    const reason = `port ${port} can be opened by root only, and a service runs without root's rights.`;
    return [
      { path: `${path}.port`, reason, remedy: "Let it listen at a port from 1024 up, such as 3000. Visitors see 443." },
    ];
  }
  if (port >= exporterPorts.from && port <= exporterPorts.to) {
    const reason = `port ${port} is one of ${exporterPorts.from} to ${exporterPorts.to}, where the host's own metrics are offered.`;
    return [{ path: `${path}.port`, reason, remedy }];
  }
  return [];
}

function variableProblems(path: string, service: ServiceDraft): readonly Problem[] {
  const env = service.env ?? {};
  const secrets = (service.secrets ?? []).flatMap((name, index) => (name === undefined ? [] : [{ name, index }]));
  const problems: Problem[] = [];
  const seen = new Set<string>();
  for (const { name, index } of secrets) {
    const at = `${path}.secrets[${index}]`;
    if (seen.has(name))
      problems.push({ path: at, reason: `${name} stands there twice.`, remedy: "Take one of the two out." });
    else if (Object.hasOwn(env, name)) {
      const reason = `${name} is also in env: which of the two the service would see is left to chance.`;
      problems.push({
        path: at,
        reason,
        remedy: `Keep it in secrets for a random value, or in env for the one there.`,
      });
    }
    seen.add(name);
  }
  for (const name of Object.keys(env)) {
    if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) continue;
    const reason = `${JSON.stringify(name)} cannot be the name of an environment variable.`;
    problems.push({ path: `${path}.env.${name}`, reason, remedy: "Use letters, digits and _, such as LOG_LEVEL." });
  }
  return [...problems, ...reservedVariableProblems(path, service)];
}

/** Variables that every service is given; `env` may set some of them anew, but a random value makes no sense for any. */
const givenVariables = ["HOST", "PORT", "SITE_URL", "INSTANCE", "NODE_ENV"];

function reservedVariableProblems(path: string, service: ServiceDraft): readonly Problem[] {
  const env = Object.keys(service.env ?? {}).map((name) => ({ name, at: `${path}.env.${name}` }));
  const secrets = (service.secrets ?? []).map((name, index) => ({ name: name ?? "", at: `${path}.secrets[${index}]` }));
  const reserved = (is: boolean | undefined, pattern: RegExp) =>
    is === true ? [...env, ...secrets].filter(({ name }) => pattern.test(name)) : [];
  const database = reserved(service.database, /^DATABASE_/);
  const push = reserved(service.push, /^STATSD_(HOST|PORT)$/);
  const given = secrets.filter(({ name }) => givenVariables.includes(name));
  const taken = [...database, ...push, ...given].map(({ name, at }) => {
    const kind = /^(DATABASE|STATSD)_/.exec(name)?.[1];
    const keys: Readonly<Record<string, string>> = { DATABASE: "database", STATSD: "push" };
    const why = kind === undefined ? "for every service" : `for a service with ${keys[kind]}: true`;
    const remedy = "Take it out, or give it another name.";
    return { path: at, reason: `${name} is set by Rampart ${why}.`, remedy };
  });
  return [...taken, ...listenProblems(path, service)];
}

function listenProblems(path: string, { env, port }: ServiceDraft): readonly Problem[] {
  const expected = { HOST: "127.0.0.1", PORT: port === undefined ? undefined : String(port) };
  return Object.entries(expected).flatMap(([name, value]) => {
    const said = env?.[name];
    if (said === undefined || value === undefined || said === value) return [];
    const reason = `differs from ${value}, where the host's own proxy asks the service.`;
    return [{ path: `${path}.env.${name}`, reason, remedy: `Leave it out: ${name} is set for every service.` }];
  });
}

function metricsProblems(path: string, { metrics }: ServiceDraft): readonly Problem[] {
  if (metrics !== "/") return [];
  const reason = 'metrics are hidden from visitors, and hiding "/" would hide the whole service.';
  return [{ path: `${path}.metrics`, reason, remedy: 'Offer them at a path of their own, such as "/metrics".' }];
}

function emptySiteProblems(draft: SiteDraft, isBroken: (path: string) => boolean): readonly Problem[] {
  const hasServices = Object.keys(draft.app ?? {}).length > 0;
  if (hasServices || draft.web?.files !== undefined || isBroken("app") || isBroken("web")) return [];
  const remedy =
    'Add a service:  app: { shop: { source: "./app", start: "node server.js", port: 3000 } }  or static files:  web: { files: "./public" }';
  return [{ path: "app", reason: "the site has nothing to serve: neither a service nor static files.", remedy }];
}

function routeProblems(draft: SiteDraft, isBroken: (path: string) => boolean): readonly Problem[] {
  const services = Object.entries(draft.app ?? {});
  const problems: Problem[] = [];
  const holders = new Map<string, string>();
  for (const [name, service] of services) {
    if (service === undefined) continue;
    const path = `app.${name}.routes`;
    if (service.routes === undefined && services.length > 1 && !isBroken(path)) {
      problems.push(noRoutesProblem(path, name));
    }
    for (const [index, input] of (service.routes ?? []).entries()) {
      const at = `${path}[${index}]`;
      // A problem with the form of the route, told already.
      if (input === undefined || isBroken(at)) continue;
      const fault = routeFault(input, name, { draft, holders });
      if (fault !== undefined) problems.push({ path: at, ...fault });
    }
  }
  return problems;
}

function routeFault(
  input: Parameters<typeof routeFrom>[0],
  name: string,
  { draft, holders }: { readonly draft: SiteDraft; readonly holders: Map<string, string> },
): Fault | undefined {
  const route = routeFrom(input, draft.domain);
  if ("reason" in route) return route;
  if (route.host !== undefined && draft.aliases?.includes(route.host)) return aliasRouteFault(route.host, draft.domain);
  const text = routeText(route);
  if (text === draft.monitor?.statusPage) return statusPageFault(text);
  const holder = holders.get(text);
  if (holder !== undefined) return takenRouteFault(text, holder, name);
  holders.set(text, name);
  return undefined;
}

function noRoutesProblem(path: string, name: string): Problem {
  return {
    path,
    reason: `is missing: with several services nothing says which requests "${name}" answers.`,
    remedy: `Add for example  routes: ["/${name}"]  or  routes: []  if no visitor shall reach it.`,
  };
}

function takenRouteFault(text: string, holder: string, name: string): Fault {
  if (holder === name) return { reason: `"${text}" stands there twice.`, remedy: "Take one of the two out." };
  const reason = `"${text}" is also a route of service "${holder}": a request can have only one service that answers it.`;
  return { reason, remedy: "Give one of the two another path; the longest path that matches wins." };
}

function statusPageFault(path: string): Fault {
  const reason = `"${path}" is where monitor.statusPage stands.`;
  return { reason, remedy: "Give the status page or the service another path." };
}

function aliasRouteFault(host: string, domain: string | undefined): Fault {
  return {
    reason: `"${host}" is an alias: its visitors are redirected to ${domain ?? "the domain"} before any route is looked at.`,
    remedy: "Take it out of aliases to serve it by itself, or leave the name out of the route.",
  };
}
