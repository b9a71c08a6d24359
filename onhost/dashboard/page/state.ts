import { computed, signal } from "@preact/signals";
import type { Overview } from "../../../src/model/overview.ts";

// What the page shows is in its address: a link that is sent shows the same.

export const address = signal(new URL(location.href));

/** Parts of the path: "/hosts/web1" is ["hosts", "web1"]. */
export const path = computed(() =>
  address.value.pathname
    .split("/")
    .filter((part) => part !== "")
    .map(decodeURIComponent),
);

export const ranges = { "5m": 300, "15m": 900, "1h": 3600, "6h": 21_600, "1d": 86_400, "7d": 604_800 } as const;
export type RangeName = keyof typeof ranges;

export interface Span {
  /** Seconds since 1970; undefined: live, up to now. */
  readonly to: number | undefined;
  readonly seconds: number;
}

/** The time that charts and logs show. */
export const span = computed((): Span => {
  const words = address.value.searchParams;
  const to = Number(words.get("to"));
  const name = words.get("range") ?? "15m";
  const seconds = Object.hasOwn(ranges, name) ? ranges[name as RangeName] : ranges["15m"];
  return { to: words.has("to") && Number.isFinite(to) ? to : undefined, seconds };
});

export const live = computed(() => span.value.to === undefined);

/** Address of another place of the page; the time goes along. */
export function linkTo(pathname: string, words: Readonly<Record<string, string | undefined>> = {}): string {
  const kept = new URLSearchParams();
  for (const name of ["range", "to"]) {
    const value = address.value.searchParams.get(name);
    if (value !== null) kept.set(name, value);
  }
  for (const [name, value] of Object.entries(words)) {
    if (value === undefined || value === "") kept.delete(name);
    else kept.set(name, value);
  }
  const text = kept.toString();
  return text === "" ? pathname : `${pathname}?${text}`;
}

export function go(to: string, replace = false): void {
  history[replace ? "replaceState" : "pushState"](null, "", to);
  address.value = new URL(location.href);
}

export function changeWords(words: Readonly<Record<string, string | undefined>>, replace = false): void {
  const next = new URL(location.href);
  for (const [name, value] of Object.entries(words)) {
    if (value === undefined || value === "") next.searchParams.delete(name);
    else next.searchParams.set(name, value);
  }
  go(`${next.pathname}${next.search}`, replace);
}

/** Links of the page are followed without a new page. */
export function followLinks(): void {
  addEventListener("popstate", () => {
    address.value = new URL(location.href);
  });
  document.addEventListener("click", (event) => {
    const link = (event.target as Element | null)?.closest("a");
    if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey)
      return;
    const href = link.getAttribute("href") ?? "";
    if (!href.startsWith("/") || href.startsWith("//") || link.hasAttribute("download")) return;
    event.preventDefault();
    const before = address.value.pathname;
    go(href);
    if (address.value.pathname === before) return;
    scrollTo(0, 0);
    document.getElementById("content")?.focus({ preventScroll: true });
  });
}

/** The last overview; undefined before the first. */
export const overview = signal<Overview | undefined>(undefined);
/** Seconds of the page's clock; moves every second. */
export const tick = signal(Math.floor(Date.now() / 1000));
