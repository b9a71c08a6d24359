import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * The scenarios: first those with labs of their own, so that the shop does not stand beside them, then those that share the
 * shop, in the order in which a reader would try them. The one that looks for secrets after all that happened is last.
 */
const everyTime = [
  ...["lab", "converge", "lockout", "crash"],
  ...[
    "shop",
    "doors",
    "firewall",
    "inspection",
    "status",
    "logs",
    "faults",
    "failover",
    "change",
    "backup",
    "capture",
    "bad",
    "secrets",
  ],
];
/** Attacks, certificates and judges from elsewhere: as long again as all others together, so they have a command of their own. */
const security = ["acme", "abuse", "certificates", "tls", "waf"];
/** Every fault of the database, as often as RAMPART_DRILLS says; drills of a restore. */
const drills = ["mariadb", "drills", "restores", "backup-places", "scale", "upgrade", "galera"];
/** Alerts, regions, dashboards: whatever watches takes its time. */
const monitoring = ["delivery", "export", "regions", "monitors", "qps", "hardships", "dashboard", "pages", "arrival"];
const scenarios = [...everyTime, ...security, ...drills, ...monitoring];

function placeOf({ moduleId }: TestSpecification): number {
  return scenarios.findIndex((name) => moduleId.endsWith(`/scenarios/${name}.test.ts`));
}

class InOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => placeOf(one) - placeOf(other));
  }
}

const filesOf = (names: readonly string[]) => names.map((name) => `test/scenarios/${name}.test.ts`);

// They boot real hosts, so their files run one after another, after all others.
const inTheLab = {
  globalSetup: "test/scenarios/support/setup.ts",
  fileParallelism: false,
  sequence: { groupOrder: 1 },
  // Nothing is judged by these: a small machine takes minutes for what others do in seconds.
  testTimeout: 900_000,
  hookTimeout: 900_000,
};

export default defineConfig({
  test: {
    sequence: { sequencer: InOrder },
    reporters: ["default", "./test/reasons.ts"],
    projects: [
      {
        test: {
          name: "unit",
          include: ["src/**/*.test.ts", "onhost/**/*.test.ts", "test/*.test.ts"],
          testTimeout: 60_000,
        },
      },
      // A new scenario that is in none of these lists still runs, here.
      {
        test: {
          name: "lab",
          include: ["test/scenarios/**/*.test.ts"],
          exclude: filesOf([...security, ...drills, ...monitoring]),
          ...inTheLab,
        },
      },
      { test: { name: "security", include: filesOf(security), ...inTheLab } },
      { test: { name: "drills", include: filesOf(drills), ...inTheLab } },
      { test: { name: "monitoring", include: filesOf(monitoring), ...inTheLab } },
    ],
  },
});
