import { darker, lighter } from "./colours.js";

const LEATHER = ["#8a5a34", "#6d4630", "#a8743f"];

/**
 * A bag: day pack, tote, roll-top pack or weekend bag.
 *
 * @param {import("./picture.js").Brush} brush
 */
export function bag(brush) {
  const cloth = `<linearGradient id="l" x2="1" y2=".3"><stop stop-color="${lighter(brush.colour, 0.2)}"/><stop offset=".5" stop-color="${brush.colour}"/><stop offset="1" stop-color="${darker(brush.colour, 0.32)}"/></linearGradient>`;
  const leather = LEATHER[brush.collection % LEATHER.length];
  const drawings = [dayPack, tote, rollTop, weekender];
  return `<defs>${cloth}</defs><ellipse cx="206" cy="331" rx="142" ry="18" fill="url(#s)"/>${drawings[brush.form](brush.colour, leather)}`;
}

/** A strap with its buckle. */
function strap(
  /** @type {number} */ x,
  /** @type {number} */ y,
  /** @type {number} */ long,
  /** @type {string} */ leather,
) {
  return (
    `<path d="M${x - 8} ${y}h16v${long}q-8 7-16 0z" fill="${leather}"/><path d="M${x - 5} ${y + 4}v${long - 8}M${x + 5} ${y + 4}v${long - 8}" stroke="#f3e3c8" stroke-opacity=".5" stroke-dasharray="3 3"/>` +
    `<path d="M${x - 11} ${y + long * 0.55}h22v15h-22z" fill="none" stroke="#d0b27a" stroke-width="3.5"/>`
  );
}

/** A seam. */
function stitch(/** @type {string} */ path) {
  return `<path d="${path}" fill="none" stroke="#fffdf8" stroke-opacity=".45" stroke-width="1.6" stroke-dasharray="5 4"/>`;
}

function dayPack(/** @type {string} */ colour, /** @type {string} */ leather) {
  return (
    `<path d="M112 170q-34 60-14 132M288 170q34 60 14 132" fill="none" stroke="${darker(colour, 0.4)}" stroke-width="15" stroke-linecap="round"/>` +
    `<path d="M178 92q0-28 22-28t22 28" fill="none" stroke="${leather}" stroke-width="9"/>` +
    `<path d="M110 160q0-72 90-72t90 72l8 146q0 25-26 25H128q-26 0-26-25z" fill="url(#l)"/>` +
    `<path d="M134 236h132q10 0 10 10v54q0 14-14 14H138q-14 0-14-14v-54q0-10 10-10z" fill="${darker(colour, 0.1)}"/>${stitch("M134 242h132M132 306h136")}` +
    `<path d="M106 168q0-80 94-80t94 80l2 26q-96 26-192 0z" fill="${darker(colour, 0.06)}"/><path d="M106 168q0-80 94-80q-60 10-66 108l-30-2z" fill="#fff" opacity=".13"/>${stitch("M110 186q90 22 180 0")}` +
    strap(156, 182, 58, leather) +
    strap(244, 182, 58, leather) +
    `<path d="M182 128h36v20h-36z" fill="${leather}"/>`
  );
}

function tote(/** @type {string} */ colour, /** @type {string} */ leather) {
  return (
    `<path d="M150 170C146 62 254 62 250 170" fill="none" stroke="${darker(leather, 0.3)}" stroke-width="11"/>` +
    `<path d="M92 158h216l-14 158q-2 15-18 15H124q-16 0-18-15z" fill="url(#l)"/><path d="M92 158h216l-2 22H94z" fill="${darker(colour, 0.22)}"/>` +
    `<path d="M103 276h194l-4 40q-2 15-18 15H124q-16 0-18-15z" fill="${leather}"/>${stitch("M104 283h192")}` +
    `<path d="M144 248C138 96 262 96 256 248" fill="none" stroke="${leather}" stroke-width="12"/><path d="M138 160h13v92h-13zM249 160h13v92h-13z" fill="${leather}"/>` +
    `<circle cx="144" cy="240" r="4" fill="#d0b27a"/><circle cx="256" cy="240" r="4" fill="#d0b27a"/>${stitch("M98 186h204")}<path d="M104 186l8 90h26l-4-90z" fill="#fff" opacity=".12"/>`
  );
}

function rollTop(/** @type {string} */ colour, /** @type {string} */ leather) {
  return (
    `<path d="M120 180q-30 70-12 130M280 180q30 70 12 130" fill="none" stroke="${darker(colour, 0.4)}" stroke-width="14" stroke-linecap="round"/>` +
    `<path d="M122 122h156l16 190q0 19-22 19H128q-22 0-22-19z" fill="url(#l)"/>` +
    `<path d="M112 96q0-26 26-26h124q26 0 26 26t-26 26H138q-26 0-26-26z" fill="${darker(colour, 0.14)}"/><path d="M124 84q6-9 16-9h120q12 0 16 9" fill="none" stroke="#fff" stroke-opacity=".35" stroke-width="4"/><path d="M116 104q84 12 168 0" fill="none" stroke="#14181c" stroke-opacity=".25" stroke-width="3"/>` +
    `<path d="M140 218h120v86q0 10-10 10H150q-10 0-10-10z" fill="${darker(colour, 0.1)}"/>${stitch("M146 224h108M148 308h104")}<path d="M140 218h120v22q-60 14-120 0z" fill="${leather}"/>` +
    strap(200, 66, 118, leather) +
    `<path d="M124 140l-8 170h18l4-170z" fill="#fff" opacity=".14"/>`
  );
}

function weekender(/** @type {string} */ colour, /** @type {string} */ leather) {
  return (
    `<path d="M140 200C140 108 260 108 260 200" fill="none" stroke="${darker(leather, 0.3)}" stroke-width="11"/>` +
    `<path d="M62 222q0-50 52-50h172q52 0 52 50v70q0 39-40 39H102q-40 0-40-39z" fill="url(#l)"/>` +
    `<path d="M62 226q0-54 46-54h10v159h-16q-40 0-40-39zM338 226q0-54-46-54h-10v159h16q40 0 40-39z" fill="${leather}"/>${stitch("M124 178v148M276 178v148")}` +
    `<path d="M124 186q76-10 152 0" fill="none" stroke="#d0b27a" stroke-width="4"/><path d="M150 330V214M250 330V214" stroke="${leather}" stroke-width="13"/>` +
    `<path d="M150 222C146 126 254 126 250 222" fill="none" stroke="${leather}" stroke-width="12"/><path d="M182 146h36v15h-36z" fill="${darker(leather, 0.25)}"/>` +
    `<path d="M166 246h68v54q0 8-8 8h-52q-8 0-8-8z" fill="${darker(colour, 0.1)}"/>${stitch("M170 252h60")}<path d="M76 222q2-38 38-40" fill="none" stroke="#fff" stroke-opacity=".3" stroke-width="6" stroke-linecap="round"/>`
  );
}
