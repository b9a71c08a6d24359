import { shellQuote } from "../base/text.ts";
import type { Seen } from "../model/plan.ts";
import { type FileResource, resourceId } from "../model/resource.ts";
import { type Kind, ownershipDifference, parsePaths } from "./kind.ts";

/** Regular files, compared by digest: content that holds a secret never leaves the host to be compared. */
export const fileKind: Kind<FileResource> = {
  kind: "file",
  paths: (wanted) => wanted.map((one) => one.file),
  probe: () => "",
  parse(output, wanted) {
    const facts = parsePaths(output);
    const seen = new Map<string, Seen>();
    for (const one of wanted) {
      const fact = facts.get(one.file);
      if (fact) seen.set(resourceId(one), { ...fact });
    }
    return seen;
  },
  diff(wanted, seen, world) {
    if (!seen) return { verb: "create", reason: "not there", effect: "none" };
    if (seen.digest !== world.digest(world.resolve(wanted.content))) {
      return { verb: "update", reason: "content differs", effect: "none" };
    }
    const difference = ownershipDifference(wanted, seen);
    return difference ? { verb: "update", reason: difference, effect: "none" } : undefined;
  },
  steps: ({ file, content, mode, owner, group }) => [{ kind: "put", file, content, mode, owner, group }],
  removal: (file) => [{ kind: "run", script: `rm -f -- ${shellQuote(file)}` }],
};
