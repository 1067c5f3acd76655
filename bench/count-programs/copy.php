<?php // copy.php WAY IN OUT
[, $way, $source, $target] = $argv;
if ($way == 'file') { copy($source, $target); exit; }
if ($way == 'whole') { file_put_contents($target, file_get_contents($source)); exit; }
$i = fopen($source, 'rb');
$o = fopen($target, 'wb');
switch ($way) {
case 'blocks': while (($b = fread($i, 65536)) != '') fwrite($o, $b); break;
case 'stream': stream_copy_to_stream($i, $o); break;
case 'lines': while (($b = fgets($i)) !== false) fwrite($o, $b); break;
case 'turned': fwrite($o, strrev(stream_get_contents($i))); break;
}
