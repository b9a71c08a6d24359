import { stringify } from "yaml";

/** A YAML file for Prometheus, Alertmanager or an exporter. `header` becomes the comment at the top; absent values are left out. */
export function yamlFile(document: unknown, header: string): string {
  return `# ${header}\n${stringify(document, { lineWidth: 0, aliasDuplicateObjects: false })}`;
}

/** An alerting rule (prometheus.io/docs/prometheus/latest/configuration/alerting_rules). */
export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  /** How long it must hold without a break, e.g. "4s". */
  readonly for: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface RuleGroup {
  readonly name: string;
  /** How often it is judged; as often as anything when it is left out. */
  readonly interval?: string;
  readonly rules: readonly (AlertRule | RecordingRule)[];
}

/** One entry of `scrape_configs`. */
export interface ScrapeConfig {
  readonly job_name: string;
  readonly scheme?: "http" | "https";
  readonly metrics_path?: string;
  readonly scrape_interval?: string;
  readonly scrape_timeout?: string;
  /** Beyond these a whole scrape is refused. Lengths are bytes. */
  readonly sample_limit?: number;
  readonly label_limit?: number;
  readonly label_name_length_limit?: number;
  readonly label_value_length_limit?: number;
  readonly params?: Readonly<Record<string, readonly string[]>>;
  readonly tls_config?: Readonly<Record<string, string>>;
  readonly static_configs: readonly ScrapeTargets[];
  readonly relabel_configs?: readonly Relabel[];
  readonly metric_relabel_configs?: readonly Relabel[];
}

export interface ScrapeTargets {
  readonly targets: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

export interface Relabel {
  readonly source_labels?: readonly string[];
  readonly target_label?: string;
  readonly regex?: string;
  readonly replacement?: string;
  readonly action?: "replace" | "keep" | "drop" | "labeldrop";
}

/** A PromQL selector: `up{job="web",tier="web"}`. */
export function selector(metric: string, labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `${metric}{${pairs.join(",")}}`;
}
