const FREE_FROM = 8000;
const DELIVERY = 590;

/** @param {number} cents */
export function money(cents) {
  const euros = Math.floor(cents / 100)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ",");
  return `€${euros}.${String(cents % 100).padStart(2, "0")}`;
}

/** @param {number} goods cents @returns {number} cents; free from €80 */
export function deliveryCost(goods) {
  return goods >= FREE_FROM || goods === 0 ? 0 : DELIVERY;
}
