import { duration } from "../base/text.ts";
import type { Emit } from "../model/event.ts";
import { harmless, padded, shortened, visibleWidth } from "./layout.ts";
import { advanced, cutShort, type EndedTask, noProgress, type Progress, type Task } from "./progress-state.ts";
import { colors, type Style, styleOf } from "./style.ts";

/** Where progress is written; process.stderr and process.stdout are such. */
export interface ProgressStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

export interface ProgressReporter {
  readonly emit: Emit;
  /** Ends the display; what still runs is shown as not finished. To be called once, also after a failure. */
  readonly stop: () => void;
}

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const frameMs = 100;
/** Hosts that are named below the line of a stage. */
const namedHosts = 3;
const hideCursor = "\u001b[?25l";
const showCursor = "\u001b[?25h";

/**
 * Shows events as they come. `live`: a few lines are drawn over and over until they are done, which then stay; otherwise
 * there is one line for each task that has ended, and nothing else.
 */
export function progressReporter(
  stream: ProgressStream,
  options: { readonly live: boolean; readonly style?: Style },
): ProgressReporter {
  const style = () => options.style ?? styleOf(stream);
  return options.live ? liveReporter(stream, style) : quietReporter(stream, style);
}

function quietReporter(stream: ProgressStream, style: () => Style): ProgressReporter {
  let progress = noProgress;
  const write = (ended: readonly EndedTask[]) => {
    for (const task of ended) stream.write(`${endedLine(task, style())}\n`);
  };
  return {
    emit: (event) => {
      progress = advanced(progress, event, performance.now());
      write(progress.ended);
    },
    stop: () => {
      write(unfinished(progress));
      progress = noProgress;
    },
  };
}

function liveReporter(stream: ProgressStream, style: () => Style): ProgressReporter {
  let progress = noProgress;
  let drawn = 0;
  let frame = 0;
  let stopped = false;
  const draw = (ended: readonly EndedTask[]) => {
    const kept = ended.map((task) => endedLine(task, style()));
    const moving = stopped ? [] : runningLines(progress, frame, performance.now(), style());
    // One write for all lines, each cleared only behind its new text: nothing flickers.
    const up = drawn > 0 ? `\u001b[${drawn}A\r` : "\r";
    const lines = [...kept, ...moving].map((line) => `${line}\u001b[K\n`).join("");
    stream.write(`${up}${lines}\u001b[J`);
    drawn = moving.length;
  };
  const restore = () => stream.write(showCursor);
  const timer = setInterval(() => {
    frame += 1;
    if (progress.running.length > 0) draw([]);
  }, frameMs);
  timer.unref();
  process.on("exit", restore);
  stream.write(hideCursor);
  return {
    emit: (event) => {
      if (stopped) return;
      progress = advanced(progress, event, performance.now());
      if (progress.ended.length > 0) draw(progress.ended);
    },
    stop: () => {
      if (stopped) return;
      stopped = true;
      clearInterval(timer);
      draw(unfinished(progress));
      process.off("exit", restore);
      restore();
    },
  };
}

/** A look at the hosts that led to no plan is not worth a word. */
function unfinished({ running }: Progress): readonly EndedTask[] {
  const now = performance.now();
  return running
    .filter((task) => task.key !== "plan")
    .map((task) =>
      task.key === "stopped" ? { ...task, ok: true, durationMs: now - task.began } : cutShort(task, now),
    );
}

/** `  ✔ hosts                 12 started      3.4 s` */
function endedLine({ ok, label, detail, durationMs }: EndedTask, style: Style): string {
  const paint = colors(style);
  const sign = ok ? paint.good("✔") : paint.bad("✖");
  return `  ${sign} ${columns(label, detail, duration(durationMs), style)}`;
}

function runningLines(progress: Progress, frame: number, now: number, style: Style): readonly string[] {
  const paint = colors(style);
  const spinner = paint.command(frames[frame % frames.length] ?? "");
  const lines = progress.running.flatMap((task) => [
    `  ${spinner} ${columns(task.label, task.detail, elapsed(task, now), style)}`,
    ...(task.key.startsWith("stage ") ? nowLine(progress, style) : []),
  ]);
  const asked = "    Ctrl-C: finishing what was begun, then stopping; once more ends at once";
  return progress.interrupted && lines.length > 0 ? [...lines, paint.careful(asked)] : lines;
}

function nowLine({ now }: Progress, style: Style): readonly string[] {
  if (now.size === 0) return [];
  const named = [...now].slice(0, namedHosts).map(([host, what]) => `${host} ${what}`);
  const more = now.size > namedHosts ? [`${now.size - namedHosts} more`] : [];
  return [colors(style).dim(`      ${shortened(harmless([...named, ...more].join(" · ")), style.width - 8)}`)];
}

function elapsed(task: Task, now: number): string {
  return now - task.began < 1000 ? "" : duration(now - task.began);
}

const labelWidth = 22;
const timeWidth = 11;

/** Label, detail and time within the width, so that no line wraps and redrawing stays in place. */
function columns(label: string, detail: string, time: string, style: Style): string {
  const room = style.width - 5 - timeWidth - 2;
  // The detail is what moves, so a long label gives way to it.
  const middle = shortened(harmless(detail), room - labelWidth - 2);
  const left = padded(shortened(harmless(label), room - visibleWidth(middle) - 2), labelWidth);
  const text = padded(`${left}  ${middle}`.trimEnd(), room);
  return `${text}  ${colors(style).dim(time)}`.trimEnd();
}
