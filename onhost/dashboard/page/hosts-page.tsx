import { bytesText, rateText, shareText } from "../../../src/base/figures.ts";
import type { HostNow, Overview, StatusClass, TrafficRow } from "../../../src/model/overview.ts";
import { ChartCard } from "./chart.tsx";
import { flowText, stateText } from "./diagram.tsx";
import { Bar, Card, Scroll, Spark, Tile, Word } from "./parts.tsx";
import { NotFound } from "./shell.tsx";
import { linkTo } from "./state.ts";

const classes: readonly StatusClass[] = ["2xx", "3xx", "4xx", "5xx"];

/** Requests by tier, service and host, with classes of status. */
export function TiersPage({ overview }: { readonly overview: Overview }) {
  return (
    <>
      <h1>Requests, tier by tier</h1>
      <TrafficTable rows={overview.traffic.rows} />
      <div class="cards two">
        <ChartCard name="requests" />
        <ChartCard name="latency" />
      </div>
    </>
  );
}

function TrafficTable({ rows }: { readonly rows: readonly TrafficRow[] }) {
  return (
    <Scroll label="Requests by tier">
      <table class="grid">
        <thead>
          <tr>
            <th scope="col">Who</th>
            <th scope="col" class="number">
              Now
            </th>
            <th scope="col" class="number">
              Last minute
            </th>
            {classes.map((name) => (
              <th key={name} scope="col" class="number">
                {name} /s
              </th>
            ))}
            <th scope="col">Five minutes</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr
              key={`${row.tier} ${row.of} ${row.name}`}
              class={row.of === "" ? "tier" : row.of === row.tier && row.tier === "app" ? "service" : "part"}
            >
              <th scope="row">{linked(row)}</th>
              <td class="number">{rateText(row.now, row.unit)}</td>
              <td class="number">{rateText(row.minute, "/s")}</td>
              {classes.map((name) => (
                <ClassCell key={name} name={name} row={row} />
              ))}
              <td>
                {row.history.length > 0 && <Spark values={row.history} label={`${row.name}, the last five minutes`} />}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function ClassCell({ row, name }: { readonly row: TrafficRow; readonly name: StatusClass }) {
  const value = row.classes[name];
  if (value === undefined) return <td class="number quiet">·</td>;
  const tone = name === "5xx" && (value ?? 0) > 0 ? " bad" : "";
  return (
    <td class={`number${tone}`}>
      {value === null ? (row.now === null ? "no data" : "0") : rateText(value, "").trim()}
    </td>
  );
}

function linked({ tier, name, of }: TrafficRow) {
  if (of === "")
    return (
      <a href={linkTo(tier === "visitors" ? "/tiers/balancer" : `/tiers/${tier}`)}>
        {tier === "app" ? "services" : tier}
      </a>
    );
  if (tier === "app" && of === "app") return <a href={linkTo(`/tiers/${name}`)}>{name}</a>;
  return <a href={linkTo(`/hosts/${name}`)}>{name}</a>;
}

/** RED for what serves, USE for the machines that it runs on. */
export function TierPage({ overview, name }: { readonly overview: Overview; readonly name: string }) {
  const hosts = overview.hosts.filter(({ tier, service }) => tier === name || service === name);
  if (hosts.length === 0) return <NotFound />;
  const service = hosts.every((host) => host.service === name);
  const services = [...new Set(hosts.flatMap((host) => host.service ?? []))];
  const titles: Readonly<Record<string, string>> = {
    balancer: "Balancers",
    web: "Web hosts",
    app: "Services",
    database: "Database hosts",
    monitor: "Monitor",
  };
  const charts: Readonly<Record<string, readonly string[]>> = {
    balancer: ["balancer-requests", "requests", "errors", "latency", "balancer-connections", "denied"],
    web: ["web-requests", "latency"],
    database: ["statements", "commands", "lag", "sessions"],
    monitor: ["logs-heard", "probe"],
  };
  return (
    <>
      <h1>{titles[name] ?? name}</h1>
      {!service && services.length > 0 && (
        <p>
          {services.map((one) => (
            <a class="chip" key={one} href={linkTo(`/tiers/${one}`)}>
              {one}
            </a>
          ))}
        </p>
      )}
      <HostTable hosts={hosts} />
      <div class="cards two">
        {service &&
          ["service-requests", "service-latency", "service-hosts"].map((chart) => (
            <ChartCard key={chart} name={chart} of={name} />
          ))}
        {(charts[name] ?? []).map((chart) => (
          <ChartCard key={chart} name={chart} />
        ))}
        {["cpu", "memory", "disk", "network", "load", "disk-busy"].map((chart) => (
          <ChartCard key={chart} name={chart} of={name} />
        ))}
      </div>
    </>
  );
}

export function HostsPage({ overview }: { readonly overview: Overview }) {
  return (
    <>
      <h1>Hosts</h1>
      <HostTable hosts={overview.hosts} />
      <div class="cards two">
        <ChartCard name="cpu" />
        <ChartCard name="memory" />
        <ChartCard name="disk" />
        <ChartCard name="network" />
      </div>
    </>
  );
}

export function tone({ state }: HostNow): "good" | "bad" | "missing" {
  return state === "up" ? "good" : state === "down" ? "bad" : "missing";
}

function HostTable({ hosts }: { readonly hosts: readonly HostNow[] }) {
  return (
    <Scroll label="Hosts">
      <table class="grid">
        <thead>
          <tr>
            <th scope="col">Host</th>
            <th scope="col">State</th>
            <th scope="col" class="number">
              Rate
            </th>
            <th scope="col">Processor</th>
            <th scope="col">Memory</th>
            <th scope="col">Disk</th>
            <th scope="col" class="number">
              Network
            </th>
          </tr>
        </thead>
        <tbody>
          {hosts.map((host) => (
            <tr key={host.name}>
              <th scope="row">
                <a href={linkTo(`/hosts/${host.name}`)}>{host.name}</a>
                <span class="quiet"> {host.service ?? host.tier}</span>
              </th>
              <td>
                <Word tone={tone(host)}>{stateText(host)}</Word>
                {host.notes.length > 0 && <span class="quiet"> {host.notes.join(", ")}</span>}
              </td>
              <td class="number">{host.tier === "monitor" ? "·" : rateText(host.rate, "/s")}</td>
              <td>
                <Bar share={host.cpu} text={shareText(host.cpu)} />
              </td>
              <td>
                <Bar share={host.memory} text={shareText(host.memory)} />
              </td>
              <td>
                <Bar share={host.disk} text={shareText(host.disk)} />
              </td>
              <td class="number">{host.network === null ? "no data" : `${bytesText(host.network)}/s`}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

export function HostPage({ overview, name }: { readonly overview: Overview; readonly name: string }) {
  const host = overview.hosts.find((one) => one.name === name);
  if (host === undefined) return <NotFound />;
  const edges = overview.edges.filter(({ from, to }) => from === name || to === name);
  const firing = overview.alerts.filter(({ labels }) => labels.host === name);
  return (
    <>
      <h1>
        {host.name} <Word tone={tone(host)}>{stateText(host)}</Word>
      </h1>
      <p class="quiet">
        {[host.service === null ? host.tier : `service ${host.service}`, host.address, ...host.notes].join(" · ")} ·{" "}
        <a href={linkTo("/logs", { host: name })}>its logs</a>
      </p>
      {firing.length > 0 && (
        <ul class="plain">
          {firing.map((alert) => (
            <li key={alert.name + alert.since}>
              <Word tone={alert.severity === "page" ? "bad" : "careful"}>{alert.summary}</Word>
            </li>
          ))}
        </ul>
      )}
      <dl class="tiles">
        {host.tier !== "monitor" && (
          <Tile name="Asked" value={rateText(host.rate, host.tier === "database" ? "statements/s" : "requests/s")} />
        )}
        <Tile name="Processor" value={shareText(host.cpu)} />
        <Tile name="Memory" value={shareText(host.memory)} />
        <Tile name="Disk" value={shareText(host.disk)} />
        <Tile name="Network" value={host.network === null ? "no data" : `${bytesText(host.network)}/s`} />
      </dl>
      {edges.length > 0 && (
        <Card title="Whom it talks to">
          <ul class="plain">
            {edges.map(({ from, to, kind, rate, up }) => (
              <li key={`${from} ${to} ${kind}`}>
                <Word tone={up === null ? "missing" : up ? "good" : "bad"}>
                  {from} → {to}
                </Word>{" "}
                <span class="quiet">
                  {kind === "replication"
                    ? rate === null
                      ? "no data"
                      : `${rate.toFixed(1)} s behind`
                    : flowText({ kind, rate })}
                  {up === false ? ", out of service" : ""}
                </span>
              </li>
            ))}
          </ul>
        </Card>
      )}
      <div class="cards two">
        {["cpu", "load", "memory", "disk", "disk-busy", "network"].map((chart) => (
          <ChartCard key={chart} name={chart} of={name} />
        ))}
      </div>
    </>
  );
}
