import { wafTestPorts } from "./ports.ts";

const folder = "/run/rampart-waf-test";
const unit = "rampart-waf-test.service";
const longestSeconds = 1800;

/** What the tests of the rule set ask for: every rule on, and limits that a site may set. */
const upstream = [
  "setvar:tx.paranoia_level=4",
  "setvar:tx.crs_validate_utf8_encoding=1",
  "setvar:tx.max_num_args=255",
  "setvar:tx.arg_name_length=100",
  "setvar:tx.arg_length=400",
  "setvar:tx.total_arg_length=64000",
  "setvar:tx.max_file_size=64100",
  "setvar:tx.combined_file_sizes=65535",
];

/**
 * Starts a second nginx on a web host, on its loopback address and for half an hour at most: the module, the rules and the
 * exceptions of the site, but nothing is refused, everything is logged, and no visitor and no figure is touched. Prints the
 * rules that the host has, each `id:N` before its `paranoia-level/N`.
 */
export function startScript(isUpstream: boolean): string {
  const ours = isUpstream ? `SecAction "id:900010,phase:1,pass,nolog,t:none,${upstream.join(",")}"` : "";
  return `set -e
[ -e /etc/nginx/waf.conf ] || { echo "the host has no web application firewall" >&2; exit 1; }
systemctl stop ${unit} 2>/dev/null || true
rm -rf ${folder}; mkdir -m 0755 ${folder}
{ sed -e 's/^SecRuleEngine .*/SecRuleEngine DetectionOnly/' -e 's/^SecAuditEngine .*/SecAuditEngine Off/' -e '/^SecAuditLog /d' -e '/^Include /d' /etc/nginx/waf.conf
cat <<'END'
${ours}
END
grep '^Include ' /etc/nginx/waf.conf; } > ${folder}/waf.conf
cat > ${folder}/nginx.conf <<'END'
${nginxConfig}
END
nginx -t -q -c ${folder}/nginx.conf
systemd-run --quiet --collect --unit=${unit} -p RuntimeMaxSec=${longestSeconds} nginx -c ${folder}/nginx.conf
for i in $(seq 100); do curl -s -o /dev/null http://127.0.0.1:${wafTestPorts.marker}/ && break; sleep 0.1; done
sed -n 's/^Include //p' /etc/nginx/waf.conf | xargs -I{} sh -c 'cat {}' | grep -v '^ *#' | grep -oE '\\bid:[0-9]+|paranoia-level/[1-4]'
grep -oE '\\bid:[0-9]+' /etc/nginx/waf.conf
`;
}

/** Prints what was logged, and leaves nothing behind. */
export const stopScript = `grep -aE 'ModSecurity: |^/marker/' ${folder}/log
systemctl stop ${unit}; rm -rf ${folder}`;

const nginxConfig = `user www-data;
worker_processes 1;
daemon off;
pid ${folder}/pid;
error_log ${folder}/log info;
load_module modules/ngx_http_modsecurity_module.so;
events {}
http {
  log_format marker $uri;
  access_log off;
  client_header_timeout 2s;
  client_body_timeout 2s;
  client_max_body_size 32m;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  server {
    listen 127.0.0.1:${wafTestPorts.site};
    modsecurity on;
    modsecurity_rules_file ${folder}/waf.conf;
    location / { proxy_pass http://127.0.0.1:${wafTestPorts.marker}/; }
  }
  server {
    listen 127.0.0.1:${wafTestPorts.marker};
    location / { default_type text/plain; return 200 "ok\\n"; }
    location /marker/ { access_log ${folder}/log marker; return 204; }
  }
}`;
