import type { Problem } from "../base/problem.ts";
import { authorityFile, half } from "./check-monitor-alerts.ts";
import type { Facts } from "./facts.ts";
import type { SiteDraft } from "./shape.ts";

type Files = Pick<Facts, "fileExists" | "fileText" | "siteFile">;

/** Problems with where measurements and logs go besides the monitor. */
export function exportProblems(
  draft: SiteDraft,
  facts: Files,
  isBroken: (path: string) => boolean,
): readonly Problem[] {
  const { remoteWrite, syslog } = draft.monitor?.export ?? {};
  const trusts = [
    ["monitor.export.remoteWrite.trust", remoteWrite?.trust],
    ["monitor.export.syslog.trust", syslog?.trust],
  ] as const;
  return [
    ...(remoteWrite === undefined ? [] : logInProblems(remoteWrite, facts)),
    ...portProblems("monitor.export.remoteWrite.url", /^https:\/\/[^/:]+:(\d+)/.exec(remoteWrite?.url ?? "")?.[1]),
    ...portProblems("monitor.export.syslog.server", syslog?.server?.split(":")[1]),
    ...trusts.flatMap(([path, file]) => (file === undefined || isBroken(path) ? [] : authorityFile(path, file, facts))),
  ];
}

function portProblems(path: string, port: string | undefined): readonly Problem[] {
  if (port === undefined || (Number(port) >= 1 && Number(port) <= 65_535)) return [];
  return [
    { path, reason: "there is no such port.", remedy: "Ports are 1 to 65535; syslog by TLS is usually at 6514." },
  ];
}

type Draft = NonNullable<NonNullable<NonNullable<SiteDraft["monitor"]>["export"]>["remoteWrite"]>;

function logInProblems({ user, password, token }: Draft, facts: Files): readonly Problem[] {
  const at = (key: string) => `monitor.export.remoteWrite.${key}`;
  const both: Problem = {
    ...{ path: at("token"), reason: "an account and a token: only one of them is sent." },
    remedy: "Keep user and password, or token.",
  };
  const example = 'Give both, user: "shop" and password: "./metrics.password", or none.';
  const files = [["password", password] as const, ["token", token] as const];
  return [
    ...(token !== undefined && (user !== undefined || password !== undefined) ? [both] : []),
    ...(user !== undefined && password === undefined
      ? [half(at("password"), "the account has no password.", example)]
      : []),
    ...(user === undefined && password !== undefined ? [half(at("user"), "a password, and no account.", example)] : []),
    ...files.flatMap(([key, file]) =>
      file === undefined || facts.fileExists(file) ? [] : [noFile(at(key), key, facts)],
    ),
  ];
}

/** What was written there may be the password or the token itself: it is not repeated. */
function noFile(path: string, key: string, { siteFile }: Files): Problem {
  const reason = `names no file beside ${siteFile}.`;
  return { path, reason, remedy: `Write the ${key} into a file of its own, and its name here: "./metrics.${key}".` };
}
