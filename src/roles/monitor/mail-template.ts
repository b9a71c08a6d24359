import { trialLabel } from "../../model/alerts.ts";
import type { Site } from "../../model/site.ts";
import type { Host } from "../../model/topology.ts";
import { header } from "./header.ts";

/**
 * The text of a letter: what is wrong, since when, and what to do (Go's text/template, with Alertmanager's data:
 * prometheus.io/docs/alerting/latest/notifications).
 */
export function mailTemplate(host: Host, site: Site, why: string): string {
  return `{{/* ${header(host, why)} */}}
{{ define "rampart.subject" }}[${site.name}] {{ with .CommonLabels.${trialLabel} }}TEST, nothing is wrong: {{ end }}{{ if gt (len .Alerts.Firing) 0 -}}
{{ if eq .CommonLabels.severity "page" }}page{{ else }}ticket{{ end }}{{ else }}resolved{{ end }}: {{ template "rampart.names" . }}{{ end }}

{{ define "rampart.names" }}{{ with index .Alerts 0 }}{{ .Labels.alertname }}{{ end -}}
{{ if eq (len .Alerts) 1 }}{{ with index .Alerts 0 }}{{ with .Labels.host }} {{ . }}{{ end }}{{ end -}}
{{ else }} and others, {{ len .Alerts }} in all{{ end }}{{ end }}

{{ define "rampart.time" }}{{ .UTC.Format "2006-01-02 15:04:05" }} UTC{{ end }}

{{ define "rampart.text" -}}
{{ range .Alerts.Firing -}}
{{ .Labels.alertname }}{{ with .Labels.host }} on {{ . }}{{ end }}, {{ .Labels.severity }}
  {{ .Annotations.summary }}
  {{ .Annotations.description }}
  since    {{ template "rampart.time" .StartsAt }}
  look     rampart status --env ${site.environment.name}
  runbook  {{ .Annotations.runbook }}

{{ end -}}
{{ range .Alerts.Resolved -}}
{{ .Labels.alertname }}{{ with .Labels.host }} on {{ . }}{{ end }}, resolved
  {{ .Annotations.summary }}: no longer
  from     {{ template "rampart.time" .StartsAt }}
  to       {{ template "rampart.time" .EndsAt }}

{{ end -}}
{{ with .Alerts.Firing }}{{ with index . 0 }}
What to do about {{ .Labels.alertname }}:

{{ template "rampart.runbook" . }}
{{ end }}{{ end -}}
--
${site.name} (${site.environment.name}), told by {{ .ExternalURL }} on ${host.name}
{{ end }}
`;
}
