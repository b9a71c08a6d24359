import { type NginxDirective, nginxBlock, nginxFile, nginxWord } from "../../formats/nginx.ts";
import type { Site } from "../../model/site.ts";
import { type Host, hostsOf, type Topology } from "../../model/topology.ts";
import { acceptLines, beaconHttpLines, beaconLocations, beaconServerLines } from "./beacon.ts";
import {
  filesRoot,
  hasWaf,
  mainNames,
  opensTls,
  otherNames,
  pagesFolder,
  serviceHeader,
  servicesPort,
  statusPort,
  webPort,
} from "./facts.ts";
import { balancerMap, insideTlsLines, pingLocation } from "./nginx-inside.ts";
import { otherServers, ownPage, publicHttpLines, publicServers, toldLines } from "./nginx-public.ts";
import { serviceMaps } from "./routes.ts";
import { statusPageLocation } from "./status-page.ts";
import { refusedAnswer, refusedLocation, wafLines } from "./waf-nginx.ts";

/** nginx.conf of a web host: serves the files of the site and passes what belongs to services to the HAProxy beside it. */
export function webNginx(host: Host, topology: Topology): string {
  const { site } = topology;
  const why = "serves the site's files and passes the rest to its services.";
  return nginxFile(
    [
      "user www-data",
      "worker_processes auto",
      "# Two file descriptors a request that is passed on, and open files; 20,000 a process is the least that was seen to be had.",
      "worker_rlimit_nofile 18000",
      "pid /run/nginx.pid",
      "error_log syslog:server=unix:/dev/log,nohostname warn",
      "load_module modules/ngx_http_brotli_filter_module.so",
      ...(opensTls(site) ? ["load_module modules/ngx_http_headers_more_filter_module.so"] : []),
      ...(hasWaf(site) ? ["load_module modules/ngx_http_modsecurity_module.so"] : []),
      nginxBlock("events", "worker_connections 8000"),
      "",
      nginxBlock("http", ...httpLines(host, topology)),
    ],
    `Made by Rampart for ${host.name}: change the site file instead. Why: ${why} (${site.domain})`,
  );
}

function httpLines(host: Host, topology: Topology): readonly NginxDirective[] {
  const { site } = topology;
  return [
    "include /etc/nginx/mime.types",
    "default_type application/octet-stream",
    "charset utf-8",
    "charset_types text/plain text/css text/javascript application/javascript application/json text/xml",
    "server_tokens off",
    "absolute_redirect off",
    "sendfile on",
    "tcp_nopush on",
    "# To look for a file and open it costs a quarter of a small answer (measured). A new release is seen within a second.",
    "open_file_cache max=1500 inactive=60s",
    "open_file_cache_valid 1s",
    ...(opensTls(site)
      ? []
      : ["# The balancers log every request, with the same id that services see.", "access_log off"]),
    `client_max_body_size ${site.web.maxBodyMiB}m`,
    ...(opensTls(site) ? publicHttpLines(topology) : balancerHttpLines),
    "",
    ...compressionLines,
    "",
    ...beaconHttpLines(site),
    ...mapLines(site),
    "",
    ...(site.app.length > 0 ? [upstreamBlock, ""] : []),
    statusServer(site),
    "",
    ...(opensTls(site) ? otherServers(host, topology) : []),
    ...(opensTls(site) ? publicServers(host, site) : [balancerServerLines(host, topology)]).map((lines) =>
      nginxBlock("server", ...lines, ...(hasWaf(site) ? wafLines(site) : []), "", ...placeLines(site)),
    ),
  ];
}

const balancerHttpLines: readonly string[] = [
  "client_body_timeout 30s",
  "",
  "# The balancers keep their connections and are the ones to close them: a request never meets a closing connection.",
  "keepalive_timeout 1h",
  "keepalive_time 24h",
  "keepalive_requests 1000000",
];

const textTypes =
  "text/plain text/css text/xml text/javascript application/javascript application/json application/manifest+json application/rss+xml application/xml application/wasm image/svg+xml font/ttf";

/** Files only: a compressed answer that holds a visitor's secrets can be guessed by its length (BREACH). */
const compressionLines: readonly string[] = [
  "gzip on",
  "gzip_vary on",
  "gzip_comp_level 5",
  "gzip_min_length 512",
  "gzip_proxied any",
  `gzip_types ${textTypes}`,
  "brotli on",
  "brotli_comp_level 4",
  "brotli_min_length 512",
  `brotli_types ${textTypes}`,
];

const upstreamBlock = nginxBlock(
  "upstream services",
  `server 127.0.0.1:${servicesPort}`,
  "keepalive 64",
  "keepalive_requests 1000000",
  "keepalive_timeout 30s",
);

const statusServer = (site: Site) =>
  nginxBlock(
    "server",
    `listen 127.0.0.1:${statusPort}`,
    "access_log off",
    nginxBlock("location = /stub_status", "stub_status"),
    ...(site.web.beacon ? [nginxBlock("location = /beacon", "return 204")] : []),
    ...(site.web.waf === "block" ? [refusedAnswer] : []),
    nginxBlock("location /", "return 404"),
  );

function mapLines(site: Site): readonly NginxDirective[] {
  return [
    ...balancerMap(site),
    nginxBlock("map $http_upgrade $connection_header", "default upgrade", '"" ""'),
    "# A name that changes with its content can be kept for ever; pages are asked for again, and seldom sent again (ETag).",
    nginxBlock(
      "map $request_uri $file_caching",
      'default "public, max-age=60"',
      `${nginxWord("~[?&]v=[^&]")} "public, max-age=31536000, immutable"`,
      `${nginxWord("~[.-][0-9a-fA-F]{8,}\\.[a-z0-9.]+(\\?|$)")} "public, max-age=31536000, immutable"`,
      `${nginxWord("~(/|\\.html?)(\\?|$)")} no-cache`,
    ),
    ...serviceMaps(site),
    ...filesMap(site),
  ];
}

/** Files belong to the domain; a name that only leads to services has none. */
function filesMap(site: Site): readonly NginxDirective[] {
  if (site.web.files === undefined || otherNames(site).length === 0) return [];
  const names = mainNames(site).map((name) => `${name} ${filesRoot}/current`);
  return [nginxBlock("map $host $files", "default /var/empty", ...names)];
}

function balancerServerLines(host: Host, topology: Topology): readonly NginxDirective[] {
  const { site } = topology;
  const balancers = hostsOf(topology, "balancer").map((one) => `set_real_ip_from ${one.inside}`);
  return [
    `listen ${host.inside}:${webPort(site)} ssl default_server backlog=4096`,
    "server_name _",
    ...insideTlsLines,
    "",
    ...balancers,
    "real_ip_header X-Forwarded-For",
  ];
}

function placeLines(site: Site): readonly NginxDirective[] {
  return [
    `root ${rootOf(site)}`,
    ...beaconServerLines(site),
    ...errorPages(site),
    ...ownLocations(site),
    "",
    ...(site.web.files === undefined ? [] : fileLocations(site)),
    ...(site.app.length > 0 ? appLocations(site) : [nginxBlock("location @service", "return 404")]),
  ];
}

/** Said again wherever another error_page is said: nginx takes over all of them or none. */
function errorPages(site: Site): readonly string[] {
  return [
    "error_page 404 /.rampart/404",
    ...(opensTls(site) ? ["error_page 429 /.rampart/429"] : []),
    ...(site.web.waf === "block" ? ["error_page 403 @refused"] : []),
  ];
}

function rootOf(site: Site): string {
  if (site.web.files === undefined) return "/var/empty";
  return otherNames(site).length === 0 ? `${filesRoot}/current` : "$files";
}

/** /.rampart/ is ours: the health page for the balancers, and pages that are reached by internal redirects only. */
function ownLocations(site: Site): readonly NginxDirective[] {
  return [
    ...(opensTls(site) ? [] : [pingLocation(site)]),
    ...beaconLocations(site),
    ...statusPageLocation(site),
    nginxBlock("location ^~ /.rampart/", ...(hasWaf(site) ? ["modsecurity off"] : []), "return 404"),
    ...(site.web.waf === "block" ? [refusedLocation(site)] : []),
    ...(opensTls(site) ? [ownPage(429)] : []),
    nginxBlock("location = /.rampart/404", "internal", "try_files /404.html @missing"),
    nginxBlock("location @missing", `root ${pagesFolder}`, "try_files /404.html =404"),
  ];
}

function fileLocations(site: Site): readonly NginxDirective[] {
  const lines = [
    "add_header Cache-Control $file_caching",
    // A form that is sent to a page that is also a file is the service's to take.
    ...(site.app.length > 0 ? [...errorPages(site), "error_page 405 = @service"] : []),
  ];
  return [
    "# A file that exists is served; everything else belongs to a service, or to nobody.",
    "# Names that begin with a dot are no pages, whatever the folder holds (.well-known is).",
    nginxBlock("location ~ /\\.(?!well-known/)", "try_files /.rampart/none @service"),
    nginxBlock("location /", ...lines, "try_files $uri @folder"),
    nginxBlock("location ~ ^(.*/)$", ...lines, "try_files $1index.html @service"),
    nginxBlock(
      "location @folder",
      nginxBlock("if (-f $document_root$uri/index.html)", "rewrite ^(.+)$ $1/ permanent"),
      "try_files /.rampart/none @service",
    ),
    "",
  ];
}

function appLocations(site: Site): readonly NginxDirective[] {
  // Without files of its own the site asks a service at once.
  const place = site.web.files === undefined ? "location /" : "location @service";
  return [
    nginxBlock(place, ...passLines(site)),
    ...(opensTls(site) ? [ownPage(503)] : [nginxBlock("location @gone", "return 444")]),
  ];
}

const passLines = (site: Site): readonly NginxDirective[] => [
  nginxBlock('if ($service = "")', "return 404"),
  "# What a service sends is passed as it is; compressing it here would let its secrets be guessed by length (BREACH).",
  "gzip off",
  "brotli off",
  "charset off",
  "proxy_pass http://services",
  "proxy_http_version 1.1",
  "proxy_set_header Host $http_host",
  "proxy_set_header Upgrade $http_upgrade",
  "proxy_set_header Connection $connection_header",
  ...acceptLines(site),
  `proxy_set_header ${serviceHeader} $service`,
  ...(opensTls(site) ? toldLines : []),
  "# HAProxy holds the clock of ordinary answers; here a WebSocket may be silent for an hour.",
  "proxy_read_timeout 1h",
  "proxy_send_timeout 1h",
  "# Bodies are gathered here, so that a slow visitor holds nginx and not the service; answers of known length too.",
  "# Those without one are streamed: HAProxy marks them (X-Accel-Buffering).",
  "proxy_buffer_size 16k",
  "proxy_buffers 8 16k",
  "proxy_max_temp_file_size 64m",
  "proxy_ignore_headers X-Accel-Redirect X-Accel-Expires X-Accel-Limit-Rate X-Accel-Charset",
  ...(opensTls(site)
    ? []
    : [
        "# HAProxy beside us is gone: close without an answer, and the balancer asks another web host if that is safe.",
      ]),
  ...errorPages(site),
  opensTls(site) ? "error_page 502 504 =503 /.rampart/503" : "error_page 502 504 = @gone",
];
