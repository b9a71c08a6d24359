import { shellQuote } from "../base/text.ts";
import type { Seen } from "../model/plan.ts";
import { resourceId, type UserResource } from "../model/resource.ts";
import type { Kind } from "./kind.ts";

/** System accounts without a log-in shell. */
export const userKind: Kind<UserResource> = {
  kind: "user",
  probe: (wanted) =>
    wanted
      .map(({ name }) => {
        const quoted = shellQuote(name);
        return `id -nG ${quoted} 2>/dev/null | sed ${shellQuote(`s/^/${name} /`)}`;
      })
      .join("; "),
  parse(output, wanted) {
    const seen = new Map<string, Seen>();
    for (const user of wanted) {
      const line = output.find((text) => text.startsWith(`${user.name} `));
      if (line) seen.set(resourceId(user), { groups: line.slice(user.name.length + 1) });
    }
    return seen;
  },
  diff(wanted, seen) {
    if (!seen) return { verb: "create", reason: "no such account", effect: "none" };
    const groups = new Set((seen.groups ?? "").split(" "));
    const missing = wanted.groups.filter((group) => !groups.has(group));
    return missing.length === 0
      ? undefined
      : { verb: "update", reason: `not a member of ${missing.join(", ")}`, effect: "none" };
  },
  steps({ name, home, groups }) {
    const quoted = shellQuote(name);
    const create = `id -u ${quoted} >/dev/null 2>&1 || useradd --system --user-group --home-dir ${shellQuote(home)} --no-create-home --shell /usr/sbin/nologin ${quoted}`;
    const join = groups.length === 0 ? "" : `\nusermod -aG ${shellQuote(groups.join(","))} ${quoted}`;
    return [{ kind: "run", script: create + join }];
  },
  // Files of a removed account must not fall to the next account that gets its number: it is locked, not deleted.
  removal: (name) => [
    { kind: "run", script: `id -u ${shellQuote(name)} >/dev/null 2>&1 && usermod -L -e 1 ${shellQuote(name)} || true` },
  ],
};
