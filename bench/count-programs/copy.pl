# copy.pl WAY IN OUT
use strict;
use File::Copy ();
my ($way, $in, $out) = @ARGV;
open my $i, '<:raw', $in or die "$in: $!";
open my $o, '>:raw', $out or die "$out: $!";
my $b;
my %ways = (
	calls => sub { syswrite $o, $b while sysread $i, $b, 65536 },
	buffered => sub { print $o $b while read $i, $b, 65536 },
	lines => sub { while (<$i>) { print $o $_ } },
	whole => sub { local $/; print $o scalar <$i> },
	copied => sub {
		while (sysread $i, $b, 65536) {
			my $c = $b . '';
			syswrite $o, $c;
		}
	},
	module => sub { File::Copy::copy($i, $o) or die $! },
	pipe => sub {
		open my $p, '-|', 'cat', $in or die $!;
		syswrite $o, $b while sysread $p, $b, 65536;
	},
	turned => sub {
		while (sysread $i, $b, 65536) {
			$b =~ tr/\x00-\xff/\x80-\xff\x00-\x7f/;
			syswrite $o, $b;
		}
	},
);
$ways{$way}->();
