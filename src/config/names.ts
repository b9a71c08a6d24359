import { parseIpv4 } from "../base/ip.ts";

/** Names of sites and services, as a regular expression for editors. */
export const namePattern = "^[a-z]([a-z0-9-]*[a-z0-9])?$";
/** Public names (RFC 1123), as a regular expression for editors. */
export const domainPattern = "^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$";

/** What is wrong with a text, without the path that every Problem has. */
export interface Fault {
  readonly reason: string;
  readonly remedy: string;
}

/** Judges the name of a site or service; `such` is an example of a good one. */
export function nameFault(name: string, such: string): Fault | undefined {
  const rule = `small letters, digits and "-", a letter first, at most 20 characters, such as "${such}"`;
  if (name.length > 20) {
    return {
      reason: `"${name}" has ${name.length} characters; it becomes a part of host names.`,
      remedy: `Use ${rule}.`,
    };
  }
  if (new RegExp(namePattern).test(name)) return undefined;
  return { reason: `"${name}" cannot be a part of host names.`, remedy: `Use ${rule}.` };
}

/** Judges a public name by RFC 1123 §2.1, and by what people paste instead of one. */
export function domainFault(name: string): Fault | undefined {
  const inner = /^[a-z][a-z0-9+.-]*:\/\/([^/:]+)/i.exec(name)?.[1];
  if (inner !== undefined) {
    return { reason: `"${name}" is a web address; a public name has no scheme or path.`, remedy: `Write "${inner}".` };
  }
  if (/[/:]/.test(name)) {
    const host = name.split(/[/:]/)[0] ?? "";
    return {
      reason: `"${name}" is more than a public name: it has a port or a path.`,
      remedy: host === "" ? 'Write a name such as "www.shop.example".' : `Write "${host}".`,
    };
  }
  if (parseIpv4(name) !== undefined) {
    return {
      reason: `"${name}" is an address; browsers, certificates and redirects need a name.`,
      remedy: 'Write a name such as "www.shop.example". In the lab it need not exist.',
    };
  }
  return spellingFault(name) ?? labelFault(name);
}

function spellingFault(name: string): Fault | undefined {
  if (name.includes("*")) {
    return { reason: `"${name}" stands for many names.`, remedy: "Write each name that the site serves by itself." };
  }
  if (name.endsWith(".")) {
    return { reason: `"${name}" ends with a dot.`, remedy: `Write "${name.replace(/\.+$/, "")}".` };
  }
  if (/[A-Z]/.test(name)) {
    return { reason: `"${name}" has capital letters.`, remedy: `Write "${name.toLowerCase()}".` };
  }
  if (/[^\x20-\x7e]/.test(name)) {
    return {
      reason: `"${name}" has letters beyond a to z, which certificates and daemons know only in their encoded form.`,
      remedy: 'Write the encoded form, which starts with "xn--".',
    };
  }
  return undefined;
}

function labelFault(name: string): Fault | undefined {
  if (name.length > 253) {
    return { reason: `has ${name.length} characters; a public name has at most 253.`, remedy: "Use a shorter name." };
  }
  const wrong = name.split(".").find((label) => !/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label));
  const remedy =
    'Use small letters, digits and "-" in parts of 1 to 63 characters that are joined by dots, such as "www.shop.example".';
  if (wrong !== undefined) {
    const part = wrong === "" ? "an empty part" : `a part "${wrong}"`;
    return { reason: `"${name}" is no valid public name (RFC 1123): it has ${part}.`, remedy };
  }
  if (/(^|\.)\d+$/.test(name)) {
    return { reason: `"${name}" is no valid public name: its last part is a number, as in an address.`, remedy };
  }
  return undefined;
}

/**
 * The name by which a browser on this machine reaches a public name of the site: its last label becomes `localhost`,
 * which browsers resolve to 127.0.0.1 by themselves (RFC 6761 §6.3). A name of one label gets `.localhost` behind it.
 */
export function localName(domain: string): string {
  const labels = domain.split(".");
  if (labels[labels.length - 1] === "localhost") return domain;
  return labels.length === 1 ? `${domain}.localhost` : [...labels.slice(0, -1), "localhost"].join(".");
}
