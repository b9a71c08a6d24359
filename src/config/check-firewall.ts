import { overlaps } from "../base/ip.ts";
import type { Problem } from "../base/problem.ts";
import { labInside } from "../model/site.ts";
import { listedAddresses, networkFault } from "./address-list.ts";
import type { Facts } from "./facts.ts";
import { type Fault, nameFault } from "./names.ts";
import type { SiteDraft } from "./shape.ts";

/** Problems with operators' networks, block lists and outside access. */
export function firewallProblems(draft: SiteDraft, facts: Facts): readonly Problem[] {
  return [...adminProblems(draft), ...blockProblems(draft, facts), ...extraProblems(draft, facts)];
}

function adminProblems(draft: SiteDraft): readonly Problem[] {
  const admin = draft.firewall?.admin;
  if (admin === undefined) return [];
  if (admin.length === 0) {
    const reason = "empty: nobody could reach the hosts after the rules are loaded.";
    return [{ path: "firewall.admin", reason, remedy: "Name your network or VPN, or leave the key out in the lab." }];
  }
  return admin.flatMap((text, index) => at(`firewall.admin[${index}]`, text === undefined ? text : networkFault(text)));
}

/** True for an entry of a list that names a file: addresses hold digits, dots, colons and a slash before a number. */
export function namesFile(entry: string): boolean {
  return /^\.{0,2}\/|[g-z~_]/i.test(entry);
}

/** Why a network of firewall.admin cannot be blocked. */
export function operatorsFrom(network: string): Unblockable {
  return [network, "operators come from it (firewall.admin)"];
}

function blockProblems(draft: SiteDraft, facts: Facts): readonly Problem[] {
  const admin = (draft.firewall?.admin ?? []).flatMap((one) => (one === undefined ? [] : [operatorsFrom(one)]));
  return (draft.firewall?.block ?? []).flatMap((entry, index) => {
    const path = `firewall.block[${index}]`;
    if (entry === undefined) return [];
    if (!namesFile(entry)) return at(path, blockFault(entry, admin));
    const text = facts.fileText?.(entry);
    if (text === undefined) {
      const reason = `there is no file "${entry}" beside ${facts.siteFile}, or it cannot be read.`;
      return [{ path, reason, remedy: "Create it, with one address or network a line, or correct the path." }];
    }
    return listedAddresses(text).flatMap(({ line, text: address }) =>
      at(`${entry}:${line}`, blockFault(address, admin)),
    );
  });
}

/** A network that must not be blocked, and why: "operators come from it". */
export type Unblockable = readonly [network: string, why: string];

/** What speaks against blocking an address or network. */
export function blockFault(text: string, own: readonly Unblockable[]): Fault | undefined {
  const fault = networkFault(text);
  if (fault !== undefined) return fault;
  const always: readonly Unblockable[] = [
    [labInside, "the hosts of the site stand in it"],
    ["127.0.0.0/8", "it is every host's own"],
  ];
  const hit = [...always, ...own].find(([network]) => overlaps(network, text));
  if (hit === undefined) return undefined;
  const [network, why] = hit;
  const reason = `"${text}" cannot be blocked: ${network === text ? "" : `it meets ${network}, and `}${why}.`;
  return { reason, remedy: "Name the addresses that misbehave, and no others." };
}

function extraProblems(draft: SiteDraft, facts: Facts): readonly Problem[] {
  return (draft.firewall?.extra ?? []).flatMap((extra, index) => {
    const path = `firewall.extra[${index}]`;
    if (extra === undefined) return [];
    const { from, to, until } = extra;
    return [
      ...(from?.length === 0
        ? [{ path: `${path}.from`, reason: "empty: it would open nothing.", remedy: "Name who may come." }]
        : []),
      ...(from ?? []).flatMap((one, place) =>
        one === undefined ? [] : at(`${path}.from[${place}]`, networkFault(one) ?? anyoneFault(one)),
      ),
      ...(to === undefined ? [] : at(`${path}.to`, targetFault(to, draft))),
      ...(until === undefined ? [] : at(`${path}.until`, endFault(until, facts.today))),
    ];
  });
}

function anyoneFault(network: string): Fault | undefined {
  if (Number(network.split("/")[1] ?? 32) >= 8) return undefined;
  const reason = `"${network}" is a large part of the internet: a service inside must not be open to it.`;
  return { reason, remedy: "Name the networks of those who need it." };
}

function targetFault(to: string, draft: SiteDraft): Fault | undefined {
  const services = Object.keys(draft.app ?? {}).filter((name) => nameFault(name, "shop") === undefined);
  if (services.includes(to)) return undefined;
  const wanted = draft.database !== undefined || Object.values(draft.app ?? {}).some((one) => one?.database === true);
  if (to === "database" && wanted) return undefined;
  const names = [...(wanted ? ["database"] : []), ...services].map((name) => `"${name}"`);
  const reason = `the site has no service "${to}" that could be opened.`;
  return { reason, remedy: names.length > 0 ? `Write ${names.join(" or ")}.` : "Take the entry out." };
}

function endFault(until: string, today: string | undefined): Fault | undefined {
  const time = Date.parse(`${until}T00:00:00Z`);
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== until) {
    return { reason: `there is no day ${until}.`, remedy: 'Write the last day as year-month-day: "2026-12-31".' };
  }
  if (today === undefined || until >= today) return undefined;
  const reason = `${until} has passed: hosts have closed this way by themselves.`;
  return { reason, remedy: "Take the entry out; if it is still needed, give it a new end." };
}

function at(path: string, fault: Fault | undefined): readonly Problem[] {
  return fault === undefined ? [] : [{ path, ...fault }];
}
