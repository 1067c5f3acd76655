# The cost of a byte against its copies: the line and its band. Markers and
# their labels are put over them afterwards.
set lmargin at screen X0[1]/W; set rmargin at screen X1[1]/W
set tmargin at screen 1-Y0[1]/H; set bmargin at screen 1-Y1[1]/H
set xrange [XLO:XHI]; set yrange [0:YHI]
set xtics 0,1; set ytics autofreq
plot $BAND using 1:3:4 with filledcurves fc rgb "#0072B2" fs transparent solid 0.14 noborder notitle, \
     $BAND using 1:2 with lines lw 1.3 lc rgb "#0072B2" notitle
