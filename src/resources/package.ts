import { shellQuote } from "../base/text.ts";
import type { Seen } from "../model/plan.ts";
import { type PackageResource, resourceId } from "../model/resource.ts";
import type { Kind } from "./kind.ts";

/** Debian packages. They are installed and never removed: another program of the host may have come to need them. */
export const packageKind: Kind<PackageResource> = {
  kind: "package",
  // dpkg-query reads its whole database for one package or for fifty.
  probe: (wanted) =>
    `dpkg-query -W -f '\${Package} \${db:Status-Status}\\n' -- ${wanted.map((one) => shellQuote(one.name)).join(" ")} 2>/dev/null`,
  parse(output, wanted) {
    const installed = new Set(output.filter((line) => line.endsWith(" installed")).map((line) => line.split(" ")[0]));
    const here = wanted.filter((one) => installed.has(one.name));
    return new Map<string, Seen>(here.map((one) => [resourceId(one), { status: "installed" }]));
  },
  diff: (_, seen) => (seen ? undefined : { verb: "create", reason: "not installed", effect: "none" }),
  steps: (wanted) => [{ kind: "package", name: wanted.name }],
  removal: () => [],
};
