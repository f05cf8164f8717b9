#!/usr/bin/perl
# Answers recorded from a real Trino, over HTTP: each file must pass at least
# as many cases as t/golden/floor says.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Quern;

my $golden = top() . '/t/golden';
my $catalogs = "/tmp/quern-golden-$$";
mkdir $catalogs;
mkdir "$catalogs/catalog";
for ([ 'tpch_standard', 'tpch.column-naming=STANDARD' ],
    [ 'tpch_decimal', "tpch.column-naming=STANDARD\ntpch.double-type-mapping=DECIMAL" ]) {
	open my $f, '>', "$catalogs/catalog/$_->[0].properties" or die $!;
	print $f "connector.name=tpch\n$_->[1]\n";
	close $f;
}
my $s = start_server(role => 'coordinator', conf => $catalogs,
    set => { 'file.base-path' => "$golden/files" });
ok($s->{http}, 'a coordinator is ready') or plan_done();

open my $floor, '<', "$golden/floor" or die "floor: $!";
while (<$floor>) {
	next if /^#|^\s*$/;
	my ($least, @what) = split;
	my $out = $what[0] eq 'files'
	    ? `timeout 120 python3 $golden/check_files.py --flat --only $what[1] $s->{http} $golden/files/manifest.jsonl 2>&1`
	    : `timeout 120 python3 $golden/check.py $s->{http} $golden/$what[0] 2>&1`;
	my ($passed, $total) = (0, 0);
	($passed, $total) = ($1, $2) while $out =~ m{(\d+)/(\d+)}g;
	ok($passed >= $least, "@what: $passed of $total (at least $least)")
	    or note_lines($out);
}
close $floor;
is(stop_server($s), 0, 'SIGTERM ends the coordinator well');
system('rm', '-rf', $catalogs);
plan_done();
