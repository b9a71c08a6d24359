/**
 * Keeps one host as its user left it: starts it again after `reboot`, leaves it off after `poweroff` or a power cut.
 * Runs in the lab's network namespace, in a session of its own, and outlives the command that started it.
 *
 * Arguments: --machine=NAME, the host's directory, the image's root, host name, cable inside, cable outside; "" for one that it has not.
 * Environment: RAMPART_CGROUPS, the cgroup trees, separated by spaces.
 *
 * systemd-nspawn ends with 0 after `poweroff`, 133 after `reboot`, 1 after the first process was killed.
 */
export const SUPERVISE_SCRIPT = `#!/bin/sh
machine=\${1#--machine=} dir=$2 image=$3 hostname=$4 inside=$5 outside=$6
cd /

# Joins the host's own cgroups, mounts its root where nobody else sees it, and becomes nspawn.
boot() {
  for tree in $RAMPART_CGROUPS; do
    mkdir -p "$tree/$machine" || exit 1
    if [ ! -e "$tree/cgroup.controllers" ] && [ -e "$tree/cpuset.mems" ]; then
      for file in cpuset.cpus cpuset.mems; do cat "$tree/$file" > "$tree/$machine/$file"; done
    fi
    echo $$ > "$tree/$machine/cgroup.procs" || exit 1
  done
  mount -t overlay "$machine" -o "lowerdir=$image,upperdir=$dir/upper,workdir=$dir/work" "$dir/root" || exit 1
  set -- --quiet --directory="$dir/root" --machine="$machine" --hostname="$hostname" --boot --register=no --keep-unit
  set -- "$@" --console=pipe --link-journal=no --resolv-conf=off --timezone=off
  set -- "$@" --rlimit="NOFILE=1024:$(ulimit -Hn | sed s/unlimited/infinity/)"
  [ -z "$inside" ] || set -- "$@" --network-veth-extra="$inside:host0"
  [ -z "$outside" ] || set -- "$@" --network-veth-extra="$outside:out0"
  # Without this, systemd 257 finds cgroup v1 on hybrid machines and refuses to start.
  export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1
  exec systemd-nspawn "$@" systemd.show_status=0
}

# Nothing of an earlier life may be left: nspawn says "busy", or the kernel "file exists".
sweep() {
  for tree in $RAMPART_CGROUPS; do
    [ -d "$tree/$machine" ] || continue
    for freeze in cgroup.freeze freezer.state; do
      [ ! -e "$tree/$machine/$freeze" ] || echo 0 > "$tree/$machine/$freeze" || echo THAWED > "$tree/$machine/$freeze"
    done
    tries=0
    while find "$tree/$machine" -name cgroup.procs -exec cat {} + | grep -q . && [ $tries -lt 500 ]; do
      find "$tree/$machine" -name cgroup.procs -exec cat {} + | xargs -r kill -9
      tries=$((tries + 1)); sleep 0.02
    done
    find "$tree/$machine" -depth -type d -exec rmdir {} +
  done
  [ -z "$inside" ] || ip link del "$inside"
  [ -z "$outside" ] || ip link del "$outside"
} 2>/dev/null

# nspawn makes the cable; we put it into the bridge.
plug() {
  tries=0
  until [ -e "/proc/sys/net/ipv4/conf/$1" ]; do
    tries=$((tries + 1)); [ $tries -lt 600 ] && kill -0 $child 2>/dev/null || return
    sleep 0.05
  done
  [ -e "$dir/unplugged" ] && state=down || state=up
  ip link set "$1" master "$2" $state
}

if [ "$RAMPART_LIFE" = boot ]; then boot; fi

# Never two at once for one host.
exec 9> "$dir/lock"
flock --nonblock 9 || { echo "$machine: another supervisor is running"; exit 1; }
while :; do
  sweep
  RAMPART_LIFE=boot unshare --mount --propagation slave sh "$0" "$@" 9>&- &
  child=$!
  [ -z "$inside" ] || plug "$inside" inside
  [ -z "$outside" ] || plug "$outside" outside
  wait $child
  code=$?
  sweep
  rmdir "/run/systemd/nspawn/propagate/$machine" "/run/systemd/nspawn/unix-export/$machine" 2>/dev/null
  [ $code = 133 ] || exit $code
done
`;
