#!/usr/bin/perl
# The manual pages are correct mdoc, and what is made from the table of
# settings (quern.conf(5), the sample configuration) is as quern prints it.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/lib";
use Quern;

sub text {
	open my $f, '<', $_[0] or return '';
	local $/;
	return scalar <$f>;
}

my $man = top() . '/man';
for my $page (qw(quern.1 quern.8 quern.conf.5)) {
	my $said = system('command -v mandoc >/dev/null') == 0
	    ? `mandoc -T lint -W warning $man/$page 2>&1` : '';
	is($said, '', "$page has no lint");
}
my ($settings) = run_cli('--print-settings-mdoc');
ok(length $settings > 1000, 'the settings are printed');
(my $page = text("$man/quern.conf.5.in")) =~ s/^\@SETTINGS\@\n/$settings/m;
ok($page eq text("$man/quern.conf.5"),
    'quern.conf.5 is up to date (make update-docs)');
my ($sample) = run_cli('--print-sample-conf');
ok($sample eq text(top() . '/conf/quern.conf'),
    'conf/quern.conf is up to date (make update-docs)');
my ($help) = run_cli('--help=settings');
my @names = $sample =~ /^#([a-z][\w.-]*)=/mg;
my @missing = grep { $help !~ /^\Q$_\E=/m } @names;
is("@missing", '', scalar @names . ' settings in --help=settings');
plan_done();
