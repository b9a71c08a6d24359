import { limitOf } from "../../formats/haproxy-visitors.ts";
import { type NginxDirective, nginxBlock, nginxWord } from "../../formats/nginx.ts";
import type { Site } from "../../model/site.ts";
import { beaconLog, hasWaf, opensTls, pagesFolder, statusPort } from "./facts.ts";
import { visitorsLog } from "./nginx-public.ts";

// `web.beacon`: pages get a small script, and what it sends is written down for beacon-reader.ts. Both stand below /.rampart/ of the
// site itself, so a content security policy that lets a site use itself ('self') lets them be.

export const beaconScript = "beacon.js";

/** For `http`. What comes from another site's page is marked: it says nothing about ours. */
export function beaconHttpLines(site: Site): readonly NginxDirective[] {
  if (!site.web.beacon) return [];
  return [
    "# What pages tell of themselves: no address, no cookie. A visitor tells a page a second, all of them a hundred.",
    nginxBlock("map $http_sec_fetch_site $beacon_own", "default 0", '"" 1', "same-origin 1"),
    `log_format beacons escape=json '{"own":$beacon_own,"host":"$host","body":"$request_body"}'`,
    nginxBlock("map $status $beacon_taken", "204 1", "default 0"),
    "limit_req_zone $binary_remote_addr zone=beacons:2m rate=60r/m",
    "limit_req_zone $beacon_own zone=all_beacons:64k rate=100r/s",
    "# A page that is asked for is sent unpacked by its service: nothing can be added to what is compressed.",
    nginxBlock("map $http_accept $service_encoding", "default $http_accept_encoding", `${nginxWord("~*text/html")} ""`),
    "",
  ];
}

/** For a server: the script, before the end of the head of each page. */
export function beaconServerLines(site: Site): readonly NginxDirective[] {
  if (!site.web.beacon) return [];
  return [
    `sub_filter "</head>" ${nginxWord(`<script async src="/.rampart/${beaconScript}"></script></head>`)}`,
    "sub_filter_last_modified on",
  ];
}

/** For what is asked of services. */
export function acceptLines(site: Site): readonly NginxDirective[] {
  return site.web.beacon ? ["proxy_set_header Accept-Encoding $service_encoding"] : [];
}

export function beaconLocations(site: Site): readonly NginxDirective[] {
  if (!site.web.beacon) return [];
  const unseen = hasWaf(site) ? ["modsecurity off"] : [];
  return [
    nginxBlock(
      `location = /.rampart/${beaconScript}`,
      ...unseen,
      `alias ${pagesFolder}/${beaconScript}`,
      'add_header Cache-Control "public, max-age=3600"',
    ),
    nginxBlock(
      "location = /.rampart/beacon",
      ...unseen,
      nginxBlock("if ($request_method != POST)", "return 405"),
      "limit_req zone=beacons burst=20 nodelay",
      "limit_req zone=all_beacons burst=200 nodelay",
      "limit_req_status 429",
      "limit_req_log_level info",
      "# In memory, so that it can be written down.",
      "client_max_body_size 8k",
      "client_body_buffer_size 8k",
      "client_body_timeout 5s",
      `access_log ${beaconLog} beacons buffer=16k flush=1s if=$beacon_taken`,
      ...(opensTls(site) ? [visitorsLog(limitOf(site.limits.requests) !== undefined)] : []),
      "# nginx reads a body only when somebody is to get it.",
      `proxy_pass http://127.0.0.1:${statusPort}/beacon`,
      "proxy_pass_request_headers off",
    ),
  ];
}
