import { figuresFolder } from "../../contract/figures.ts";
import { type AccessRoute, journalText, perlString, routeText } from "../../formats/access-reader.ts";
import { beaconLog } from "./facts.ts";

export const beaconMetricsFile = `${figuresFolder}/rampart-beacons.prom`;

interface Figure {
  /** As the script names it. */
  readonly name: string;
  readonly metric: string;
  readonly help: string;
  /** How many of the script's units make one of the metric's. */
  readonly unit: number;
  readonly most: number;
  /** Upper bounds; "good" and "poor" of web-vitals are among them. */
  readonly bounds: readonly number[];
}

const seconds = { unit: 1000, most: 600 } as const;
const figures: readonly Figure[] = [
  {
    ...{ name: "lcp", metric: "rampart_page_lcp_seconds", ...seconds, bounds: [0.5, 1, 1.5, 2, 2.5, 3, 4, 6, 10] },
    help: "Until the largest thing of a page was painted: good up to 2.5, poor beyond 4.",
  },
  {
    ...{ name: "inp", metric: "rampart_page_inp_seconds", ...seconds, bounds: [0.05, 0.1, 0.2, 0.3, 0.5, 1, 2] },
    help: "Until a page showed what a key or a click did: good up to 0.2, poor beyond 0.5.",
  },
  {
    ...{ name: "cls", metric: "rampart_page_cls", unit: 1, most: 1000, bounds: [0.01, 0.05, 0.1, 0.15, 0.25, 0.5, 1] },
    help: "How much of a page moved by itself: good up to 0.1, poor beyond 0.25.",
  },
  {
    ...{ name: "fcp", metric: "rampart_page_fcp_seconds", ...seconds, bounds: [0.5, 1, 1.8, 2.5, 3, 5, 10] },
    help: "Until anything was painted: good up to 1.8, poor beyond 3.",
  },
  {
    ...{ name: "ttfb", metric: "rampart_page_ttfb_seconds", ...seconds, bounds: [0.1, 0.2, 0.4, 0.8, 1.2, 1.8, 3, 5] },
    help: "Until the first byte of a page came: good up to 0.8, poor beyond 1.8.",
  },
];

/** The file is emptied when it was read and is longer: what pages told is not kept. */
const longFile = 64 * 1024;
/** Errors that become records, in a minute. */
const toldAMinute = 10;

export interface BeaconReader {
  readonly header: string;
  readonly routes: readonly AccessRoute[];
  readonly hosts: readonly string[];
}

/**
 * Reads once a second what pages told: figures by route for Prometheus, and a sample of errors as records of the journal. Whatever
 * comes is a visitor's text: only known words with sound numbers count, the rest is counted as ignored.
 */
export function beaconReader({ header, routes, hosts }: BeaconReader): string {
  const list = figures.map(
    ({ name, metric, help, unit, most, bounds }) =>
      `  ${name} => { metric => ${perlString(metric)}, help => ${perlString(help)}, unit => ${unit}, most => ${most}, bounds => [${bounds.join(", ")}] },\n`,
  );
  return `#!/usr/bin/perl
# ${header}
use strict;
use warnings;
use Fcntl qw(:DEFAULT :seek);
use Socket;

my $log = ${perlString(beaconLog)};
my $figures = ${perlString(beaconMetricsFile)};
my %figure = (
${list.join("")});
# Host ("": the site's own names), path, service.
my @routes = (
${routes.map(({ host, path, service }) => `  [${[host, path, service].map(perlString).join(", ")}],\n`).join("")});
my %own = map { $_ => 1 } (${hosts.map(perlString).join(", ")});
my (%histogram, %count);
my ($minute, $left) = (0, 0);
my ($at, $rest) = (0, '');

${journalText}
${routeText}
${lineText}
${readText}
${writeText}
write_figures();
my $written = time;
while (1) {
  write_figures(), $written = time if read_log() || time - $written >= 60;
  sleep 1;
}
`;
}

const lineText = `sub ignore { $count{"rampart_beacons_ignored_total"}{"reason=\\"$_[0]\\""}++ }

# One beacon: lines of a word and a value. The text is what nginx made JSON of.
sub read_line {
  my ($from, $host, $body) = /^\\{"own":([01]),"host":"([^"\\\\]*)","body":"((?:[^"\\\\]|\\\\.)*)"\\}$/ or return ignore('unreadable');
  return ignore('foreign') unless $from;
  $body =~ s/\\\\(?:u00([0-9A-Fa-f]{2})|(.))/defined $1 ? chr hex $1 : $2 eq 'n' ? "\\n" : $2 eq 'r' || $2 eq 't' ? ' ' : $2/ge;
  my @lines = split /\\n/, $body;
  my ($path) = ($lines[0] // '') =~ m{^path (/[^\\n]{0,499})$};
  return ignore('unreadable') if !defined $path || @lines > 20;
  my ($route) = route_of($host, $path);
  my $labels = "route=\\"$route\\"";
  my %seen;
  for (@lines[1 .. $#lines]) {
    if (/^(lcp|inp|cls|fcp|ttfb) (\\d{1,9}(?:\\.\\d{1,6})?)$/ && $2 / $figure{$1}{unit} <= $figure{$1}{most}) {
      $seen{$1}++ ? ignore('unreadable') : count_in($1, $labels, $2 / $figure{$1}{unit});
    }
    elsif ($_ eq 'view' && !$seen{view}++) { $count{rampart_page_views_total}{$labels}++ }
    elsif ($_ eq 'failed' && !$seen{failed}++) { $count{rampart_page_failed_views_total}{$labels}++ }
    elsif (/^error (.+)$/ && ++$seen{error} <= 5) { tell_error($route, $labels, $1) }
    else { ignore('unreadable') }
  }
}

sub count_in {
  my ($name, $labels, $value) = @_;
  my @bounds = @{$figure{$name}{bounds}};
  my $one = $histogram{$name}{$labels} //= [(0) x (@bounds + 2)];
  my $place = 0;
  $place++ while $place < @bounds && $value > $bounds[$place];
  $one->[$place]++;
  $one->[-1] += $value;
}

sub tell_error {
  my ($route, $labels, $text) = @_;
  $count{rampart_page_errors_total}{$labels}++;
  ($minute, $left) = (int time / 60, ${toldAMinute}) if int time / 60 != $minute;
  return if $left-- <= 0;
  $text =~ tr/\\x00-\\x1f\\x7f/ /;
  record(SYSLOG_IDENTIFIER => 'page', PRIORITY => 4, MESSAGE => 'error in a page: ' . substr($text, 0, 520), PAGE_ROUTE => $route);
}
`;

const readText = `# What is new. nginx appends, so it goes on at the beginning of an emptied file.
sub read_log {
  sysopen(my $in, $log, O_RDWR) or return 0;
  my $size = -s $in;
  ($at, $rest) = (0, '') if $size < $at;
  return 0 if $size == $at;
  sysseek $in, $at, SEEK_SET;
  while (sysread $in, my $chunk, 262_144) {
    $at += length $chunk;
    $rest .= $chunk;
    my $end = rindex $rest, "\\n";
    next if $end < 0;
    read_line() for split /\\n/, substr $rest, 0, $end + 1, '';
  }
  $rest = '' if length $rest > 65_536;
  truncate($in, 0), $at = 0 if $at > ${longFile} && $rest eq '' && $at == -s $in;
  return 1;
}
`;

const writeText = `sub write_figures {
  my %help = (
    rampart_page_views_total => 'Pages that told of themselves.',
    rampart_page_failed_views_total => 'Pages of these in which a script failed.',
    rampart_page_errors_total => 'Errors of scripts in pages, five of a page at most.',
    rampart_beacons_ignored_total => 'What was sent as a beacon and is none, or came from another site.',
  );
  my $text = "# HELP rampart_beacons_read_timestamp_seconds When beacons were last looked at.\\n# TYPE rampart_beacons_read_timestamp_seconds gauge\\nrampart_beacons_read_timestamp_seconds " . time . "\\n";
  for my $name (sort keys %help) {
    $text .= "# HELP $name $help{$name}\\n# TYPE $name counter\\n";
    $text .= "$name\\{$_} $count{$name}{$_}\\n" for sort keys %{$count{$name}};
  }
  for my $name (sort keys %figure) {
    my ($metric, @bounds) = ($figure{$name}{metric}, @{$figure{$name}{bounds}});
    $text .= "# HELP $metric $figure{$name}{help}\\n# TYPE $metric histogram\\n";
    for my $labels (sort keys %{$histogram{$name}}) {
      my @counts = @{$histogram{$name}{$labels}};
      my ($sum, $count) = (pop @counts, 0);
      for my $place (0 .. $#counts) {
        $count += $counts[$place];
        $text .= "\${metric}_bucket{$labels,le=\\"" . ($bounds[$place] // '+Inf') . "\\"} $count\\n";
      }
      $text .= "\${metric}_sum{$labels} $sum\\n\${metric}_count{$labels} $count\\n";
    }
  }
  sysopen(my $out, "$figures.new", O_WRONLY | O_CREAT | O_TRUNC, 0644) or return warn "$figures: $!\\n";
  chmod 0644, $out;
  print $out $text and close $out and rename "$figures.new", $figures or warn "$figures: $!\\n";
}
`;
