import type { UnitExposure } from "../model/inspection.ts";

interface Bound {
  readonly units: RegExp;
  readonly bound: number;
  readonly exception?: string;
}

/** The first that fits counts; a unit that fits none is Debian's own business. */
const bounds: readonly Bound[] = [
  {
    units: /^rampart-(agent|member)\.service$/,
    bound: 3,
    exception: "it starts and ends MariaDB as root, and copies, looks into and puts aside its data",
  },
  { units: /^(app|rampart)-.*\.service$/, bound: 2 },
  { units: /^(haproxy|nginx)\.service$/, bound: 3 },
  { units: /^prometheus(-.*)?\.service$/, bound: 3 },
  { units: /^mariadb\.service$/, bound: 4 },
  { units: /^(etcd|garb)\.service$/, bound: 2 },
  { units: /^systemd-journal-upload\.service$/, bound: 2 },
  {
    units: /^keepalived\.service$/,
    bound: 5,
    exception: "it gives and takes the site's addresses as root, and sends VRRP by raw sockets",
  },
];

/** A unit's score beside the one that it may have; undefined for units that the site does not bring. */
export function unitExposure(unit: string, score: number): UnitExposure | undefined {
  const found = bounds.find((one) => one.units.test(unit));
  if (!found) return undefined;
  const { bound, exception } = found;
  return { unit, score, bound, ...(exception === undefined ? {} : { exception }) };
}
