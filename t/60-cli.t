#!/usr/bin/perl
# The command line: batch mode with the embedded engine and against a server,
# the manual's examples, and the shell on a terminal.
use strict;
use warnings;
use FindBin;
use File::Temp qw(tempdir);
use IPC::Open2;
use JSON::PP;
use lib "$FindBin::Bin/lib";
use Quern;

my $dir = tempdir(CLEANUP => 1);
$ENV{HOME} = $dir;
delete @ENV{qw(PAGER QUERN_PAGER LESS)};

sub write_file {
	my ($name, $text) = @_;
	open my $f, '>', "$dir/$name" or die "$name: $!";
	print $f $text;
	close $f;
	return "$dir/$name";
}

# sh(COMMAND): (output, exit code) of a shell command that may say quern.
sub sh {
	my ($command) = @_;
	(my $bin = quern()) =~ s{/[^/]+$}{};
	local $ENV{PATH} = "$bin:$ENV{PATH}";
	my $text = `$command 2>&1`;
	return ($text, $? >> 8);
}

sub batch {
	my ($name, @server) = @_;
	my ($out, $err, $code);
	my $cli = sub { ($out, $err, $code) = run_cli(@server, @_) };

	$cli->('--execute', 'SELECT 1; ; SELECT 2;');
	is($out, "\"1\"\n\"2\"\n", "$name: several statements");
	is("$err$code", '0', "  no message, status 0");
	my $sql = q{SELECT 1 a, 'x,"y' b, CAST(NULL AS bigint) c, DECIMAL '1.50' d};
	my %want = (
		CSV => qq{"1","x,""y","","1.50"\n},
		CSV_HEADER => qq{"a","b","c","d"\n"1","x,""y","","1.50"\n},
		CSV_UNQUOTED => qq{1,x,""y,,1.50\n},
		CSV_HEADER_UNQUOTED => qq{a,b,c,d\n1,x,""y,,1.50\n},
		TSV => qq{1\tx,"y\t\t1.50\n},
		TSV_HEADER => qq{a\tb\tc\td\n1\tx,"y\t\t1.50\n},
		JSON => qq{{"a":1,"b":"x,\\"y","c":null,"d":"1.50"}\n},
		ALIGNED => qq{ a |  b   |  c   |  d   \n---+------+------+------\n 1 | x,"y | NULL | 1.50 \n(1 row)\n},
		AUTO => qq{ a |  b   |  c   |  d   \n---+------+------+------\n 1 | x,"y | NULL | 1.50 \n(1 row)\n},
		VERTICAL => qq{-[ RECORD 1 ]\na | 1\nb | x,"y\nc | NULL\nd | 1.50\n},
		MARKDOWN => qq{| a | b    |    c |    d |\n| -:| ---- | ----:| ----:|\n| 1 | x,"y | NULL | 1.50 |\n},
		NULL => '');
	for (sort keys %want) {
		$cli->('--output-format', $_, '--execute', $sql);
		is($out, $want{$_}, "$name: $_");
	}
	$cli->('--output-format', 'TSV', '--execute', q{SELECT X'00ff', JSON '{"a":1}', ARRAY[1, NULL], MAP(ARRAY['k'], ARRAY[1.5]), CAST(ROW(1, 'x') AS ROW(a bigint, b varchar))});
	is($out, qq(00 ff\t{"a":1}\t[1, NULL]\t{k=1.5}\t{a=1, b=x}\n), "$name: nested values");
	$cli->('--execute', 'SELECT * FROM tpch.tiny.orders');
	is(scalar(() = $out =~ /\n/g), 15000, "$name: many rows");

	$cli->('--execute', 'SELECT 1; SELECT nosuch; SELECT 2');
	is("$out$code", "\"1\"\n1", "$name: the first failure ends it, status 1");
	ok($err =~ /^Query \d{8}_\d{6}_\d{5}_\w{5} failed: line 1:8: Column 'nosuch' cannot be resolved\nLINE 1: SELECT nosuch\n {15}\^\n\n\z/, '  the message has the place');
	$cli->('--ignore-errors', '--execute', 'SELECT 1; SELECT nosuch; SELECT 2');
	is("$out$code", "\"1\"\n\"2\"\n1", "$name: --ignore-errors, status 1");
	$cli->('--execute', 'USE tpch.tiny; SELECT count(*) FROM nation; SELECT current_schema');
	is("$out$err$code", "\"25\"\n\"tiny\"\nUSE\n0", "$name: USE lasts; it is said on standard error");
	$cli->('--catalog', 'tpch', '--schema', 'tiny', '--execute', 'SELECT count(*) FROM nation');
	is($out, "\"25\"\n", "$name: --catalog, --schema");
	$cli->('--user', 'bob', '--timezone', 'Asia/Tokyo', '--execute', 'SELECT current_user, substr(CAST(current_timestamp AS varchar), 25)');
	is($out, "\"bob\",\"Asia/Tokyo\"\n", "$name: --user, --timezone");
	$cli->('--execute', 'PREPARE p FROM SELECT ? + 1; EXECUTE p USING 41; DEALLOCATE PREPARE p');
	is("$out$err", "\"42\"\nPREPARE\nDEALLOCATE\n", "$name: prepared statements");
	$cli->('--execute', "CREATE TABLE memory.default.cli_t AS SELECT * FROM tpch.tiny.nation; INSERT INTO memory.default.cli_t SELECT * FROM tpch.tiny.nation LIMIT 1; SELECT count(*) FROM memory.default.cli_t; DROP TABLE memory.default.cli_t");
	is("$out$err$code", "\"26\"\nCREATE TABLE: 25 rows\nINSERT: 1 row\nDROP TABLE\n0", "$name: updates say their counts");
}

sub sources {
	my $file = write_file('s.sql', "-- a comment; with a semicolon\nSELECT 1;\nSELECT ';'\n");
	my ($out, $err, $code) = run_cli('--file', $file);
	is("$out$err$code", "\"1\"\n\";\"\n0", '--file');
	($out, $code) = sh("quern --file - < $file");
	is("$out$code", "\"1\"\n\";\"\n0", '--file -');
	($out, $code) = sh("quern < $file");
	is("$out$code", "\"1\"\n\";\"\n0", 'standard input');
	($out, $code) = sh("quern < /dev/null");
	is("$out$code", '0', 'nothing to do');
	($out, $code) = sh("quern --file $dir/none");
	is("$out$code", "quern: $dir/none: No such file or directory\n2", 'no such file, status 2');
	($out, $code) = sh("quern --execute 'SELECT 1' --file $file");
	is("$out$code", "quern: both --execute and --file specified\n2", 'both, status 2');
	($out, $code) = sh("quern --output-format XML --execute 'SELECT 1'");
	is($code, 2, 'no such format, status 2');
	($out, $code) = sh("quern --nonsense");
	is($code, 2, 'no such option, status 2');
	($out, $code) = sh("quern --server http://127.0.0.1:1 --execute 'SELECT 1'");
	is($code, 1, 'nobody there, status 1');
	ok($out =~ /cannot connect to 127.0.0.1:1/, '  the message');
	($out, $code) = sh("quern --execute 'SELECT * FROM tpch.tiny.lineitem' | head -n 1 | wc -l");
	is($out, "1\n", 'a reader that leaves');
}

# The lines of EXAMPLES, as a shell runs them.
sub examples {
	open my $f, '<', top() . '/man/quern.1' or die "quern.1: $!";
	my @lines = map { s/^\.Dl //r } grep { /^\.Dl / } <$f>;
	ok(@lines >= 3, 'the manual has examples');
	for (@lines) {
		chomp;
		s/\\\(dq/"/g;
		my ($out, $code) = sh($_);
		ok($code == 0 && $out ne '', "example: $_") or note_lines($out);
	}
}

# dialogue(NAME, \@options, STEPS): each step but "send" is a test.
sub dialogue {
	my ($name, $options, @steps) = @_;
	my $pid = open2(my $from, my $to, 'python3', top() . '/t/lib/terminal.py');
	print $to encode_json({ command => [ quern(), @$options ], rows => 24,
	    env => { TERM => 'xterm' }, steps => [ map { $_->[0] eq 'send' ? $_
	    : [ @$_[ 1 .. $#$_ ] ] } @steps ] });
	close $to;
	for (grep { $_->[0] ne 'send' } @steps) {
		my $line = <$from> // '[false,"no answer"]';
		my ($good, $seen) = @{ decode_json($line) };
		ok($good, "$name: $_->[0]") or note_lines($seen);
	}
	waitpid $pid, 0;
}

sub interactive {
	my ($name, @server) = @_;
	my $history = "$dir/history-" . (@server ? 'server' : 'embedded');

	dialogue($name, [ @server, '--history-file', $history, '--pager', '' ],
	    [ 'the prompt', 'expect', 'quern> $', 20 ],
	    [ 'send', "SELECT 1\r" ],
	    [ 'a second line is asked for', 'expect', '    -> $', 10 ],
	    [ 'send', "AS one;\r" ],
	    [ 'the answer', 'expect', ' one \n-----\n   1 \n\(1 row\)\n', 20 ],
	    [ 'the costs', 'expect', 'Query \w+, FINISHED, 1 node\nSplits: \d+ total, \d+ done \([\d.]+%\)\n[\d.]+ \[.* rows, .*B\] \[.* rows/s, .*B/s\]\n\nquern> $', 10 ],
	    [ 'send', "SELECT 2; SELECT\r" ],
	    [ 'a whole statement and a beginning', 'expect', '2.*    -> $', 10 ],
	    [ 'send', "\x03" ],
	    [ 'Control-C drops the beginning', 'expect', '\^C\nquern> $', 10 ],
	    [ 'send', "USE tpch.tiny;\r" ],
	    [ 'USE changes the prompt', 'expect', 'USE\n.*quern:tiny> $', 10 ],
	    [ 'send', "SELECT count(*) FROM nat\t" ],
	    [ 'a table is completed', 'expect', 'nation $', 10 ],
	    [ 'send', ";\r" ],
	    [ '  and found', 'expect', '25 .*quern:tiny> $', 10 ],
	    [ 'send', "SELECT count(*) FROM tpch.sf1000.lineitem a, tpch.sf1000.lineitem b;\r" ],
	    [ 'progress', 'expect', '0:\d\d RUNNING ', 20 ],
	    [ 'send', "\x03" ],
	    [ 'Control-C cancels', 'expect', 'Query aborted by user\n.*quern:tiny> $', 20 ],
	    [ 'send', "SELECT nosuch;\r" ],
	    [ 'a failure', 'expect', "failed: line 1:8: Column 'nosuch' cannot be resolved\nLINE 1: SELECT nosuch\n {15}\\^\n.*quern:tiny> \$", 10 ],
	    [ 'an interrupt at the prompt', 'signal', 2 ],
	    [ 'send', "SELECT 'h\xe9llo' AS x\\G\r" ],
	    [ '\G', 'expect', 'RECORD 1 \]-*\nx \| h.llo\n.*quern:tiny> $', 10 ],
	    [ 'send', "history;\r" ],
	    [ 'history', 'expect', "SELECT 1\nAS one;\nSELECT 2;\n.*SELECT nosuch;\n.*quern:tiny> \$", 10 ],
	    [ 'send', "\x1b[A\x1b[A\r" ],
	    [ 'the last but one statement again', 'expect', 'nosuch.*cannot be resolved.*quern:tiny> $', 10 ],
	    [ 'send', "help\r" ],
	    [ 'help', 'expect', 'A statement ends with.*quern:tiny> $', 10 ],
	    [ 'send', "EXIT;\r" ],
	    [ 'exit', 'end', 0, 10 ]);
	open my $f, '<', $history or die "$history: $!";
	my $text = do { local $/; <$f> };
	ok($text =~ /USE\\040tpch\.tiny;/, "$name: the history is kept");

	dialogue($name, [ @server, '--history-file', $history, '--pager', 'cat > /dev/null; echo paged' ],
	    [ 'the prompt again', 'expect', 'quern> $', 20 ],
	    [ 'send', "\x1b[A\r" ],
	    [ 'the history of the last time', 'expect', 'nosuch.*failed.*quern> $', 10 ],
	    [ 'send', "SELECT * FROM tpch.tiny.nation;\r" ],
	    [ 'long output is paged', 'expect', '\npaged\n.*quern> $', 10 ],
	    [ 'send', "SELECT 1;\r" ],
	    [ 'short output is not', 'expect', '\(1 row\).*quern> $', 10 ],
	    [ 'send', "\x04" ],
	    [ 'the end of input', 'end', 0, 10 ]);

	dialogue($name, [ @server, '--history-file', "$history-2", '--pager', 'true' ],
	    [ 'the prompt', 'expect', 'quern> $', 20 ],
	    [ 'send', "SELECT * FROM tpch.sf100.lineitem;\r" ],
	    [ 'leaving the pager ends the statement', 'expect', 'quern> $', 30 ],
	    [ 'send', "quit\r" ],
	    [ 'quit', 'end', 0, 10 ]);

	dialogue($name, [ @server, '--progress', '--execute', 'SELECT count(*) FROM tpch.sf1000.lineitem a, tpch.sf1000.lineitem b; SELECT 42' ],
	    [ 'batch: progress', 'expect', 'RUNNING', 20 ],
	    [ 'send', "\x03" ],
	    [ 'batch: Control-C', 'expect', 'Query aborted by user', 20 ],
	    [ 'batch: ends, status 130', 'end', 130, 10 ]);
}

batch('embedded');
sources();
examples();
interactive('terminal');
my $server = start_server(role => 'coordinator');
ok($server->{http}, 'a server');
if ($server->{http}) {
	batch('server', '--server', $server->{http});
	interactive('terminal, server', '--server', $server->{http});
}
plan_done();
