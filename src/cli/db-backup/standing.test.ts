import { expect, test } from "vitest";
import { backupStanding } from "./standing.ts";

const figures = (
  logs: number,
  base: number,
  proven: number,
  failed = 0,
) => `rampart_backup_logs_timestamp_seconds ${logs}
rampart_backup_base_timestamp_seconds ${base}
rampart_backup_proven_timestamp_seconds ${proven}
rampart_backup_store_failed 0
rampart_backup_drill_failed ${failed}
rampart_backup_since 1000
`;

test("the newest of what the hosts said counts, and what only stands for the beginning is nothing", () => {
  expect(backupStanding([figures(2000, 1500, 1000), figures(1900, 1600, 1000), ""])).toEqual({
    logs: "1970-01-01T00:33:20.000Z",
    base: "1970-01-01T00:26:40.000Z",
    proven: null,
    drillFailed: false,
  });
  expect(backupStanding([figures(2000, 1500, 1700, 1)])?.drillFailed).toBe(true);
  expect(backupStanding(["rampart_backup_since \n", ""])).toBeNull();
});
