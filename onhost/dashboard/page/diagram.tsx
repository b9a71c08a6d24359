import { useEffect, useRef, useState } from "preact/hooks";
import { numberText, rateText, secondsText } from "../../../src/base/figures.ts";
import { plural } from "../../../src/base/text.ts";
import type { Edge, HostNow, Overview } from "../../../src/model/overview.ts";
import { type Box, type Line, layoutOf } from "./layout.ts";
import { linkTo } from "./state.ts";

/** The topology as it lives: who talks to whom, how much, what is down, who holds the address, who is primary. */
export function Diagram({ overview }: { readonly overview: Overview }) {
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [chosen, setChosen] = useState<string | undefined>();
  useEffect(() => {
    const element = frame.current;
    if (!element) return undefined;
    const measure = () => setWidth(Math.floor(element.clientWidth));
    measure();
    const watcher = new ResizeObserver(measure);
    watcher.observe(element);
    return () => watcher.disconnect();
  }, []);
  const layout = width === 0 ? undefined : layoutOf(overview, width);
  return (
    <div class="diagram" ref={frame}>
      {layout && (
        <svg
          viewBox={`0 0 ${layout.width} ${layout.height}`}
          width={layout.width}
          height={layout.height}
          aria-label="Who talks to whom"
        >
          <g class="ways">
            {layout.lines.map((line) => (
              <Way key={`${line.edge.from} ${line.edge.to} ${line.edge.kind}`} line={line} chosen={chosen} />
            ))}
            {layout.lines.map((line) => (
              <WayFigure key={`${line.edge.from} ${line.edge.to} figure`} line={line} />
            ))}
            {layout.columns.map(({ title, x, y, tier, service }) => (
              <text key={`${tier} ${service}`} class="tier" x={x} y={y}>
                {title}
              </text>
            ))}
          </g>
          {layout.boxes.map((box) => (
            <HostBox key={box.id} box={box} overview={overview} choose={setChosen} chosen={chosen} />
          ))}
        </svg>
      )}
      <details class="figures">
        <summary>The same as a table</summary>
        <EdgeTable overview={overview} />
      </details>
    </div>
  );
}

function Way({ line, chosen }: { readonly line: Line; readonly chosen: string | undefined }) {
  const { edge, path, width } = line;
  const touches = chosen === undefined || edge.from === chosen || edge.to === chosen;
  const state =
    edge.up === null ? "unknown" : edge.up ? (edge.kind === "requests" && edge.rate === 0 ? "idle" : "up") : "down";
  return (
    <path class={`way ${edge.kind} ${state}${touches ? "" : " aside"}`} d={path} stroke-width={width} fill="none">
      <title>{edgeText(edge)}</title>
    </path>
  );
}

function WayFigure({ line: { edge, label } }: { readonly line: Line }) {
  if (label === undefined || edge.rate === null) return null;
  const text = `${numberText(edge.rate)} /s`;
  const half = text.length * 3.6 + 4;
  return (
    <g class="way-figure">
      <rect x={label.x - half} y={label.y - 9} width={half * 2} height={18} rx={9} />
      <text x={label.x} y={label.y + 4} text-anchor="middle">
        {text}
      </text>
    </g>
  );
}

interface HostBoxProps {
  readonly box: Box;
  readonly overview: Overview;
  readonly chosen: string | undefined;
  readonly choose: (name: string | undefined) => void;
}

function HostBox({ box, overview, choose, chosen }: HostBoxProps) {
  if (box.host === undefined)
    return box.group.length > 0 ? <GroupBox box={box} /> : <VisitorsBox box={box} overview={overview} />;
  const { host } = box;
  const note = noteOf(host, overview);
  const enter = () => choose(host.name);
  const leave = () => choose(undefined);
  return (
    <a
      href={linkTo(`/hosts/${host.name}`)}
      class={`host ${host.state}${chosen === host.name ? " chosen" : ""}`}
      onMouseEnter={enter}
      onMouseLeave={leave}
      onFocus={enter}
      onBlur={leave}
    >
      <title>{`${host.name}: ${stateText(host)}${note === "" ? "" : `, ${note}`}${host.state === "down" ? "" : `, ${hostRate(host)}`}`}</title>
      <rect x={box.x} y={box.y} width={box.width} height={box.height} rx={9} />
      <StateShape host={host} x={box.x + 15} y={box.y + 17} />
      <text class="name" x={box.x + 27} y={box.y + 21}>
        {fitting(host.name, box.width - 36, 9)}
      </text>
      <text class="note" x={box.x + 12} y={box.y + 39}>
        {fitting(host.state === "up" ? note || shortRate(host) : stateText(host), box.width - 18, 6)}
      </text>
      {host.state === "up" && note !== "" && box.width > 130 && (
        <text class="rate" x={box.x + box.width - 10} y={box.y + 21} text-anchor="end">
          {shortRate(host)}
        </text>
      )}
    </a>
  );
}

/** A shape beside the colour: a filled circle, a cross, an empty circle. */
function StateShape({ host, x, y }: { readonly host: HostNow; readonly x: number; readonly y: number }) {
  if (host.state === "down") return <path class="shape" d={`M${x - 4} ${y - 4}l8 8m0 -8l-8 8`} />;
  return <circle class="shape" cx={x} cy={y} r={4.2} />;
}

function VisitorsBox({ box, overview }: { readonly box: Box; readonly overview: Overview }) {
  const row = overview.traffic.rows.find(({ name }) => name === "visitors");
  return (
    <g class="host visitors">
      <rect x={box.x} y={box.y} width={box.width} height={box.height} rx={25} />
      <text class="name" x={box.x + box.width / 2} y={box.y + 21} text-anchor="middle">
        {row?.now === null || row === undefined ? "no data" : numberText(row.now)}
      </text>
      <text class="note" x={box.x + box.width / 2} y={box.y + 38} text-anchor="middle">
        {row?.now === null ? "" : "requests/s"}
      </text>
    </g>
  );
}

function GroupBox({ box }: { readonly box: Box }) {
  const up = box.group.filter(({ state }) => state === "up").length;
  const state = up === box.group.length ? "up" : box.group.some((one) => one.state === "down") ? "down" : "unknown";
  const rates = box.group.flatMap(({ rate }) => (rate === null ? [] : [rate]));
  const sum = rates.length === 0 ? null : rates.reduce((one, other) => one + other, 0);
  const [first] = box.group;
  return (
    <a href={linkTo(`/tiers/${first?.service ?? first?.tier ?? ""}`)} class={`host ${state}`}>
      <title>{`${box.title}: ${up} answer`}</title>
      <rect x={box.x} y={box.y} width={box.width} height={box.height} rx={9} />
      <text class="name" x={box.x + 12} y={box.y + 21}>
        {box.title}
      </text>
      <text class="note" x={box.x + 12} y={box.y + 39}>
        {`${up} answer${sum === null ? "" : ` · ${numberText(sum)} /s`}`}
      </text>
    </a>
  );
}

export function stateText({ state }: HostNow): string {
  return state === "up" ? "answers" : state === "down" ? "does not answer" : "no data";
}

function hostRate({ rate, tier }: HostNow): string {
  return rateText(rate, tier === "database" ? "statements/s" : "requests/s");
}

function shortRate({ rate }: HostNow): string {
  return rate === null ? "no data" : `${numberText(rate)} /s`;
}

/** What stands out most. */
function noteOf(host: HostNow, { database }: Overview): string {
  const member = database?.members.find((one) => one.host === host.name);
  if (member !== undefined && host.notes.length === 0 && member.standing !== "unknown")
    return member.lagSeconds === null || member.standing === "primary"
      ? member.standing
      : `${member.standing}, ${secondsText(member.lagSeconds)} behind`;
  return (host.notes[0] ?? "").replace(/^holds .*/, "holds the address").replace(/^primary$/, "★ primary");
}

/** Cut where it is too long; hosts of a tier differ by the number at the end, so that stays. */
function fitting(text: string, width: number, each: number): string {
  const most = Math.max(4, Math.floor(width / each));
  const [end = ""] = /\d{0,3}$/.exec(text) ?? [];
  return text.length <= most ? text : `${text.slice(0, Math.max(1, most - 1 - end.length))}…${end}`;
}

function edgeText({ from, to, kind, rate, up }: Edge): string {
  const state = up === false ? " (out of service)" : up === null ? " (not known)" : "";
  if (kind === "replication")
    return `${from} → ${to}: ${rate === null ? "does not follow, or is not known" : `${secondsText(rate)} behind`}`;
  return `${from} → ${to}: ${flowText({ kind, rate })}${state}`;
}

/** How much goes one way: requests a second, or how many connections are open. */
export function flowText({ kind, rate }: Pick<Edge, "kind" | "rate">): string {
  return kind === "requests" || rate === null ? rateText(rate, "requests/s") : plural(Math.round(rate), "connection");
}

function EdgeTable({ overview }: { readonly overview: Overview }) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">From</th>
          <th scope="col">To</th>
          <th scope="col">How much</th>
          <th scope="col">In service</th>
        </tr>
      </thead>
      <tbody>
        {overview.edges.map((edge) => (
          <tr key={`${edge.from} ${edge.to} ${edge.kind}`}>
            <td>{edge.from}</td>
            <td>{edge.to}</td>
            <td>{edge.kind === "replication" ? `${secondsText(edge.rate)} behind` : flowText(edge)}</td>
            <td>{edge.up === null ? "not known" : edge.up ? "yes" : "no"}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
