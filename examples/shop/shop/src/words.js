/**
 * The words the catalogue is made of. Every category has some forms (what the thing is), every product a
 * collection (who made it) and a colour. `price` is in euro cents.
 *
 * @typedef {{ name: string, price: number, line: string }} Form
 * @typedef {{ slug: string, name: string, blurb: string, material: string, care: string, forms: Form[] }} Category
 */

/** @type {Category[]} The order matters: product number n is in category (n - 1) % 8. */
export const CATEGORIES = [
  {
    slug: "mugs",
    name: "Mugs & Cups",
    blurb: "For the first coffee and the last tea.",
    material: "wheel-thrown stoneware",
    care: "Safe in the dishwasher and the microwave.",
    forms: [
      { name: "Mug", price: 2400, line: "A mug with a generous handle and a rim that is kind to the lips." },
      { name: "Espresso Cup", price: 1600, line: "A small cup with thick walls, so that the second sip is warm too." },
      { name: "Tumbler", price: 1900, line: "A tumbler without a handle that sits well in two cold hands." },
      { name: "Latte Cup", price: 2200, line: "A wide cup for milky coffee, soup, or a very long morning." },
    ],
  },
  {
    slug: "bowls",
    name: "Bowls & Plates",
    blurb: "The everyday table, set for more than expected.",
    material: "stoneware, glazed by hand",
    care: "Safe in the dishwasher and in an oven up to 200 °C.",
    forms: [
      { name: "Serving Bowl", price: 4800, line: "A wide bowl that carries a whole salad to the table." },
      { name: "Noodle Bowl", price: 3200, line: "A deep bowl with a firm foot, made for broth and noodles." },
      {
        name: "Pasta Plate",
        price: 2900,
        line: "A shallow plate with a raised rim that keeps the sauce where it belongs.",
      },
      { name: "Dip Bowl", price: 1200, line: "A little bowl for salt, olives, or the good mustard." },
    ],
  },
  {
    slug: "vases",
    name: "Vases & Planters",
    blurb: "A home for whatever the hedge gave.",
    material: "slow-fired earthenware",
    care: "Watertight. Rinse by hand.",
    forms: [
      { name: "Bud Vase", price: 2600, line: "A slim vase for a single stem from the path." },
      { name: "Tall Vase", price: 5400, line: "A tall vase with a quiet shoulder for branches and long grasses." },
      { name: "Moon Vase", price: 6200, line: "A round vase, made of two halves joined while the clay is soft." },
      { name: "Planter", price: 3900, line: "A planter with a hidden saucer, for a plant that has outgrown its pot." },
    ],
  },
  {
    slug: "teapots",
    name: "Teapots & Jugs",
    blurb: "They pour without a drip. We checked.",
    material: "fine stoneware",
    care: "Rinse with warm water. The lid is fitted to its own pot.",
    forms: [
      { name: "Teapot", price: 7400, line: "A teapot for four cups, with a strainer built into the spout." },
      { name: "Water Jug", price: 4600, line: "A litre of water, a slice of lemon, a handle that balances." },
      { name: "Carafe", price: 4200, line: "A slender carafe with a cork, at home on the table and beside the bed." },
      { name: "Milk Jug", price: 2300, line: "A small jug with a sharp lip for a clean pour." },
    ],
  },
  {
    slug: "blankets",
    name: "Blankets & Throws",
    blurb: "Warm on the sofa, warmer on the beach.",
    material: "lambswool, woven on old looms",
    care: "Air it outside; wash cold when you must.",
    forms: [
      { name: "Wool Throw", price: 9800, line: "A throw with a brushed finish and a fringe tied by hand." },
      { name: "Picnic Blanket", price: 7600, line: "A blanket with a waxed back that does not mind wet grass." },
      { name: "Bed Blanket", price: 13800, line: "A large, heavy blanket for rooms where the window stays open." },
      { name: "Shoulder Wrap", price: 6400, line: "A light wrap for evenings that last longer than planned." },
    ],
  },
  {
    slug: "lanterns",
    name: "Lanterns & Light",
    blurb: "Small lights for long evenings.",
    material: "powder-coated steel and glass",
    care: "Wipe clean. The glass can be replaced.",
    forms: [
      { name: "Storm Lantern", price: 5200, line: "A lantern that burns steadily in a wind that takes hats." },
      { name: "Candle Holder", price: 1800, line: "A holder with a finger loop for the walk up the stairs." },
      { name: "House Lantern", price: 4400, line: "A lantern shaped like the boathouse, for tea lights." },
      { name: "Trail Lamp", price: 3600, line: "A lamp for the tent, thirty hours on one charge." },
    ],
  },
  {
    slug: "camp",
    name: "Camp Kitchen",
    blurb: "Cooks over anything that burns.",
    material: "enamelled steel",
    care: "Safe on fire, gas and induction. Dry it after washing.",
    forms: [
      { name: "Kettle", price: 5600, line: "A kettle that whistles low, for a stove or the embers." },
      {
        name: "Stew Pot",
        price: 6800,
        line: "A pot with a tight lid for the kind of stew that takes a walk to be ready.",
      },
      { name: "Coffee Pot", price: 4900, line: "A tall pot for coffee boiled the old way, outside." },
      { name: "Camp Cup", price: 1400, line: "A cup with a rolled rim that has been dropped before and is fine." },
    ],
  },
  {
    slug: "bags",
    name: "Bags & Packs",
    blurb: "For the ferry, the market and the ridge.",
    material: "waxed cotton canvas with leather trim",
    care: "Brush off the mud; wax again once a year.",
    forms: [
      { name: "Day Pack", price: 11800, line: "A pack for a day out: a flask, a jumper, a map you do not need." },
      { name: "Tote", price: 5800, line: "A tote with a flat base that stands up by itself at the market." },
      { name: "Roll-top Pack", price: 14200, line: "A pack that closes by rolling and keeps out a proper downpour." },
      { name: "Weekend Bag", price: 16400, line: "A bag of exactly the size two nights away need." },
    ],
  },
];

/** @type {[name: string, colour: string][]} The colours, each with the base colour its picture is drawn in. */
export const COLOURS = [
  ["Sea Salt", "#e9e4d8"],
  ["Oat", "#d8c4a0"],
  ["Fog", "#b4bec2"],
  ["Slate", "#5d6a74"],
  ["Ink", "#2f3d52"],
  ["Fjord", "#2f6377"],
  ["Kelp", "#43604c"],
  ["Moss", "#7d8b4b"],
  ["Sage", "#a5b498"],
  ["Ochre", "#cb922f"],
  ["Rust", "#b0522f"],
  ["Terracotta", "#cb7753"],
  ["Heather", "#8b799b"],
  ["Blush", "#dca898"],
  ["Charcoal", "#403f42"],
];

/** @type {[name: string, story: string][]} The collections, each with one sentence about where it comes from. */
export const COLLECTIONS = [
  ["Tidewater", "Made in a workshop whose floor is wet at spring tide."],
  ["Saltmarsh", "Its colours are those of the marsh in late October."],
  ["Northlight", "Designed under a north-facing window, where nothing flatters."],
  ["Cairn", "Named after the stones that show the way in fog."],
  ["Lowland", "Plain on purpose, like the land it is named after."],
  ["Harbourside", "Made within earshot of the halyards."],
  ["Foxglove", "A softer line than our others, and the favourite of our gardener."],
  ["Driftwood", "No two are quite alike, and we like it that way."],
  ["Skerry", "Sturdy, low, and happy in bad weather."],
  ["Hazel", "Made in small batches by a family of four."],
  ["Bracken", "Warm and a little rough, as the hill is in autumn."],
  ["Lighthouse", "Easy to find in the dark, and made to last."],
  ["Meadow", "Light enough for every day, good enough for guests."],
  ["Quarry", "Made beside the old slate quarry, with its dust in the glaze."],
  ["Estuary", "Where the river slows down, so do we."],
  ["Beacon", "Our first collection, unchanged since."],
  ["Larkspur", "Finished by hand, signed underneath."],
  ["Pebble", "Smooth all round; you will pick it up without a reason."],
  ["Orchard", "Made in the winter, when the trees need nobody."],
  ["Ridgeway", "Tested on the long path, twice, in the rain."],
  ["Kittiwake", "Light, quick, and at home near cliffs."],
  ["Marram", "Holds together in wind, like the grass on the dunes."],
  ["Causeway", "Made on an island that is one only twice a day."],
  ["Sandpiper", "Slender, and always a little in a hurry."],
  ["Highfold", "From the last farm before the pass."],
];
