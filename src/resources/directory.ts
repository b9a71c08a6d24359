import { shellQuote } from "../base/text.ts";
import type { Seen } from "../model/plan.ts";
import { type DirectoryResource, resourceId } from "../model/resource.ts";
import { type Kind, ownershipDifference, parsePaths } from "./kind.ts";

export const directoryKind: Kind<DirectoryResource> = {
  kind: "directory",
  // With "/." a link counts as the directory that it leads to, and a file in its place as nothing.
  paths: (wanted) => wanted.map((one) => `${one.directory}/.`),
  probe: () => "",
  parse(output, wanted) {
    const facts = parsePaths(output);
    const seen = new Map<string, Seen>();
    for (const one of wanted) {
      const fact = facts.get(`${one.directory}/.`);
      if (fact) seen.set(resourceId(one), { mode: fact.mode, owner: fact.owner, group: fact.group });
    }
    return seen;
  },
  diff(wanted, seen) {
    if (!seen) return { verb: "create", reason: "not there", effect: "none" };
    const difference = ownershipDifference(wanted, seen);
    return difference ? { verb: "update", reason: difference, effect: "none" } : undefined;
  },
  steps: ({ directory, mode, owner, group }) => [
    {
      kind: "run",
      script: `install -d -m ${mode} -o ${shellQuote(owner)} -g ${shellQuote(group)} ${shellQuote(directory)}`,
    },
  ],
  removal: (directory) => [
    { kind: "run", script: `rmdir --ignore-fail-on-non-empty ${shellQuote(directory)} 2>/dev/null || true` },
  ],
};
