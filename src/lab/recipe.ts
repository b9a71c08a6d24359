/** The Debian release of every lab host. */
export const SUITE = "trixie";

/** In every image, whatever the roles ask for: a small Debian server with systemd and sshd. */
export const BASE_PACKAGES: readonly string[] = [
  ...["systemd", "systemd-sysv", "dbus", "openssh-server", "iproute2", "nftables", "ca-certificates"],
  ...["sudo", "less", "procps", "iputils-ping", "curl", "netcat-openbsd"],
];

/** Files that no host reads: without them the image is smaller and quicker to make. */
export const EXCLUDED_PATHS: readonly string[] = ["man", "doc", "info", "locale", "groff", "lintian"].map(
  (folder) => `/usr/share/${folder}/*`,
);

/** Services start when a role enables them, not because their package is there. */
const PRESET = `# Lab image: what may start by itself. Everything else is enabled by whoever needs it.
enable dbus.service
enable dbus.socket
enable ssh.service
enable systemd-networkd.service
enable systemd-networkd-wait-online.service
disable *
`;

/** Units that a container has no use for (consoles, kernel modules and file systems, seats): each costs boot time. */
const MASKED = [
  ...["console-getty.service", "getty-static.service", "systemd-logind.service", "ldconfig.service"],
  ...["dev-hugepages.mount", "sys-fs-fuse-connections.mount", "sys-kernel-config.mount", "sys-kernel-debug.mount"],
  ...["sys-kernel-tracing.mount", "proc-sys-fs-binfmt_misc.automount", "systemd-binfmt.service"],
  ...["systemd-ask-password-console.path", "systemd-ask-password-wall.path"],
  ...["systemd-modules-load.service", "kmod-static-nodes.service", "systemd-network-generator.service"],
  ...["systemd-tmpfiles-setup-dev-early.service", "systemd-tmpfiles-setup-dev.service"],
];

/** Turns the freshly installed $root into the root of any host. */
const CUSTOMIZE = `mkdir -p "$root/etc/systemd/system-preset"
cat > "$root/etc/systemd/system-preset/00-rampart-lab.preset" <<'PRESET'
${PRESET}PRESET
chroot "$root" systemctl preset-all >/dev/null 2>&1
for unit in ${MASKED.join(" ")}; do
  ln -sfn /dev/null "$root/etc/systemd/system/$unit"
done
# Each host gets keys, a machine id and a name of its own.
rm -f "$root"/etc/ssh/ssh_host_* "$root/etc/hostname"
: > "$root/etc/machine-id"
printf '127.0.0.1\\tlocalhost\\n::1\\tlocalhost ip6-localhost ip6-loopback\\n' > "$root/etc/hosts"
: > "$root/etc/resolv.conf"
chmod 0644 "$root/etc/hosts" "$root/etc/resolv.conf"
: > "$root/etc/default/locale"
mkdir -p "$root/var/log/journal"
rm -rf "$root"/var/cache/apt/* "$root"/var/cache/debconf/*-old "$root"/var/lib/apt/lists/* "$root"/var/log/apt/*
mkdir -p "$root/var/cache/apt/archives/partial" "$root/var/lib/apt/lists/partial"
# systemd rebuilds caches at the first start when /usr is newer than these.
touch "$root/etc/.updated" "$root/var/.updated"
`;

/**
 * Makes an image whole or not at all: everything happens in a directory of its own, which gets its name at the end.
 * Runs under a lock, also when the one who started it has died: it then finishes, and the next one finds the image.
 * Arguments: directory of images, digest, packages asked for; then the command that fills `.new-<digest>/root`.
 */
export const BUILD_SCRIPT = `set -eu
images=$1 digest=$2 wanted=$3; shift 3
[ ! -e "$images/$digest" ] || exit 0
rm -rf --one-file-system "$images"/.new-*
new=$images/.new-$digest
mkdir -p "$new/root"
trap 'rm -rf --one-file-system "$new"' EXIT
"$@"
root=$new/root
${CUSTOMIZE}
chroot "$new/root" dpkg-query --show --showformat='\${Package} \${Version}\\n' > "$new/packages"
printf '%s\\n' $wanted > "$new/wanted"
sync -f "$new"
mv -T "$new" "$images/$digest"
trap - EXIT
`;
