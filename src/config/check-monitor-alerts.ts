import type { Problem } from "../base/problem.ts";
import type { Facts } from "./facts.ts";
import type { SiteDraft } from "./shape.ts";

/** Problems with where alerts go. */
export function alertProblems(
  draft: SiteDraft,
  facts: Pick<Facts, "fileExists" | "fileText" | "siteFile">,
  isBroken: (path: string) => boolean,
): readonly Problem[] {
  const alerts = draft.monitor?.alerts;
  if (alerts === undefined) return [];
  const trust = "monitor.alerts.trust";
  const untold = alerts.dailyReport !== undefined && alerts.webhook === undefined && alerts.email === undefined;
  return [
    ...(untold ? [nowhere] : []),
    ...(isBroken("monitor.alerts.email") ? [] : mailProblems(alerts.email, facts)),
    ...(alerts.trust === undefined || isBroken(trust) ? [] : authorityFile(trust, alerts.trust, facts)),
  ];
}

const nowhere: Problem = {
  ...{ path: "monitor.alerts.dailyReport", reason: "there is neither a webhook nor an e-mail address to tell it to." },
  remedy: "Add monitor.alerts.webhook or monitor.alerts.email. Any day is shown by: rampart report",
};

type Mail = NonNullable<NonNullable<NonNullable<SiteDraft["monitor"]>["alerts"]>["email"]>;

function mailProblems(email: Mail | undefined, facts: Pick<Facts, "fileExists" | "siteFile">): readonly Problem[] {
  if (email === undefined) return [];
  const at = (key: string) => `monitor.alerts.email.${key}`;
  const { server, user, password } = email;
  const port = Number(server?.split(":")[1]);
  const wrongPort: Problem = {
    ...{ path: at("server"), reason: "there is no such port." },
    remedy: "Mail servers take mail for delivery at 587 (STARTTLS) or 465 (TLS).",
  };
  const nobody: Problem = {
    ...{ path: at("to"), reason: "the list is empty: nobody would get them." },
    remedy: 'Write for example  to: ["ops@shop.example"]',
  };
  return [
    ...(email.to?.length === 0 ? [nobody] : []),
    ...(server !== undefined && (port < 1 || port > 65_535) ? [wrongPort] : []),
    ...(user !== undefined && password === undefined ? [half(at("password"), "the account has no password.")] : []),
    ...(user === undefined && password !== undefined ? [half(at("user"), "a password, and no account.")] : []),
    ...(password === undefined || facts.fileExists(password) ? [] : [noPassword(at("password"), facts)]),
  ];
}

/** One of an account and its password is missing. */
export function half(path: string, reason: string, remedy = both): Problem {
  return { path, reason, remedy };
}

const both = 'Give both, user: "rampart" and password: "./mail.password", or none.';

/** What was written there may be the password itself: it is not repeated. */
function noPassword(path: string, { siteFile }: Pick<Facts, "siteFile">): Problem {
  const reason = `names no file beside ${siteFile}.`;
  const remedy = 'Write the password into a file of its own, and its name here: "./mail.password".';
  return { path, reason, remedy };
}

/** Problems with a file of authorities. */
export function authorityFile(
  path: string,
  file: string,
  facts: Pick<Facts, "fileExists" | "fileText" | "siteFile">,
): readonly Problem[] {
  if (!facts.fileExists(file)) {
    const reason = `there is no file "${file}" beside ${facts.siteFile}.`;
    return [{ path, reason, remedy: "Create it, or correct the path." }];
  }
  if (facts.fileText?.(file)?.includes("-----BEGIN CERTIFICATE-----") !== false) return [];
  const reason = `"${file}" holds no certificate in PEM form.`;
  return [{ path, reason, remedy: "Put the authority's certificate there, from -----BEGIN CERTIFICATE----- on." }];
}
