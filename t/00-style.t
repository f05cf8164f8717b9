#!/usr/bin/perl
# Sizes of files, functions and headers, and mutable file-scope variables:
# prints the figures, fails at the limits.
use strict;
use warnings;
use File::Find;
use FindBin;

my $top = "$FindBin::Bin/..";
my ($FILE, $FUNCTION, $HEADER) = (800, 80, 300);
my (@file, @header, @function, @variable, @words);

find({ no_chdir => 1, wanted => sub {
	return unless m{\.([ch])$};
	my ($path, $kind, $n) = ($_, $1, 0);
	my ($start, $name, $previous) = (0, '', '');
	(my $short = $path) =~ s{^\Q$top\E/}{};
	open my $f, '<', $path or die "$path: $!";
	while (my $line = <$f>) {
		$n++;
		if ($line =~ /^\{$/ && $previous =~ /^(\w+)\(|\)\s*$/) {
			$start = $n;
		} elsif ($line =~ /^(\w+)\(/) {
			$name = $1;
		} elsif ($start && $line =~ /^\}$/) {
			push @function, [ $n - $start, "$short: $name" ];
			$start = 0;
		}
		push @variable, "$short:$n"
		    if $kind eq 'c' && $line =~ /^static\s+(?!const\b)(?!.*\bconst\b)[\w\s\*]+(\[[^\]]*\])?\s*(=|;)/ &&
		    $line !~ /\(/ && $line !~ /^static inline/ &&
		    $short !~ m{src/(main|base/log)\.c};
		push @words, "$short:$n" if $line =~ /\b(TODO|FIXME|XXX)\b/;
		$previous = $line;
	}
	close $f;
	push @{ $kind eq 'h' ? \@header : \@file }, [ $n, $short ];
} }, "$top/src");

sub figures {
	my ($what, $limit, @v) = @_;
	@v = sort { $a->[0] <=> $b->[0] } @v;
	my $over = grep { $_->[0] > $limit } @v;
	printf "# %s: %d, median %d, p95 %d, largest %d (%s), over %d: %d\n",
	    $what, scalar @v, $v[@v / 2][0], $v[@v * 0.95][0], $v[-1][0],
	    $v[-1][1], $limit, $over;
	print "#   $_->[1]: $_->[0]\n" for grep { $_->[0] > $limit } @v;
	return $over;
}
print "1..5\n";
my $n = 0;
for ([ 'files', $FILE, \@file ], [ 'headers', $HEADER, \@header ],
    [ 'functions', $FUNCTION, \@function ]) {
	my $over = figures($_->[0], $_->[1], @{ $_->[2] });
	print $over ? "not ok " : "ok ", ++$n, " - $_->[0] within $_->[1] lines\n";
}
print "# mutable: $_\n" for @variable;
print @variable ? "not ok 4" : "ok 4", " - no mutable file-scope variables\n";
print "# unfinished: $_\n" for @words;
print @words ? "not ok 5" : "ok 5", " - no words of unfinished work\n";
