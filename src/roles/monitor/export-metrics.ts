import { exportSecrets, type RemoteWrite } from "../../model/export.ts";
import { placeOf } from "../../model/probes.ts";
import type { FileResource, Origin, Resource } from "../../model/resource.ts";
import { secretReference } from "../../model/secret.ts";
import type { Site } from "../../model/site.ts";
import type { DeclaredFlow } from "../../model/topology.ts";

// Measurements, to a place of the operator's, by Prometheus' remote write.

const origin: Origin = {
  role: "monitor",
  path: "monitor.export.remoteWrite",
  why: "Measurements go to a place of the operators', too.",
};
const files = {
  password: "/etc/prometheus/export.password",
  token: "/etc/prometheus/export.token",
  trust: "/etc/prometheus/export-ca.crt",
} as const;

/** Label of Prometheus' own figures about it. */
export const remoteName = "export";

export function remoteWriteFlows({ monitor }: Site): readonly DeclaredFlow[] {
  const to = placeOf(monitor.export?.remoteWrite?.url, "metrics");
  const { why, path } = origin;
  return to === undefined ? [] : [{ role: "monitor", from: { kind: "tier", tier: "monitor" }, to, why, path }];
}

export function remoteWriteResources({ monitor }: Site): readonly Resource[] {
  const given = monitor.export?.remoteWrite;
  if (given === undefined) return [];
  const file = (path: string, name: string): FileResource => ({
    ...{ ...origin, kind: "file", file: path, content: `${secretReference(name)}\n` },
    ...{ mode: "0640", owner: "root", group: "prometheus" },
  });
  return [
    ...(given.password === undefined ? [] : [file(files.password, exportSecrets.password)]),
    ...(given.token === undefined ? [] : [file(files.token, exportSecrets.token)]),
    ...(given.trust === undefined ? [] : [file(files.trust, exportSecrets.metricsTrust)]),
  ];
}

/**
 * The section of prometheus.yml. What was measured waits on the disk, in Prometheus' own write-ahead log, for two hours at least; in memory
 * wait `capacity` samples for each of the shards. A place that is away takes nothing from what the monitor keeps itself.
 * @see https://prometheus.io/docs/prometheus/latest/configuration/configuration/#remote_write
 */
export function remoteWriteConfig({ monitor }: Site): Readonly<Record<string, unknown>> {
  const given = monitor.export?.remoteWrite;
  if (given === undefined) return {};
  return {
    remote_write: [
      {
        ...{ url: given.url, name: remoteName, remote_timeout: "20s", follow_redirects: false },
        ...logIn(given),
        tls_config: { ...(given.trust === undefined ? {} : { ca_file: files.trust }), min_version: "TLS12" },
        queue_config: {
          ...{ capacity: 10_000, min_shards: 1, max_shards: 8, max_samples_per_send: 2000 },
          ...{ batch_send_deadline: "5s", min_backoff: "1s", max_backoff: "30s" },
        },
      },
    ],
  };
}

function logIn({ user, token }: RemoteWrite): Readonly<Record<string, unknown>> {
  if (token !== undefined) return { authorization: { type: "Bearer", credentials_file: files.token } };
  return user === undefined ? {} : { basic_auth: { username: user, password_file: files.password } };
}

/** Prometheus' figures about it that are kept, as part of a regular expression. */
export const remoteFigures =
  "prometheus_remote_storage_(highest_timestamp_in_seconds|queue_highest_sent_timestamp_seconds|samples_total|samples_pending|samples_failed_total|samples_dropped_total|samples_retried_total|shards)";
