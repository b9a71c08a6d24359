import { type Day, dayOf, type Incident, type Kept, type Look, lastDays } from "./model.ts";
import { style } from "./style.ts";

/** What is shown besides what was measured. */
export interface About {
  readonly domain: string;
  /** Names of services. */
  readonly services: readonly string[];
}

/** Seconds after which a web host calls the page stale: see roles/web/status-page.ts, which sets the class "stale". */
export function statusHtml({ domain, services }: About, look: Look, kept: Kept): string {
  const parts = [
    { name: "Website", fault: faultOf(look, "site") ?? faultOf(look, "web") },
    ...services.map((name) => ({ name, fault: faultOf(look, `service:${name}`) })),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<meta name="as-of" content="${look.now}">
<title>${escaped(headline(look))} · ${escaped(domain)}</title>
<style>${style}</style>
</head>
<body>
<main>
<p class="site">${escaped(domain)}</p>
<h1 class="${look.faults.length > 0 ? "bad" : "good"}"><span class="fresh">${escaped(headline(look))}</span><span class="old">Not known: this page is out of date</span></h1>
<p class="fresh">As of ${clock(look.now)} UTC, ${date(look.now)}. Reload the page for news.</p>
<p class="old">The last word is of ${clock(look.now)} UTC, ${date(look.now)}: what follows was true then. Whoever watches the site has not been heard of since.</p>
<section aria-labelledby="now">
<h2 id="now">Now</h2>
<ul class="parts">
${parts.map(({ name, fault }) => `<li><span>${escaped(name)}</span> <b class="${fault ? "bad" : "good"}">${fault ? `not available since ${when(fault.from, look.now)}` : "works"}</b></li>`).join("\n")}
<li><span>95 of 100 answers within</span> <b>${look.p95 === undefined ? "no visits in five minutes" : duration(look.p95)}</b></li>
</ul>
</section>
${daysSection(look, kept)}
${incidentsSection(look, kept.incidents)}
</main>
</body>
</html>
`;
}

function headline({ faults }: Look): string {
  if (faults.some(({ what }) => what === "site" || what === "web")) return "The site does not answer";
  if (faults.length > 0) return "A part of the site does not work";
  return "Everything works";
}

function faultOf({ faults }: Look, what: string) {
  return faults.find((one) => one.what === what);
}

function daysSection({ now }: Look, { days }: Kept): string {
  const list = lastDays(now);
  const known = list.flatMap((day) => days[day] ?? []).filter(({ asked }) => asked > 0);
  const [good, asked] = known.reduce(([all, of], one) => [all + one.good, of + one.asked], [0, 0]);
  const sum =
    asked === 0
      ? "no data yet"
      : `${percent(good / asked)} in the ${known.length === 1 ? "one day that was" : `${known.length} days that were`} watched`;
  const items = list.map((day) => {
    const text = `${day}: ${dayText(days[day])}`;
    return `<li class="${dayClass(days[day])}" title="${text}"><span>${text}</span></li>`;
  });
  return `<section aria-labelledby="days">
<h2 id="days">Availability, 90 days</h2>
<p>${sum}</p>
<ol class="days">
${items.join("\n")}
</ol>
<p class="ends" aria-hidden="true"><span>${list[0]}</span><span>today</span></p>
</section>`;
}

/** A day of which little is known is no good day. */
function dayClass(day: Day | undefined): string {
  if (day === undefined || day.asked === 0) return "none";
  const share = day.good / day.asked;
  return share >= 0.9995 ? "good" : share >= 0.99 ? "fair" : "bad";
}

function dayText(day: Day | undefined): string {
  if (day === undefined || day.asked === 0) return "no data";
  const part = day.watched < 0.95 ? `, watched for ${percent(day.watched)} of the day` : "";
  return `${percent(day.good / day.asked)}${part}`;
}

function incidentsSection({ now }: Look, incidents: readonly Incident[]): string {
  const newest = incidents.toReversed().slice(0, 20);
  const items = newest.map(({ what, from, to }) => {
    const long = to === undefined ? "and goes on" : `for ${span(to - from)}`;
    return `<li><b>${escaped(wordsOf(what))}</b> <span>${when(from, now)} UTC, ${long}</span></li>`;
  });
  const body =
    items.length === 0
      ? "<p>None is known of the last 90 days.</p>"
      : `<ul class="incidents">\n${items.join("\n")}\n</ul>`;
  return `<section aria-labelledby="incidents">\n<h2 id="incidents">Incidents</h2>\n${body}\n</section>`;
}

function wordsOf(what: string): string {
  if (what.startsWith("service:")) return `${what.slice("service:".length)} was not available`;
  return what === "web" ? "No web server answered" : "The site did not answer";
}

function clock(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(11, 16);
}

function date(seconds: number): string {
  return dayOf(seconds);
}

function when(seconds: number, now: number): string {
  return dayOf(seconds) === dayOf(now) ? clock(seconds) : `${date(seconds)} ${clock(seconds)}`;
}

/** 99.98 %, cut and not rounded: a day with a fault never shows 100 %. */
function percent(share: number): string {
  const cut = Math.floor(share * 1e4 + 1e-6) / 100;
  return `${cut === 100 ? "100" : cut.toFixed(2)} %`;
}

function duration(seconds: number): string {
  return seconds < 1 ? `${Math.max(1, Math.round(seconds * 1000))} ms` : `${seconds.toFixed(1)} s`;
}

function span(seconds: number): string {
  if (seconds < 120) return `${Math.max(1, Math.round(seconds))} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

const signs: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => signs[sign] ?? "");
}
