# The style of all figures. fmt (svg, png, pdf), out, and W and H in pixels are
# set before it. The canvas has W x H pixels in every format.
if (!exists("fmt")) fmt = "svg"
if (!exists("out")) out = "figure.".fmt
# If Inter is missing, a font of about the same width. An SVG gets a list of
# fonts afterwards, from which the program that shows it chooses.
FONT = "Inter"
if (fmt ne "svg") FONT = system("fc-match -f '%{family[0]}' 'Inter,Liberation Sans,DejaVu Sans Condensed' 2>/dev/null")
if (FONT eq "") FONT = "sans"
if (fmt eq "svg") set terminal svg size W,H enhanced font FONT.",10" fontscale 1.28 linewidth 1 dashlength 1 background "white" butt dynamic
if (fmt eq "png") set terminal pngcairo size 2.5*W,2.5*H enhanced font FONT.",10" fontscale 2.4 linewidth 2.5 pointscale 4.2 background "white" dashlength 1
if (fmt eq "pdf") set terminal pdfcairo size W/110.0,H/110.0 enhanced font FONT.",10" fontscale 0.6545 linewidth 1.2 pointscale 1.15 dashlength 0.6
set encoding utf8
set output out
# text is near black, and axes and grid are grey; only data has colours
INK = "#222222"; MUTE = "#666666"; HAIR = "#d9d9d9"
set border 3 lw 0.8 lc rgb MUTE
set tics nomirror out scale 0.55,0.3 textcolor rgb MUTE font ",8.5"
set grid ytics lt 1 lw 0.5 lc rgb HAIR
unset key
