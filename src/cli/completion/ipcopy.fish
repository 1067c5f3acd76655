# Completion of ipcopy's words for fish. The program itself says what fits: see
# `ipcopy completion --help`.

function __ipcopy_complete
	set -l words (commandline -opc)
	set -l typed (commandline -ct)
	set -l program $words[1]
	set -e words[1]
	# the value of --page=FILE begins after the equals sign
	set -l head ''
	set -l value "$typed"
	if string match -q -- '--*=*' "$typed"
		set head (string replace -r '=.*' '=' -- $typed)
		set value (string replace -r '^[^=]*=' '' -- $typed)
	end

	type -q $program; or set program ipcopy
	for line in ($program completion --words -- $words "$typed" 2>/dev/null)
		switch $line
			case \tfolders
				for path in (__fish_complete_directories $value)
					echo $head$path
				end
			case \tfiles
				for path in (__fish_complete_path $value)
					echo $head$path
				end
			case \t'command *'
				set -l first (string replace -r '.* ' '' -- $line)
				if test (math (count $words) + 1) -eq $first
					__fish_complete_command
				else
					__fish_complete_path $typed
				end
			case '*'
				echo $line
		end
	end
end

complete -c ipcopy -f -k -a '(__ipcopy_complete)'
