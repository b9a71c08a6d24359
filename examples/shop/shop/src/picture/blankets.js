import { darker, lighter, mix, short } from "./colours.js";

/**
 * A blanket: folded in a pile (forms 0 and 2) or hung over a rail (1 and 3), striped or checked.
 *
 * @param {import("./picture.js").Brush} brush
 */
export function blanket(brush) {
  const second = mix(lighter(brush.colour, 0.7), "#f3ead9", 0.5);
  const third = brush.collection % 2 ? darker(brush.colour, 0.42) : mix(brush.colour, "#c98f2e", 0.5);
  const pattern = weave(brush.collection, brush.colour, second, third);
  const shade =
    '<linearGradient id="l"><stop stop-color="#14181c" stop-opacity=".2"/><stop offset=".22" stop-color="#fff" stop-opacity=".2"/><stop offset=".6" stop-color="#14181c" stop-opacity="0"/><stop offset="1" stop-color="#14181c" stop-opacity=".3"/></linearGradient>';
  const drawn = brush.form % 2 === 0 ? folded(brush) : hung(brush);
  return `<defs>${pattern}${shade}</defs>${drawn}`;
}

/** The cloth: stripes, checks or a fine herringbone. */
function weave(
  /** @type {number} */ collection,
  /** @type {string} */ base,
  /** @type {string} */ second,
  /** @type {string} */ third,
) {
  const ground = `<path fill="${base}" d="M0 0h60v60H0z"/>`;
  const cloths = [
    `${ground}<path fill="${second}" d="M0 8h60v9H0zM0 24h60v3H0z"/><path fill="${third}" d="M0 44h60v4H0z"/>`,
    `${ground}<path fill="${second}" opacity=".55" d="M0 10h60v16H0zM10 0h16v60H10z"/><path fill="${third}" opacity=".7" d="M0 44h60v3H0zM44 0h3v60h-3z"/>`,
    `${ground}<path fill="none" stroke="${second}" stroke-width="2.4" opacity=".75" d="M0 15l15-15 15 15 15-15 15 15M0 30l15-15 15 15 15-15 15 15M0 45l15-15 15 15 15-15 15 15M0 60l15-15 15 15 15-15 15 15"/>`,
    `${ground}<path fill="${third}" d="M0 0h60v14H0z"/><path fill="${second}" d="M0 20h60v2H0zM0 26h60v2H0z"/>`,
  ];
  return `<pattern id="p" width="60" height="60" patternUnits="userSpaceOnUse">${cloths[collection % cloths.length]}</pattern>`;
}

/** Four folds lying on each other, the round edges to the left. */
function folded(/** @type {import("./picture.js").Brush} */ { colour, collection, random }) {
  const fold = (/** @type {number} */ index) => {
    const y = 286 - index * 42;
    const left = 72 + random() * 8;
    const right = 322 + random() * 10;
    const path = `M${short(right)} ${y}H${short(left + 24)}c-32 0-32 42 0 42H${short(right)}q9-21 0-42z`;
    return `<path d="${path}" fill="url(#p)"/><path d="${path}" fill="url(#l)"/><path d="M${short(left + 22)} ${y + 41}H${short(right)}" stroke="#14181c" stroke-opacity=".3" stroke-width="2.5"/>`;
  };
  const fringe = Array.from(
    { length: 16 },
    (_, index) => `M${short(308 - index * 3)} ${short(204 + index * 0.3)}v34`,
  ).join("");
  const count = 3 + (collection % 2);
  return (
    `<ellipse cx="208" cy="330" rx="168" ry="20" fill="url(#s)"/>${Array.from({ length: count }, (_, index) => fold(index)).join("")}` +
    (count === 3 ? `<path d="${fringe}" stroke="${lighter(colour, 0.4)}" stroke-width="1.8" opacity=".75"/>` : "")
  );
}

/** Over a wooden rail, with a fringe at the lower edge. */
function hung(/** @type {import("./picture.js").Brush} */ { colour, collection }) {
  const [left, right] = collection % 2 ? [104, 296] : [92, 308];
  const path = `M${left} 96q-6 96-4 204q${(right - left) / 4 + 2} 10 ${(right - left) / 2 + 4} 0t${(right - left) / 2 + 4} 0q2-108-4-204q-${(right - left) / 2}-14-${right - left} 0z`;
  const fringe = Array.from(
    { length: 34 },
    (_, index) =>
      `M${short(left + index * ((right - left) / 33))} ${short(302 + Math.sin(index / 2.6) * 3)}l${short(Math.sin(index * 2) * 2)} 18`,
  ).join("");
  return (
    `<path d="M58 60v270M342 60v270" stroke="#7b5b40" stroke-width="9" stroke-linecap="round"/><ellipse cx="200" cy="334" rx="150" ry="14" fill="url(#s)"/>` +
    `<path d="M40 98h320" stroke="#94704f" stroke-width="13" stroke-linecap="round"/><path d="M42 95h316" stroke="#b48d67" stroke-width="3" stroke-linecap="round"/>` +
    `<path d="${fringe}" stroke="${lighter(colour, 0.3)}" stroke-width="2.6" stroke-linecap="round"/>` +
    `<path d="${path}" fill="url(#p)"/><path d="${path}" fill="url(#l)"/>` +
    `<path d="M${left + 46} 92q-8 110 2 206M${right - 58} 92q10 110-2 208" fill="none" stroke="#14181c" stroke-opacity=".13" stroke-width="7"/>`
  );
}
