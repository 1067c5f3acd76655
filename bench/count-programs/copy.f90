! copy WAY IN OUT: blocks of a stream; what is left is read byte by byte
program copy
	use iso_fortran_env, only: int8
	character(len=4096) :: way, source, target
	integer(int8) :: block(65536), byte
	integer :: length, at
	call get_command_argument(1, way)
	call get_command_argument(2, source)
	call get_command_argument(3, target)
	open(10, file=source, access='stream', form='unformatted', status='old')
	open(11, file=target, access='stream', form='unformatted', status='replace')
	inquire(10, size=length)
	do at = 1, length / 65536
		read(10) block
		if (way == 'turned') block = block(65536:1:-1)
		write(11) block
	end do
	do at = 1, mod(length, 65536)
		read(10) byte
		write(11) byte
	end do
end program
