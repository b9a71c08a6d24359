import { byName, listed } from "../base/text.ts";
import type { Change, DesiredHost, HostChanges, ObservedHost, Plan, Stage, Step } from "../model/plan.ts";
import type { FirewallResource } from "../model/resource.ts";
import type { Role } from "../model/role.ts";
import { type Host, hostsOf, type Tier, type Topology } from "../model/topology.ts";
import { firewallSteps, onlyNarrows, withLoadedRules } from "../resources/firewall.ts";

export interface OrderInput {
  readonly topology: Topology;
  readonly roles: readonly Role[];
  readonly desired: ReadonlyMap<string, DesiredHost>;
  readonly observed: ReadonlyMap<string, ObservedHost>;
  readonly changes: ReadonlyMap<string, readonly Change[]>;
}

interface Work {
  readonly host: Host;
  readonly changes: readonly Change[];
  /** Brought into the site by this plan: also without a change it has to be recorded. */
  readonly fresh?: true;
}

/**
 * The order of a plan: doors are opened first, then newcomers are brought up, then the hosts that serve are changed, few at
 * a time and each only when the one before is well, and last the doors are closed that nobody needs any more.
 */
export function sitePlan(input: OrderInput): Plan {
  const { topology, changes } = input;
  const work = topology.hosts.map((host) => ({ host, changes: changes.get(host.name) ?? [] }));
  // Number 0: a first apply that was cut short. Such a host serves nobody yet.
  const isFresh = ({ host }: Work) => (input.observed.get(host.name)?.generation?.number ?? 0) === 0;
  const fresh = work.filter(isFresh).map((one): Work => ({ ...one, fresh: true }));
  const serving = work.filter((one) => !isFresh(one));
  const split = serving.map((one) => splitDoors(one, input, fresh.length > 0));
  const migrating = split.map((one) => one.rest).filter((one) => migratesForNewcomers(one, fresh, topology));
  const rest = split.map((one) => one.rest).filter((one) => !migrating.includes(one));
  const told = toldOf(fresh, rest, input.roles);
  const stages = [
    stage(
      "open doors",
      split.map((one) => one.doors),
      [],
    ),
    stage(
      "migrate the schema that newcomers need",
      migrating,
      migrating.map(({ host }) => host.name),
      topology,
      input.roles,
    ),
    ...newcomerStages(fresh, input, serving.length > 0 ? fresh.filter((one) => !told.includes(one)) : []),
    ...wellAtLast(rollingStages(rest, input), told, topology),
    stage(
      "close doors",
      split.map((one) => one.closings),
      [],
    ),
  ].filter((one) => one.hosts.length > 0);
  return {
    site: topology.site.name,
    environment: topology.site.environment.name,
    stages,
    unchanged: serving.filter((one) => one.changes.length === 0).map((one) => one.host.name),
    added: fresh.map((one) => one.host.name),
  };
}

/**
 * Which of a serving host's changes open doors, which only close some. Who may come has a name: names come with the doors,
 * and when nothing else of the host follows they go with them.
 */
function splitDoors(
  { host, changes }: Work,
  input: OrderInput,
  joining: boolean,
): { doors: Work; rest: Work; closings: Work } {
  const isFirewall = (change: Change) => change.id.startsWith("firewall:");
  const isNames = (change: Change) => change.id === "file:/etc/hosts";
  const rules = changes.filter(isFirewall).map((change) => inTwo(change, host, input));
  const widens = rules.some(({ opening }) => opening !== undefined);
  const alone = changes.every((change) => isFirewall(change) || isNames(change));
  const namesPlace = widens || joining ? "doors" : alone ? "closings" : "rest";
  const names = (place: string) => changes.filter((change) => isNames(change) && place === namesPlace);
  const rest = changes.filter((change) => !isFirewall(change) && !isNames(change));
  return {
    doors: { host, changes: [...names("doors"), ...rules.flatMap(({ opening }) => opening ?? [])] },
    rest: { host, changes: [...names("rest"), ...rest] },
    closings: { host, changes: [...names("closings"), ...rules.flatMap(({ closing }) => closing ?? [])] },
  };
}

/** New rules that both open and close are loaded twice: first together with those that stand, last by themselves. */
function inTwo(
  change: Change,
  host: Host,
  { desired, observed }: OrderInput,
): { readonly opening?: Change; readonly closing?: Change } {
  const wanted = desired
    .get(host.name)
    ?.resources.find((one): one is FirewallResource => one.kind === "firewall" && change.id === `firewall:${one.file}`);
  const seen = observed.get(host.name)?.seen.get(change.id);
  if (!wanted) return { opening: change };
  if (onlyNarrows(wanted, seen)) return { closing: change };
  const both = withLoadedRules(wanted, seen);
  if (!both) return { opening: change };
  const reason = `${change.reason}; until the end those that stand are kept`;
  return { opening: { ...change, reason, steps: firewallSteps(both) }, closing: change };
}

/** A newcomer starts with the new release at once: the host that migrates for its service must have it before. */
function migratesForNewcomers({ host, changes }: Work, fresh: readonly Work[], { site }: Topology): boolean {
  const service = site.app.find((one) => one.name === host.service);
  return (
    service?.migrate !== undefined &&
    host.index === 0 &&
    changes.some((change) => change.id === `release:${service.name}`) &&
    fresh.some((one) => one.host.service === service.name)
  );
}

/**
 * Newcomers serve nobody yet, so they come up side by side. What needs the database waits for it; but only the release and
 * the unit that runs it: all else of such a host comes up with the others.
 */
function newcomerStages(fresh: readonly Work[], { topology }: OrderInput, joining: readonly Work[]): readonly Stage[] {
  const usesDatabase = ({ host }: Work) =>
    topology.site.app.some((service) => service.name === host.service && service.database);
  const independent = fresh.filter((one) => !usesDatabase(one));
  const dependent = fresh.filter(usesDatabase);
  const grounds = independent.length > 0 ? dependent.map((one) => withoutRelease(one)) : [];
  const last = dependent.map((one, index) => ({
    ...one,
    changes: one.changes.filter((change) => !grounds[index]?.changes.includes(change)),
  }));
  const migrating = last.filter(({ host }) => host.index === 0);
  const members = hostsOf(topology, "database").map((host) => host.name);
  const databases = independent.filter(({ host }) => host.tier === "database");
  const gate = dependent.length > 0 && databases.length > 0 ? members : [];
  // A newcomer to a site that serves must be well before its users hear of it.
  const well = joining.map(({ host }) => host.name);
  return [
    stage(`bring up ${tiersOf(independent)}`, [...independent, ...grounds], gate),
    stage("bring up what uses the database, migrating its schema", migrating, []),
    stage(
      "bring up the other hosts of these services",
      last.filter((one) => !migrating.includes(one)),
      [],
    ),
  ]
    .filter((one) => one.hosts.length > 0)
    .map((one, index, all) =>
      index === all.length - 1 ? { ...one, gate: [...new Set([...one.gate, ...well])] } : one,
    );
}

/**
 * Newcomers to a tier whose hosts must be told of them before they can be well. They come up before the others are told, are well when the last
 * of these knows them, and before anybody who uses the tier hears of them.
 */
function toldOf(fresh: readonly Work[], rest: readonly Work[], roles: readonly Role[]): readonly Work[] {
  return fresh.filter(({ host: { tier } }) => {
    const id = roles.find(({ name }) => name === tier)?.rollout.knowsBy;
    return rest.some(({ host, changes }) => host.tier === tier && changes.some((change) => change.id === id));
  });
}

/** The last stage that changes a host of their tier waits for those that were told of. */
function wellAtLast(stages: readonly Stage[], told: readonly Work[], { hosts }: Topology): readonly Stage[] {
  const tierOf = new Map(hosts.map((host) => [host.name, host.tier]));
  const placeOf = (work: Work) =>
    stages.findLastIndex((one) => one.hosts.some(({ host }) => tierOf.get(host) === work.host.tier));
  return stages.map((one, index) => {
    const names = told.filter((work) => placeOf(work) === index).map(({ host }) => host.name);
    return names.length === 0 ? one : { ...one, gate: [...one.gate, ...names] };
  });
}

/** The changes of a host that its service's release has no part in. */
function withoutRelease({ host, changes }: Work): Work {
  const runsRelease = (step: Step) => step.kind === "unit" && step.inputs.some((file) => file.endsWith("/release.env"));
  return {
    host,
    changes: changes.filter((change) => !change.id.startsWith("release:") && !change.steps.some(runsRelease)),
  };
}

/** Tier after tier, from those that are used to those that use them; within a tier few hosts at a time. */
function rollingStages(serving: readonly Work[], { roles, topology }: OrderInput): readonly Stage[] {
  return tierOrder(roles).flatMap((tier) => {
    const atOnce = roles.find((role) => role.name === tier)?.rollout.atOnce ?? 1;
    const firstLast = roles.find((role) => role.name === tier)?.rollout.firstLast === true;
    const inTier = serving.filter(({ host, changes }) => host.tier === tier && changes.length > 0);
    const todo = firstLast ? inTier.toReversed() : inTier;
    return waves(todo, atOnce).map((wave) =>
      stage(
        `change ${listed(wave.map(({ host }) => host.name))}`,
        wave,
        wave.map(({ host }) => host.name),
        topology,
        roles,
      ),
    );
  });
}

/** The services of the app tier stand on hosts of their own, so each rolls by itself, side by side with the others. */
function waves(todo: readonly Work[], atOnce: number): readonly (readonly Work[])[] {
  const byService = new Map<string, Work[]>();
  for (const one of todo) {
    const service = one.host.service ?? "";
    byService.set(service, [...(byService.get(service) ?? []), one]);
  }
  const length = Math.max(0, ...[...byService.values()].map((list) => Math.ceil(list.length / atOnce)));
  return Array.from({ length }, (_, wave) =>
    [...byService.values()].flatMap((list) => list.slice(wave * atOnce, (wave + 1) * atOnce)),
  );
}

/** Tiers in the order of their rollouts: a tier comes after all it names in `after`. */
export function tierOrder(roles: readonly Role[]): readonly Tier[] {
  const order: Tier[] = [];
  const visit = (name: Tier) => {
    const role = roles.find((one) => one.name === name);
    if (!role || order.includes(name)) return;
    for (const earlier of role.rollout.after) visit(earlier);
    order.push(name);
  };
  for (const role of roles) if (role.name !== "base") visit(role.name);
  return order;
}

function stage(
  title: string,
  work: readonly Work[],
  gate: readonly string[],
  topology?: Topology,
  roles?: readonly Role[],
): Stage {
  const hosts = work
    .filter((one) => one.changes.length > 0 || one.fresh)
    .map(
      ({ host, changes }): HostChanges => ({
        host: host.name,
        changes,
        drain: needsDrain(host, changes, topology, roles),
      }),
    )
    .toSorted((one, other) => byName(one.host, other.host));
  return { title, hosts, gate };
}

function needsDrain(host: Host, changes: readonly Change[], topology?: Topology, roles?: readonly Role[]): boolean {
  const role = roles?.find((one) => one.name === host.tier);
  if (!topology || !role?.around) return false;
  return changes.some(
    ({ id, origin, effect }) =>
      // A timer serves nobody.
      origin.role === host.tier && !id.endsWith(".timer") && (effect === "restart" || effect === "stop"),
  );
}

function tiersOf(work: readonly Work[]): string {
  return listed([...new Set(work.map(({ host }) => host.service ?? host.tier))]);
}
