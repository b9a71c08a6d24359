import { shellQuote } from "../base/text.ts";
import type { Seen, Step } from "../model/plan.ts";
import { type ReleaseResource, resourceId } from "../model/resource.ts";
import type { Kind } from "./kind.ts";

/** Older releases kept beside the current one, to go back to. */
const keptReleases = 3;

/**
 * A release: a tree at `<root>/releases/<id>`, `<root>/current` pointing to it, and `<root>/release.env` naming it for the
 * program. The file is written last, so its age tells since when the release is in place.
 */
export const releaseKind: Kind<ReleaseResource> = {
  kind: "release",
  probe: (wanted) =>
    wanted
      .map(
        ({ name, root }) =>
          `l=$(readlink -e ${shellQuote(`${root}/current`)}); echo "${name} \${l##*/} $(cat ${shellQuote(`${root}/release.env`)} 2>/dev/null)"`,
      )
      .join("; "),
  parse(output, wanted) {
    const seen = new Map<string, Seen>();
    for (const one of wanted) {
      const [, id = "", env = ""] = output.find((line) => line.startsWith(`${one.name} `))?.split(" ") ?? [];
      if (id !== "") seen.set(resourceId(one), { id: env === `RELEASE=${id}` ? id : "" });
    }
    return seen;
  },
  diff(wanted, seen) {
    if (!seen) return { verb: "create", reason: `release ${wanted.id} is not there`, effect: "none" };
    if (seen.id === wanted.id) return undefined;
    return { verb: "update", reason: `release ${seen.id || "unfinished"} → ${wanted.id}`, effect: "none" };
  },
  steps: (wanted) => releaseSteps(wanted),
  removal: () => [],
};

function releaseSteps({ name, id, root, migrate, unit }: ReleaseResource): readonly Step[] {
  const place = `${root}/releases/${id}`;
  const archive = `${root}/.incoming-${id}.tar.gz`;
  const unpack = [
    `mkdir -p ${shellQuote(`${root}/releases`)}`,
    `rm -rf ${shellQuote(`${place}.new`)}`,
    `mkdir ${shellQuote(`${place}.new`)}`,
    `tar -xzf ${shellQuote(archive)} --no-same-owner -C ${shellQuote(`${place}.new`)}`,
    `rm -rf ${shellQuote(place)}`,
    `mv ${shellQuote(`${place}.new`)} ${shellQuote(place)}`,
    `rm -f ${shellQuote(archive)}`,
  ].join(" && ");
  return [
    { kind: "archive", release: name, id, file: archive },
    { kind: "run", script: unpack },
    ...(migrate && unit ? [{ kind: "run" as const, script: migration(migrate, unit, place, id) }] : []),
    { kind: "run", script: switchover(root, id) },
  ];
}

/** Runs a service's own migration as its account and with its environment, in the tree of the new release. */
function migration(command: string, unit: string, place: string, id: string): string {
  const properties = [
    `User=${unit.replace(/\.service$/, "")}`,
    `WorkingDirectory=${place}`,
    `EnvironmentFile=/etc/rampart/app/${unit.replace(/^app-|\.service$/g, "")}.env`,
    `Environment=RELEASE=${id}`,
    "NoNewPrivileges=yes",
    "PrivateTmp=yes",
  ];
  const flags = properties.map((property) => `-p ${shellQuote(property)}`).join(" ");
  return `systemd-run --quiet --wait --pipe --collect ${flags} /bin/sh -c ${shellQuote(command)}`;
}

function switchover(root: string, id: string): string {
  const at = (name: string) => shellQuote(`${root}/${name}`);
  return [
    `ln -sfn ${shellQuote(`releases/${id}`)} ${at("current.new")}`,
    `mv -T ${at("current.new")} ${at("current")}`,
    `echo ${shellQuote(`RELEASE=${id}`)} > ${at("release.env")}`,
    // Old releases beyond the last few go; the one in use never does.
    `cd ${at("releases")} && ls -1t | grep -vxF ${shellQuote(id)} | tail -n +${keptReleases} | xargs -r rm -rf --`,
  ].join(" && ");
}
