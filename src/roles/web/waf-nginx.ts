import { calmHtml, refusedPage } from "../../formats/calm-page.ts";
import { type NginxBlock, type NginxDirective, nginxBlock, nginxWord } from "../../formats/nginx.ts";
import type { Site } from "../../model/site.ts";
import { opensTls, statusPort, wafConfig } from "./facts.ts";

/** The web application firewall looks at every request of the site; findings carry the id that the other logs have. */
export function wafLines(site: Site): readonly NginxDirective[] {
  return ["", "modsecurity on", `modsecurity_rules_file ${wafConfig}`, `modsecurity_transaction_id ${requestId(site)}`];
}

/**
 * The answer to what it refuses, fetched from ourselves. The ways that are shorter lose the finding: behind a `return` here
 * nothing is logged, and an error page at an address of its own makes every refused request a GET.
 */
export function refusedLocation(site: Site): NginxBlock {
  return nginxBlock(
    "location @refused",
    "rewrite ^ /refused break",
    `proxy_pass http://127.0.0.1:${statusPort}`,
    "proxy_method GET",
    "proxy_pass_request_headers off",
    "proxy_pass_request_body off",
    `proxy_set_header X-Request-ID ${requestId(site)}`,
  );
}

/** Where that answer is. */
export const refusedAnswer: NginxBlock = nginxBlock(
  "location = /refused",
  "default_type text/html",
  "add_header Cache-Control no-store always",
  `return 403 ${nginxWord(calmHtml(refusedPage("$http_x_request_id")))}`,
);

function requestId(site: Site): string {
  return opensTls(site) ? "$request_id" : "$http_x_request_id";
}
