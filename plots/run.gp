# Draws the course of a run: speeds, times of a fixed amount of work, and stolen
# time, in the order of the rounds.
set xrange [0:LAST+1]
P = 1
set lmargin at screen X0[P]/W; set rmargin at screen X1[P]/W
set tmargin at screen 1-Y0[P]/H; set bmargin at screen 1-Y1[P]/H
set logscale y 2; set yrange [YLO:YHI]
eval SPEED_TICS
set format x ""
plot $SPEED using 1:2:6 with filledcurves fc rgb "#0072B2" fs transparent solid 0.15 noborder notitle, \
     $SPEED using 1:3:5 with filledcurves fc rgb "#0072B2" fs transparent solid 0.30 noborder notitle, \
     $SPEED using 1:4 with lines lw 1.3 lc rgb "#0072B2" notitle, \
     $OUTLIERS using 1:2 with points pt 7 ps 0.22 lc rgb "#B04D00" notitle, \
     $FAILED using 1:2 with points pt 2 ps 0.5 lw 1.2 lc rgb "#222222" notitle
P = 2
set lmargin at screen X0[P]/W; set rmargin at screen X1[P]/W
set tmargin at screen 1-Y0[P]/H; set bmargin at screen 1-Y1[P]/H
unset logscale y; set yrange [WITNESS_LOW:WITNESS_HIGH]; set ytics WITNESS_STEP
if (PANELS < 3) set format x "%g"
plot $WITNESS using 1:2:6 with filledcurves fc rgb "#7F7F7F" fs transparent solid 0.20 noborder notitle, \
     $WITNESS using 1:3:5 with filledcurves fc rgb "#7F7F7F" fs transparent solid 0.40 noborder notitle, \
     $WITNESS using 1:4 with lines lw 1.2 lc rgb "#222222" notitle
if (PANELS > 2) {
  P = 3
  set lmargin at screen X0[P]/W; set rmargin at screen X1[P]/W
  set tmargin at screen 1-Y0[P]/H; set bmargin at screen 1-Y1[P]/H
  set yrange [0:*]; set ytics STEAL_STEP; set format x "%g"
  plot $STEAL using 1:2 with impulses lw 2 lc rgb "#B04D00" notitle
}
