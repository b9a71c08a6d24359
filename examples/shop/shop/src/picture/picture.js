import { CATALOGUE_SIZE, chance, recipe } from "../catalogue.js";
import { COLOURS } from "../words.js";
import { bag } from "./bags.js";
import { blanket } from "./blankets.js";
import { darker, lighter, mix } from "./colours.js";
import { lantern } from "./lanterns.js";
import { vessel } from "./vessels.js";

/** Walls the things stand in front of. */
const WALLS = ["#e7ddd0", "#d9e0dc", "#e3d6cd", "#d6dde2", "#e6e0cb", "#dfd8e0", "#d5dccb"];

/**
 * What every drawing gets: the thing's colour, its form within the category, the collection (its decoration
 * and proportions) and chance of its own.
 *
 * @typedef {{ colour: string, form: number, collection: number, category: number, random: () => number }} Brush
 */

/** @type {((brush: Brush) => string)[]} One drawing per category, in the order of CATEGORIES. */
const DRAWINGS = [vessel, vessel, vessel, vessel, blanket, lantern, vessel, bag];

/**
 * The picture of a product as SVG (400 × 400). The same id always gives the same picture.
 *
 * @param {number} id
 * @returns {string | undefined} nothing when there is no such product
 */
export function picture(id) {
  if (!Number.isInteger(id) || id < 1 || id > CATALOGUE_SIZE) return undefined;
  const parts = recipe(id);
  const colour = COLOURS[parts.colour][1];
  const brush = { ...parts, colour, random: chance(id + 7919) };
  const wall = mix(WALLS[(parts.collection + parts.category) % WALLS.length], colour, 0.06);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400">${scene(wall, parts.collection)}${DRAWINGS[parts.category](brush)}</svg>`;
}

/** A wall with a soft disc or hill on it, a table, and light from the left. */
function scene(/** @type {string} */ wall, /** @type {number} */ collection) {
  const behind = lighter(wall, 0.38);
  const shapes = [
    `<circle cx="200" cy="190" r="142" fill="${behind}"/>`,
    `<path d="M64 400V190a136 136 0 0 1 272 0v210z" fill="${behind}"/>`,
    `<path d="M0 262Q96 150 196 214T400 176V400H0z" fill="${behind}"/>`,
    `<circle cx="286" cy="118" r="62" fill="${behind}"/>`,
  ];
  return (
    `<defs><linearGradient id="w" x2="1" y2="1"><stop stop-color="${lighter(wall, 0.2)}"/><stop offset="1" stop-color="${wall}"/></linearGradient>` +
    `<linearGradient id="t" x2="0" y2="1"><stop stop-color="${darker(wall, 0.1)}"/><stop offset="1" stop-color="${darker(wall, 0.04)}"/></linearGradient>` +
    `<radialGradient id="s"><stop stop-color="#14181c" stop-opacity=".42"/><stop offset="1" stop-color="#14181c" stop-opacity="0"/></radialGradient></defs>` +
    `<path fill="url(#w)" d="M0 0h400v400H0z"/>${shapes[collection % shapes.length]}<path fill="url(#t)" d="M0 306h400v94H0z"/>`
  );
}
