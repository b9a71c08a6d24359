import { basename } from "node:path";
import { plural } from "../base/text.ts";
import type { Site } from "../model/site.ts";
import { hanging, harmless, visibleWidth, wrapped } from "./layout.ts";
import { colors, type Style } from "./style.ts";

/** One value of the complete site, and where it comes from. */
export interface ConfigValue {
  readonly path: string;
  readonly value: unknown;
  readonly source: "site file" | "default";
  readonly why: string;
}

export interface ConfigTextOptions {
  /** Path of the site file. */
  readonly file: string;
  /** Its line that says a path. */
  readonly line: (path: string) => number | undefined;
}

const longestPath = 28;

/** The complete site: every key, its value, and where that comes from. */
export function configText(
  site: Site,
  provenance: readonly ConfigValue[],
  options: ConfigTextOptions,
  style: Style,
): string {
  const defaults = provenance.filter((one) => one.source === "default").length;
  const paths = provenance.map((one) => visibleWidth(one.path)).filter((width) => width <= longestPath);
  const column = 2 + Math.max(...paths, 8) + 2;
  const given = provenance.length - defaults;
  const title = `${site.name}: ${plural(given, "key")} from ${basename(options.file)}, ${plural(defaults, "default")}`;
  const rows = provenance.map((one, index) => {
    const gap = index > 0 && section(one.path) !== section(provenance[index - 1]?.path ?? "") ? "\n" : "";
    return gap + valueText(one, column, options, style);
  });
  return `${colors(style).bold(title)}\n\n${rows.join("\n")}`;
}

/** Keys of one group stand together; those at the top of the file are one group. */
function section(path: string): string {
  const parts = path.split(".");
  if (parts.length === 1) return "";
  return parts[0] === "app" ? parts.slice(0, 2).join(".") : (parts[0] ?? "");
}

function valueText(one: ConfigValue, column: number, options: ConfigTextOptions, style: Style): string {
  const paint = colors(style);
  const value = harmless(valueInWords(one.value));
  const origin = originText(one, options);
  const room = style.width - column;
  const beside = visibleWidth(value) + 2 + visibleWidth(origin) <= room;
  const lines = beside
    ? [`${shown(value, one, style)}  ${paint.dim(origin)}`]
    : [shown(value, one, style), ...wrapped(origin, room).map(paint.dim)];
  return hanging(`  ${paint.bold(one.path)}`, lines, column);
}

function shown(value: string, { source }: ConfigValue, style: Style): string {
  return source === "default" ? value : colors(style).good(value);
}

/** "site file, line 12", or "default: why". */
export function originText(one: ConfigValue, { line }: Pick<ConfigTextOptions, "line">): string {
  if (one.source === "default") return `default: ${harmless(one.why)}`;
  const number = line(one.path);
  return number === undefined ? "site file" : `site file, line ${number}`;
}

/** As a site file would say it. */
function valueInWords(value: unknown): string {
  if (value === undefined) return "none";
  if (Array.isArray(value)) return `[${value.map(valueInWords).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    return entries.length === 0
      ? "{}"
      : `{ ${entries.map(([key, item]) => `${key}: ${valueInWords(item)}`).join(", ")} }`;
  }
  return JSON.stringify(value) ?? "none";
}
