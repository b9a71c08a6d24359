/** Something that is done to a host by hand, what `rampart firewall verify` must say of it, and what puts it back. */
export interface Planted {
  readonly name: string;
  readonly host: string;
  readonly plant: string;
  readonly undo: string;
  /** A finding about the host that fits all of it. */
  readonly finding: { readonly port?: number; readonly process?: RegExp; readonly what: RegExp };
}

const rules = "nft -f /etc/nftables.conf";

/** A program that waits at an address; it ends with the unit. */
function listener(unit: string, socat: string): Pick<Planted, "plant" | "undo"> {
  return {
    plant: `systemd-run -q --unit=${unit} socat ${socat} /dev/null; for n in 1 2 3 4 5 6 7 8 9; do sleep 0.3; ss -ltun | grep -q ':7[0-9][0-9][0-9] ' && break; done`,
    undo: `systemctl stop ${unit}; systemctl reset-failed ${unit} 2>/dev/null; true`,
  };
}

const stray = listener("stray", "TCP-LISTEN:7001,bind=$(hostname -I | cut -d' ' -f1),fork");
const opened = listener("opened", "TCP-LISTEN:7002,fork");
const udp = listener("udp", "UDP-RECVFROM:7003,fork");
const exporter = "/etc/default/prometheus-node-exporter";

/** Ten faults and some more, each on one host. */
export const planted: readonly Planted[] = [
  {
    ...{ name: "a stray listener behind closed rules", host: "web1", ...stray },
    finding: { port: 7001, process: /^socat \(pid \d+\)$/, what: /declares no such service/ },
  },
  {
    ...{ name: "a stray listener that was opened in the rules", host: "db1" },
    plant: `${opened.plant}; nft insert rule inet rampart input tcp dport 7002 accept`,
    undo: `${opened.undo}; ${rules}`,
    finding: { port: 7002, process: /^socat/, what: /on all addresses.* is open to operator, and no flow allows it/ },
  },
  {
    ...{ name: "a stray listener for UDP", host: "lb2", ...udp },
    finding: { port: 7003, process: /^socat/, what: /declares no such service/ },
  },
  {
    ...{ name: "a flushed rule set", host: "web1", plant: "nft flush ruleset", undo: rules },
    finding: { what: /rules are not loaded/ },
  },
  {
    ...{ name: "an opened output", host: "web1", undo: rules },
    plant: "nft insert rule inet rampart output accept",
    finding: { what: /let calls out that no flow allows/ },
  },
  {
    ...{ name: "a chain whose policy was changed", host: "db3", undo: rules },
    plant: "nft 'chain inet rampart input { policy accept; }'",
    finding: { what: /input: the chain was changed by hand/ },
  },
  {
    ...{ name: "a rule added by hand, with nothing behind it", host: "mon1", undo: rules },
    plant: "nft insert rule inet rampart input tcp dport 7004 accept",
    finding: { what: /input: a rule was added by hand: tcp dport 7004 accept/ },
  },
  {
    ...{ name: "a table of another program", host: "db2", undo: "nft delete table inet helper" },
    plant: "nft add table inet helper; nft 'add chain inet helper input { type filter hook input priority 0; }'",
    finding: { what: /a table that is not of the site is loaded: inet helper/ },
  },
  {
    ...{ name: "a daemon that listens on all addresses", host: "mon1" },
    plant: `cp -p ${exporter} /root/kept; sed -i 's/listen-address=[0-9.]*:/listen-address=:/' ${exporter}; systemctl restart prometheus-node-exporter; sleep 1`,
    undo: `cp -p /root/kept ${exporter}; rm /root/kept; systemctl restart prometheus-node-exporter; sleep 1`,
    finding: { port: 9100, process: /^prometheus-node/, what: /base.node-exporter listens on all addresses/ },
  },
  {
    ...{ name: "a missing rule", host: "db2", undo: rules },
    plant:
      "nft delete rule inet rampart input handle $(nft -a list chain inet rampart input | grep -m 1 'dport 9104' | sed 's/.*handle //')",
    finding: { port: 9104, what: /database.exporter is closed to mon1, and should be open/ },
  },
  {
    ...{ name: "rules that would be missing after the next boot", host: "lb1" },
    ...{ plant: "systemctl -q disable nftables", undo: "systemctl -q enable nftables" },
    finding: { what: /nftables.service is disabled/ },
  },
  {
    ...{ name: "other rules for the next boot", host: "db3" },
    plant: "cp -p /etc/nftables.conf /root/kept; echo '# opened' >> /etc/nftables.conf",
    undo: "cp -p /root/kept /etc/nftables.conf; rm /root/kept",
    finding: { what: /next boot will load are not the site's/ },
  },
  {
    ...{ name: "a host that passes packets on", host: "lb1" },
    ...{ plant: "sysctl -qw net.ipv4.ip_forward=1", undo: "sysctl -qw net.ipv4.ip_forward=0" },
    finding: { what: /net.ipv4.ip_forward is on/ },
  },
  {
    ...{ name: "a host with a leg in another network", host: "web1" },
    ...{ plant: "ip addr add 192.168.7.7/24 dev host0", undo: "ip addr del 192.168.7.7/24 dev host0" },
    finding: { what: /has the address 192\.168\.7\.7/ },
  },
];
