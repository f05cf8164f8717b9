# Quern.pm - starts and stops real servers for tests, on free ports of
# loopback, and waits for what they say.
package Quern;
use strict;
use warnings;
use Exporter 'import';
use FindBin;
use HTTP::Tiny;
use IO::Handle;
use IO::Select;
use JSON::PP ();
use POSIX ();
use Time::HiRes ();

our @EXPORT = qw(ok is plan_done note_lines top quern start_server stop_server
    stop_all run_cli wait_for http http_start http_next http_query);

my $build = $ENV{QUERN_BUILD} // "$FindBin::Bin/../build";
my ($ran, $failed) = (0, 0);
my %live;

sub top { return "$FindBin::Bin/.." }
sub quern { return $ENV{QUERN} // "$build/quern" }

sub note_lines { print map { "# $_\n" } map { split /\n/ } @_ }

sub ok($$) {
	my ($good, $name) = @_;
	$ran++;
	$failed++ unless $good;
	print $good ? "ok" : "not ok", " $ran - $name\n";
	STDOUT->flush;
	return $good;
}

sub is($$$) {
	my ($got, $want, $name) = @_;
	my $good = defined $got && defined $want ? $got eq $want
	    : !defined $got && !defined $want;
	ok($good, $name);
	note_lines("got:  " . ($got // 'undef'), "want: " . ($want // 'undef'))
	    unless $good;
	return $good;
}

sub plan_done {
	stop_all();
	print "1..$ran\n";
	exit($failed ? 1 : 0);
}

# start_server(role => 'coordinator', set => { name => value }): a hash with
# pid and the fields of the ready line.
sub start_server {
	my %o = @_;
	my %set = ('http-server.http.port' => 0, %{ $o{set} // {} });
	my @command = (quern(), "--role=$o{role}",
	    ($o{conf} ? ('--conf', $o{conf}) : ()),
	    map { ('--set', "$_=$set{$_}") } sort keys %set);
	pipe(my $r, my $w) or die "pipe: $!";
	my $pid = fork() // die "fork: $!";
	if (!$pid) {
		POSIX::dup2(fileno($w), 1);
		POSIX::dup2(fileno($o{stderr}), 2) if $o{stderr};
		exec @command or POSIX::_exit(127);
	}
	close $w;
	my $line = '';
	my $select = IO::Select->new($r);
	my $until = Time::HiRes::time() + 60;
	while ($line !~ /\n/ && Time::HiRes::time() < $until) {
		next unless $select->can_read(1);
		sysread($r, $line, 4096, length $line) or last;
	}
	my %s = (pid => $pid, out => $r, line => $line);
	$s{$1} = $2 while $line =~ /(\w+)=(\S+)/g;
	$live{$pid} = 1;
	return \%s;
}

# stop_server($s, SIGNAL): the exit status as of wait().
sub stop_server {
	my ($s, $signal) = @_;
	kill $signal // 'TERM', $s->{pid};
	waitpid $s->{pid}, 0;
	delete $live{ $s->{pid} };
	return $?;
}

sub stop_all {
	kill 'KILL', $_ for keys %live;
	waitpid $_, 0 for keys %live;
	%live = ();
}

# run_cli(@arguments): (output, errors, exit code).
sub run_cli {
	my @arguments = @_;
	my $errors = "/tmp/quern-test-$$.err";
	my $pid = open(my $out, '-|') // die "fork: $!";
	if (!$pid) {
		open STDERR, '>', $errors;
		open STDIN, '<', '/dev/null';
		exec quern(), @arguments or POSIX::_exit(127);
	}
	my $text = do { local $/; <$out> };
	close $out;
	my $code = $? >> 8;
	open my $e, '<', $errors;
	my $error_text = do { local $/; <$e> };
	unlink $errors;
	return ($text // '', $error_text // '', $code);
}

my $http = HTTP::Tiny->new(timeout => 120);

# http(METHOD, URL, BODY, HEADERS): HTTP::Tiny's answer, with "json" when the
# body is.
sub http {
	my ($method, $url, $body, $headers) = @_;
	my $r = $http->request($method, $url, {
	    headers => { 'X-Trino-User' => 'test', %{ $headers // {} } },
	    defined $body ? (content => $body) : () });
	$r->{json} = eval { JSON::PP::decode_json($r->{content}) };
	return $r;
}

# The client protocol: a statement's first answer, and the next of an answer.
sub http_start {
	my ($server, $sql, $headers) = @_;
	return http('POST', "$server->{http}/v1/statement", $sql,
	    $headers)->{json};
}
sub http_next { return http('GET', $_[0]{nextUri})->{json} }

# http_query(SERVER, SQL, HEADERS): { id, rows, error } at the end.
sub http_query {
	my $a = http_start(@_);
	my @rows;
	while ($a) {
		push @rows, @{ $a->{data} // [] };
		last unless $a->{nextUri};
		$a = http_next($a);
	}
	return { id => $a->{id}, rows => \@rows,
	    error => $a ? ($a->{error} ? $a->{error}{errorName} : '')
	    : 'no answer', message => $a->{error}{message} };
}

# wait_for(SECONDS, sub): true as soon as sub is.
sub wait_for {
	my ($seconds, $test) = @_;
	my $until = Time::HiRes::time() + $seconds;
	do {
		return 1 if $test->();
		select undef, undef, undef, 0.02;
	} while Time::HiRes::time() < $until;
	return 0;
}

END { my $status = $?; stop_all(); $? = $status }
1;
