import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "..");

const ofTheConverger = [
  ...["base", "model", "contract"],
  ...["config", "topology", "formats", "resources", "plan"],
  ...["ssh", "secrets"],
];
const aboveTheConverger = [...ofTheConverger, "converge"];

/** Who may import whom: each folder of src/ and, beyond itself, the folders that it may name (ARCHITECTURE.md §2). */
const floors: Readonly<Record<string, readonly string[]>> = {
  base: [],
  model: ["base"],
  contract: ["base"],
  config: ["base", "model", "contract"],
  topology: ["base", "model", "contract"],
  formats: ["base", "model", "contract"],
  resources: ["base", "model", "contract"],
  plan: ["base", "model", "contract", "resources"],
  inspection: ["base", "model", "contract"],
  roles: ["base", "model", "contract", "formats"],
  ssh: ["base", "model"],
  lab: ["base", "model"],
  secrets: ["base", "model"],
  pki: ["base", "model"],
  report: ["base", "model"],
  sitefile: ["base", "model"],
  converge: [...ofTheConverger, "inspection", "pki"],
  deploy: aboveTheConverger,
  review: aboveTheConverger,
};
/** What may run on a host: `base`, `model` and `contract` of src, and its own folder. */
const onHostMayName = ["base", "model", "contract"];
/** The agent's decisions and their simulation: pure, though the agent is not. */
const pureOnHost =
  /^onhost\/(agent\/(decide\/|simulation\/|galera\/(decide|model)\.ts$|(decide|gtid|model|peer|since)\.ts$)|dashboard\/(answers|charts|database|hosts|queries|series|traffic|verdict|view|wire)\.ts$|probe\/silence\.ts$)/;
const pure = ["base", "model", "contract", "config", "topology", "formats", "roles", "resources", "plan", "inspection"];

interface Import {
  readonly file: string;
  readonly target: string;
}

const files = ["src", "onhost"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file) && !file.endsWith(".test.ts") && !file.endsWith(".fixture.ts"))
    .map((file) => join(folder, file)),
);
const imports = files.flatMap((file) =>
  [
    ...readFileSync(join(root, file), "utf8").matchAll(
      /(?:^|\n)\s*(?:import|export)[^;]*?from\s+"([^"]+)"|import\("([^"]+)"\)/g,
    ),
  ].map(([, fixed, dynamic]): Import => ({ file, target: fixed ?? dynamic ?? "" })),
);

test("there is something to look at", () => {
  expect(files.length).toBeGreaterThan(50);
  expect(imports.length).toBeGreaterThan(100);
});

test("imports go down, never up and never to a sister", () => {
  expect(imports.flatMap((one) => floorFault(one) ?? [])).toEqual([]);
});

test("pure folders name nothing of the world", () => {
  const worldly = imports.filter(({ file, target }) => isPure(file) && target.startsWith("node:"));
  expect(worldly.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
});

test("pure folders have no clock and no dice", () => {
  const restless = files
    .filter(isPure)
    .filter((file) =>
      /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bconsole\./.test(readFileSync(join(root, file), "utf8")),
    );
  expect(restless).toEqual([]);
});

test("every file stays small enough to be read at once", () => {
  const long = files.filter((file) => readFileSync(join(root, file), "utf8").split("\n").length > 300);
  expect(long).toEqual([]);
});

function floorFault({ file, target }: Import): string | undefined {
  const from = folderOf(file);
  if (!target.startsWith(".") || from === "cli" || from === "index.ts") return undefined;
  const goal = relative(root, resolve(root, dirname(file), target));
  const to = folderOf(goal);
  const fault = `${file} may not import ${goal}`;
  if (file.startsWith("onhost/")) {
    const own = file.split("/").slice(0, 2).join("/");
    return goal.startsWith(`${own}/`) || (goal.startsWith("src/") && onHostMayName.includes(to)) ? undefined : fault;
  }
  if (!goal.startsWith("src/")) return fault;
  if (from === "roles" && to === "roles") {
    const [mine, other] = [file.split("/")[2], goal.split("/")[2]];
    return mine === other || mine === "index.ts" ? undefined : fault;
  }
  return to === from || floors[from]?.includes(to) ? undefined : fault;
}

function isPure(file: string): boolean {
  return file.startsWith("onhost/") ? pureOnHost.test(file) : pure.includes(folderOf(file));
}

function folderOf(file: string): string {
  return file.split("/")[1] ?? "";
}
