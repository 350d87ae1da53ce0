# Runs in the shell of the far side, for FarWriter: takes small files by the standard input, writes them, and gives back
# by the standard output what they hold then.
#
# A question: what to do (1 byte), flags (1), mode (4), time (4), length of the path (4), of what follows it (4), both.
# An answer, in the order of the questions: 0 or 1 for refused (1 byte), size of the file (4), its bytes if they were
# asked for. It never touches a file that is there, and removes none: whoever asked knows better what to do then. First
# come two numbers (4 bytes each): seconds after which an answer, and one that took a flush, is no longer waited for.
use strict;
use Fcntl;

use constant { TIMES => 1, FLUSH => 2, BACK => 4 };

my $in = "";     # came, and was not used yet
my $out = "";    # goes before it waits for more
my %whole;       # by device: a handle by which its file system is flushed as a whole, or nothing where it is not
my %dirty;       # devices that were written to since they were flushed

sub send_out {
    for (my $at = 0; $at < length $out;) {
        $at += syswrite(STDOUT, $out, length($out) - $at, $at) || exit 1;
    }
    $out = "";
}

sub wait_for {
    my ($count) = @_;
    while (length $in < $count) {
        send_out();
        sysread(STDIN, $in, 262144, length $in) || exit 0;
    }
}

sub take {
    my ($count) = @_;
    wait_for($count);
    return substr $in, 0, $count, "";
}

# Number of syncfs where it tells of every failure (Linux 5.8 and newer).
sub syncfs {
    return unless $^O eq "linux" && length(pack "p", "") == 8;
    require POSIX;
    my (undef, undef, $release, undef, $machine) = POSIX::uname();
    my ($major, $minor) = $release =~ /^(\d+)\.(\d+)/ or return;
    return unless $major > 5 || $major == 5 && $minor >= 8;
    return { x86_64 => 306, aarch64 => 267 }->{$machine};
}

# On others than these it can mean nothing.
sub type_is_flushed_as_a_whole {
    my ($device) = @_;
    my $number = join ":", $device >> 8 & 0xfff, $device & 0xff | $device >> 12 & 0xfff00;
    open my $mounts, "<", "/proc/self/mountinfo" or return;
    while (<$mounts>) {
        return 1 if (split)[2] eq $number && / - (?:ext4|xfs) /;
    }
    return;
}

# To be called before anything is written: only then does the system tell of writes that failed in between.
sub whole {
    my ($device, $path) = @_;
    unless (exists $whole{$device}) {
        my ($directory, $handle) = $path =~ m{^(.*/)}s;
        syncfs() && type_is_flushed_as_a_whole($device) && sysopen $handle, $directory, O_RDONLY;
        $whole{$device} = $handle;
    }
    return $whole{$device};
}

# Writes $size bytes of what came in, and returns the size of the file and the bytes of it that were asked for.
sub put {
    my ($flags, $mode, $time, $path, $size) = @_;
    sysopen my $file, $path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0600 or return;
    my $each = $flags & FLUSH;
    if ($each) {
        my $device = (stat $file)[0];
        if (whole($device, $path)) {
            $dirty{$device} = 1;
            $each = 0;
        }
    }
    for (my $at = 0; $at < $size;) {
        $at += syswrite($file, $in, $size - $at, $at) || return;
    }
    chmod $mode, $file or return;
    !($flags & TIMES) || utime $time, $time, $file or return;
    if ($each) {
        require IO::Handle;
        $file->sync or return;
    }
    my @there = $flags & BACK ? back($file, $size) : -s $file;
    return close $file ? @there : ();
}

# One byte more than there should be is asked for, to see that the file ends there.
sub back {
    my ($file, $size) = @_;
    sysseek $file, 0, 0 or return;
    my $there = "";
    while (1) {
        my $wanted = $size + 1 - length $there;
        my $count = sysread $file, $there, $wanted, length $there;
        return unless defined $count;
        return length $there, $there if $count == 0 || length $there >= $size;
    }
}

# A flush that failed cannot be had again: nobody must believe the next one.
sub flush {
    for my $device (keys %dirty) {
        exit 1 if syscall(syncfs(), fileno $whole{$device}) != 0;
    }
    %dirty = ();
    return 0;
}

sub look {
    my ($path) = @_;
    sysopen my $file, $path, O_RDONLY | O_NOFOLLOW or return;
    return back($file, 4096);
}

binmode STDIN;
binmode STDOUT;
$out = "lightpipe writes\n";
my ($patience, $flush_patience) = unpack "NN", take(8);
my $begun = time;
while (1) {
    my ($what, $flags, $mode, $time, $length, $size) = unpack "aCNNNN", take(18);
    my $path = take($length);
    wait_for($size);
    if ($begun != time) {
        send_out();
        $begun = time;
    }
    my @answer =
          $what eq "p" ? put($flags, $mode, $time, $path, $size)
        : $what eq "f" ? flush()
        : $what eq "l" ? look($path)
        : $what eq "m" ? (rename($path, substr $in, 0, $size) ? 0 : ())
        :                exit 1;
    # Others may do by now what was asked after this.
    exit 1 if time - $begun > ($what eq "f" || $flags & FLUSH ? $flush_patience : $patience);
    substr $in, 0, $size, "";
    $out .= @answer ? pack("CN", 0, $answer[0]) . ($answer[1] // "") : pack("CN", 1, 0);
}
