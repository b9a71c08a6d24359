import { darker, lighter, short } from "./colours.js";

/**
 * A light: storm lantern, candle holder, house lantern or trail lamp. It always burns.
 *
 * @param {import("./picture.js").Brush} brush
 */
export function lantern(brush) {
  const glow =
    '<radialGradient id="g"><stop stop-color="#fff3c4" stop-opacity=".95"/><stop offset=".4" stop-color="#ffd47a" stop-opacity=".5"/><stop offset="1" stop-color="#ffc14d" stop-opacity="0"/></radialGradient>';
  const metal = `<linearGradient id="l"><stop stop-color="${darker(brush.colour, 0.34)}"/><stop offset=".3" stop-color="${lighter(brush.colour, 0.3)}"/><stop offset=".6" stop-color="${brush.colour}"/><stop offset="1" stop-color="${darker(brush.colour, 0.42)}"/></linearGradient>`;
  const drawings = [storm, candle, house, trail];
  return `<defs>${glow}${metal}</defs><ellipse cx="208" cy="331" rx="112" ry="17" fill="url(#s)"/>${drawings[brush.form](brush)}`;
}

/** A flame with its glow; x and y are the wick. */
function flame(/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ size) {
  return (
    `<circle cx="${x}" cy="${y - size}" r="${short(size * 4.2)}" fill="url(#g)"/>` +
    `<path d="M${x} ${y}c-${size * 0.7} -${size * 0.5} -${size * 0.3} -${size * 1.2} 0 -${size * 1.9}c${size * 0.3} ${size * 0.7} ${size * 0.7} ${size * 1.4} 0 ${size * 1.9}z" fill="#f6a83c"/>` +
    `<path d="M${x} ${y - 1}c-${size * 0.35} -${size * 0.3} -${size * 0.15} -${size * 0.6} 0 -${size}c${size * 0.15} ${size * 0.4} ${size * 0.35} ${size * 0.7} 0 ${size}z" fill="#fff2c9"/>`
  );
}

function storm(/** @type {import("./picture.js").Brush} */ { colour }) {
  return (
    `<path d="M118 282C96 210 100 150 146 116M282 282c22-72 18-132-28-166" fill="none" stroke="${darker(colour, 0.2)}" stroke-width="8"/>` +
    `<path d="M140 112C130 34 270 34 260 112" fill="none" stroke="#8d9496" stroke-width="4"/>` +
    `<path d="M164 258q-26-56 12-120h48q38 64 12 120z" fill="#fffaf0" fill-opacity=".45" stroke="#fff" stroke-opacity=".7" stroke-width="2"/>${flame(200, 246, 22)}` +
    `<path d="M160 138h80l-10-26h-60zM176 112q24-26 48 0z" fill="url(#l)"/>` +
    `<path d="M152 258h96v14h-96zM118 272h164q10 0 10 12v34q0 12-14 12H122q-14 0-14-12v-34q0-12 10-12z" fill="url(#l)"/>` +
    `<circle cx="244" cy="300" r="9" fill="#8d9496"/><path d="M177 240q-14-42 8-90" fill="none" stroke="#fff" stroke-opacity=".75" stroke-width="4" stroke-linecap="round"/>`
  );
}

function candle(/** @type {import("./picture.js").Brush} */ { collection }) {
  const top = 150 + (collection % 3) * 16;
  return (
    `${flame(200, top - 8, 19)}<path d="M200 ${top}v-12" stroke="#3a3431" stroke-width="2.5"/>` +
    `<path d="M182 ${top}q18 6 36 0v150h-36z" fill="#f4ecdc"/><path d="M206 ${top + 3}q6 0 12-3v150h-12z" fill="#14181c" opacity=".1"/>` +
    `<path d="M290 306q34-18 32 6t-38 8" fill="none" stroke="url(#l)" stroke-width="9"/>` +
    `<path d="M174 282h52v26h-52z" fill="url(#l)"/><path d="M104 300q96 22 192 0q4 30-40 32h-112q-44-2-40-32z" fill="url(#l)"/><ellipse cx="200" cy="301" rx="96" ry="9" fill="#14181c" opacity=".16"/>` +
    `<path d="M174 282v22q26 8 52 0v-22z" fill="url(#l)"/>`
  );
}

function house(/** @type {import("./picture.js").Brush} */ { colour, collection }) {
  const frame = darker(colour, 0.12);
  const bars =
    collection % 2
      ? `<path d="M200 176v142M132 246h136" stroke="${frame}" stroke-width="6"/>`
      : `<path d="M166 176v142M234 176v142" stroke="${frame}" stroke-width="5"/>`;
  return (
    `<path d="M186 66q14-22 28 0" fill="none" stroke="#8d9496" stroke-width="5"/>` +
    `<path d="M132 176h136v142H132z" fill="#fff6dc" fill-opacity=".6"/>${flame(200, 296, 17)}<path d="M184 296h32v22h-32z" fill="#f4ecdc"/>${bars}` +
    `<path d="M132 176h136v142H132z" fill="none" stroke="${frame}" stroke-width="10"/><path d="M110 182L200 66l90 116z" fill="url(#l)"/><path d="M200 66l90 116h-46z" fill="#14181c" opacity=".14"/>` +
    `<path d="M112 316h176v15H112z" fill="url(#l)"/><path d="M146 302l40-112" stroke="#fff" stroke-opacity=".55" stroke-width="7"/>`
  );
}

function trail(/** @type {import("./picture.js").Brush} */ { colour }) {
  return (
    `<path d="M146 140C146 50 254 50 254 140" fill="none" stroke="${darker(colour, 0.3)}" stroke-width="9" stroke-linecap="round"/>` +
    `<circle cx="200" cy="212" r="112" fill="url(#g)"/><path d="M150 156h100v104H150z" fill="#fff1c6" fill-opacity=".9"/>` +
    `<path d="M172 156v104M200 156v104M228 156v104" stroke="#f0c774" stroke-width="3"/>` +
    `<path d="M138 138q0-18 18-18h88q18 0 18 18v20H138z" fill="url(#l)"/><path d="M138 258h124v54q0 18-18 18h-88q-18 0-18-18z" fill="url(#l)"/>` +
    `<circle cx="200" cy="294" r="13" fill="${lighter(colour, 0.55)}"/><circle cx="200" cy="294" r="6" fill="#f6a83c"/>`
  );
}
