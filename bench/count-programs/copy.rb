# copy.rb WAY IN OUT
require 'fileutils'
way, source, target = ARGV
case way
when 'calls'
  i = IO.for_fd(IO.sysopen(source))
  o = IO.for_fd(IO.sysopen(target, 'w'))
  buffer = String.new
  begin
    loop { o.syswrite(i.sysread(65_536, buffer)) }
  rescue EOFError
  end
when 'whole' then File.binwrite(target, File.binread(source))
when 'stream' then IO.copy_stream(source, target)
when 'module' then FileUtils.cp(source, target)
when 'lines'
  File.open(target, 'w') { |o| File.foreach(source) { |line| o.write(line) } }
when 'pipe'
  r, w = IO.pipe
  fork do
    r.close
    File.open(source, 'rb') { |i| while (b = i.read(65_536)) do w.write(b) end }
  end
  w.close
  File.open(target, 'wb') do |o|
    begin
      loop { o.syswrite(r.readpartial(65_536)) }
    rescue EOFError
    end
  end
when 'turned' then File.binwrite(target, File.binread(source).reverse)
end
