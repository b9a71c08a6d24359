import type { Problem } from "../base/problem.ts";
import { dashboardUser } from "../model/dashboard.ts";
import type { Facts } from "./facts.ts";
import { domainFault } from "./names.ts";
import { routeFrom } from "./routes.ts";
import type { SiteDraft } from "./shape.ts";

type Files = Pick<Facts, "fileExists" | "fileText" | "siteFile">;

/** Problems with the dashboard on a name of its own. */
export function dashboardProblems(
  draft: SiteDraft,
  facts: Files,
  isBroken: (path: string) => boolean,
): readonly Problem[] {
  const { domain, users } = draft.monitor?.dashboard ?? {};
  const at = (key: string) => `monitor.dashboard.${key}`;
  const passed = draft.tls?.terminate === "web" && draft.monitor?.dashboard !== undefined ? [unopened] : [];
  return [
    ...passed,
    ...(domain === undefined || isBroken(at("domain")) ? [] : nameProblems(at("domain"), domain, draft)),
    ...(users === undefined || isBroken(at("users")) ? [] : userProblems(at("users"), users, facts)),
  ];
}

const unopened: Problem = {
  path: "monitor.dashboard",
  reason: `with tls.terminate: "web" the balancers pass visitors' connections on as they come, and can ask nobody for a password.`,
  remedy: 'Take the key out and look by: rampart dashboard. Or let the balancers open TLS: tls.terminate: "balancer".',
};

function nameProblems(path: string, name: string, draft: SiteDraft): readonly Problem[] {
  const fault = domainFault(name);
  if (fault !== undefined) return [{ path, ...fault }];
  const routed = Object.values(draft.app ?? {}).flatMap((service) =>
    (service?.routes ?? []).flatMap((route) => hostOf(route, draft.domain) ?? []),
  );
  const taken = [draft.domain, ...(draft.aliases ?? []), ...routed];
  if (!taken.includes(name)) return [];
  const reason = `"${name}" is a name of the site itself, and visitors would meet the log-in there.`;
  return [{ path, reason, remedy: `Use a name of its own, such as "ops.${draft.domain?.replace(/^www\./, "")}".` }];
}

function hostOf(route: Parameters<typeof routeFrom>[0] | undefined, domain: string | undefined): string | undefined {
  const found = route === undefined ? undefined : routeFrom(route, domain);
  return found === undefined || "reason" in found ? undefined : found.host;
}

function userProblems(path: string, file: string, facts: Files): readonly Problem[] {
  const make = `Make one: printf 'anna:%s\\n' "$(openssl passwd -6)" >> ${file}`;
  if (!facts.fileExists(file))
    return [{ path, reason: `there is no file "${file}" beside ${facts.siteFile}.`, remedy: make }];
  const text = facts.fileText?.(file);
  if (text === undefined) return [];
  const lines = text.split("\n").map((line, index) => ({ line: line.trim(), place: index + 1 }));
  const given = lines.filter(({ line }) => line !== "" && !line.startsWith("#"));
  if (given.length === 0) return [{ path, reason: `"${file}" names nobody who may log in.`, remedy: make }];
  const names = given.map(({ line }) => dashboardUser(line)?.name);
  // What stands there may be a password: it is not repeated.
  return given.flatMap(({ line, place }, index) => {
    const user = dashboardUser(line);
    if (user === undefined) {
      const reason = `line ${place} of "${file}" is no name, a colon, and a password as \`openssl passwd -6\` writes it.`;
      return [{ path, reason, remedy: make }];
    }
    if (names.indexOf(user.name) === index) return [];
    return [{ path, reason: `"${user.name}" stands in "${file}" twice.`, remedy: "Take one of the two lines out." }];
  });
}
