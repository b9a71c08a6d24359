import { HostPage, HostsPage, TierPage, TiersPage } from "./hosts-page.tsx";
import { LogsPage } from "./logs-page.tsx";
import { OverviewPage } from "./overview-page.tsx";
import { AlertsPage, BansPage, CertificatesPage, DatabasePage, RegionsPage } from "./pages.tsx";
import { address, changeWords, linkTo, live, overview, path, ranges, span, tick } from "./state.ts";
import { type Choice, choice, choose } from "./theme.ts";

const places: readonly (readonly [path: string, title: string])[] = [
  ["", "Overview"],
  ["tiers", "Tiers"],
  ["hosts", "Hosts"],
  ["database", "Database"],
  ["regions", "Outside"],
  ["certificates", "Certificates"],
  ["bans", "Bans"],
  ["alerts", "Alerts"],
  ["logs", "Logs"],
];

export function Shell() {
  const [place = ""] = path.value;
  const seen = overview.value;
  const title = places.find(([name]) => name === place)?.[1] ?? "Not found";
  const detail = path.value[1];
  document.title = `${detail ?? title} · ${seen?.site ?? "site"}${seen && seen.verdict.health !== "well" ? ` · ${seen.verdict.headline}` : ""}`;
  return (
    <>
      <a class="skip" href="#content">
        To the content
      </a>
      <header class="top">
        <a class="brand" href={linkTo("/")}>
          <svg viewBox="0 0 32 32" aria-hidden="true">
            <path d="M4 5h5v4h4V5h6v4h4V5h5v9l-3 3v10h-7v-5a2 2 0 0 0-4 0v5H7V17l-3-3z" />
          </svg>
          {seen?.site ?? ""}
        </a>
        <nav aria-label="Pages">
          {places.map(([name, text]) => (
            <a key={name} href={linkTo(`/${name}`)} aria-current={name === place ? "page" : undefined}>
              {text}
              {name === "alerts" && <AlertCount />}
            </a>
          ))}
        </nav>
        <TimeChoice />
      </header>
      {seen && !seen.data.fresh && place !== "" && (
        <p class="banner" role="status">
          <b>{seen.verdict.headline}</b> {seen.data.why}
        </p>
      )}
      <main id="content" tabIndex={-1}>
        {seen ? <Place /> : <p class="waiting">Asking the monitor …</p>}
      </main>
      <footer>
        <Clock />
        <label>
          Colours{" "}
          <select value={choice.value} onChange={(event) => choose(event.currentTarget.value as Choice)}>
            <option value="auto">as the system</option>
            <option value="light">light</option>
            <option value="dark">dark</option>
          </select>
        </label>
        <span class="quiet">For looking only: changes are made by the site file and rampart.</span>
      </footer>
    </>
  );
}

function AlertCount() {
  const count = overview.value?.alerts.filter(({ state, silenced }) => state === "firing" && !silenced).length ?? 0;
  return count === 0 ? null : <span class="count">{count}</span>;
}

function Place() {
  const seen = overview.value;
  const [place = "", name] = path.value;
  if (seen === undefined) return null;
  switch (place) {
    case "":
      return <OverviewPage overview={seen} />;
    case "tiers":
      return name === undefined ? <TiersPage overview={seen} /> : <TierPage overview={seen} name={name} />;
    case "hosts":
      return name === undefined ? <HostsPage overview={seen} /> : <HostPage overview={seen} name={name} />;
    case "database":
      return <DatabasePage overview={seen} />;
    case "regions":
      return <RegionsPage overview={seen} />;
    case "certificates":
      return <CertificatesPage overview={seen} />;
    case "bans":
      return <BansPage overview={seen} />;
    case "alerts":
      return <AlertsPage overview={seen} />;
    case "logs":
      return <LogsPage overview={seen} />;
    default:
      return <NotFound />;
  }
}

export function NotFound() {
  return (
    <section class="card">
      <h1>There is nothing here</h1>
      <p>
        <code>{address.value.pathname}</code> is no page of this dashboard, or names something that the site does not
        have.
      </p>
      <p>
        <a href={linkTo("/")}>To the overview</a>
      </p>
    </section>
  );
}

/** Which time charts and logs show; "live" goes along with the clock. */
function TimeChoice() {
  const words = address.value.searchParams;
  const range = words.get("range") ?? "15m";
  const { to, seconds } = span.value;
  const back = () => changeWords({ to: String(Math.round((to ?? Date.now() / 1000) - seconds / 2)) });
  const on = () => {
    const next = Math.round((to ?? 0) + seconds / 2);
    changeWords({ to: next >= Date.now() / 1000 ? undefined : String(next) });
  };
  return (
    <fieldset class="time" aria-label="Time of charts and logs">
      <button type="button" onClick={back} aria-label="Earlier" title="Earlier">
        ‹
      </button>
      <select
        aria-label="How long"
        value={range}
        onChange={(event) => changeWords({ range: event.currentTarget.value })}
      >
        {Object.keys(ranges).map((name) => (
          <option key={name} value={name}>
            {name
              .replace("m", " min")
              .replace("h", " h")
              .replace("d", name === "1d" ? " day" : " days")}
          </option>
        ))}
      </select>
      <button type="button" onClick={on} disabled={to === undefined} aria-label="Later" title="Later">
        ›
      </button>
      <button
        type="button"
        class="live"
        aria-pressed={live.value}
        onClick={() => changeWords({ to: live.value ? String(Math.floor(Date.now() / 1000)) : undefined })}
      >
        {live.value ? "live" : `until ${new Date((to ?? 0) * 1000).toISOString().slice(5, 16).replace("T", " ")}`}
      </button>
    </fieldset>
  );
}

function Clock() {
  const seen = overview.value;
  const at = seen?.data.at;
  void tick.value;
  if (!seen) return <span class="quiet">no data yet</span>;
  return (
    <span class={seen.data.fresh ? "quiet" : "problem"}>{at ? `Data of ${at.slice(11, 19)} UTC` : "no data"}</span>
  );
}
