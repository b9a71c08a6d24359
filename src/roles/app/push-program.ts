import { pushedFigures, statsd } from "./facts.ts";

/** What one program may push: label sets of one metric, names of metrics, and samples in all. */
export const pushBounds = { perMetric: 200, metrics: 500, samples: 5000 } as const;
/** Hours after which a label set that nobody pushed any more is forgotten. */
const forgetHours = 24;
/** Upper bounds in seconds of what was pushed as milliseconds; and of plain numbers. */
const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const numbers = [0.001, 0.01, 0.1, 1, 10, 100, 1000, 10_000, 100_000, 1_000_000];

/**
 * Takes what the program beside it pushes (StatsD, with the tags of DogStatsD) and shows it to Prometheus. Bounded: what would be
 * one label set too many is added up as "other", so that totals stay right. Perl, since no Debian package does this
 * (docs/decisions/0031).
 */
export function pushProgram(header: string): string {
  return `#!/usr/bin/perl
# ${header}
use strict;
use warnings;
use Socket;

my %bound = (ms => [${seconds.join(", ")}], h => [${numbers.join(", ")}]);
# By name of a metric: its kind, and by labels: value or counts, and when it was last pushed.
my (%kind, %series, %pushed, %cut);
my ($samples, $taken, $bad) = (0, 0, 0);
$SIG{PIPE} = 'IGNORE';

${lineText}
${seriesText}
${figuresText}
${listenText}`;
}

const lineText = `# name:value|type[|\\@rate][|#tag:value,…]: counts one line. False: it is none.
sub take_line {
  my ($name, $values, $type, $rest) = $_[0] =~ /^([^:|]{1,200}):([^|]{1,400})\\|(c|g|ms|h|d)(?:\\|(.*))?$/s or return 0;
  my ($rate, %label) = (1);
  for my $part (split /\\|/, $rest // '') {
    $rate = $1 if $part =~ /^\\@(0?\\.\\d+|1)$/;
    %label = (%label, labels_of(substr $part, 1)) if $part =~ /^#/;
  }
  $name =~ tr/a-zA-Z0-9_:/_/c;
  $name = "_$name" if $name =~ /^[0-9]/;
  $type = 'h' if $type eq 'd';
  $name .= '_total' if $type eq 'c' && $name !~ /_total$/;
  $name .= '_seconds' if $type eq 'ms' && $name !~ /_seconds$/;
  return 0 if ($kind{$name} // $type) ne $type || $name =~ /^rampart_push_/ || ($type ne 'c' && $name =~ /_total$/);
  for my $value (split /:/, $values) {
    return 0 unless $value =~ /^([+-]?)(\\d{1,15}(?:\\.\\d{1,15})?|\\.\\d{1,15})(?:e([+-]?\\d\\d?))?$/i;
    return 0 if $type eq 'c' && $1 eq '-';
    put_value($name, $type, \\%label, $value, $rate);
  }
  return 1;
}

# Ten labels at most, of text that Prometheus can read.
sub labels_of {
  my %label;
  for my $tag (split /,/, $_[0]) {
    my ($key, $value) = split /:/, $tag, 2;
    $key =~ tr/a-zA-Z0-9_/_/c;
    next if $key !~ /^[a-zA-Z_][a-zA-Z0-9_]{0,63}$/ || $key =~ /^(?:__|le$|quantile$)/ || keys %label >= 10;
    $value = substr $value // '', 0, 128;
    # Bytes that are no UTF-8 would cost all figures of a scrape; a character that was cut in two as well.
    my $text = $value;
    $value =~ tr/\\x80-\\xff/?/ unless utf8::decode($text);
    $value =~ tr/\\x00-\\x1f\\x7f/ /;
    $value =~ s/([\\\\"])/\\\\$1/g;
    $label{$key} = $value;
  }
  return %label;
}
`;

const seriesText = `sub text_of { my ($label) = @_; join ',', map { "$_=\\"$label->{$_}\\"" } sort keys %$label }
sub cost { $bound{$_[0]} ? @{$bound{$_[0]}} + 3 : 1 }
sub has_room { my ($name, $type) = @_; keys %{$series{$name}} < ${pushBounds.perMetric} && $samples + cost($type) <= ${pushBounds.samples} }

# The labels under which a value counts; none: it is left out.
sub place {
  my ($name, $type, $label) = @_;
  my $text = text_of($label);
  if (!$kind{$name}) {
    if (keys %kind >= ${pushBounds.metrics} || $samples + cost($type) > ${pushBounds.samples}) { $cut{other}++; return }
    $kind{$name} = $type;
    $series{$name} = {};
  }
  return $text if exists $series{$name}{$text} || has_room($name, $type);
  $cut{$name}++;
  return if $type eq 'g';
  # One place for all the others is always kept: their sum is right.
  return text_of({ map { $_ => 'other' } keys %$label });
}

sub put_value {
  my ($name, $type, $label, $value, $rate) = @_;
  my $text = place($name, $type, $label) // return;
  my $all = $series{$name};
  $samples += cost($type) unless exists $all->{$text};
  $pushed{$name}{$text} = time;
  if ($type eq 'c') { $all->{$text} += $value / $rate }
  elsif ($type eq 'g') { $all->{$text} = $value =~ /^[+-]/ ? ($all->{$text} // 0) + $value : $value }
  else {
    my $bounds = $bound{$type};
    my $one = $all->{$text} //= [(0) x (@$bounds + 2)];
    $value /= 1000 if $type eq 'ms';
    my $at = 0;
    $at++ while $at < @$bounds && $value > $bounds->[$at];
    $one->[$at] += 1 / $rate;
    $one->[-1] += $value / $rate;
  }
}

sub forget_old {
  for my $name (keys %series) {
    for my $text (grep { time - $pushed{$name}{$_} > ${forgetHours * 3600} } keys %{$series{$name}}) {
      delete $series{$name}{$text};
      delete $pushed{$name}{$text};
      $samples -= cost($kind{$name});
    }
    next if %{$series{$name}};
    delete $series{$name};
    delete $pushed{$name};
    delete $kind{$name};
    delete $cut{$name};
  }
}
`;

const figuresText = `sub figures {
  my %type = (c => 'counter', g => 'gauge', ms => 'histogram', h => 'histogram');
  my $text = '';
  for my $name (sort keys %series) {
    $text .= "# TYPE $name $type{$kind{$name}}\\n";
    $text .= $bound{$kind{$name}} ? histogram($name, $_) : $name . braces($_) . " $series{$name}{$_}\\n"
      for sort keys %{$series{$name}};
  }
  my $lost = lost();
  $text .= "# HELP rampart_push_cut_total Values of label sets beyond the bound: added to \\"other\\", or left out (gauges).\\n";
  $text .= "# TYPE rampart_push_cut_total counter\\n";
  $text .= "rampart_push_cut_total{metric=\\"$_\\"} $cut{$_}\\n" for sort keys %cut;
  for (['lines', $taken, 'Lines that were counted.'], ['bad_lines', $bad, 'Lines that could not be read.'],
       ['lost_packets', $lost, 'Packets that came faster than they could be read.']) {
    $text .= "# HELP rampart_push_$_->[0]_total $_->[2]\\n# TYPE rampart_push_$_->[0]_total counter\\nrampart_push_$_->[0]_total $_->[1]\\n";
  }
  return $text . "# HELP rampart_push_samples Samples that are kept.\\n# TYPE rampart_push_samples gauge\\nrampart_push_samples $samples\\n";
}

sub braces { my $all = join ',', grep { $_ ne '' } @_; $all eq '' ? '' : "{$all}" }

sub histogram {
  my ($name, $labels) = @_;
  my @counts = @{$series{$name}{$labels}};
  my ($sum, $count, $text, @bounds) = (pop @counts, 0, '', @{$bound{$kind{$name}}});
  for my $at (0 .. $#counts) {
    $count += $counts[$at];
    $text .= "\${name}_bucket" . braces($labels, 'le="' . ($bounds[$at] // '+Inf') . '"') . " $count\\n";
  }
  return $text . "\${name}_sum" . braces($labels) . " $sum\\n\${name}_count" . braces($labels) . " $count\\n";
}

# What the kernel dropped at our port.
sub lost {
  open my $in, '<', '/proc/net/udp' or return 0;
  my $port = sprintf ':%04X ', ${statsd.port};
  my ($line) = grep { index($_, $port) > 0 } <$in>;
  return ($line // '') =~ /(\\d+)\\s*$/ ? $1 : 0;
}
`;

const listenText = `socket(my $push, AF_INET, SOCK_DGRAM, 0) or die "no socket: $!";
setsockopt $push, SOL_SOCKET, SO_RCVBUF, 4_194_304;
bind $push, sockaddr_in(${statsd.port}, inet_aton('${statsd.host}')) or die "port ${statsd.port}: $!";
socket(my $ask, AF_INET, SOCK_STREAM, 0) or die "no socket: $!";
setsockopt $ask, SOL_SOCKET, SO_REUSEADDR, 1;
bind $ask, sockaddr_in(${pushedFigures.port}, inet_aton('${pushedFigures.host}')) or die "port ${pushedFigures.port}: $!";
listen $ask, 16 or die "port ${pushedFigures.port}: $!";

sub take_packets {
  for (1 .. 500) {
    return unless defined recv $push, my $packet, 65_536, MSG_DONTWAIT;
    for my $line (split /\\n/, $packet) {
      take_line($line) ? $taken++ : $bad++ if $line ne '';
    }
  }
}

# One question at a time; who asks and then says nothing is not waited for.
sub answer {
  accept my $client, $ask or return;
  setsockopt $client, SOL_SOCKET, $_, pack 'l!l!', 1, 0 for SO_RCVTIMEO, SO_SNDTIMEO;
  my $head = '';
  while ($head !~ /\\r?\\n\\r?\\n/ && length $head < 8192) { sysread $client, $head, 4096, length $head or last }
  my $text = $head =~ m{^GET /metrics[ ?]} ? figures() : '';
  my $status = $text eq '' ? '404 Not Found' : '200 OK';
  my $answer = "HTTP/1.1 $status\\r\\nContent-Type: text/plain; version=0.0.4; charset=utf-8\\r\\nContent-Length: " . length($text) . "\\r\\nConnection: close\\r\\n\\r\\n$text";
  while ($answer ne '') { my $sent = syswrite $client, $answer or last; substr $answer, 0, $sent, '' }
  close $client;
}

my ($push_at, $ask_at, $cleaned) = (fileno $push, fileno $ask, time);
while (1) {
  my $ready = '';
  vec($ready, $_, 1) = 1 for $push_at, $ask_at;
  select $ready, undef, undef, 60;
  take_packets() if vec $ready, $push_at, 1;
  answer() if vec $ready, $ask_at, 1;
  forget_old(), $cleaned = time if time - $cleaned >= 60;
}
`;
