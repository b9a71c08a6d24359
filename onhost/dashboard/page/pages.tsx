import { noData, secondsText } from "../../../src/base/figures.ts";
import { plural } from "../../../src/base/text.ts";
import type { Overview } from "../../../src/model/overview.ts";
import { ChartCard } from "./chart.tsx";
import { Ago, Scroll, Word } from "./parts.tsx";
import { linkTo } from "./state.ts";

interface Props {
  readonly overview: Overview;
}

export function DatabasePage({ overview: { database, backup, now } }: Props) {
  if (database === null)
    return (
      <section class="card">
        <h1>Database</h1>
        <p>This site has none.</p>
      </section>
    );
  const { promiseHolds, reason, members, changes, term, paused } = database;
  const tone = promiseHolds === null ? "missing" : promiseHolds ? "good" : "bad";
  return (
    <>
      <h1>
        Database{" "}
        <Word tone={tone}>
          {promiseHolds === null ? noData : promiseHolds ? "its promise holds" : "its promise does not hold"}
        </Word>
      </h1>
      <p>
        {reason}
        {term === null ? "" : ` Term ${term}.`}
        {paused ? " The agents are paused: nobody takes over." : ""}
      </p>
      <Scroll label="Members">
        <table class="grid">
          <thead>
            <tr>
              <th scope="col">Member</th>
              <th scope="col">Standing</th>
              <th scope="col">Acknowledges</th>
              <th scope="col" class="number">
                Behind
              </th>
              <th scope="col">Has</th>
              <th scope="col">Remarks</th>
            </tr>
          </thead>
          <tbody>
            {members.map((member) => (
              <tr key={member.host}>
                <th scope="row">
                  <a href={linkTo(`/hosts/${member.host}`)}>{member.host}</a>
                </th>
                <td>
                  <Word tone={member.standing === "unknown" ? "missing" : member.detail === "" ? "good" : "careful"}>
                    {member.standing === "unknown" ? noData : member.standing}
                  </Word>
                </td>
                <td>{member.voter === null ? noData : member.voter ? "yes" : "no"}</td>
                <td class="number">{member.standing === "primary" ? "·" : secondsText(member.lagSeconds)}</td>
                <td>
                  <code>{member.position ?? noData}</code>
                </td>
                <td>
                  {[member.doing === "stay" || member.doing === "wait" ? "" : member.doing, member.detail]
                    .filter((text) => text !== "")
                    .join(", ")}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {backup && (
        <p class="quiet">
          Last backup {backup.base === null ? "is not known" : <Ago at={backup.base} now={now} />} · logs in the store
          up to {backup.logs === null ? "no data" : <Ago at={backup.logs} now={now} />} · last proven restore{" "}
          {backup.proven === null ? "is not known" : <Ago at={backup.proven} now={now} />}
        </p>
      )}
      <div class="cards two">
        {["statements", "commands", "lag", "sessions"].map((chart) => (
          <ChartCard key={chart} name={chart} />
        ))}
        {["cpu", "memory", "disk", "disk-busy"].map((chart) => (
          <ChartCard key={chart} name={chart} of="database" />
        ))}
      </div>
      {changes.length > 0 && (
        <section class="card wide">
          <h2>Changes of the primary</h2>
          <ol class="plain">
            {changes.toReversed().map((change) => (
              <li key={change.term}>
                <b>{change.primary}</b> {change.kind === "first" ? "as the first" : `by ${change.kind}`},{" "}
                <Ago at={change.at} now={now} />
                {change.gapSeconds === null ? "" : `, writes waited ${secondsText(change.gapSeconds)}`}{" "}
                <span class="quiet">{change.reason}</span>
              </li>
            ))}
          </ol>
        </section>
      )}
    </>
  );
}

export function CertificatesPage({ overview: { certificates } }: Props) {
  return (
    <>
      <h1>Certificates</h1>
      <Scroll label="Certificates">
        <table class="grid">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Seen by</th>
              <th scope="col">Ends</th>
              <th scope="col" class="number">
                Left
              </th>
            </tr>
          </thead>
          <tbody>
            {certificates.map(({ name, seenBy, expires, daysLeft }) => (
              <tr key={`${name} ${seenBy}`}>
                <th scope="row">{name}</th>
                <td>{seenBy}</td>
                <td>{expires === null ? noData : `${expires.slice(0, 16).replace("T", " ")} UTC`}</td>
                <td class="number">
                  <Word
                    tone={daysLeft === null ? "missing" : daysLeft < 7 ? "bad" : daysLeft < 14 ? "careful" : "good"}
                  >
                    {daysLeft === null ? noData : plural(Math.floor(daysLeft), "day")}
                  </Word>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      <div class="cards two">
        <ChartCard name="certificates" />
      </div>
    </>
  );
}

export function BansPage({ overview: { bans } }: Props) {
  return (
    <>
      <h1>Bans</h1>
      <p>
        {bans === null
          ? "no data: how many addresses are banned is not known."
          : bans === 0
            ? "Nobody is banned."
            : `${plural(bans, "address is", "addresses are")} not answered. Which, and until when: `}
        {bans !== null && bans > 0 && <code>rampart bans</code>}
      </p>
      <div class="cards two">
        <ChartCard name="bans" />
        <ChartCard name="denied" />
      </div>
    </>
  );
}

export function RegionsPage({ overview: { answersVisitors } }: Props) {
  const tone = answersVisitors === null ? "missing" : answersVisitors ? "good" : "bad";
  return (
    <>
      <h1>
        From outside{" "}
        <Word tone={tone}>
          {answersVisitors === null ? noData : answersVisitors ? "the site answers" : "the site does not answer"}
        </Word>
      </h1>
      <p class="quiet">The monitor asks every two seconds, through the address that visitors use.</p>
      <div class="cards two">
        <ChartCard name="probe-success" />
        <ChartCard name="probe" />
      </div>
    </>
  );
}

export function AlertsPage({ overview: { alerts, alertsKnown, now } }: Props) {
  return (
    <>
      <h1>Alerts</h1>
      {!alertsKnown && (
        <p>
          <Word tone="missing">no data: which alerts fire is not known</Word>
        </p>
      )}
      {alertsKnown && alerts.length === 0 && (
        <p>
          <Word tone="good">none fires, and none is about to</Word>
        </p>
      )}
      {alerts.map((alert) => (
        <section class="card wide" key={JSON.stringify(alert.labels)}>
          <h2>
            <Word
              tone={
                alert.silenced || alert.state === "pending" ? "missing" : alert.severity === "page" ? "bad" : "careful"
              }
            >
              {alert.summary || alert.name}
            </Word>
          </h2>
          <p>{alert.description}</p>
          <p class="quiet">
            {alert.name} ·{" "}
            {alert.state === "pending"
              ? "not sure yet"
              : alert.severity === "page"
                ? "somebody must act now"
                : "somebody must act this week"}
            {alert.silenced ? " · silenced" : ""} · since <Ago at={alert.since} now={now} />
            {alert.runbook === "" ? "" : ` · what to do: ${alert.runbook}`}
          </p>
        </section>
      ))}
      <div class="cards two">
        <ChartCard name="alerts" />
      </div>
    </>
  );
}
