#!/usr/bin/perl
# Every #include "folder/..." of src must be an edge of HACKING's table, and
# the table must have no cycle.
use strict;
use warnings;
use File::Find;
use FindBin;

my $top = "$FindBin::Bin/..";
my (%may, @bad, $files);
open my $h, '<', "$top/HACKING" or die "HACKING: $!";
while (<$h>) {
	next unless m{^    src/(\w+)\s+(\S.*)$};
	$may{$1} = { map { $_ => 1 } grep { $_ ne '-' } split ' ', $2 };
}
close $h;
print "1..3\n";
print keys %may >= 18 ? "ok" : "not ok", " 1 - HACKING has the table\n";

sub reaches {
	my ($from, $to, $seen) = @_;
	return 0 if $seen->{$from}++;
	return 1 if $may{$from}{$to};
	return scalar grep { reaches($_, $to, $seen) } keys %{ $may{$from} };
}
my @cycles = grep { reaches($_, $_, {}) } keys %may;
print "# cycle through $_\n" for @cycles;
print @cycles ? "not ok" : "ok", " 2 - the table has no cycle\n";

find({ no_chdir => 1, wanted => sub {
	return unless m{/src/(\w+)/.*\.[ch]$};
	my $folder = $1;
	$files++;
	open my $f, '<', $_ or die "$_: $!";
	while (my $line = <$f>) {
		next unless $line =~ m{^\s*#\s*include\s+"(\w+)/};
		next if $1 eq $folder;
		push @bad, "$_:$.: $folder may not include $1"
		    unless $may{$folder}{$1};
	}
	close $f;
} }, "$top/src");
print "# $_\n" for @bad;
print @bad || !$files ? "not ok" : "ok",
    " 3 - the includes of $files files keep to the table\n";
exit(@bad ? 1 : 0);
