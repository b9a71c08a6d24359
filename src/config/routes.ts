import type { Route } from "../model/site.ts";
import { domainFault, type Fault } from "./names.ts";

type RouteDraft = string | { readonly host?: string | undefined; readonly path?: string | undefined };

/**
 * One route of a service from what the site file says: "/api", "api.shop.example/path" or { host, path }. The domain
 * itself becomes `host: undefined`, and "/api/" becomes "/api", so that equal routes are equal.
 */
export function routeFrom(input: RouteDraft, domain: string | undefined): Route | Fault {
  const parts = typeof input === "string" ? splitRoute(input) : { host: input.host, path: input.path ?? "/" };
  if ("reason" in parts) return parts;
  const { host, path } = parts;
  const fault = pathFault(path) ?? (host === undefined ? undefined : domainFault(host));
  if (fault !== undefined) return fault;
  return { host: host === domain ? undefined : host, path: path.length > 1 ? path.replace(/\/$/, "") : path };
}

/** A route as people write it: `/api`, `api.shop.example/path`. */
export function routeText(route: Route): string {
  return `${route.host ?? ""}${route.path}`;
}

function splitRoute(text: string): { readonly host: string | undefined; readonly path: string } | Fault {
  if (text.startsWith("/")) return { host: undefined, path: text };
  const scheme = /^[a-z]+:\/\/(.*)$/.exec(text)?.[1];
  if (scheme !== undefined) {
    return {
      reason: `"${text}" is a web address; a route has no scheme.`,
      remedy: `Write "${scheme.replace(/\/?$/, "/")}".`,
    };
  }
  const slash = text.indexOf("/");
  if (slash > 0) return { host: text.slice(0, slash), path: text.slice(slash) };
  const name = text.includes(".") ? `, or "${text}/" if it is a public name` : "";
  return { reason: `"${text}" is no route: a path starts with "/".`, remedy: `Write "/${text}"${name}.` };
}

function pathFault(path: string): Fault | undefined {
  if (!path.startsWith("/")) {
    return { reason: `path "${path}" does not start with "/".`, remedy: `Write "/${path}".` };
  }
  if (!/^\/[A-Za-z0-9._~@+=,!/-]*$/.test(path)) {
    const remedy =
      'Use letters, digits and . _ ~ @ + = , ! - between the slashes. A route is compared with the path only, without "?" and "#".';
    return { reason: `"${path}" has characters that a route cannot have.`, remedy };
  }
  if (path.includes("//") || /(^|\/)\.\.?(\/|$)/.test(path)) {
    const remedy = 'Write the path as visitors\' browsers send it, such as "/api/items".';
    return {
      reason: `"${path}" would never match: "//", "." and ".." are resolved before routes are looked at.`,
      remedy,
    };
  }
  return undefined;
}
