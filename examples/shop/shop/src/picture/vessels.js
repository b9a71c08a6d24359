import { darker, lighter, mix, short } from "./colours.js";
import { EXTRAS } from "./extras.js";
import { PROFILES } from "./profiles.js";

/** Where the table is, and the middle of the picture. */
export const FLOOR = 330;
const MIDDLE = 200;
const CLAY = ["#c9a27c", "#b98763", "#d6bd9a", "#8d7767"];

/**
 * A thing turned on the wheel: its outline mirrored, lit from the left, glazed and decorated.
 *
 * @param {import("./picture.js").Brush} brush
 */
export function vessel(brush) {
  const profile = PROFILES[brush.category][brush.form];
  const wide = 0.95 + (brush.collection % 3) * 0.05;
  const high = 0.94 + (brush.collection % 4) * 0.04;
  /** @type {[number, number][]} */
  const outline = profile.outline.map(([height, half]) => [height * high, half * wide]);
  const enamel = brush.category === 6;
  const clip = body(outline);
  const rim = outline[outline.length - 1];
  const shape = { outline, rim, colour: brush.colour, enamel, random: brush.random };
  const part = (/** @type {"behind" | "front"} */ where) =>
    profile.extras.map((extra) => EXTRAS[extra]?.[where]?.(shape) ?? "").join("");
  return (
    `<g transform="${zoom(outline, profile.extras)}">` +
    `<defs><clipPath id="b"><path d="${clip}"/></clipPath>${light(brush.colour)}</defs>` +
    `<ellipse cx="214" cy="${FLOOR}" rx="${short(widest(outline) * 1.34)}" ry="22" fill="url(#s)"/>` +
    part("behind") +
    `<g clip-path="url(#b)"><path d="${clip}" fill="${brush.colour}"/>${decoration(brush, outline)}<path d="${clip}" fill="url(#l)"/></g>` +
    mouth(rim, brush.colour, enamel) +
    part("front") +
    "</g>"
  );
}

/** Small things come closer, as a photographer would, unless something reaches out of them. */
function zoom(/** @type {[number, number][]} */ outline, /** @type {string[]} */ extras) {
  const high = outline[outline.length - 1][0];
  const reaches = extras.some((extra) => ["spout", "ears", "plant", "sprig"].includes(extra));
  const scale = reaches ? 1 : Math.max(1, Math.min(1.4, 200 / high, 132 / widest(outline)));
  return `translate(${MIDDLE} ${FLOOR}) scale(${scale.toFixed(2)}) translate(-${MIDDLE} -${FLOOR})`;
}

/**
 * The closed outline, as a smooth curve through all points of the right side and back on the left.
 *
 * @param {[number, number][]} outline
 */
function body(outline) {
  const right = outline.map(([height, half]) => [MIDDLE + half, FLOOR - height]);
  const left = outline.map(([height, half]) => [MIDDLE - half, FLOOR - height]).reverse();
  const [, rimHalf] = outline[outline.length - 1];
  const foot = right[0];
  const bend = short(rimHalf * 0.16);
  return (
    `M${short(foot[0])} ${short(foot[1])}${smooth(right)}A${short(rimHalf)} ${bend} 0 0 0 ${short(left[0][0])} ${short(left[0][1])}${smooth(left)}` +
    `Q${MIDDLE} ${FLOOR + 12} ${short(foot[0])} ${short(foot[1])}z`
  );
}

/** A Catmull-Rom curve through the points, written as Bézier pieces. @param {number[][]} points */
function smooth(points) {
  let path = "";
  for (let at = 0; at < points.length - 1; at++) {
    const before = points[at - 1] ?? points[at];
    const [from, to] = [points[at], points[at + 1]];
    const after = points[at + 2] ?? to;
    path += `C${short(from[0] + (to[0] - before[0]) / 6)} ${short(from[1] + (to[1] - before[1]) / 6)} ${short(to[0] - (after[0] - from[0]) / 6)} ${short(to[1] - (after[1] - from[1]) / 6)} ${short(to[0])} ${short(to[1])}`;
  }
  return path;
}

/** Shade over the body: dark at both sides, a soft highlight left of the middle. @param {string} colour */
function light(colour) {
  const dark = darker(colour, 0.75);
  return (
    `<linearGradient id="l"><stop stop-color="${dark}" stop-opacity=".34"/><stop offset=".14" stop-color="${dark}" stop-opacity=".08"/>` +
    `<stop offset=".3" stop-color="#fff" stop-opacity=".34"/><stop offset=".46" stop-color="#fff" stop-opacity=".04"/>` +
    `<stop offset=".7" stop-color="${dark}" stop-opacity=".12"/><stop offset="1" stop-color="${dark}" stop-opacity=".5"/></linearGradient>`
  );
}

/** The opening, seen a little from above. */
function mouth(/** @type {[number, number]} */ rim, /** @type {string} */ colour, /** @type {boolean} */ enamel) {
  const [height, half] = rim;
  const y = short(FLOOR - height);
  const edge = enamel ? "#cfd3d4" : lighter(colour, 0.35);
  const inside = enamel ? "#e8e6df" : darker(colour, 0.3);
  const [rx, ry] = [half, half * 0.16];
  return (
    `<ellipse cx="${MIDDLE}" cy="${y}" rx="${short(rx)}" ry="${short(ry)}" fill="${edge}"/>` +
    `<ellipse cx="${MIDDLE}" cy="${short(FLOOR - height + 1.5)}" rx="${short(rx - 4)}" ry="${short(Math.max(ry - 3, 1))}" fill="${inside}"/>` +
    `<path d="M${short(MIDDLE - rx + 4)} ${y}a${short(rx - 4)} ${short(Math.max(ry - 3, 1))} 0 0 1 ${short(2 * rx - 8)} 0" fill="${darker(inside, 0.28)}" opacity=".55"/>`
  );
}

/**
 * What the collection does to the surface: speckles, a dipped glaze, bands, brushed lines or nothing.
 *
 * @param {import("./picture.js").Brush} brush
 * @param {[number, number][]} outline
 */
function decoration({ collection, category, colour, random }, outline) {
  const top = FLOOR - outline[outline.length - 1][0];
  const height = FLOOR - top;
  if (category === 6) return speckles(random, top, height, lighter(colour, 0.75), 70);
  const clay = CLAY[collection % CLAY.length];
  const grain = speckles(random, top, height, darker(colour, 0.55), 46);
  const kinds = [
    () => grain,
    () => dipped(random, FLOOR - height * 0.34, clay) + grain,
    () => bands(top + height * 0.2, height, lighter(colour, 0.62)),
    () => dipped(random, FLOOR - height * 0.62, lighter(mix(colour, clay, 0.3), 0.7)) + grain,
    () => brushed(top, height, mix(colour, "#f7efe0", 0.72)),
  ];
  return kinds[collection % kinds.length]();
}

/** Bare clay from `y` down, with the uneven line a hand-dipped glaze leaves. */
function dipped(/** @type {() => number} */ random, /** @type {number} */ y, /** @type {string} */ clay) {
  const wave = () => short(random() * 14 - 7);
  return `<path d="M20 ${short(y)}q45 ${wave()} 90 0t90 ${wave()}t90 0t90 0V400H20z" fill="${clay}"/><path d="M20 ${short(y)}q45 4 90 0t90 0t90 0t90 0" fill="none" stroke="#14181c" stroke-opacity=".16" stroke-width="3"/>`;
}

/** Three painted rings. */
function bands(/** @type {number} */ y, /** @type {number} */ height, /** @type {string} */ colour) {
  const ring = (/** @type {number} */ at, /** @type {number} */ width) =>
    `<path d="M30 ${short(at)}q170 26 340 0" fill="none" stroke="${colour}" stroke-width="${width}"/>`;
  return ring(y, 5) + ring(y + height * 0.09, 12) + ring(y + height * 0.19, 4);
}

/** Upright strokes of a broad brush. */
function brushed(/** @type {number} */ top, /** @type {number} */ height, /** @type {string} */ colour) {
  const stroke = (/** @type {number} */ at) =>
    `<path d="M${short(MIDDLE + Math.sin(at) * 150)} ${short(top + height * 0.26)}v${short(height * 0.44)}" stroke="${colour}" stroke-width="${short(7 * Math.cos(at))}" stroke-linecap="round" opacity=".85"/>`;
  return Array.from({ length: 15 }, (_, index) => stroke((index - 7) * 0.2)).join("");
}

/** Iron spots in the clay. */
function speckles(
  /** @type {() => number} */ random,
  /** @type {number} */ top,
  /** @type {number} */ height,
  /** @type {string} */ colour,
  /** @type {number} */ count,
) {
  const dot = () =>
    `M${Math.round(50 + random() * 300)} ${Math.round(top + random() * height)}h${short(0.4 + random() * 1.4)}`;
  return `<path d="${Array.from({ length: count }, dot).join("")}" stroke="${colour}" stroke-width="2.2" stroke-linecap="round" opacity=".6"/>`;
}

/** @param {[number, number][]} outline */
function widest(outline) {
  return Math.max(...outline.map(([, half]) => half));
}
