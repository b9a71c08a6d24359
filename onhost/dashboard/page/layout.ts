import type { Edge, HostNow, Overview } from "../../../src/model/overview.ts";

// Where everything of the living diagram stands. Plain numbers: drawn by diagram.tsx, held by a test.

export interface Box {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** undefined: visitors, or hosts that are drawn as one. */
  readonly host: HostNow | undefined;
  /** The hosts that are drawn as one; empty for a single one. */
  readonly group: readonly HostNow[];
  readonly title: string;
}

export interface Column {
  readonly title: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly tier: string;
  readonly service: string | null;
}

export interface Line {
  readonly edge: Edge;
  /** SVG path. */
  readonly path: string;
  readonly width: number;
  /** Where a figure stands that belongs to it; undefined: it has none. */
  readonly label: { readonly x: number; readonly y: number } | undefined;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Box[];
  readonly columns: readonly Column[];
  readonly lines: readonly Line[];
}

/** More hosts of a kind than this are drawn as one. */
const mostBoxes = 10;
/** Figures stand at lines while there are no more of them between two tiers. */
const mostLabels = 4;

interface Group {
  readonly title: string;
  readonly tier: string;
  readonly service: string | null;
  readonly hosts: readonly HostNow[];
}

/** Columns from left to right; each may hold several groups, one below the other. */
function groupsOf({ hosts }: Overview): readonly (readonly Group[])[] {
  const of = (tier: string, service?: string) =>
    hosts.filter((host) => host.tier === tier && (service === undefined || host.service === service));
  const services = [...new Set(of("app").map(({ service }) => service ?? ""))];
  const group = (title: string, tier: string, list: readonly HostNow[], service: string | null = null) =>
    list.length === 0 ? [] : [{ title, tier, service, hosts: list }];
  return [
    [{ title: "Visitors", tier: "visitors", service: null, hosts: [] }],
    group("Balancers", "balancer", of("balancer")),
    group("Web", "web", of("web")),
    services.flatMap((service) => group(service, "app", of("app", service), service)),
    group("Database", "database", of("database")),
  ].filter((column) => column.length > 0);
}

export function layoutOf(overview: Overview, width: number): Layout {
  const groups = groupsOf(overview);
  return width < 720 ? upright(overview, groups, width) : lying(overview, groups, width);
}

const head = 26;
const gap = 12;

/** From left to right. */
function lying(overview: Overview, groups: readonly (readonly Group[])[], width: number): Layout {
  const boxHeight = 50;
  const room = width / groups.length;
  const boxWidth = Math.min(172, room * 0.66);
  const heights = groups.map((column) =>
    column.reduce((sum, group) => sum + head + shownCount(group) * (boxHeight + gap), (column.length - 1) * 10),
  );
  const height = Math.max(...heights) + 8;
  const boxes: Box[] = [];
  const columns: Column[] = [];
  groups.forEach((column, index) => {
    const x =
      index === 0
        ? 4
        : index === groups.length - 1
          ? width - boxWidth - 4
          : 4 + ((width - boxWidth - 8) * index) / (groups.length - 1);
    let y = (height - (heights[index] ?? 0)) / 2;
    for (const group of column) {
      columns.push({ title: group.title, x, y: y + 14, width: boxWidth, tier: group.tier, service: group.service });
      y += head;
      for (const box of boxesOf(group)) {
        boxes.push({ ...box, x, y, width: boxWidth, height: boxHeight });
        y += boxHeight + gap;
      }
      y += 10;
    }
  });
  return { width, height, boxes, columns, lines: linesOf(overview, boxes, true) };
}

/** From top to bottom, for narrow screens. */
function upright(overview: Overview, groups: readonly (readonly Group[])[], width: number): Layout {
  const boxHeight = 50;
  const boxes: Box[] = [];
  const columns: Column[] = [];
  let y = 4;
  for (const column of groups) {
    for (const group of column) {
      columns.push({ title: group.title, x: 4, y: y + 14, width: width - 8, tier: group.tier, service: group.service });
      y += head;
      const list = boxesOf(group);
      const across = Math.min(list.length, width < 500 ? 3 : 4);
      const boxWidth = Math.min(170, (width - 8 - (across - 1) * 8) / across);
      list.forEach((box, index) => {
        const row = Math.floor(index / across);
        const inRow = Math.min(across, list.length - row * across);
        const left = (width - inRow * boxWidth - (inRow - 1) * 8) / 2;
        boxes.push({
          ...box,
          x: left + (index % across) * (boxWidth + 8),
          y: y + row * (boxHeight + gap),
          width: boxWidth,
          height: boxHeight,
        });
      });
      y += Math.ceil(list.length / across) * (boxHeight + gap);
    }
    y += 22;
  }
  return { width, height: y - 22, boxes, columns, lines: linesOf(overview, boxes, false) };
}

function shownCount({ hosts }: Group): number {
  return hosts.length === 0 || hosts.length > mostBoxes ? 1 : hosts.length;
}

function boxesOf(group: Group): readonly Pick<Box, "id" | "host" | "group" | "title">[] {
  const { hosts, tier, title, service } = group;
  if (hosts.length === 0) return [{ id: tier, host: undefined, group: [], title }];
  if (hosts.length > mostBoxes)
    return [{ id: service ?? tier, host: undefined, group: hosts, title: `${hosts.length} hosts` }];
  return hosts.map((host) => ({ id: host.name, host, group: [], title: host.name }));
}

function linesOf(overview: Overview, boxes: readonly Box[], lying: boolean): readonly Line[] {
  const places = new Map<string, Box>();
  for (const box of boxes) {
    if (box.host) places.set(box.host.name, box);
    for (const one of box.group) places.set(one.name, box);
  }
  const visitors = boxes.find(({ id }) => id === "visitors");
  const fromVisitors = visitors ? visitorEdges(overview) : [];
  const drawn = [...fromVisitors, ...joined(overview.edges, places)];
  const most = Math.max(1, ...drawn.map(({ rate, kind }) => (kind === "requests" ? (rate ?? 0) : 0)));
  return drawn.flatMap((edge) => {
    const from = edge.from === "visitors" ? visitors : places.get(edge.from);
    const to = places.get(edge.to);
    if (from === undefined || to === undefined || from === to) return [];
    const beside = drawn.filter(
      (other) =>
        tierOf(other.from, places) === tierOf(edge.from, places) && other.kind === edge.kind && (other.rate ?? 0) > 0,
    );
    const labelled = edge.kind === "requests" && (edge.rate ?? 0) > 0 && beside.length <= mostLabels && lying;
    const share = edge.kind === "requests" ? (edge.rate ?? 0) / most : 0;
    return [
      {
        edge,
        ...curve(from, to, lying, edge.kind === "replication"),
        width: 1 + 3.5 * Math.sqrt(share),
        ...(labelled ? {} : { label: undefined }),
      },
    ];
  });
}

function tierOf(name: string, places: ReadonlyMap<string, Box>): string {
  const box = places.get(name);
  return box?.host?.tier ?? box?.group[0]?.tier ?? name;
}

/** Visitors reach whoever holds the address. */
function visitorEdges({ traffic, hosts, address }: Overview): readonly Edge[] {
  return hosts
    .filter(({ tier }) => tier === "balancer")
    .map(({ name, state, rate }) => {
      const holds = address.holders?.includes(name);
      const known = traffic.rows.find((row) => row.tier === "visitors" && row.name === name)?.now ?? rate;
      return {
        from: "visitors",
        to: name,
        kind: "requests" as const,
        rate: known,
        up: holds === undefined ? null : holds || (known ?? 0) > 0 ? state !== "down" : null,
      };
    })
    .filter(({ up, rate }) => up !== null || (rate ?? 0) > 0);
}

/** Edges of hosts that are drawn as one become one. */
function joined(edges: readonly Edge[], places: ReadonlyMap<string, Box>): readonly Edge[] {
  const found = new Map<string, Edge>();
  for (const edge of edges) {
    const key = `${places.get(edge.from)?.id} ${places.get(edge.to)?.id} ${edge.kind}`;
    const before = found.get(key);
    if (before === undefined) found.set(key, edge);
    else
      found.set(key, {
        ...before,
        rate: edge.rate === null && before.rate === null ? null : (edge.rate ?? 0) + (before.rate ?? 0),
        up: before.up === false || edge.up === false ? false : (before.up ?? edge.up),
      });
  }
  return [...found.values()];
}

function curve(from: Box, to: Box, lying: boolean, beside: boolean): Pick<Line, "path" | "label"> {
  if (beside && lying) {
    // Within a column: a bow on its right side.
    const x = from.x + from.width;
    const [y1, y2] = [from.y + from.height / 2, to.y + to.height / 2];
    const bow = x + 18 + Math.abs(y2 - y1) * 0.12;
    return { path: `M${x} ${y1} C${bow} ${y1} ${bow} ${y2} ${x} ${y2}`, label: undefined };
  }
  if (beside) {
    const y = from.y + from.height;
    const [x1, x2] = [from.x + from.width / 2, to.x + to.width / 2];
    return { path: `M${x1} ${y} C${x1} ${y + 14} ${x2} ${y + 14} ${x2} ${y}`, label: undefined };
  }
  const [x1, y1, x2, y2] = lying
    ? [from.x + from.width, from.y + from.height / 2, to.x, to.y + to.height / 2]
    : [from.x + from.width / 2, from.y + from.height, to.x + to.width / 2, to.y];
  const bend = (lying ? x2 - x1 : y2 - y1) * 0.5;
  const path = lying
    ? `M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`
    : `M${x1} ${y1} C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`;
  // At two thirds of the way lines have parted again.
  return { path, label: { x: x1 + (x2 - x1) * 0.5, y: y1 + (y2 - y1) * 0.5 } };
}
