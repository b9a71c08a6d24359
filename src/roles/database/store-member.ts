import type { Host, Topology } from "../../model/topology.ts";
import { storeHosts } from "./members.ts";
import { paths } from "./paths.ts";
import { peerPort, storePort } from "./store.ts";

/**
 * The program that runs before etcd starts: a member whose data are gone, because its disk or its host was replaced, is taken
 * out of the store and joins it as a new one. It must never begin again under its old name: the others count on what it
 * had written down.
 */
export function storeMemberProgram(host: Host, topology: Topology, header: string): string {
  const others = storeHosts(topology)
    .filter((one) => one.name !== host.name)
    .map(({ fqdn }) => `https://${fqdn}:${storePort}`);
  const facts = `name=${host.name} peer=https://${host.fqdn}:${peerPort} others=${others.join(",")}`;
  return `#!/bin/sh\n# ${header}\nset -u\n${facts}\n${text}`;
}

const text = String.raw`rm -f ${paths.storeStart}
[ ! -d ${paths.storeData}/member ] || exit 0

store() {
  ETCDCTL_API=3 timeout 10 etcdctl --endpoints "$others" --command-timeout 3s --dial-timeout 2s \
    --cacert ${paths.ca} --cert ${paths.storeCertificate} --key ${paths.storeKey} "$@"
}

# Lines of: id, state, name, peer addresses, client addresses, learner.
if ! list=$(store member list 2> /dev/null); then
  [ -e ${paths.storeMember} ] || exit 0
  echo "refused: the data of etcd on $name are gone, and the other members do not answer; it joins them when they do" >&2
  exit 1
fi
line=$(printf '%s\n' "$list" | grep -F ", $peer, ")
id=$(printf '%s\n' "$line" | cut -d , -f 1)
known=$(printf '%s\n' "$line" | awk -F ', ' '{ print $3 }')
clients=$(printf '%s\n' "$line" | awk -F ', ' '{ print $5 }')
# One of those that begin together, and has not begun yet.
[ -z "$known" ] || [ -n "$clients" ] || [ -e ${paths.storeMember} ] || exit 0
if [ -n "$known" ]; then
  store member remove "$id" || exit 1
  line=
fi
[ -n "$line" ] || store member add "$name" --peer-urls "$peer" > /dev/null || exit 1
echo ETCD_INITIAL_CLUSTER_STATE=existing > ${paths.storeStart}
echo "$name joins etcd as a new member"
`;
