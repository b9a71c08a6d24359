/**
 * The outline of everything that is turned on a wheel: pairs of height above the table and half the width
 * there, from the foot to the rim. `extras` are drawn around it.
 *
 * @typedef {"handle" | "small-handle" | "spout" | "lip" | "lid" | "cork" | "plant" | "sprig" | "bail" | "ears" | "steel-rim"} Extra
 * @typedef {{ outline: [height: number, half: number][], extras: Extra[] }} Profile
 */

/** @type {Record<number, Profile[]>} By category number, then by form. */
export const PROFILES = {
  0: [
    {
      outline: [
        [0, 58],
        [12, 66],
        [75, 70],
        [146, 68],
      ],
      extras: ["handle"],
    },
    {
      outline: [
        [0, 36],
        [10, 44],
        [52, 57],
        [94, 62],
      ],
      extras: ["small-handle"],
    },
    {
      outline: [
        [0, 44],
        [10, 50],
        [90, 59],
        [168, 64],
      ],
      extras: [],
    },
    {
      outline: [
        [0, 40],
        [12, 58],
        [55, 90],
        [104, 98],
      ],
      extras: ["small-handle"],
    },
  ],
  1: [
    {
      outline: [
        [0, 52],
        [10, 62],
        [48, 112],
        [104, 142],
      ],
      extras: [],
    },
    {
      outline: [
        [0, 44],
        [14, 50],
        [54, 102],
        [122, 120],
      ],
      extras: [],
    },
    {
      outline: [
        [0, 66],
        [8, 78],
        [22, 118],
        [48, 152],
      ],
      extras: [],
    },
    {
      outline: [
        [0, 38],
        [8, 48],
        [34, 74],
        [70, 84],
      ],
      extras: [],
    },
  ],
  2: [
    {
      outline: [
        [0, 36],
        [20, 50],
        [70, 60],
        [120, 36],
        [160, 17],
        [186, 22],
      ],
      extras: ["sprig"],
    },
    {
      outline: [
        [0, 46],
        [40, 58],
        [120, 72],
        [180, 58],
        [206, 42],
        [222, 50],
      ],
      extras: ["sprig"],
    },
    {
      outline: [
        [0, 42],
        [30, 78],
        [85, 102],
        [140, 80],
        [170, 40],
        [184, 42],
      ],
      extras: ["sprig"],
    },
    {
      outline: [
        [0, 66],
        [20, 76],
        [80, 90],
        [136, 98],
      ],
      extras: ["plant"],
    },
  ],
  3: [
    {
      outline: [
        [0, 50],
        [20, 76],
        [64, 94],
        [106, 74],
        [126, 46],
      ],
      extras: ["spout", "handle", "lid"],
    },
    {
      outline: [
        [0, 52],
        [40, 72],
        [90, 72],
        [150, 48],
        [196, 56],
      ],
      extras: ["lip", "handle"],
    },
    {
      outline: [
        [0, 56],
        [30, 72],
        [80, 70],
        [140, 36],
        [190, 26],
        [216, 34],
      ],
      extras: ["cork"],
    },
    {
      outline: [
        [0, 42],
        [24, 58],
        [60, 60],
        [100, 42],
        [128, 48],
      ],
      extras: ["lip", "handle"],
    },
  ],
  6: [
    {
      outline: [
        [0, 86],
        [14, 94],
        [60, 88],
        [104, 66],
        [124, 44],
      ],
      extras: ["spout", "bail", "lid", "steel-rim"],
    },
    {
      outline: [
        [0, 96],
        [10, 104],
        [60, 106],
        [112, 106],
      ],
      extras: ["ears", "lid", "steel-rim"],
    },
    {
      outline: [
        [0, 72],
        [10, 78],
        [80, 64],
        [150, 52],
        [178, 48],
      ],
      extras: ["spout", "handle", "lid", "steel-rim"],
    },
    {
      outline: [
        [0, 58],
        [8, 64],
        [60, 66],
        [112, 70],
      ],
      extras: ["handle", "steel-rim"],
    },
  ],
};
