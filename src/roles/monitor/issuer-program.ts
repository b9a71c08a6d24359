import { shellQuote } from "../../base/text.ts";
import { figuresFolder } from "../../contract/figures.ts";
import type { AcmeCertificate } from "../../model/site.ts";
import { visitorNames } from "../../model/site-names.ts";
import type { Topology } from "../../model/topology.ts";

const folder = "/var/lib/rampart-acme";

/** What the issuer keeps. All of it can be made again: a new account, a new order. */
export const state = {
  folder,
  /** Accounts and orders, as lego keeps them. */
  lego: `${folder}/lego`,
  /** Answers to the CA's questions. */
  webroot: `${folder}/webroot`,
  /** Certificate, chain and key: what balancers fetch. */
  bundle: `${folder}/certificate.pem`,
  /** Its presence asks for an order that is not due. */
  renew: `${folder}/renew`,
  /** One line for each order in a row that failed. */
  failures: `${folder}/failures`,
} as const;

/** The program that orders a certificate when one is due. Everything that can go wrong leaves the present one where it is. */
export function orderProgram({ site, networks }: Topology, acme: AcmeCertificate, header: string): string {
  const names = visitorNames(site);
  const words = [
    ...["lego", "--accept-tos", "--server", shellQuote(acme.directory), "--email", shellQuote(acme.email)],
    ...["--path", state.lego, "--key-type", "ec256", "--cert.timeout", "60", "--http", "--http.webroot", state.webroot],
    ...names.flatMap((name) => ["--domains", name]),
    "run",
  ];
  return `#!/bin/bash
# ${header}
set -u
umask 027
names=(${names.join(" ")})
bundle=${state.bundle}
say() { echo "$*" >&2; }
at() { date -d "$(openssl x509 -in "$bundle" -noout "-$1" | cut -d= -f2)" +%s; }

# due: there is none, it is for other names, a third of its life is left, or somebody asks.
due() {
  local name begin end
  [[ -s $bundle ]] || return 0
  [[ -e ${state.renew} ]] && return 0
  for name in "\${names[@]}"; do
    openssl x509 -in "$bundle" -noout -checkhost "$name" | grep -q 'does match' || return 0
  done
  begin=$(at startdate) end=$(at enddate)
  (( (end - $(date +%s)) * 3 < end - begin ))
}

# patient: CAs limit failed orders. After each in a row it waits twice as long: 10 min, 20 min … 12 h. Who asks waits not.
patient() {
  local count wait
  [[ -e ${state.failures} && ! -e ${state.renew} ]] || return 1
  count=$(wc -l < ${state.failures})
  wait=$(( 600 << (count > 8 ? 7 : count - 1) ))
  (( $(date +%s) - $(stat -c %Y ${state.failures}) < (wait < 43200 ? wait : 43200) ))
}

# failed WORDS: kept for the next try and for the alert.
failed() {
  say "$*"
  echo "$*" >> ${state.failures}
  rm -f ${state.renew}
  exit 0
}

due || exit 0
patient && exit 0

# The question is asked here first, as the CA will ask it: an order that cannot succeed is never sent.
answers=${state.webroot}/.well-known/acme-challenge
probe=rampart-$(od -An -N8 -tx1 /dev/urandom | tr -d ' \\n')
mkdir -p "$answers"
echo "$probe" > "$answers/$probe"
heard=
for _ in {1..20}; do
  heard=$(curl -sS --max-time 3 --resolve ${site.domain}:80:${networks.virtual} "http://${site.domain}/.well-known/acme-challenge/$probe" 2>&1)
  [[ $heard == "$probe" ]] && break
  sleep 1
done
rm -f "$answers/$probe"
# Not counted as an order: nobody was asked, and the next try comes in a minute.
[[ $heard == "$probe" ]] || { say "the site's own address does not answer the question yet: \${heard:0:200}"; exit 0; }

order() { said=$(${words.join(" ")} 2>&1); }
said=
if ! order; then
  # The CA has forgotten the account (a test CA was reset): with a new one it works again.
  [[ $said == *accountDoesNotExist* ]] && rm -rf ${state.lego}/accounts && order ||
    failed "no certificate: $(tail -n 3 <<< "\${said:-lego ended without a word}" | tr '\\n' ' ')"
fi
cat ${state.lego}/certificates/${site.domain}.crt ${state.lego}/certificates/${site.domain}.key > "$bundle.new"
[[ $(openssl x509 -in "$bundle.new" -noout -pubkey) == "$(openssl pkey -in "$bundle.new" -pubout)" ]] || failed "the CA's certificate does not fit its key"
mv -f "$bundle.new" "$bundle" || failed "the new certificate cannot be kept"
rm -f ${state.renew} ${state.failures}
say "a new certificate for \${names[*]}: $(openssl x509 -in "$bundle" -noout -enddate)"
`;
}

/** The program that tells the monitor how orders go. */
export function recordProgram(header: string): string {
  const file = `${figuresFolder}/rampart-acme.prom`;
  return `#!/bin/bash
# ${header}
set -u
failed=0
[[ -e ${state.failures} ]] && failed=1
{
  echo "rampart_certificate_order_failed $failed"
  if [[ -s ${state.bundle} ]]; then
    end=$(date -d "$(openssl x509 -in ${state.bundle} -noout -enddate | cut -d= -f2)" +%s)
    echo "rampart_certificate_issued_not_after_seconds $end"
  fi
} > ${file}.new
chmod 0644 ${file}.new
mv -f ${file}.new ${file}
`;
}
