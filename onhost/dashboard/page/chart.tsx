import { effect } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import { bytesText, numberText, secondsText, shareText } from "../../../src/base/figures.ts";
import { ask, type Chart, type Mark } from "./api.ts";
import { marks } from "./marks.ts";
import { changeWords, live, ranges, span } from "./state.ts";
import { theme } from "./theme.ts";

export interface ChartProps {
  readonly name: string;
  readonly of?: string;
}

/** A chart that follows the time of the page; a gap in a line is a time without measurements. */
export function ChartCard({ name, of = "" }: ChartProps) {
  const [chart, setChart] = useState<Chart | undefined>();
  const [problem, setProblem] = useState("");
  useEffect(() => follow({ name, of }, setChart, setProblem), [name, of]);
  return (
    <section class="card chart">
      <h3>{chart?.title ?? "…"}</h3>
      <p class="about">{chart?.about ?? ""}</p>
      {problem !== "" && <p class="problem">{problem}</p>}
      {chart && (chart.lines.length > 0 ? <Plot chart={chart} /> : <p class="empty">no data in this time</p>)}
      {chart && <Legend chart={chart} />}
    </section>
  );
}

/** Asks again whenever the time changes, and in live mode as often as there is a new point. */
function follow(props: Required<ChartProps>, setChart: (chart: Chart) => void, setProblem: (text: string) => void) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let current = 0;
  const stop = effect(() => {
    const { seconds, to } = span.value;
    clearTimeout(timer);
    current += 1;
    const mine = current;
    const load = async () => {
      let step = 5;
      if (!document.hidden) {
        const end = to ?? Date.now() / 1000;
        const words = new URLSearchParams({
          name: props.name,
          of: props.of,
          from: String(end - seconds),
          to: String(end),
        });
        try {
          const answer = await ask<Chart>(`/api/chart?${words}`, 12_000);
          if (mine !== current) return;
          step = (answer.times[1] ?? 5) - (answer.times[0] ?? 0);
          setChart(answer);
          setProblem("");
        } catch (error) {
          if (mine !== current) return;
          setProblem(error instanceof Error ? error.message : "There is no answer.");
        }
      }
      if (to === undefined) timer = setTimeout(() => void load(), Math.max(2000, Math.min(step, 30) * 1000));
    };
    void load();
  });
  return () => {
    current += 1;
    clearTimeout(timer);
    stop();
  };
}

function Plot({ chart }: { readonly chart: Chart }) {
  const place = useRef<HTMLDivElement>(null);
  const drawn = useRef<{ readonly plot: uPlot; readonly key: string } | undefined>(undefined);
  const happened = marks.value;
  const colors = theme.value;
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const key = JSON.stringify([chart.lines.map(({ name }) => name), chart.unit, colors]);
    const data = [chart.times, ...chart.lines.map(({ values }) => values)] as unknown as uPlot.AlignedData;
    shownMarks.set(
      element,
      happened.filter((mark) => inside(mark, chart)),
    );
    if (drawn.current?.key === key) {
      drawn.current.plot.setData(data);
      return;
    }
    drawn.current?.plot.destroy();
    drawn.current = { key, plot: new uPlot(optionsOf(chart, element), data, element) };
  }, [chart, happened, colors]);
  useEffect(() => {
    const element = place.current;
    const watcher = new ResizeObserver(() => {
      if (element && drawn.current) drawn.current.plot.setSize({ width: element.clientWidth, height: plotHeight });
    });
    if (element) watcher.observe(element);
    return () => {
      watcher.disconnect();
      drawn.current?.plot.destroy();
      drawn.current = undefined;
    };
  }, []);
  return <div class="plot" ref={place} role="img" aria-label={summary(chart)} />;
}

const plotHeight = 190;
const shownMarks = new WeakMap<Element, readonly Mark[]>();

function inside({ at }: Mark, { times }: Chart): boolean {
  const time = Date.parse(at) / 1000;
  return time >= (times[0] ?? 0) && time <= (times.at(-1) ?? 0);
}

function css(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** Classes of status have colours that mean something; others are told apart only. */
function colorOf(name: string, index: number): string {
  const meaning: Readonly<Record<string, string>> = {
    "1xx": "--gray",
    "2xx": "--line-3",
    "3xx": "--line-1",
    "4xx": "--line-2",
    "5xx": "--bad",
    p50: "--line-3",
    p95: "--line-1",
    p99: "--line-4",
    failed: "--bad",
  };
  return css(meaning[name] ?? `--line-${(index % 8) + 1}`);
}

function optionsOf(chart: Chart, element: HTMLElement): uPlot.Options {
  const ink = css("--quiet");
  const grid = { stroke: css("--grid"), width: 1 };
  const font = "12px system-ui, sans-serif";
  const text = (value: number) => figure(value, chart.unit);
  return {
    width: element.clientWidth,
    height: plotHeight,
    padding: [10, 8, 0, 0],
    legend: { show: false },
    cursor: { drag: { x: true, y: false }, points: { size: 6 } },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "UTC"),
    scales: {
      x: { time: true },
      y: { range: (_, __, most) => [0, chart.unit === "share" && most > 0.5 ? 1 : most <= 0 ? 1 : most * 1.1] },
    },
    axes: [
      { stroke: ink, grid, ticks: grid, font, values: timeLabels },
      { stroke: ink, grid, ticks: grid, font, size: 66, values: (_, values) => values.map(text) },
    ],
    series: [
      {},
      ...chart.lines.map(({ name }, index) => ({
        label: name,
        stroke: colorOf(name, index),
        width: 1.6,
        spanGaps: false,
        points: { show: chart.times.length < 3 },
        value: (_: uPlot, value: number | null) => (value === null ? "no data" : text(value)),
      })),
    ],
    hooks: { draw: [drawMarks], setCursor: [tellCursor], setSelect: [chooseTime] },
  };
}

/** Short enough for a phone: 14:03, and the day where it begins. */
function timeLabels(_plot: uPlot, times: readonly number[], _axis: number, _space: number, step: number): string[] {
  return times.map((time) => {
    const iso = new Date(time * 1000).toISOString();
    if (step >= 86_400 || iso.slice(11, 16) === "00:00") return iso.slice(5, 10);
    return step < 60 ? iso.slice(11, 19) : iso.slice(11, 16);
  });
}

function drawMarks(plot: uPlot): void {
  const list = shownMarks.get(plot.root.parentElement as Element) ?? [];
  const { ctx, bbox } = plot;
  ctx.save();
  for (const { at, kind } of list) {
    const x = Math.round(plot.valToPos(Date.parse(at) / 1000, "x", true)) + 0.5;
    ctx.strokeStyle = css(kind === "deploy" ? "--mark" : kind === "drill" ? "--careful" : "--line-4");
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}

/** Figures beside the pointer, in the legend below. */
function tellCursor(plot: uPlot): void {
  plot.root.parentElement?.dispatchEvent(new CustomEvent("figures", { detail: plot.cursor.idx ?? null }));
}

/** A stretch that is drawn with the pointer becomes the time of the page. */
function chooseTime(plot: uPlot): void {
  const { left, width } = plot.select;
  if (width < 8) return;
  const from = plot.posToVal(left, "x");
  const to = plot.posToVal(left + width, "x");
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  const name = Object.entries(ranges).find(([, seconds]) => seconds >= (to - from) * 0.9)?.[0] ?? "7d";
  changeWords({ to: String(Math.round(to)), range: name });
}

function Legend({ chart }: { readonly chart: Chart }) {
  const list = useRef<HTMLUListElement>(null);
  const [at, setAt] = useState<number | null>(null);
  useEffect(() => {
    const plot = list.current?.parentElement?.querySelector(".plot");
    const listen = (event: Event) => setAt((event as CustomEvent<number | null>).detail);
    plot?.addEventListener("figures", listen);
    return () => plot?.removeEventListener("figures", listen);
  }, [chart.lines.length > 0]);
  const happened = marks.value.filter((mark) => inside(mark, chart));
  const moment = at === null ? undefined : chart.times[at];
  return (
    <div class="legend-box">
      <ul class="legend" ref={list}>
        {chart.lines.map(({ name, values }, index) => {
          const value = at === null ? lastOf(values) : (values[at] ?? null);
          return (
            <li key={name}>
              <svg class="swatch" viewBox="0 0 10 10" aria-hidden="true">
                <rect width="10" height="10" rx="2.5" fill={colorOf(name, index)} />
              </svg>
              <span class="line-name">{name}</span> <b>{value === null ? "no data" : figure(value, chart.unit)}</b>
            </li>
          );
        })}
        {moment !== undefined && <li class="moment">{new Date(moment * 1000).toISOString().slice(11, 19)} UTC</li>}
        {chart.leftOut > 0 && <li>{chart.leftOut} more are not drawn</li>}
      </ul>
      {happened.length > 0 && (
        <ul class="marks">
          {happened.slice(-4).map(({ at: time, kind, text }) => (
            <li key={`${time} ${text}`} class={kind}>
              <b>{kind}</b> {time.slice(11, 19)} {text}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** The last moment of all lines is the newest: a line without a value there has none now. */
function lastOf(values: readonly (number | null)[]): number | null {
  return values.at(-1) ?? values.at(-2) ?? null;
}

export function figure(value: number, unit: string): string {
  if (unit === "share") return shareText(value);
  if (unit === "s") return secondsText(value);
  if (unit === "bytes/s") return `${bytesText(value)}/s`;
  return unit === "days" || unit.endsWith("/s")
    ? `${numberText(value)} ${unit.endsWith("/s") ? "/s" : unit}`
    : `${numberText(value)}`;
}

function summary({ title, lines, unit }: Chart): string {
  const parts = lines.slice(0, 8).map(({ name, values }) => {
    const value = lastOf(values);
    return `${name}: ${value === null ? "no data" : figure(value, unit)}`;
  });
  return `${title}. Now: ${parts.join(", ")}${live.value ? "" : " (at the end of the chosen time)"}`;
}
