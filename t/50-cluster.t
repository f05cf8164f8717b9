#!/usr/bin/perl
# A coordinator and two workers: joining, distributed answers, loss of a
# worker, drain, cancel, abandoned queries, memory limits, many at once.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Quern;
use Time::HiRes qw(time);

my %common = ('failure-detector.silence' => '2s');
my $c = start_server(role => 'coordinator', set => \%common);
ok($c->{http} && $c->{control}, 'the coordinator is ready') or plan_done();

sub worker {
	my ($id, %set) = @_;
	return start_server(role => 'worker', set => { %common,
	    'discovery.uri' => $c->{control}, 'node.id' => $id, %set });
}
sub active {
	my $r = http_query($c, q{SELECT node_id, coordinator FROM
	    system.runtime.nodes WHERE state = 'active' ORDER BY 1});
	return join ' ', map { $_->[1] ? 'coordinator' : $_->[0] } @{ $r->{rows} };
}
sub one {
	my $r = http_query($c, @_);
	return $r->{error} || join ';', map { join ',', map { $_ // 'NULL' } @$_ }
	    @{ $r->{rows} };
}
# Queries that run, by their text.
sub running {
	my ($like) = @_;
	return one("SELECT count(*) FROM system.runtime.queries WHERE state IN
	    ('QUEUED', 'PLANNING', 'STARTING', 'RUNNING') AND query LIKE '$like'");
}
sub tasks_of {
	return one("SELECT count(*) FROM system.runtime.tasks WHERE query_id =
	    '$_[0]' AND state NOT IN ('FINISHED', 'ABORTED', 'CANCELED', 'FAILED')");
}

my $a = worker('a');
my $b = worker('b');
ok($a->{http} && $b->{http}, 'two workers are ready');
ok(wait_for(30, sub { active() =~ /\ba b\b/ }), 'both have joined')
    or note_lines(active());

# Distributed answers are those of one node.
my @same = (
	'SELECT count(*), sum(l_quantity) FROM (SELECT CAST(quantity AS BIGINT) l_quantity FROM tpch.tiny.lineitem)',
	'SELECT returnflag, linestatus, count(*) FROM tpch.tiny.lineitem GROUP BY 1, 2 ORDER BY 1, 2',
	'SELECT n.name, count(*) FROM tpch.tiny.customer c JOIN tpch.tiny.nation n ON c.nationkey = n.nationkey GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 5',
	'SELECT orderkey, custkey FROM tpch.tiny.orders ORDER BY totalprice DESC LIMIT 7',
	'SELECT count(DISTINCT custkey) FROM tpch.tiny.orders WHERE orderkey IN (SELECT orderkey FROM tpch.tiny.lineitem WHERE quantity > 49)',
);
my @alone = run_cli('--output-format', 'CSV_UNQUOTED', '--execute', join ';', @same);
my @whole;
for (@same) {
	my $r = http_query($c, $_);
	push @whole, $r->{error} ? $r->{error}
	    : map { join(',', @$_) } @{ $r->{rows} };
}
is(join("\n", @whole) . "\n", $alone[0],
    'three nodes answer what one process answers');

# Cancel leaves nothing.
my $long = 'SELECT count(*) FROM tpch.sf100.lineitem a, tpch.sf100.orders b
    WHERE a.partkey + b.custkey < 0';
my $q = http_start($c, $long);
$q = http_next($q) while $q->{nextUri} && $q->{stats}{state} ne 'RUNNING';
is($q->{stats}{state}, 'RUNNING', 'a long query runs');
is(http('DELETE', $q->{nextUri})->{status}, 204, 'DELETE cancels it');
ok(wait_for(20, sub { tasks_of($q->{id}) eq '0' }), 'no task of it is left')
    or note_lines(tasks_of($q->{id}));
is(one("SELECT state FROM system.runtime.queries WHERE query_id = '$q->{id}'"),
    'FAILED', 'and it is in the list of queries');

# Nobody asks.
my $impatient = start_server(role => 'coordinator',
    set => { 'query.client.timeout' => '1s' });
$q = http_start($impatient, $long);
ok(wait_for(30, sub {
	my $r = http_query($impatient, "SELECT error_code FROM
	    system.runtime.queries WHERE query_id = '$q->{id}'");
	return ($r->{rows}[0][0] // '') eq 'ABANDONED_QUERY';
}), 'an abandoned query ends');
is(stop_server($impatient), 0, 'and its server');

# A memory limit ends the query that hits it and no other.
my $r = http_query($c, 'SELECT count(*) FROM (SELECT orderkey, linenumber,
    comment, count(*) FROM tpch.tiny.lineitem GROUP BY 1, 2, 3)',
    { 'X-Trino-Session' => 'query_max_memory_per_node=1MB' });
is($r->{error}, 'EXCEEDED_LOCAL_MEMORY_LIMIT',
    'a query over its limit fails by that name') or
    note_lines($r->{message} // '');
is(one('SELECT count(*) FROM tpch.tiny.lineitem'), '60175', 'the next works');

# Many small ones at once.
my @open = map { http_start($c, "SELECT $_ + count(*) FROM tpch.tiny.nation") }
    1 .. 200;
my $right = 0;
for my $i (1 .. 200) {
	my ($x, @rows) = ($open[$i - 1]);
	while ($x) {
		push @rows, @{ $x->{data} // [] };
		last unless $x->{nextUri};
		$x = http_next($x);
	}
	$right++ if @rows == 1 && $rows[0][0] == $i + 25;
}
is($right, 200, '200 queries that are open at once are answered right');

# A worker is killed.
$q = http_start($c, $long);
$q = http_next($q) while $q->{nextUri} && $q->{stats}{state} ne 'RUNNING';
my $killed = time;
stop_server($b, 'KILL');
$q = http_next($q) while $q->{nextUri};
is($q->{error}{errorName}, 'REMOTE_HOST_GONE', 'loss of a worker fails its query');
my $took = time - $killed;
ok($took < 20, sprintf 'and soon: %.1f s', $took);
ok(wait_for(20, sub { active() !~ /\bb\b/ }), 'it is out of the list')
    or note_lines(active());
is(one('SELECT count(*) FROM tpch.tiny.orders'), '15000',
    'the others answer the next query');

# The same node comes back; another drains.
$b = worker('b');
ok(wait_for(30, sub { active() =~ /\ba b\b/ }), 'it can join again')
    or note_lines(active());
is(one('SELECT count(*) FROM tpch.tiny.orders'), '15000', 'and has its part');
is(stop_server($a), 0, 'SIGTERM drains a worker: exit status 0');
ok(wait_for(20, sub { active() !~ /\ba\b/ }), 'it has left the list')
    or note_lines(active());
is(one('SELECT count(*) FROM tpch.tiny.orders'), '15000', 'the rest answers');
is(stop_server($b), 0, 'the other worker drains');
is(stop_server($c), 0, 'the coordinator drains');
plan_done();
