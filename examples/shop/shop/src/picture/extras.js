import { darker, lighter, short } from "./colours.js";

/**
 * What sits on or around a turned thing: drawn behind it or in front of it.
 *
 * @typedef {{ outline: [number, number][], rim: [number, number], colour: string, enamel: boolean, random: () => number }} Shape
 * @typedef {{ behind?: (shape: Shape) => string, front?: (shape: Shape) => string }} Drawing
 */

const FLOOR = 330;
const LEAVES = ["#5f7a4f", "#7a8f5a", "#4d6a58", "#8b9a6b"];

/** @type {Record<string, Drawing>} */
export const EXTRAS = {
  handle: { behind: (shape) => handle(shape, 46, 15) },
  "small-handle": { behind: (shape) => handle(shape, 32, 12) },
  spout: { behind: spout },
  lip: { behind: lip },
  lid: { front: lid },
  cork: { front: cork },
  bail: { behind: bail },
  ears: { behind: ears },
  plant: { behind: plant },
  sprig: { behind: sprig },
  "steel-rim": { front: steelRim },
};

/** Half the width of the thing at a height. */
function halfAt(/** @type {Shape} */ { outline }, /** @type {number} */ height) {
  const above = outline.findIndex(([at]) => at >= height);
  if (above <= 0) return outline[0][1];
  const [[low, lowHalf], [high, highHalf]] = [outline[above - 1], outline[above]];
  return lowHalf + ((height - low) / (high - low)) * (highHalf - lowHalf);
}

/** An ear on the right side, as a dark stroke with a lighter one upon it. */
function handle(/** @type {Shape} */ shape, /** @type {number} */ reach, /** @type {number} */ thick) {
  const [top, bottom] = [shape.rim[0] * 0.82, shape.rim[0] * 0.26];
  const [x1, x2] = [196 + halfAt(shape, top), 196 + halfAt(shape, bottom)];
  const far = Math.max(x1, x2) + reach;
  const path = `M${short(x1)} ${short(FLOOR - top)}C${short(far)} ${short(FLOOR - top - 10)} ${short(far + 8)} ${short(FLOOR - bottom - 6)} ${short(x2)} ${short(FLOOR - bottom)}`;
  return (
    `<path d="${path}" fill="none" stroke="${darker(shape.colour, 0.3)}" stroke-width="${thick}" stroke-linecap="round"/>` +
    `<path d="${path}" fill="none" stroke="${lighter(shape.colour, 0.16)}" stroke-width="${thick * 0.4}" stroke-linecap="round" opacity=".7"/>`
  );
}

/** A spout on the left, rising to just under the rim. */
function spout(/** @type {Shape} */ shape) {
  const [top, root] = [shape.rim[0], shape.rim[0] * 0.38];
  const x = 206 - halfAt(shape, root);
  const y = FLOOR - root;
  return `<path d="M${short(x)} ${short(y + 16)}C${short(x - 34)} ${short(y + 6)} ${short(x - 34)} ${short(FLOOR - top + 6)} ${short(x - 58)} ${short(FLOOR - top)}l15 -5C${short(x - 16)} ${short(FLOOR - top + 10)} ${short(x - 12)} ${short(y - 22)} ${short(x + 8)} ${short(y - 26)}z" fill="${darker(shape.colour, 0.14)}"/>`;
}

/** The pouring lip of a jug. */
function lip(/** @type {Shape} */ { rim, colour }) {
  const [x, y] = [200 - rim[1], FLOOR - rim[0]];
  return `<path d="M${short(x + 26)} ${short(y - 6)}Q${short(x - 4)} ${short(y - 10)} ${short(x - 20)} ${short(y - 8)}Q${short(x - 8)} ${short(y + 8)} ${short(x + 2)} ${short(y + 30)}z" fill="${lighter(colour, 0.2)}"/>`;
}

/** A domed lid with a knob. */
function lid(/** @type {Shape} */ { rim, colour, enamel }) {
  const [half, y] = [rim[1] - 1, FLOOR - rim[0]];
  const rise = Math.min(half * 0.42, 30);
  const knob = enamel ? "#3a3431" : darker(colour, 0.12);
  return (
    `<path d="M${short(200 - half)} ${short(y)}Q${short(200 - half * 0.7)} ${short(y - rise)} 200 ${short(y - rise)}T${short(200 + half)} ${short(y)}A${short(half)} ${short(half * 0.16)} 0 0 1 ${short(200 - half)} ${short(y)}z" fill="${colour}"/>` +
    `<path d="M${short(200 - half)} ${short(y)}Q${short(200 - half * 0.7)} ${short(y - rise)} 200 ${short(y - rise)}T${short(200 + half)} ${short(y)}A${short(half)} ${short(half * 0.16)} 0 0 1 ${short(200 - half)} ${short(y)}z" fill="url(#l)"/>` +
    `<ellipse cx="200" cy="${short(y - rise - 8)}" rx="13" ry="11" fill="${knob}"/><ellipse cx="196" cy="${short(y - rise - 11)}" rx="5" ry="3" fill="#fff" opacity=".4"/>`
  );
}

function cork(/** @type {Shape} */ { rim }) {
  const [half, y] = [rim[1] * 0.72, FLOOR - rim[0]];
  return `<path d="M${short(200 - half)} ${short(y + 2)}v-22h${short(half * 2)}v22q${short(-half)} 8 ${short(-half * 2)} 0z" fill="#c79f6b"/><ellipse cx="200" cy="${short(y - 20)}" rx="${short(half)}" ry="5" fill="#dcbb8b"/>`;
}

/** The hoop of a kettle. */
function bail(/** @type {Shape} */ { rim }) {
  const y = FLOOR - rim[0] + 14;
  return (
    `<path d="M136 ${short(y)}C136 ${short(y - 118)} 264 ${short(y - 118)} 264 ${short(y)}" fill="none" stroke="#8d9496" stroke-width="6"/>` +
    `<path d="M166 ${short(y - 80)}Q200 ${short(y - 98)} 234 ${short(y - 80)}" fill="none" stroke="#7a5536" stroke-width="14" stroke-linecap="round"/>`
  );
}

/** The two grips of a pot. */
function ears(/** @type {Shape} */ shape) {
  const y = short(FLOOR - shape.rim[0] * 0.78);
  const half = halfAt(shape, shape.rim[0] * 0.78);
  const ear = (/** @type {number} */ side) =>
    `<path d="M${short(200 + side * (half - 4))} ${y}q${side * 34} -4 ${side * 32} 14t${side * -32} 14" fill="none" stroke="${darker(shape.colour, 0.35)}" stroke-width="9"/>`;
  return ear(-1) + ear(1);
}

/** The bare steel edge enamelled things have at their rim. */
function steelRim(/** @type {Shape} */ { rim, outline }) {
  const [height, half] = rim;
  const foot = outline[0][1];
  return (
    `<path d="M${short(200 - half)} ${short(FLOOR - height)}a${short(half)} ${short(half * 0.16)} 0 0 0 ${short(half * 2)} 0" fill="none" stroke="#dfe2e1" stroke-width="4"/>` +
    `<path d="M${short(200 - foot)} ${FLOOR}Q200 ${FLOOR + 12} ${short(200 + foot)} ${FLOOR}" fill="none" stroke="#14181c" stroke-opacity=".35" stroke-width="3"/>`
  );
}

/** A few stems in a vase. */
function sprig(/** @type {Shape} */ { rim, random }) {
  const y = FLOOR - rim[0];
  const colour = LEAVES[Math.floor(random() * LEAVES.length)];
  const high = Math.min(130, y - 24);
  return [-0.45, 0.05, 0.5]
    .map((lean) => stem(200, y + 6, lean + random() * 0.2 - 0.1, high * (0.8 + random() * 0.2), colour))
    .join("");
}

/** One stem with leaves in pairs. */
function stem(
  /** @type {number} */ x,
  /** @type {number} */ y,
  /** @type {number} */ lean,
  /** @type {number} */ high,
  /** @type {string} */ colour,
) {
  const point = (/** @type {number} */ part) => [x + lean * high * part * part, y - high * part];
  const leaves = [0.36, 0.52, 0.68, 0.84, 1].map((part) => {
    const [at, up] = point(part);
    const leaf = (/** @type {number} */ turn) =>
      `<ellipse cx="${short(at)}" cy="${short(up - 11)}" rx="${short(7.5 - part * 2.5)}" ry="14" fill="${lighter(colour, part * 0.2)}" transform="rotate(${short(turn + lean * 40)} ${short(at)} ${short(up)})"/>`;
    return part === 1 ? leaf(0) : leaf(-52) + leaf(56);
  });
  const [endX, endY] = point(1);
  return `<path d="M${short(x)} ${short(y)}Q${short(x)} ${short(y - high * 0.5)} ${short(endX)} ${short(endY)}" fill="none" stroke="${darker(colour, 0.25)}" stroke-width="2.4"/>${leaves.join("")}`;
}

/** A leafy plant, wider than its pot. */
function plant(/** @type {Shape} */ { rim, random }) {
  const y = FLOOR - rim[0] + 8;
  const leaf = (/** @type {number} */ index) => {
    const turn = -72 + index * 16 + random() * 10;
    const long = 74 + random() * 44;
    return `<path d="M200 ${short(y)}q-26 ${short(-long * 0.6)} 0 ${short(-long)}q26 ${short(long * 0.4)} 0 ${short(long)}" fill="${LEAVES[index % LEAVES.length]}" transform="rotate(${short(turn)} 200 ${short(y)})"/>`;
  };
  return Array.from({ length: 10 }, (_, index) => leaf(index)).join("");
}
