import type { Protocol } from "../../model/topology.ts";

/** What is tried at one address. */
export interface ScanTarget {
  readonly protocol: Extract<Protocol, "tcp" | "udp">;
  readonly address: string;
  /** Ports and ranges: `22,80,8000-8100`. */
  readonly ports: string;
}

/** What became of a try: "filtered" is no answer at all. */
export type ScanState = "open" | "refused" | "filtered" | "unreachable";

export interface ScanResult {
  readonly protocol: Protocol;
  readonly address: string;
  readonly port: number;
  readonly state: ScanState;
}

export interface Scan {
  /** Single ports; those in the state that was to be passed over are only counted. */
  readonly results: readonly ScanResult[];
  readonly counts: Readonly<Record<ScanState, number>>;
  /** False: it did not end, and says nothing. */
  readonly complete: boolean;
}

export interface ScanOptions {
  /** Connections at once. */
  readonly atOnce: number;
  readonly timeoutMs: number;
  /** The state in which most ports are: counted only. */
  readonly usual: ScanState;
}

/** At most so many single ports of an address and a state are told. */
const most = 200;

/**
 * A shell script that opens connections and tells what became of them. It needs nothing but perl-base, which every Debian
 * system has: no port scanner is left on a host for whoever breaks in.
 */
export function scanScript(targets: readonly ScanTarget[], { atOnce, timeoutMs, usual }: ScanOptions): string {
  const lines = targets.map(({ protocol, address, ports }) => `${protocol} ${address} ${ports}`);
  return `ulimit -n 20000 2>/dev/null || ulimit -n "$(ulimit -H -n)"
perl - ${atOnce} ${timeoutMs / 1000} ${usual} ${most} <<'RAMPART_SCAN'
${program}__END__
${lines.join("\n")}
RAMPART_SCAN
`;
}

/** Reads what the script printed. */
export function parseScan(output: string): Scan {
  const results = [...output.matchAll(/^(tcp|udp) (\S+) (\d+) (open|refused|filtered|unreachable)$/gm)].map(
    ([, protocol, address = "", port, state]) => ({ protocol, address, port: Number(port), state }) as ScanResult,
  );
  const [, open, refused, filtered, unreachable] = /^scanned (\d+) (\d+) (\d+) (\d+)$/m.exec(output)?.map(Number) ?? [];
  return {
    results,
    counts: { open: open ?? 0, refused: refused ?? 0, filtered: filtered ?? 0, unreachable: unreachable ?? 0 },
    complete: open !== undefined,
  };
}

const program = String.raw`use strict; use warnings; use Socket; use POSIX (); use Errno qw(EINPROGRESS ECONNREFUSED EPERM);
use Fcntl qw(F_SETFL O_NONBLOCK); $| = 1;
my ($most, $patience, $usual, $told) = @ARGV;
my ($fds, undef) = (POSIX::sysconf(POSIX::_SC_OPEN_MAX()), 0);
$most = $fds - 50 if $fds && $most > $fds - 50;
my $ticks = POSIX::sysconf(POSIX::_SC_CLK_TCK());
my (%sum, %shown, @waiting, %open);
my ($bits, $udps) = ("", "");
$sum{$_} = 0 for qw(open refused filtered unreachable);
sub now { return (POSIX::times())[0] / $ticks }
sub tell_of {
    my ($what, $state) = @_;
    $sum{$state}++;
    return if $state eq $usual || $shown{"$what->[0] $what->[1] $state"}++ >= $told && $state ne "open";
    print "$what->[0] $what->[1] $what->[2] $state\n";
}
sub verdict {
    my ($error) = @_;
    return !$error ? "open" : $error == ECONNREFUSED || $error == EPERM ? "refused" : "unreachable";
}
sub start {
    my ($kind, $address, $port, $packed) = @_;
    my $what = [$kind, $address, $port];
    my $udp = $kind eq "udp";
    socket(my $s, PF_INET, $udp ? SOCK_DGRAM : SOCK_STREAM, 0) or die "socket: $!\n";
    fcntl($s, F_SETFL, O_NONBLOCK);
    my $done = connect($s, pack_sockaddr_in($port, $packed));
    $done = defined send($s, "\0", 0) if $udp && $done;
    if (!$done && $! != EINPROGRESS) { tell_of($what, verdict($! + 0)); return; }
    if ($done && !$udp) { tell_of($what, "open"); return; }
    my $n = fileno $s;
    $open{$n} = [$s, $what, now() + $patience, $udp];
    vec($udp ? $udps : $bits, $n, 1) = 1;
    push @waiting, [$n, $s];
}
sub finish {
    my ($n, $state) = @_;
    tell_of($open{$n}[1], $state);
    vec($open{$n}[3] ? $udps : $bits, $n, 1) = 0;
    close $open{$n}[0];
    delete $open{$n};
}
sub look {
    my ($wait) = @_;
    my ($r, $w) = ($udps, $bits);
    if (select($r, $w, undef, $wait) > 0) {
        my $map = unpack("b*", $r | $w);
        while ($map =~ /1/g) {
            my $n = pos($map) - 1;
            next unless $open{$n};
            my $error = unpack("i", getsockopt($open{$n}[0], SOL_SOCKET, SO_ERROR));
            finish($n, verdict($error));
        }
    }
    my $now = now();
    while (@waiting) {
        my ($n, $s) = @{ $waiting[0] };
        if (!$open{$n} || $open{$n}[0] != $s) { shift @waiting; next; }
        last if $open{$n}[2] > $now;
        shift @waiting;
        finish($n, "filtered");
    }
}
while (my $line = <DATA>) {
    my ($kind, $address, $ports) = split " ", $line;
    next unless defined $ports;
    my $packed = inet_aton($address);
    for my $part (split /,/, $ports) {
        my ($first, $last) = split /-/, $part;
        for my $port ($first .. $last // $first) {
            start($kind, $address, $port, $packed);
            look(keys %open >= $most ? 0.02 : 0) if keys %open >= $most || (keys %open && $port % 64 == 0);
            look(0.02) while keys %open >= $most;
        }
    }
}
look(0.02) while keys %open;
print "scanned $sum{open} $sum{refused} $sum{filtered} $sum{unreachable}\n";
`;
