import { type MetricType, onCLS, onFCP, onINP, onLCP, onTTFB } from "web-vitals";

// Runs in visitors' browsers, on every page: how fast it was and which errors its scripts had, told once, when the page is left.
// No cookie, nothing kept in the browser, no address beyond the page's own path. src/roles/web/beacon-reader.ts reads what is sent.

// Only what is used here: the types of a browser would be there for all other programs too.
declare const document: { readonly visibilityState: string };
declare const location: { readonly pathname: string; readonly origin: string };
declare const navigator: { sendBeacon(url: string, text: string): boolean };
declare function addEventListener(kind: string, then: (event: PageEvent) => void, capture?: boolean): void;
interface PageEvent {
  readonly message?: string;
  readonly filename?: string;
  readonly lineno?: number;
  readonly colno?: number;
  readonly reason?: unknown;
}

/** Errors of one page that are told. */
const mostErrors = 5;
let lines: string[] = [];
let viewed = false;
let errors = 0;
const told = new Set<string>();

function flush(): void {
  if (lines.length === 0) return;
  const head = viewed ? [] : ["view"];
  viewed = true;
  navigator.sendBeacon("/.rampart/beacon", [`path ${location.pathname.slice(0, 500)}`, ...head, ...lines].join("\n"));
  lines = [];
}

/** A figure that changes while a hidden page is shown again is told as it was first. */
function measured({ name, value, id }: MetricType): void {
  if (told.has(name + id)) return;
  told.add(name + id);
  lines.push(`${name.toLowerCase()} ${Math.round(value * 1e4) / 1e4}`);
  if (document.visibilityState === "hidden") flush();
}

/** An error is told at once: a page that has failed may never be left in an orderly way. */
function failed(text: unknown, place: string): void {
  errors += 1;
  if (errors > mostErrors) return;
  if (errors === 1) lines.push("failed");
  lines.push(`error ${`${text}`.replace(/\s+/g, " ").slice(0, 300)} | ${place.slice(0, 200)}`);
  flush();
}

/** Path, line and column of a script, without its query. */
function placeOf({ filename = "", lineno = 0, colno = 0 }: PageEvent): string {
  const path = filename.replace(/[?#].*/, "");
  return `${path.startsWith(location.origin) ? path.slice(location.origin.length) : path}:${lineno}:${colno}`;
}

addEventListener("error", (event) => event.message && failed(event.message, placeOf(event)));
addEventListener("unhandledrejection", ({ reason }) => failed(reason, "promise"));
for (const watch of [onTTFB, onFCP, onLCP, onINP, onCLS]) watch(measured);
addEventListener("visibilitychange", () => document.visibilityState === "hidden" && flush(), true);
addEventListener("pagehide", flush, true);
