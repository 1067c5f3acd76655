-- copy.lua WAY IN OUT
local way, source, target = arg[1], arg[2], arg[3]
local i, o = io.open(source, "rb"), io.open(target, "wb")
local ways = {
	blocks = function()
		for b in function() return i:read(65536) end do o:write(b) end
	end,
	whole = function() o:write(i:read("*a")) end,
	lines = function() for l in i:lines() do o:write(l, "\n") end end,
	pipe = function()
		local p = io.popen("cat " .. source)
		for b in function() return p:read(65536) end do o:write(b) end
	end,
	turned = function() o:write((i:read("*a"):reverse())) end,
}
ways[way]()
o:close()
