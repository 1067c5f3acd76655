# Draws panels of lines with ribbons. over.gp adds their labels afterwards.
set logscale x 2; set logscale y 2
do for [p=1:PANELS] {
  set xrange [XLO[p]:XHI[p]]; set yrange [YLO[p]:YHI[p]]
  eval TICS[p]
  set lmargin at screen X0[p]/W; set rmargin at screen X1[p]/W
  set tmargin at screen 1-Y0[p]/H; set bmargin at screen 1-Y1[p]/H
  a = int(FIRST[p]); z = int(FIRST[p+1])-1
  plot for [i=a:z] $LINES index i using 1:(LINE[i+1]?$3:NaN):4 with filledcurves fc rgb int(COLOUR[i+1]) fs transparent solid 0.20 noborder notitle, \
       for [i=a:z] $LINES index i using 1:(LINE[i+1]?$2:NaN) with lines lw 1.3 dt int(DASH[i+1]) lc rgb int(COLOUR[i+1]) notitle, \
       for [i=a:z] $LINES index i using 1:(LINE[i+1]?NaN:$2):3:4 with yerrorbars pt 0 ps 0.01 lw 1 lc rgb int(COLOUR[i+1]) notitle, \
       for [i=a:z] $LINES index i using 1:(POINT[i+1]?$2:NaN) with points pt int(POINT[i+1]) ps 0.45 lc rgb int(COLOUR[i+1]) notitle
}
