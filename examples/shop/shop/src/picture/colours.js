/**
 * A colour between two others.
 *
 * @param {string} from "#rrggbb"
 * @param {string} to "#rrggbb"
 * @param {number} share 0 is `from`, 1 is `to`
 */
export function mix(from, to, share) {
  const channel = (/** @type {number} */ at) => {
    const a = Number.parseInt(from.slice(at, at + 2), 16);
    const b = Number.parseInt(to.slice(at, at + 2), 16);
    return Math.round(a + (b - a) * share)
      .toString(16)
      .padStart(2, "0");
  };
  return `#${channel(1)}${channel(3)}${channel(5)}`;
}

/** @param {string} colour @param {number} share */
export const lighter = (colour, share) => mix(colour, "#fffdf8", share);

/** @param {string} colour @param {number} share */
export const darker = (colour, share) => mix(colour, "#14181c", share);

/** @param {number} value A coordinate with at most one decimal, so that pictures stay small. */
export const short = (value) => String(Math.round(value * 10) / 10);
