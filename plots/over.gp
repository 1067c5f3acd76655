# Draws texts, lines and boxes over all. Units are pixels from the top left.
set lmargin at screen 0; set rmargin at screen 1
set tmargin at screen 1; set bmargin at screen 0
unset logscale; unset border; unset tics; unset grid; unset label; unset arrow; unset object
set xrange [0:W]; set yrange [H:0]
