import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * The scenarios: first those with labs of their own, so that the shop does not stand beside them, then those that share the
 * shop, in the order in which a reader would try them. The one that looks for secrets after all that happened is last.
 */
const scenarios = [
  ...["lab", "converge", "lockout", "crash", "acme", "abuse"],
  ...["shop", "doors", "firewall", "inspection", "status", "faults", "change", "capture", "tls", "certificates", "waf"],
  ...["bad", "secrets"],
];

function placeOf({ moduleId }: TestSpecification): number {
  return scenarios.findIndex((name) => moduleId.endsWith(`/scenarios/${name}.test.ts`));
}

class InOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => placeOf(one) - placeOf(other));
  }
}

// Two projects: `unit` is pure and quick; `lab` boots real hosts, so its files run one after another, after all others.
export default defineConfig({
  test: {
    sequence: { sequencer: InOrder },
    projects: [
      {
        test: {
          name: "unit",
          include: ["src/**/*.test.ts", "onhost/**/*.test.ts", "test/*.test.ts"],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: "lab",
          include: ["test/scenarios/**/*.test.ts"],
          globalSetup: "test/scenarios/support/setup.ts",
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          testTimeout: 300_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});
