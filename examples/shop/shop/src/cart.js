/**
 * The cart lives in a cookie as "12.2-55.1": product 12 twice, product 55 once.
 *
 * @typedef {{ product: number, quantity: number }} CartLine
 */

const MOST_LINES = 30;
export const MOST_EACH = 20;

/** @param {string | undefined} cookie @returns {CartLine[]} without anything that makes no sense */
export function cartFrom(cookie) {
  /** @type {CartLine[]} */
  const lines = [];
  for (const part of (cookie ?? "").split("-").slice(0, MOST_LINES)) {
    const match = /^([1-9]\d{0,6})\.([1-9]\d?)$/.exec(part);
    if (match && !lines.some((line) => line.product === Number(match[1]))) {
      lines.push({ product: Number(match[1]), quantity: Math.min(Number(match[2]), MOST_EACH) });
    }
  }
  return lines;
}

/** @param {CartLine[]} cart */
export function cartCookie(cart) {
  return cart.map(({ product, quantity }) => `${product}.${quantity}`).join("-");
}

/** @param {CartLine[]} cart @param {number} product @param {number} quantity @returns {CartLine[]} */
export function withAdded(cart, product, quantity) {
  const already = cart.find((line) => line.product === product)?.quantity ?? 0;
  return withQuantity(cart, product, already + quantity);
}

/** @param {CartLine[]} cart @param {number} product @param {number} quantity 0 takes it out @returns {CartLine[]} */
export function withQuantity(cart, product, quantity) {
  const line = { product, quantity: Math.min(quantity, MOST_EACH) };
  const known = cart.some((one) => one.product === product);
  const changed = known ? cart.map((one) => (one.product === product ? line : one)) : [...cart, line];
  return changed.filter((one) => one.quantity > 0).slice(0, MOST_LINES);
}

/** @param {CartLine[]} cart */
export function cartCount(cart) {
  return cart.reduce((sum, line) => sum + line.quantity, 0);
}
