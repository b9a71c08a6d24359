import * as z from "zod";
import { folder, matching, one, oneLine, whole } from "./schema-words.ts";

const keep = z.strictObject({
  daily: whole(1, 365)
    .meta({ description: "Days: a backup of each, and binary logs to go to any second of them.", examples: [7] })
    .optional(),
  weekly: whole(0, 520)
    .meta({ description: "Weeks of which a backup is kept.", examples: [4] })
    .optional(),
  monthly: whole(0, 120)
    .meta({ description: "Months of which a backup is kept.", examples: [6] })
    .optional(),
});

/** How the database is backed up. */
export const backup = z.strictObject({
  store: oneLine(
    '"monitor", "none", or a store such as "/mnt/backups", "sftp://user@host/folder" or "s3:https://host/bucket"',
  )
    .meta({
      description:
        'Where backups go, encrypted. "monitor": the site\'s monitor host. Or a place of yours: a folder that is mounted on all database hosts, "sftp://user@host/folder", or "s3:https://host/bucket". "none": nothing is backed up.',
      examples: ["sftp://backup@nas.example/shop"],
    })
    .optional(),
  credentials: folder('a file, such as "./backup.key"')
    .meta({
      description:
        "For a store by SFTP: the file with its private SSH key. For S3: a file with the lines AWS_ACCESS_KEY_ID=… and AWS_SECRET_ACCESS_KEY=…. Keep it out of version control.",
      examples: ["./backup.key"],
    })
    .optional(),
  trust: folder('a file, such as "./company-ca.crt"')
    .meta({
      description: "For S3: PEM file of authorities that Debian does not know, when one of them vouches for the store.",
      examples: ["./company-ca.crt"],
    })
    .optional(),
  at: matching(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day such as "03:00"')
    .meta({ description: "When the nightly backup begins, in UTC.", examples: ["03:00"] })
    .optional(),
  keep: keep.meta({ description: "How long backups are kept." }).optional(),
  drill: one(["daily", "weekly", "monthly", "never"])
    .meta({ description: "How often a restore is carried out and proved, into an instance that is thrown away." })
    .optional(),
});
