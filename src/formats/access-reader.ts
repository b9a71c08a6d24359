import { figuresFolder } from "../contract/figures.ts";
import { requestSeconds } from "../model/requests.ts";

/** A file that a daemon appends a line of JSON to for every request. */
export interface AccessSource {
  readonly file: string;
  /** "visitors": whole requests, as visitors made them. "services": what was asked of the services' hosts. */
  readonly kind: "visitors" | "services";
}

/** A route of the site as the reader groups requests by. */
export interface AccessRoute {
  /** "" for the site's own names. */
  readonly host: string;
  readonly path: string;
  readonly service: string;
}

export interface AccessReader {
  readonly header: string;
  readonly sources: readonly AccessSource[];
  /** The first that fits counts: longest paths come first. */
  readonly routes: readonly AccessRoute[];
  /** Names that have routes of their own. */
  readonly hosts: readonly string[];
}

export const accessMetricsFile = `${figuresFolder}/rampart-access.prom`;
/** A file is put aside, compressed, when it is longer; so many are kept. */
const [longFile, keptFiles] = [64 * 1024 * 1024, 8];
/** Milliseconds after which an answer is slow. */
const slowMs = 1000;
/** One in so many requests that are neither is told as well: what is usual. */
const sampleEach = 100;
/** Requests that are told in one second. */
const toldAtOnce = 50;

/**
 * Reads what the daemons wrote since last time, once a second: every request counts in a histogram for Prometheus; those that
 * failed or were slow, and a sample of the others, become records of the journal and so come to the monitor. Perl, because it is
 * on every Debian host and takes 3 µs a line (docs/decisions/0024).
 */
export function accessReader({ header, sources, routes, hosts }: AccessReader): string {
  const list = (items: readonly (readonly string[])[]) =>
    items.map((item) => `  [${item.map(perlString).join(", ")}],\n`).join("");
  return `#!/usr/bin/perl
# ${header}
use strict;
use warnings;
use Fcntl qw(:DEFAULT :seek);
use Socket;

my @sources = (
${list(sources.map(({ file, kind }) => [file, kind]))});
# Host ("": the site's own names), path, service.
my @routes = (
${list(routes.map(({ host, path, service }) => [host, path, service]))});
my %own = map { $_ => 1 } (${hosts.map(perlString).join(", ")});
my @bounds = (${requestSeconds.join(", ")});
my $figures = ${perlString(accessMetricsFile)};
my $folder = $ENV{STATE_DIRECTORY} // '/var/lib/rampart-access';
my $state = "$folder/state";
my (%histogram, %place, $left);
my $seen = 0;
$| = 1;
$SIG{PIPE} = 'IGNORE';
$SIG{TERM} = sub { write_state(); exit 0 };

${journalText}
${routeText}
${lineText}
${readText}
${writeText}
read_state();
my $written = 0;
while (1) {
  $left = ${toldAtOnce};
  my $more = 0;
  read_source($_) and $more = 1 for @sources;
  say_left() if $left < 0;
  if ($more || time - $written >= 60) {
    write_figures();
    write_state();
    $written = time;
  }
  sleep 1;
}
`;
}

export function perlString(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

/** `record(FIELD => value, …)` in Perl. */
export const journalText = `# Fields to the journal, by its own protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL).
my $journal = sockaddr_un('/run/systemd/journal/socket');
socket(my $socket, AF_UNIX, SOCK_DGRAM, 0) or die "no socket: $!";
# A journal that is busy is waited for: the files wait as well.
setsockopt($socket, SOL_SOCKET, SO_SNDTIMEO, pack 'l!l!', 1, 0);
sub record {
  my %fields = (SYSLOG_IDENTIFIER => 'access', @_);
  my $text = join '', map { my $value = $fields{$_}; $value =~ tr/\\n/ /; "$_=$value\\n" } sort keys %fields;
  send($socket, $text, 0, $journal);
}
sub say_left {
  my $count = -$left;
  record(PRIORITY => 4, MESSAGE => "$count more requests failed or were slow in one second; the files of this host have them");
}
`;

/** `route_of(host, path)` in Perl: route and service; knows `@routes` and `%own`. */
export const routeText = `# The route and service of a request: its host and path, of any form that HTTP/1 and HTTP/2 have.
my %known;
sub route_of {
  my ($host, $uri) = @_;
  $uri =~ s{^https?://[^/]*}{};
  $uri =~ s{[?#].*}{}s;
  for my $route (@routes) {
    my ($name, $path, $service) = @$route;
    next if $name ne ($own{$host} ? $host : '');
    return ("$name$path", $service) if $path eq '/' || $uri eq $path || index($uri, "$path/") == 0;
  }
  return ('none', 'none');
}
`;

// Visitors' text stands in JSON strings: a quote in it is escaped, so none of it can pass for a field.
const lineText = `sub count_in {
  my ($name, $seconds, @labels) = @_;
  my $one = $histogram{join "\\t", $name, @labels} //= [(0) x (@bounds + 2)];
  my $at = 0;
  $at++ while $at < @bounds && $seconds > $bounds[$at];
  $one->[$at]++;
  $one->[-1] += $seconds;
}

sub read_line {
  my ($kind) = @_;
  return unless /^\\{/ && /"status": ?"?(-?\\d+)"?, ?"bytes":.*"t_total": ?"?(-?[\\d.]+)/;
  my ($status, $total) = ($1, $2);
  my ($host, $uri) = /"host": ?"((?:[^"\\\\]|\\\\.)*)", ?"uri": ?"((?:[^"\\\\]|\\\\.)*)"/ ? ($1, $2) : ('', '');
  # nginx has seconds, HAProxy milliseconds.
  $total *= 1000 if index($total, '.') >= 0;
  $total = 0 if $total < 0;
  my ($end) = /"term": ?"([^"]*)"/;
  my ($route, $service) = route_of($host, $uri);
  my $class = $status > 99 && $status < 600 ? substr($status, 0, 1) . 'xx' : 'none';
  my $server = '';
  if ($kind eq 'services') {
    $service = $1 if /"be": ?"app_([^"]*?)(?:_once)?"/;
    # The other name by which a host is asked when none is well.
    $server = $1 if /"srv": ?"([^"]*?)(?:-anyway)?"/;
    count_in('rampart_service_request_seconds', $total / 1000, $service, $route, $class);
    count_in('rampart_server_response_seconds', $1 / 1000, $service, $server, $class) if /"t_resp": ?(\\d+)/ && $server !~ /^(?:|<NOSRV>)$/;
  } else {
    ($route, $service) = ('http', 'none') if /"fe": ?"http"/;
    count_in('rampart_visitor_request_seconds', $total / 1000, $service, $route, $class);
  }
  # Who went away before the answer came is no failure; a WebSocket or a long download is not slow.
  my $gone = defined $end && $end =~ /^C/;
  my $wait = /"t_resp": ?(-?\\d+)/ ? $1 : $total;
  my $why = $status >= 500 || ($class eq 'none' && !$gone) ? 'failed'
    : $status != 101 && $wait >= ${slowMs} ? 'slow'
    : ++$seen % ${sampleEach} == 0 ? 'sample' : return;
  return if $why eq 'sample' && $left <= 0;
  return if --$left < 0;
  my ($method) = /"method": ?"([^"]{0,32})/;
  my ($id) = /"id": ?"([^"]{0,64})/;
  my ($source) = /"src": ?"([^"]{0,64})/;
  record(
    PRIORITY => $why eq 'failed' ? 3 : $why eq 'slow' ? 4 : 6,
    MESSAGE => $_,
    ACCESS_WHY => $why,
    ACCESS_KIND => $kind,
    ACCESS_STATUS => $status,
    ACCESS_CLASS => $class,
    ACCESS_MILLISECONDS => int $total,
    ACCESS_SERVICE => $service,
    ACCESS_ROUTE => $route,
    ACCESS_SERVER => $server,
    ACCESS_METHOD => $method // '',
    ACCESS_HOST => substr($host, 0, 255),
    ACCESS_URI => substr($uri, 0, 1000),
    ACCESS_ID => $id // '',
    ACCESS_SOURCE => $source // '',
  );
}
`;

const readText = `# Takes what is new in a file. True when there was something. A file that is long is put aside when all of it was read.
my $rest = '';
sub read_source {
  my ($file, $kind) = @{$_[0]};
  sysopen(my $in, $file, O_RDWR) or return 0;
  my ($inode, $size) = (stat $in)[1, 7];
  my $at = ($place{$file} // '') =~ /^$inode (\\d+)$/ && $1 <= $size ? $1 : 0;
  return 0 if $size == $at;
  sysseek($in, $at, SEEK_SET);
  $rest = '';
  my $end = take($in, $kind, undef);
  put_aside($in, $file, $end, $kind), $end = 0 if $end > ${longFile};
  $place{$file} = "$inode " . ($end ? $end - length $rest : 0);
  return 1;
}

# Reads up to the end; returns where that is. A line that is not whole yet stays in $rest. What is read goes to $copy as well.
sub take {
  my ($in, $kind, $copy) = @_;
  while (sysread $in, my $chunk, 262_144) {
    print $copy $chunk if $copy;
    $rest .= $chunk;
    my $end = rindex $rest, "\\n";
    if ($end >= 0) {
      read_line($kind) for split /\\n/, substr $rest, 0, $end + 1, '';
    } elsif (length $rest > 1_048_576) {
      # No line is that long.
      $rest = '';
    }
  }
  return sysseek $in, 0, SEEK_CUR;
}

# Daemons keep the file open and append to it, so it is copied and then emptied, within microseconds of its last line's reading.
sub put_aside {
  my ($in, $file, $read, $kind) = @_;
  rename "$file.$_.gz", "$file." . ($_ + 1) . '.gz' for reverse 1 .. ${keptFiles - 1};
  my $good = open my $copy, '|-', "exec gzip -1 > $file.1.gz";
  sysseek $in, 0, SEEK_SET;
  while ($good && $read > 0) {
    my $got = sysread $in, my $chunk, $read > 1_048_576 ? 1_048_576 : $read or last;
    $good = print $copy $chunk;
    $read -= $got;
  }
  # The other half of a line that is being written.
  for (1 .. 100) {
    take($in, $kind, $good ? $copy : undef);
    last if $rest eq '';
    select undef, undef, undef, 0.01;
  }
  truncate $in, 0;
  $good = close $copy if $good;
  warn "$file was emptied, but could not be put aside\\n" unless $good;
}
`;

const writeText = `sub write_figures {
  my %label = (
    rampart_visitor_request_seconds => ['service', 'route', 'class'],
    rampart_service_request_seconds => ['service', 'route', 'class'],
    rampart_server_response_seconds => ['service', 'server', 'class'],
  );
  my %help = (
    rampart_visitor_request_seconds => 'Requests as visitors made them, by the route of the site file that they fit.',
    rampart_service_request_seconds => 'Requests that the services were asked, with all tries.',
    rampart_server_response_seconds => 'Time until a host of a service began to answer.',
  );
  my ($text, $before) = ('', '');
  for my $key (sort keys %histogram) {
    my ($name, @values) = split /\\t/, $key, -1;
    $text .= "# HELP $name $help{$name}\\n# TYPE $name histogram\\n" if $name ne $before;
    $before = $name;
    my $labels = join ',', map { "$label{$name}[$_]=\\"$values[$_]\\"" } 0 .. $#values;
    my @counts = @{$histogram{$key}};
    my $sum = pop @counts;
    my $count = 0;
    for my $at (0 .. $#counts) {
      $count += $counts[$at];
      my $bound = $at < @bounds ? $bounds[$at] : '+Inf';
      $text .= "\${name}_bucket{$labels,le=\\"$bound\\"} $count\\n";
    }
    $text .= "\${name}_sum{$labels} $sum\\n\${name}_count{$labels} $count\\n";
  }
  put($figures, $text, 0644);
}

sub put {
  my ($file, $text, $mode) = @_;
  sysopen(my $out, "$file.new", O_WRONLY | O_CREAT | O_TRUNC, $mode) or return warn "$file: $!\\n";
  chmod $mode, $out;
  print $out $text and close $out and rename "$file.new", $file or warn "$file: $!\\n";
}

sub write_state {
  my $text = join '', map { "place\\t$_\\t$place{$_}\\n" } sort keys %place;
  $text .= join '', map { "count\\t@{$histogram{$_}}\\t$_\\n" } sort keys %histogram;
  put($state, $text, 0600);
}

sub read_state {
  open my $in, '<', $state or return;
  while (<$in>) {
    chomp;
    my ($what, $first, $second) = split /\\t/, $_, 3;
    if ($what eq 'place') { $place{$first} = $second }
    elsif ((my @counts = split / /, $first) == @bounds + 2) { $histogram{$second} = \\@counts }
  }
}
`;
