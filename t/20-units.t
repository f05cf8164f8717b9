#!/usr/bin/perl
# The systemd units that were made are correct and ask for little.
use strict;
use warnings;
use FindBin;
use File::Copy;
use File::Temp qw(tempdir);
use lib "$FindBin::Bin/lib";
use Quern;

if (system('command -v systemd-analyze >/dev/null 2>&1') != 0) {
	print "1..0 # SKIP no systemd-analyze\n";
	exit 0;
}
my $dir = tempdir(CLEANUP => 1);
(my $made = quern()) =~ s{/[^/]+$}{/conf};
my $quern = quern();
for my $unit ('quern-coordinator.service', 'quern-worker@.service') {
	open my $in, '<', "$made/$unit" or (ok(0, "$unit is made"), next);
	my $text = do { local $/; <$in> };
	close $in;
	ok($text !~ /\@\w+\@/ && $text =~ m{^ExecStart=/\S+/quern --role=}m,
	    "$unit names the installed program");
	$text =~ s{^ExecStart=\S+}{ExecStart=$quern}m;
	open my $out, '>', "$dir/$unit" or die $!;
	print $out $text;
	close $out;
	(my $name = $unit) =~ s/\@\./\@1./;
	copy("$dir/$unit", "$dir/$name") if $name ne $unit;
	my $said = join '', grep { /^\S*quern/ || /\/quern/ }
	    `systemd-analyze verify --man=no $dir/$name 2>&1`;
	is($said, '', "$unit: verify says nothing");
	my $security = `systemd-analyze security --offline=true $dir/$name 2>&1`;
	my ($exposure) = $security =~ /exposure level for \S+: ([\d.]+)/;
	printf "# %s: exposure %s\n", $unit, $exposure // 'unknown';
	ok(defined $exposure && $exposure <= 3, "$unit: little exposure")
	    or note_lines($security);
}
plan_done();
