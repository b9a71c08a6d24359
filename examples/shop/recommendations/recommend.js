/** The shop's catalogue: product n is on shelf (n - 1) % 8, and there are 3,000 of them. */
const PRODUCTS = 3000;
const SHELVES = 8;

/** Which shelves go well together: a mug with a teapot, a lantern with a blanket, by shelf number. */
const NEIGHBOURS = [
  [3, 1],
  [0, 3],
  [5, 1],
  [0, 1],
  [5, 7],
  [4, 6],
  [5, 7],
  [6, 4],
];

/**
 * Four products that go well with one: two from its own shelf, two from shelves nearby. The same question always
 * gets the same answer, on every host.
 *
 * @param {number} product 1 … 3000
 * @returns {{ product: number, reason: string }[] | undefined} nothing when there is no such product
 */
export function recommendations(product) {
  if (!Number.isInteger(product) || product < 1 || product > PRODUCTS) return undefined;
  const shelf = (product - 1) % SHELVES;
  const [near, far] = NEIGHBOURS[shelf];
  /** @type {[shelf: number, reason: string][]} */
  const wanted = [
    [near, "goes well with it"],
    [shelf, "from the same shelf"],
    [far, "goes well with it"],
    [shelf, "from the same shelf"],
  ];
  const chosen = new Set([product]);
  return wanted.map(([from, reason], index) => {
    let place = mixed(product * 31 + index);
    while (chosen.has(onShelf(from, place))) place += 1;
    const found = onShelf(from, place);
    chosen.add(found);
    return { product: found, reason };
  });
}

/** The product at a place on a shelf. @param {number} shelf @param {number} place */
function onShelf(shelf, place) {
  return (place % (PRODUCTS / SHELVES)) * SHELVES + shelf + 1;
}

/** A number that looks like chance and is always the same (the finish of MurmurHash3). @param {number} seed */
function mixed(seed) {
  let hash = seed >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
