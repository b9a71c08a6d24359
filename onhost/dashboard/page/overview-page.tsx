import { noData, rateText, secondsText, shareText } from "../../../src/base/figures.ts";
import { plural } from "../../../src/base/text.ts";
import type { Overview } from "../../../src/model/overview.ts";
import { ChartCard } from "./chart.tsx";
import { Diagram } from "./diagram.tsx";
import { Ago, Card, Spark, Tile, Word } from "./parts.tsx";
import { linkTo } from "./state.ts";

/** Is it well? Words first, then the picture, then the figures. */
export function OverviewPage({ overview }: { readonly overview: Overview }) {
  return (
    <>
      <Verdict overview={overview} />
      <Figures overview={overview} />
      <Card title="Who talks to whom" wide>
        <Diagram overview={overview} />
      </Card>
      <div class="cards">
        <AlertsCard overview={overview} />
        {overview.database && <PromiseCard overview={overview} />}
        <CertificatesCard overview={overview} />
        <SafetyCard overview={overview} />
      </div>
      <div class="cards two">
        <ChartCard name="requests" />
        <ChartCard name="latency" />
        <ChartCard name="errors" />
        <ChartCard name="cpu" />
      </div>
    </>
  );
}

function Verdict({ overview: { verdict, data, domain, url } }: { readonly overview: Overview }) {
  const mark = {
    well: "M6 13l5 5L20 7",
    attention: "M13 6v9m0 4v.5",
    trouble: "M7 7l12 12m0-12L7 19",
    unknown: "M9 10a4 4 0 1 1 5 4c-1 .4-1 1-1 2m0 3v.5",
  };
  return (
    <section class={`verdict ${verdict.health}`} aria-live="polite">
      <svg viewBox="0 0 26 26" aria-hidden="true">
        <circle cx="13" cy="13" r="12" />
        <path d={mark[verdict.health]} />
      </svg>
      <div>
        <h1>{verdict.headline}</h1>
        {verdict.reasons.slice(0, 6).map((reason) => (
          <p key={reason}>{reason}</p>
        ))}
        {data.fresh && (
          <p class="where">
            <a href={url} rel="noreferrer">
              {domain}
            </a>
          </p>
        )}
      </div>
    </section>
  );
}

function Figures({ overview }: { readonly overview: Overview }) {
  const { traffic, hosts } = overview;
  const visitors = traffic.rows.find(({ name }) => name === "visitors");
  const asked = (visitors?.minute ?? null) === null ? noData : "nobody asked";
  const orNobody = (value: number | null, text: string) => (value === null ? asked : text);
  const fullest = hosts
    .flatMap((host) =>
      (["cpu", "memory", "disk"] as const).map((what) => ({ host: host.name, what, share: host[what] })),
    )
    .filter((one): one is typeof one & { share: number } => one.share !== null)
    .toSorted((one, other) => other.share - one.share)[0];
  const words = { cpu: "processor", memory: "memory", disk: "disk" };
  return (
    <dl class="tiles">
      <Tile
        name="Requests of visitors"
        value={rateText(visitors?.now ?? null, "requests/s")}
        note={`${rateText(visitors?.minute ?? null, "/s")} in the last minute`}
      >
        <Spark values={visitors?.history ?? []} label="The last five minutes" />
      </Tile>
      <Tile
        name="Failed"
        value={orNobody(traffic.errorShare, shareText(traffic.errorShare))}
        note="status 5xx, last minute"
        tone={(traffic.errorShare ?? 0) > 0.01 ? "bad" : undefined}
      />
      <Tile
        name="Half are answered within"
        value={orNobody(traffic.p50, secondsText(traffic.p50))}
        note="p50, last minute"
      />
      <Tile name="95 of 100 within" value={orNobody(traffic.p95, secondsText(traffic.p95))} note="p95, last minute" />
      <Tile name="99 of 100 within" value={orNobody(traffic.p99, secondsText(traffic.p99))} note="p99, last minute" />
      <Tile
        name="Fullest"
        value={fullest === undefined ? noData : shareText(fullest.share)}
        {...(fullest === undefined ? {} : { note: `${words[fullest.what]} of ${fullest.host}` })}
        tone={fullest !== undefined && fullest.share > 0.9 ? "careful" : undefined}
      />
    </dl>
  );
}

function AlertsCard({ overview: { alerts, alertsKnown, now } }: { readonly overview: Overview }) {
  const firing = alerts.filter(({ state }) => state === "firing");
  return (
    <Card title="Alerts" to="/alerts">
      {!alertsKnown && (
        <p>
          <Word tone="missing">no data: which alerts fire is not known</Word>
        </p>
      )}
      {alertsKnown && firing.length === 0 && (
        <p>
          <Word tone="good">none fires</Word>
        </p>
      )}
      <ul class="plain">
        {firing.slice(0, 5).map((alert) => (
          <li key={`${alert.name} ${alert.since} ${alert.summary}`}>
            <Word tone={alert.silenced ? "missing" : alert.severity === "page" ? "bad" : "careful"}>
              {alert.summary || alert.name}
            </Word>
            <span class="quiet">
              {" "}
              <Ago at={alert.since} now={now} />
              {alert.silenced ? ", silenced" : ""}
            </span>
          </li>
        ))}
      </ul>
      {firing.length > 5 && (
        <p>
          <a href={linkTo("/alerts")}>{plural(firing.length - 5, "more alert")}</a>
        </p>
      )}
    </Card>
  );
}

function PromiseCard({ overview: { database, now } }: { readonly overview: Overview }) {
  if (!database) return null;
  const { promiseHolds, reason, primary, members, changes } = database;
  const last = changes.at(-1);
  const tone = promiseHolds === null ? "missing" : promiseHolds ? "good" : "bad";
  const words =
    database.mode === "galera"
      ? ["the cluster is whole", "the cluster is not whole"]
      : ["no acknowledged write can be lost", "the promise does not hold"];
  return (
    <Card title="Database" to="/database">
      <p>
        <Word tone={tone}>{promiseHolds === null ? "no data" : promiseHolds ? words[0] : words[1]}</Word>
      </p>
      <p class="quiet">{reason}</p>
      <dl class="facts">
        <dt>Primary</dt>
        <dd>{primary ?? (promiseHolds === null ? noData : "none")}</dd>
        <dt>Members</dt>
        <dd>{members.map(({ host, standing }) => `${host} ${standing}`).join(", ")}</dd>
        {last && (
          <>
            <dt>Last change</dt>
            <dd>
              {last.kind === "first" ? "founded on" : `${last.kind} to`} {last.primary}, <Ago at={last.at} now={now} />
              {last.gapSeconds === null ? "" : `, writes waited ${secondsText(last.gapSeconds)}`}
            </dd>
          </>
        )}
      </dl>
    </Card>
  );
}

function CertificatesCard({ overview: { certificates } }: { readonly overview: Overview }) {
  const known = certificates
    .filter(({ daysLeft }) => daysLeft !== null)
    .toSorted((one, other) => (one.daysLeft ?? 0) - (other.daysLeft ?? 0));
  const [first] = known;
  const missing = certificates.length - known.length;
  return (
    <Card title="Certificates" to="/certificates">
      {first && (
        <p>
          <Word tone={(first.daysLeft ?? 0) < 7 ? "bad" : (first.daysLeft ?? 0) < 14 ? "careful" : "good"}>
            the next ends in {plural(Math.floor(first.daysLeft ?? 0), "day")}
          </Word>
        </p>
      )}
      {first && <p class="quiet">{first.name}</p>}
      {missing > 0 && (
        <p>
          <Word tone="missing">no data of {plural(missing, "certificate")}</Word>
        </p>
      )}
    </Card>
  );
}

function SafetyCard({ overview: { bans, backup, lastDrill, now } }: { readonly overview: Overview }) {
  return (
    <Card title="Safety">
      <dl class="facts">
        <dt>Banned now</dt>
        <dd>
          <a href={linkTo("/bans")}>{bans === null ? noData : plural(bans, "address", "addresses")}</a>
        </dd>
        {backup && (
          <>
            <dt>Last backup</dt>
            <dd>{backup.base === null ? "none is known" : <Ago at={backup.base} now={now} />}</dd>
          </>
        )}
        {backup && (
          <>
            <dt>Last proven restore</dt>
            <dd>
              {backup.proven === null ? "none is known" : <Ago at={backup.proven} now={now} />}
              {backup.drillFailed ? ", the newest trial failed" : ""}
            </dd>
          </>
        )}
        <dt>Last drill</dt>
        <dd>
          {lastDrill === null ? (
            "none is known"
          ) : (
            <>
              {lastDrill.text}, <Ago at={lastDrill.at} now={now} />
            </>
          )}
        </dd>
      </dl>
    </Card>
  );
}
