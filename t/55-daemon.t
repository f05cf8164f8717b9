#!/usr/bin/perl
# A server as a daemon: configuration errors, the ready line, systemd, the
# text and events sockets, monitoring, size and speed of an idle one.
use strict;
use warnings;
use FindBin;
use File::Temp qw(tempdir);
use IO::Socket::UNIX;
use JSON::PP;
use Socket;
use Time::HiRes qw(time);
use lib "$FindBin::Bin/lib";
use Quern;

my $dir = tempdir(CLEANUP => 1);

# What stops the start.
sub conf_start {
	my ($text) = @_;
	open my $f, '>', "$dir/quern.conf" or die $!;
	print $f $text;
	close $f;
	return run_cli('--role=coordinator', '--conf', $dir);
}
my ($out, $err, $code) = conf_start("# one\nhttp-server.http.prt=1\n");
is($code, 2, 'an unknown setting stops the start');
ok($err =~ /quern\.conf:2/ && $err =~ /http-server\.http\.prt/,
    'with file and line') or note_lines($err);
($out, $err, $code) = conf_start("task.concurrency=many\n");
is($code, 2, 'so does a value that does not fit');
ok($err =~ /quern\.conf:1.*task\.concurrency/s && $err =~ /number|1024/,
    'with what is allowed') or note_lines($err);
($out, $err, $code) = conf_start("log.level=LOUD\n");
ok($code == 2 && $err =~ /DEBUG.*OFF/, 'choices are listed')
    or note_lines($err);
unlink "$dir/quern.conf";
($out, $err, $code) = run_cli('--role=worker');
ok($code == 2 && $err =~ /discovery\.uri/, 'a worker needs a coordinator')
    or note_lines($err);
($out, $err, $code) = run_cli('--role=king');
is($code, 2, 'an unknown role is wrong usage');
($out, $err, $code) = run_cli('--frobnicate');
is($code, 2, 'so is an unknown option');
($out, $err, $code) = run_cli('--help');
ok($code == 0 && $out =~ /^usage: quern/ && $out =~ /--role/, '--help');
($out, $err, $code) = run_cli('--version');
ok($code == 0 && $out =~ /^quern \d+\.\d+\.\d+ /, '--version');

# A start under systemd.
my $notify = IO::Socket::UNIX->new(Type => SOCK_DGRAM,
    Local => "$dir/notify") or die "notify: $!";
$notify->blocking(0);
my $started = time;
my $s = do {
	local $ENV{NOTIFY_SOCKET} = "$dir/notify";
	start_server(role => 'coordinator');
};
my $took = (time - $started) * 1000;
ok($s->{line} =~ /^ready role=coordinator node=\S+ http=http:\S+ control=tcp:\S+ data=tcp:\S+ client=tcp:\S+ events=tcp:\S+$/,
    'the ready line') or note_lines($s->{line});
plan_done() unless $s->{http};
printf "# start to ready: %.0f ms\n", $took;
ok($took < 2000, 'ready soon');
my $said = '';
wait_for(5, sub {
	my $text;
	$said .= $text if defined $notify->recv($text, 4096) && defined $text;
	return $said =~ /READY=1/;
});
ok($said =~ /READY=1/, 'systemd is told');
ok($s->{http} !~ /:0$/, 'port 0 takes a free port');
open my $status, '<', "/proc/$s->{pid}/status" or die $!;
my ($rss) = map { /^VmRSS:\s+(\d+)/ ? $1 : () } <$status>;
close $status;
printf "# idle: %.1f MiB\n", $rss / 1024;
ok($rss < 40 * 1024, 'an idle server is small');

# Monitoring.
my $r = http('GET', "$s->{http}/v1/info");
ok($r->{json} && $r->{json}{coordinator} && !$r->{json}{starting}
    && $r->{json}{nodeVersion}{version}, '/v1/info');
$r = http('GET', "$s->{http}/v1/status");
ok($r->{status} == 200 && ref $r->{json} eq 'HASH', '/v1/status');
http_query($s, 'SELECT 1');
$r = http('GET', "$s->{http}/metrics");
my @bad = grep { !/^#|^$|^[a-zA-Z_:][\w:]*(\{[^}]*\})? -?[\d.eE+-]+$/ }
    split /\n/, $r->{content};
ok($r->{status} == 200 && !@bad && $r->{content} =~ /^# TYPE /m, '/metrics')
    or note_lines(@bad[0 .. ($#bad > 5 ? 5 : $#bad)]);

# The text socket, as quern(8) tells.
my $nngcat = system('command -v nngcat >/dev/null 2>&1') == 0;
sub ask {
	my ($text) = @_;
	open my $p, '-|', 'nngcat', '--req', '--dial', $s->{client},
	    '--recv-timeout', '30', '--raw', '--data', $text or die $!;
	local $/;
	my $answer = <$p>;
	close $p;
	return $answer // '';
}
if ($nngcat) {
	my $a = ask('SELECT 1');
	ok($a =~ /\b1\b.*\nOK 1 row/s, 'nngcat: an answer') or note_lines($a);
	$a = ask("OPTIONS format=csv limit=10 header=false\n" .
	    'SELECT orderkey FROM tpch.sf1.orders LIMIT 400000');
	ok($a =~ /\nMORE CURSOR \S+ \d+ rows\s*$/, 'nngcat: a limit gives a cursor')
	    or note_lines(substr $a, -100);
	my $rows = 0;
	while (1) {
		$rows += () = $a =~ /^"?\d+"?$/mg;
		last unless $a =~ /\nMORE CURSOR (\S+) \d+ rows\s*$/;
		$a = ask("CURSOR $1");
	}
	is($rows, 400000, 'nngcat: the cursor goes to the end');
	my $b = ask('CURSOR none');
	ok($b =~ /^ERROR/, 'nngcat: no such cursor') or note_lines($b);
	$b = ask('SELECT nonsense');
	ok($b =~ /^ERROR.*nonsense/, 'nngcat: a failure') or note_lines($b);
	my $pid = open(my $events, '-|', 'nngcat', '--sub', '--dial',
	    $s->{events}, '--raw', '--count', '1', '--recv-timeout', '20') or die $!;
	select undef, undef, undef, 0.5;
	http_query($s, 'SELECT 2') for 1 .. 3;
	my $line = <$events> // '';
	kill 'TERM', $pid;
	close $events;
	my $event = eval { decode_json($line) };
	ok($event && $event->{event} eq 'query' && $event->{id},
	    'events are lines of JSON') or note_lines($line);
} else {
	note_lines('no nngcat');
}
is(stop_server($s), 0, 'SIGTERM: exit status 0');
wait_for(2, sub {
	my $text;
	$said .= $text if defined $notify->recv($text, 4096) && defined $text;
	return $said =~ /STOPPING=1/;
});
ok($said =~ /STOPPING=1/, 'systemd is told of the end');
my $t = start_server(role => 'coordinator');
ok(defined(stop_server($t, 'INT')) && $? == 0, 'SIGINT ends at once');
plan_done();
