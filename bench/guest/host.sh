# Sourced by scripts that boot Linux under QEMU: functions that fetch
# the parts of a guest, make its first file system, and boot it. The scripts set
# top (the source), cache, and offline (if it is not empty, nothing is fetched),
# and define die TEXT [STATUS].
# shellcheck shell=bash disable=SC2154

guest_emulator() {
	case $1 in
	amd64) echo qemu-system-x86_64 ;;
	arm64) echo qemu-system-aarch64 ;;
	*) die "--arch $1 is not known; allowed: amd64 arm64" 2 ;;
	esac
}

# guest_need PROGRAM...: ends the script unless each program is installed
guest_need() {
	local program

	for program in "$@"; do
		command -v "$program" >/dev/null ||
			die "$program is not installed"
	done
}

# guest_fetch FOLDER ARGUMENT...: runs bench/referee/fetch with these arguments,
# which must make it fill FOLDER, a folder of the cache
guest_fetch() {
	local folder=$1

	shift
	[ -d "$folder" ] || [ -z "$offline" ] || die "$folder is not there"
	"$top/bench/referee/fetch" --cache "$cache" "$@"
}

# guest_release ARCH: prints the release whose libraries the guest gets. An
# ipcopy that this machine built for itself needs the libraries of its own
# release.
guest_release() {
	if [ "$1" = "$(dpkg --print-architecture)" ]; then
		sed -n 's/^VERSION_CODENAME=//p' /etc/os-release
	else
		echo bookworm
	fi
}

# The modules for virtual disks, for ext4, and for finding the peer of a socket.
# Each module comes after the modules that it needs. Some kernels have them
# built in.
guest_modules='virtio virtio_ring virtio_pci_legacy_dev virtio_pci_modern_dev
virtio_pci virtio_blk crc16 crc32c_generic libcrc32c mbcache jbd2 ext4
inet_diag tcp_diag udp_diag unix_diag'

# guest_add_modules KERNEL FOLDER
guest_add_modules() {
	local from=$1 to=$2 name file

	mkdir "$to"
	: >"$to/order"
	for name in $guest_modules; do
		file=$(find "$from" -name "$name.ko*" -print -quit)
		[ -n "$file" ] || continue
		case $file in
		*.xz) xz -dc "$file" >"$to/$name.ko" ;;
		*) cp "$file" "$to/$name.ko" ;;
		esac
		echo "$name" >>"$to/order"
	done
}

# guest_tree PACKAGES KERNEL INIT ROOT: makes the guest's first file system, in
# the folder ROOT, from unpacked packages
guest_tree() {
	local packages=$1 kernel=$2 init=$3 root=$4 dir

	rm -rf "$root"
	mkdir "$root"
	cp -a "$packages/." "$root"
	(cd "$root" && rm -rf usr/share var usr/lib/{locale,systemd} \
		usr/lib/*/gconv)
	for dir in bin sbin lib lib64; do
		[ -e "$root/$dir" ] || ln -s "usr/$dir" "$root/$dir"
	done
	ln -sf dash "$root/bin/sh"
	guest_add_modules "$kernel" "$root/modules"
	cp "$top/bench/guest/begin" "$root/begin"
	cp "$init" "$root/init"
	chmod +x "$root/init"
}

# guest_pack ROOT FILE: makes the guest's initramfs, and removes ROOT. FILE is
# not compressed: the guest would need longer to unpack it than QEMU to load it.
guest_pack() {
	(cd "$1" && find . | cpio -o -H newc --quiet) >"$2"
	rm -rf "$1"
}

guest_console() {
	case $1 in
	amd64) echo 'console=ttyS0 tsc=reliable mitigations=off' ;;
	arm64) echo 'console=ttyAMA0' ;;
	esac
}

qemu_pid=
guest_stop() {
	[ -z "$qemu_pid" ] || kill "$qemu_pid" 2>/dev/null || true
}

# guest_boot SECONDS ARCH KERNEL CPIO CONSOLE WORDS OPTION...: WORDS go to the
# kernel, OPTIONs to QEMU. Returns the status of QEMU, or 124 after SECONDS.
guest_boot() {
	local seconds=$1 arch=$2 kernel=$3 cpio=$4 console=$5 words=$6 status=0

	shift 6
	timeout "$seconds" "$(guest_emulator "$arch")" -accel tcg \
		-display none -serial stdio -monitor none -no-reboot -nic none \
		-kernel "$kernel"/boot/vmlinuz-* -initrd "$cpio" "$@" \
		-append "$(guest_console "$arch") $words quiet panic=-1 loglevel=3" \
		</dev/null >"$console" 2>&1 &
	qemu_pid=$!
	wait "$qemu_pid" || status=$?
	qemu_pid=
	return "$status"
}
