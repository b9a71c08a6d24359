import type { Site, WafException } from "../../model/site.ts";
import { wafLog } from "./facts.ts";

const mib = 1024 * 1024;
/** Beyond this a request without files is not read: a form of 1 MiB is no form. Files are not counted. */
const bodyWithoutFiles = mib;
/** A thousand of them take 0.4 s to look at, 36,000 in one MiB of JSON took 55 s. */
const parameters = 1000;

/** What ModSecurity reads: its settings, the exceptions of the site file, and the OWASP Core Rule Set. */
export function wafRules(site: Site, header: string): string {
  const { waf, maxBodyMiB, wafExceptions } = site.web;
  const blocks = [
    [`# ${header}`],
    [`SecRuleEngine ${waf === "block" ? "On" : "DetectionOnly"}`],
    [
      "# Bodies are looked at; nginx itself refuses what is longer than web.maxBodyMiB.",
      "SecRequestBodyAccess On",
      `SecRequestBodyLimit ${(maxBodyMiB + 1) * mib}`,
      `SecRequestBodyNoFilesLimit ${Math.min(bodyWithoutFiles, maxBodyMiB * mib)}`,
      "SecRequestBodyLimitAction Reject",
      "SecRequestBodyJsonDepthLimit 64",
      `SecArgumentsLimit ${parameters}`,
      "SecPcreMatchLimit 100000",
      "SecPcreMatchLimitRecursion 100000",
      "SecTmpDir /tmp/",
      "SecDataDir /tmp/",
      "SecUnicodeMapFile /etc/nginx/unicode.mapping 20127",
    ],
    [
      "# Answers are passed on as they come. Rules that ask for their text to be logged get one character at most.",
      "SecResponseBodyAccess Off",
      "SecResponseBodyLimit 1",
      "SecResponseBodyLimitAction ProcessPartial",
    ],
    [
      "# What a rule found, and nothing else: no header and no body, which hold passwords and cookies.",
      "SecAuditEngine RelevantOnly",
      'SecAuditLogRelevantStatus "^$"',
      "SecAuditLogParts AHZ",
      "SecAuditLogFormat JSON",
      "SecAuditLogType Serial",
      `SecAuditLog ${wafLog}`,
    ],
    readingRules,
    setupRules,
    ...wafExceptions.map(exceptionRule),
    ["# Rules about requests; those about answers would have to hold them back.", `Include ${rulesOfRequests}`],
    [
      "# It asks for the encoding of an address that this version of ModSecurity has decoded already: every % was a finding.",
      "SecRuleRemoveById 920220",
    ],
  ];
  return `${blocks.map((block) => block.join("\n")).join("\n\n")}\n`;
}

const rulesOfRequests = "/usr/share/modsecurity-crs/rules/REQUEST-*.conf";

const readingRules: readonly string[] = [
  "# How bodies are read, and what is refused because it cannot be.",
  'SecRule REQUEST_HEADERS:Content-Type "@rx ^(?:application|text)/(?:[a-z0-9.-]+\\+)?xml" "id:200000,phase:1,pass,nolog,t:none,t:lowercase,ctl:requestBodyProcessor=XML"',
  'SecRule REQUEST_HEADERS:Content-Type "@rx ^application/(?:[a-z0-9.-]+\\+)?json" "id:200001,phase:1,pass,nolog,t:none,t:lowercase,ctl:requestBodyProcessor=JSON"',
  `SecRule &ARGS "@ge ${parameters}" "id:200007,phase:2,deny,status:403,log,auditlog,t:none,severity:CRITICAL,msg:'More than ${parameters} parameters'"`,
  'SecRule REQBODY_ERROR "!@eq 0" "id:200002,phase:2,deny,status:403,log,auditlog,t:none,severity:CRITICAL,msg:\'The body cannot be read, or is longer than allowed\'"',
  'SecRule MULTIPART_STRICT_ERROR "!@eq 0" "id:200003,phase:2,deny,status:403,log,auditlog,t:none,severity:CRITICAL,msg:\'The form with files is not well-formed\'"',
];

/** Paranoia level 1 and the thresholds of the rule set itself; the methods and kinds of content that interfaces use. */
const setupRules: readonly string[] = [
  "# The rule set at paranoia level 1: what it finds is nearly always an attack. Findings add up; 5 points are too many.",
  'SecDefaultAction "phase:1,log,auditlog,pass"',
  'SecDefaultAction "phase:2,log,auditlog,pass"',
  `SecAction "id:900000,phase:1,pass,nolog,t:none,${[
    "setvar:tx.crs_setup_version=330",
    "setvar:tx.paranoia_level=1",
    "setvar:tx.inbound_anomaly_score_threshold=5",
    "setvar:'tx.allowed_methods=GET HEAD POST OPTIONS PUT PATCH DELETE'",
    `setvar:'tx.allowed_request_content_type=${contentTypes()
      .map((type) => `|${type}|`)
      .join(" ")}'`,
  ].join(",")}"`,
];

function contentTypes(): readonly string[] {
  return [
    ...["application/x-www-form-urlencoded", "multipart/form-data", "multipart/related"],
    ...["text/xml", "application/xml", "application/soap+xml", "application/json", "application/ld+json"],
    ...["application/merge-patch+json", "application/json-patch+json", "application/reports+json"],
  ];
}

const collections: Readonly<Record<string, string>> = { cookie: "REQUEST_COOKIES", header: "REQUEST_HEADERS" };

/**
 * Takes rules off a request before they are asked. The path is compared as nginx reads it, so that /search/../login is not a
 * search; ModSecurity has decoded it already.
 */
function exceptionRule({ first, last, path, parameter, why }: WafException, index: number): readonly string[] {
  const rules = first === last ? `${first}` : `${first}-${last}`;
  const off =
    parameter === undefined ? `ctl:ruleRemoveById=${rules}` : `ctl:ruleRemoveTargetById=${rules};${target(parameter)}`;
  const actions = `id:${10_001 + index},phase:1,pass,nolog,t:none`;
  const place = (path ?? "/").replace(/\/+$/, "");
  const rule =
    place === ""
      ? `SecAction "${actions},${off}"`
      : `SecRule REQUEST_FILENAME "@rx ^${escaped(place)}(?:/|$)" "${actions},t:normalizePath,${off}"`;
  return [`# ${why}`, rule];
}

function target(parameter: string): string {
  const [, kind = "", name = ""] = /^(?:(cookie|header):)?(.*)$/.exec(parameter) ?? [];
  return `${collections[kind] ?? "ARGS"}:${name}`;
}

function escaped(path: string): string {
  return path.replace(/[.+?]/g, "\\$&");
}
