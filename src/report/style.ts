import pc from "picocolors";

/** How a text is to look: how wide, and with colours or without. */
export interface Style {
  /** Columns. */
  readonly width: number;
  readonly color: boolean;
}

/** Into a file, a pipe or a snapshot. */
export const plainStyle: Style = { width: 80, color: false };

/** The part of a stream that decides how to write to it. */
export interface Screen {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Beyond this a line of prose is hard to follow, however wide the terminal is. */
const widest = 120;
const narrowest = 40;

/**
 * The style for a stream: a terminal's own width and colours; 80 columns without colours for everything else.
 * NO_COLOR (https://no-color.org) wins over FORCE_COLOR; TERM=dumb has no colours.
 */
export function styleOf(stream: Screen, env: Environment = process.env): Style {
  const width = Math.min(widest, Math.max(narrowest, stream.columns ?? 80));
  return { width: stream.isTTY ? width : 80, color: wantsColor(stream, env) };
}

function wantsColor(stream: Screen, env: Environment): boolean {
  if ((env.NO_COLOR ?? "") !== "") return false;
  const forced = env.FORCE_COLOR;
  if (forced !== undefined) return forced !== "0" && forced !== "false";
  return stream.isTTY === true && env.TERM !== "dumb";
}

type Paint = (text: string) => string;

/** The few colours of Rampart, by what they mean. */
export interface Colors {
  readonly bold: Paint;
  /** Less important. */
  readonly dim: Paint;
  readonly good: Paint;
  readonly bad: Paint;
  readonly careful: Paint;
  /** Something to type or to open. */
  readonly command: Paint;
}

const painted: Colors = colorsOf(true);
const unpainted: Colors = colorsOf(false);

export function colors(style: Style): Colors {
  return style.color ? painted : unpainted;
}

function colorsOf(enabled: boolean): Colors {
  const { bold, dim, green, red, yellow, cyan } = pc.createColors(enabled);
  return { bold, dim, good: green, bad: red, careful: yellow, command: cyan };
}
