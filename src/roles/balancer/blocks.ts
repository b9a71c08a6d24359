import { confinement } from "../../formats/hardening.ts";
import { nftAddresses, nftFile } from "../../formats/nftables.ts";
import { systemdFile } from "../../formats/systemd.ts";
import type { FileResource, Origin, Resource } from "../../model/resource.ts";
import type { Host, Topology } from "../../model/topology.ts";

/** Keeps the addresses that operators block while the site runs; called by `rampart firewall block` and by any guard. */
export const blocksProgram = "/usr/local/lib/rampart/blocks";
/** The table in which they stand. */
export const blocksTableFile = "/etc/rampart/blocks.nft";
const unitFile = "/etc/systemd/system/rampart-blocks.service";
/** A table of its own: replacing the host's rules does not touch it, so that no block is ever forgotten for a moment. */
const table = "inet rampart_blocks";

/** What a balancer needs to shut out addresses at once, to end that by time, and to remember it over a reboot. */
export function blockResources(host: Host, topology: Topology): readonly Resource[] {
  const origin: Origin = {
    role: "balancer",
    path: "firewall",
    why: "Addresses that operators block are shut out at every balancer, for as long as they said.",
  };
  const head = `Made by Rampart for ${host.name}: change the site file instead. Why: ${origin.why}`;
  const file = (path: string, content: string, mode = "0644"): FileResource => ({
    ...origin,
    ...{ kind: "file", file: path, content, mode, owner: "root", group: "root" },
  });
  return [
    file(blocksTableFile, blocksTable(topology, head)),
    file(blocksProgram, programText(head), "0755"),
    file(unitFile, unitText(head)),
    {
      ...origin,
      ...{ kind: "unit", name: "rampart-blocks.service", state: "once", check: `nft -c -f ${blocksTableFile}` },
      reloadOn: [`file:${blocksTableFile}`, `file:${blocksProgram}`],
      restartOn: [`file:${unitFile}`],
    },
  ];
}

function blocksTable({ networks }: Topology, head: string): string {
  const friends = nftAddresses([networks.inside, ...networks.admin]);
  const rules = [
    { statement: `ip saddr ${friends} accept`, comment: "hosts of the site and operators are never blocked" },
    { statement: "ip saddr @banned4 counter drop", comment: "ban list" },
  ];
  // Before the host's own rules: also a connection that stands ends. What passes here is judged there.
  const chain = { name: "input", hook: "input", policy: "accept", priority: "filter - 10", rules } as const;
  return nftFile(table, [chain], head, [{ name: "banned4", flags: ["interval", "timeout"], addresses: [] }]);
}

function unitText(head: string): string {
  return systemdFile(
    [
      {
        name: "Unit",
        lines: [
          ["Description", "Addresses that are shut out (Rampart)"],
          "As nftables.service: before the network is.",
          ["DefaultDependencies", "no"],
          ["Wants", "network-pre.target"],
          ["Before", "network-pre.target shutdown.target"],
          ["After", "nftables.service"],
          ["Conflicts", "shutdown.target"],
          ["RequiresMountsFor", "/var/lib/rampart /etc/rampart"],
        ],
      },
      {
        name: "Service",
        lines: [
          ["Type", "oneshot"],
          ["RemainAfterExit", "yes"],
          ["ExecStart", `${blocksProgram} load`],
          ["ExecReload", `${blocksProgram} load`],
          ...confinement.filter(([name]) => name !== "PrivateTmp"),
          "Without the order that a folder on a disk would bring.",
          ["PrivateTmp", "disconnected"],
          ["RestrictAddressFamilies", "AF_NETLINK"],
          ["IPAddressDeny", "any"],
          ["CapabilityBoundingSet", "CAP_NET_ADMIN"],
          ["ReadWritePaths", "/run /var/lib/rampart"],
          ["MemoryDenyWriteExecute", "yes"],
          ["SystemCallFilter", "@system-service"],
          ["UMask", "0077"],
        ],
      },
      { name: "Install", lines: [["WantedBy", "sysinit.target"]] },
    ],
    head,
  );
}

/**
 * Perl, because every Debian system has it (perl-base is Essential). nft takes no two elements of a set that overlap, so
 * overlapping blocks are cut into pieces, each with the latest end of those that cover it.
 */
function programText(head: string): string {
  return `#!/usr/bin/perl
# ${head}
# blocks load            all that is remembered, into the kernel
# blocks add             from standard input: a line for each NETWORK SECONDS (0: without end)
# blocks remove          from standard input: a line for each NETWORK
# blocks list            NETWORK END SINCE (seconds since 1970; END 0: without end)
use strict;
use warnings;
use Fcntl ":flock";

my ($table, $set, $rules) = ("${table}", "banned4", "${blocksTableFile}");
my $store = "/var/lib/rampart/blocks";
my $deed = shift // "";
$deed =~ /^(load|add|remove|list)$/ or die "blocks load|add|remove|list\\n";

open(my $lock, ">", "/run/rampart-blocks.lock") or die "lock: $!\\n";
flock($lock, LOCK_EX) or die "lock: $!\\n";
my %known = remembered();
if ($deed eq "list") {
    print "$_ $known{$_}[0] $known{$_}[1]\\n" for sort keys %known;
    exit 0;
}
if ($deed ne "load") {
    while (my $line = <STDIN>) {
        my ($network, $seconds) = split " ", $line;
        defined $network && range($network) or die "not an address: $line";
        if ($deed eq "remove") { delete $known{$network}; next; }
        $seconds //= 0;
        $seconds =~ /^\\d+$/ or die "not a number of seconds: $line";
        $known{$network} = [$seconds ? time + $seconds : 0, time];
    }
}
remember();
load();

sub remembered {
    my %found;
    open(my $in, "<", $store) or return %found;
    while (my $line = <$in>) {
        my ($network, $end, $since) = split " ", $line;
        next unless defined $since && range($network) && $end =~ /^\\d+$/;
        $found{$network} = [$end, $since] if $end == 0 || $end > time;
    }
    return %found;
}

sub remember {
    open(my $out, ">", "$store.next") or die "$store: $!\\n";
    print $out "$_ $known{$_}[0] $known{$_}[1]\\n" for sort keys %known;
    $out->flush && $out->sync;
    close($out) or die "$store: $!\\n";
    rename("$store.next", $store) or die "$store: $!\\n";
}

sub load {
    my $fresh = $deed eq "load" || system("nft list set $table $set >/dev/null 2>&1") != 0;
    open(my $nft, "|-", "nft", "-f", "-") or die "nft: $!\\n";
    print $nft $fresh ? "include \\"$rules\\"\\n" : "flush set $table $set\\n";
    my @elements = map { text(@$_) } pieces();
    while (my @some = splice(@elements, 0, 500)) {
        print $nft "add element $table $set { ", join(", ", @some), " }\\n";
    }
    close($nft) or die "nft refused the addresses\\n";
}

sub text {
    my ($first, $last, $end) = @_;
    my $text = $first == $last ? dotted($first) : dotted($first) . "-" . dotted($last);
    my $left = $end - time;
    return $end == 0 ? $text : "$text timeout " . ($left > 0 ? $left : 1) . "s";
}

# Ranges that do not overlap: [first, last, end].
sub pieces {
    my @all = sort { $a->[0] <=> $b->[0] } map { [range($_), $known{$_}[0]] } keys %known;
    my (@pieces, @heap);
    my $reach = -1;
    for my $one (@all) {
        if (@heap && $one->[0] > $reach) { push @pieces, cut(@heap); @heap = (); }
        push @heap, $one;
        $reach = $one->[1] if $one->[1] > $reach;
    }
    return (@pieces, cut(@heap));
}

sub cut {
    my @heap = @_;
    return @heap if @heap < 2;
    my %bounds = map { $_->[0] => 1, $_->[1] + 1 => 1 } @heap;
    my @bounds = sort { $a <=> $b } keys %bounds;
    my @cut;
    for my $i (0 .. $#bounds - 1) {
        my @over = grep { $_->[0] <= $bounds[$i] && $_->[1] >= $bounds[$i] } @heap;
        next unless @over;
        my ($forever, $end) = (0, 0);
        for (@over) { $forever = 1 if $_->[2] == 0; $end = $_->[2] if $_->[2] > $end; }
        push @cut, [$bounds[$i], $bounds[$i + 1] - 1, $forever ? 0 : $end];
    }
    return @cut;
}

sub range {
    my ($address, $prefix) = $_[0] =~ m{^(\\d+\\.\\d+\\.\\d+\\.\\d+)(?:/(\\d+))?$} or return;
    my @parts = split /\\./, $address;
    return if grep { $_ > 255 } @parts;
    $prefix //= 32;
    return if $prefix > 32 || $prefix < 1;
    my $size = 2**(32 - $prefix);
    my $first = (($parts[0] * 256 + $parts[1]) * 256 + $parts[2]) * 256 + $parts[3];
    $first -= $first % $size;
    return ($first, $first + $size - 1);
}

sub dotted { return join ".", map { int($_[0] / 2**$_) % 256 } 24, 16, 8, 0; }
`;
}
