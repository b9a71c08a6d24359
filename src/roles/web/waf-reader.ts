import { figuresFolder } from "../../contract/figures.ts";
import { wafLog } from "./facts.ts";

export const wafReaderFile = "/usr/local/lib/rampart/waf";
const metricsFile = `${figuresFolder}/rampart-waf.prom`;

const mib = 1024 * 1024;
/** Read at a time, so that a flood does not take the host's memory. */
const chunk = 16 * mib;
/** The log is emptied when it is longer and has been read; and at the second length whether or not. */
const longLog = 32 * mib;
const longestLog = 256 * mib;
/** Rules, severities and actions that are counted by themselves; the rest of them together, as rule "other". */
const series = 300;
/** Lines of the journal for one reading. */
const linesAtOnce = 500;

/**
 * Reads what ModSecurity wrote since last time, every five seconds. Each request becomes a line of JSON in the journal
 * (src/contract/waf.ts) and is counted by rule, severity and action. Values that a rule matched stay in ModSecurity's own log.
 */
export function wafReader(header: string): string {
  return `#!/bin/bash
# ${header}
set -u
umask 077
log=${wafLog}
metrics=${metricsFile}
cd "\${STATE_DIRECTORY:-/var/lib/rampart-waf}" || exit 1
say() { echo "$*" >&2; }

# The log's times have no zone: they are the host's.
zone() { local z; z=$(date +%z); echo $(( \${z:0:1}(10#\${z:1:2} * 3600 + 10#\${z:3:2} * 60) )); }

# One request a line. In: ModSecurity's own JSON.
finding='${findingProgram}'

# Adds lines of findings to the counts so far.
count='${countProgram}'

# The counts as Prometheus reads them.
figures='${figuresProgram}'

write_figures() {
  jq -r "$figures" counts.json > "$metrics.new" || return
  chmod 0644 "$metrics.new"
  mv -f "$metrics.new" "$metrics"
}

# read_some: takes the next whole lines; fails when there are none.
read_some() {
  local size whole
  size=$(stat -c %s "$log" 2> /dev/null) || return 1
  offset=$(cat offset 2> /dev/null)
  [[ $offset =~ ^[0-9]+$ && $offset -le $size ]] || offset=0
  [[ $size -gt $offset ]] || return 1
  tail -c "+$((offset + 1))" "$log" | head -c ${chunk} > chunk
  whole=$(stat -c %s chunk)
  [[ -z $(tail -c 1 chunk) ]] || sed -i '$d' chunk
  # A line that is longer than all that is read at a time is left out.
  [[ ! -s chunk && $whole -ge ${chunk} ]] || whole=$(stat -c %s chunk)
  [[ $whole -gt 0 ]] || return 1
  jq -c -R --argjson zone "$(zone)" "$finding" chunk > findings
  head -n ${linesAtOnce} findings
  local lines
  lines=$(wc -l < findings)
  [[ $lines -le ${linesAtOnce} ]] || say "$((lines - ${linesAtOnce})) more requests were found in the same seconds; they are counted, not listed"
  if jq -n --slurpfile before counts.json "$count" findings > counts.new; then mv -f counts.new counts.json; fi
  offset=$((offset + whole))
  echo "$offset" > offset
  rm -f chunk findings
}

# ModSecurity appends, so it goes on at the beginning of an emptied file.
keep_short() {
  local size
  size=$(stat -c %s "$log" 2> /dev/null) || return
  if [[ $size -gt ${longLog} && $size -eq $offset || $size -gt ${longestLog} ]]; then
    [[ $size -eq $offset ]] || say "dropped $((size - offset)) bytes of findings that came faster than they could be read"
    : > "$log"
    echo 0 > offset
  fi
}

jq -e .requests counts.json > /dev/null 2>&1 || echo '{"requests":{},"findings":{}}' > counts.json
offset=0
while true; do
  while read_some; do keep_short; done
  keep_short
  write_figures
  sleep 5
done
`;
}

const severities = JSON.stringify(["emergency", "alert", "critical", "error", "warning", "notice", "info", "debug"]);

// 949110 and 959100 add up what the others found: they decide, and are no finding of their own.
const findingProgram = `
def short($n): gsub("[[:cntrl:]]"; " ") | .[:$n];
def place:
  ((.data // "") | capture("found within (?<at>[A-Z_]+(:[^:]{0,80})?):").at)
  // ((.match // "") | capture("against variable .(?<at>[A-Z_]+(:[^\\\\x27 ]{0,80})?)").at)
  // "";
def decides: . == 949110 or . == 959100;
fromjson? | .transaction | select(.messages | length > 0)
| [.messages[] | {
    rule: ((.details.ruleId // "0") | tonumber? // 0),
    severity: (${severities}[(.details.severity // "5") | tonumber? // 5] // "notice"),
    message: (.message | short(120)),
    at: (.details | place | short(100))
  }] as $all
| {
    time: ((.time_stamp | strptime("%a %b %d %H:%M:%S %Y") | mktime) - $zone | todate),
    id: (.unique_id | short(64)),
    src: .client_ip,
    method: (.request.method // "" | short(20)),
    path: (.request.uri // "" | split("?")[0] // "" | short(200)),
    status: (.response.http_code // 0),
    action: (
      if any($all[].rule; decides or . < 300000)
      then (if .producer.secrules_engine == "Enabled" then "blocked" else "would-block" end)
      else "noted" end),
    rules: ($all | map(select(.rule | decides | not)) | unique_by([.rule, .at]))
  }`;

const countProgram = `
reduce inputs as $one ($before[0];
  .requests[$one.action] += 1
  | reduce $one.rules[] as $rule (.;
      "\\($rule.rule) \\($rule.severity) \\($one.action)" as $key
      | (if .findings[$key] or (.findings | length) < ${series} then $key
         else "other \\($rule.severity) \\($one.action)" end) as $key
      | .findings[$key] += 1))`;

const figuresProgram = `
"# HELP rampart_waf_requests_total Requests in which the web application firewall found something.",
"# TYPE rampart_waf_requests_total counter",
(.requests as $counts | "blocked", "would-block", "noted"
  | "rampart_waf_requests_total{action=\\"\\(.)\\"} \\($counts[.] // 0)"),
"# HELP rampart_waf_findings_total Rules that matched, by what became of the request.",
"# TYPE rampart_waf_findings_total counter",
(.findings | to_entries[] | (.key | split(" ")) as [$rule, $severity, $action]
  | "rampart_waf_findings_total{rule=\\"\\($rule)\\",severity=\\"\\($severity)\\",action=\\"\\($action)\\"} \\(.value)")`;
