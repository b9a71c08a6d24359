import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

/** The checkout. */
export const root = join(import.meta.dirname, "../../..");
/** Two runs side by side: RAMPART_SCENARIOS_PLACE=1 … 9 gives one of them another folder, another lab and other ports. */
export const place = Number(process.env.RAMPART_SCENARIOS_PLACE ?? 0);
/** Everything that the scenarios write on this machine, but for what Rampart itself does. */
export const scratch = join(tmpdir(), place === 0 ? "rampart-scenarios" : `rampart-scenarios-${place}`);

/** A change of the site file's text: what stands there once, and what comes instead. */
export type Edit = readonly [before: string, after: string];

/** The shop of examples/shop under a name and ports of its own, so that a user's own shop is left alone. */
export const shop = {
  name: place === 0 ? "tshop" : `tshop${place}`,
  folder: join(scratch, "shop"),
  httpsPort: 9443 + place,
  httpPort: 9480 + 100 * place,
  domain: "www.shop.example",
  alias: "shop.example",
  localDomain: "www.shop.localhost",
  virtual: "198.51.100.10",
} as const;

const ownName: readonly Edit[] = [
  ['name: "shop"', `name: "${shop.name}"`],
  ["  web: {", `  environments: { lab: { httpsPort: ${shop.httpsPort}, httpPort: ${shop.httpPort} } },\n\n  web: {`],
];

/** So that a test can see what a service is sent: the copy tells it. Nothing else of the shop is changed. */
const tellsHeaders: Edit = [
  "createServer((request, response) => answer(shop, request, response))",
  `createServer((request, response) =>
  request.url === "/test/headers" ? response.end(JSON.stringify(request.headers)) : answer(shop, request, response))`,
];

/** Copies the example, without what is not part of it. */
export function copyShop(): void {
  rmSync(shop.folder, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true });
  const left = new Set(["node_modules", ".rampart", "expected", "test"]);
  cpSync(join(root, "examples/shop"), shop.folder, { recursive: true, filter: (path) => !left.has(basename(path)) });
  const server = join(shop.folder, "shop/server.js");
  writeFileSync(server, edited(readFileSync(server, "utf8"), [tellsHeaders]));
  writeSite();
}

/** The site file of the example. */
export function exampleText(): string {
  return readFileSync(join(root, "examples/shop/rampart.config.ts"), "utf8");
}

/** Writes the site file anew, with these changes and no others. */
export function writeSite(edits: readonly Edit[] = []): void {
  writeFileSync(join(shop.folder, "rampart.config.ts"), edited(exampleText(), [...ownName, ...edits]));
}

/** Changes a file of the copy; returns what puts it back. */
export function editSource(path: string, edit: Edit): () => void {
  const file = join(shop.folder, path);
  const before = readFileSync(file, "utf8");
  writeFileSync(file, edited(before, [edit]));
  return () => writeFileSync(file, before);
}

function edited(text: string, edits: readonly Edit[]): string {
  return edits.reduce((current, [before, after]) => {
    if (current.split(before).length !== 2) throw new Error(`the text does not hold this exactly once: ${before}`);
    return current.replace(before, () => after);
  }, text);
}
