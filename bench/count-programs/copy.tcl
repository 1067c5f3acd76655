# copy.tcl WAY IN OUT
lassign $argv way source target
if {$way eq "file"} { file copy -force $source $target; exit }
set i [open $source rb]
set o [open $target wb]
fconfigure $i -buffersize 65536
fconfigure $o -buffersize 65536
switch $way {
	fcopy { fcopy $i $o }
	blocks { while {![eof $i]} { puts -nonewline $o [read $i 65536] } }
	lines { while {[gets $i line] >= 0} { puts $o $line } }
	turned { puts -nonewline $o [string reverse [read $i]] }
}
close $o
