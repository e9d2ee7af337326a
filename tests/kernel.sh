# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Debian's kernel for machines that tests boot, and the initramfs that it starts with. It comes as Debian packages, which are unpacked and never
# installed; nothing here needs root.

kernel_package=linux-image-cloud-amd64

# what_kernel_is_missing: says why it cannot be had, or nothing
what_kernel_is_missing()
{
	if ! apt-cache show "$kernel_package" >/dev/null 2>&1 && ! { apt-get -qq update && apt-cache show "$kernel_package"; } >/dev/null 2>&1; then
		echo "apt knows no $kernel_package, Debian's kernel, which is to be booted"
	fi
}

# unpack_kernel DEBS UNPACKED [PACKAGE...]: UNPACKED becomes the files of the kernel, of busybox and of these packages; DEBS keeps each as
# NAME_VERSION.deb, so that it is downloaded once
unpack_kernel()
{
	local debs=$1 unpacked=$2 image name version parts
	shift 2
	rm -rf "$unpacked"
	image=$(depends_on "$kernel_package" linux-image)
	parts=$(depends_on "$image" 'linux-(modules|binary|base)') # Debian 14 has it in three
	for name in "$image" $parts busybox-static "$@"; do
		version=$(apt-cache show --no-all-versions "$name" | awk '$1 == "Version:" {print $2}')
		[ -e "$debs/${name}_$version.deb" ] || download "$name" "$debs/${name}_$version.deb"
		dpkg -x "$debs/${name}_$version.deb" "$unpacked"
	done
	merge_usr "$unpacked"
	find "$unpacked/usr/lib/modules" -name '*.ko.xz' -exec xz --decompress {} +	# compressed from Debian 13 on
	depmod -b "$unpacked" "$(kernel_version "$unpacked")"
}

# depends_on PACKAGE EXPRESSION: the packages of a kernel's version, whose names begin so, on which this one depends
depends_on()
{
	apt-cache depends "$1" | awk -v name="^$2-[0-9]" '$1 == "Depends:" && $2 ~ name {print $2}'
}

# merge_usr DIRECTORY: some releases' packages have their programs in /bin, others' in /usr/bin
merge_usr()
{
	local directory
	for directory in bin sbin lib; do
		mkdir -p "$1/usr/$directory"
		if [ -d "$1/$directory" ]; then
			cp -al "$1/$directory/." "$1/usr/$directory"
			rm -r "${1:?}/$directory"
		fi
		ln -s "usr/$directory" "$1/$directory"
	done
}

# download PACKAGE FILE: apt's own name for it has the colon of an epoch escaped
download()
{
	local new
	mkdir -p "${2%/*}"
	new=$(mktemp -d "${2%/*}/new.XXXXXX")
	(cd "$new" && apt-get -qq -o APT::Sandbox::User="$(id -un)" download "$1") >&2
	mv "$new"/*.deb "$2"
	rmdir "$new"
}

kernel_version()
{
	ls "$1/lib/modules"
}

# kernel_image UNPACKED
kernel_image()
{
	find "$1" -name 'vmlinuz*' -type f
}

# modules UNPACKED NAME...: their files and those of what they need, in the order of loading
modules()
{
	local unpacked name
	unpacked=$(realpath "$1")
	shift
	for name; do
		modprobe -C /dev/null -d "$unpacked" -S "$(kernel_version "$unpacked")" --show-depends "$name"
	done | awk '$1 == "insmod" && !seen[$2]++ {print $2}' | xargs realpath
}

# unsigned_module FILE TO: without the signature, whose check is most of what loading it takes where the processor is emulated
unsigned_module()
{
	objcopy "$1" "$2"	# which knows nothing of what follows the sections
}

# pack_initramfs UNPACKED DIRECTORY INIT MODULE...: on stdout, what is in DIRECTORY, with INIT as its first program, busybox, and the modules, which
# /modules/list names in the order of loading
pack_initramfs()
{
	local unpacked=$1 directory=$2 init=$3 file applet
	shift 3
	mkdir -p "$directory"/{bin,dev,proc,sys,new,run,modules}
	cp "$unpacked/bin/busybox" "$directory/bin"
	for applet in $("$directory/bin/busybox" --list); do
		[ -e "$directory/bin/$applet" ] || ln -s busybox "$directory/bin/$applet"
	done
	modules "$unpacked" "$@" | while read -r file; do
		unsigned_module "$file" "$directory/modules/${file##*/}"
		echo "/modules/${file##*/}"
	done >"$directory/modules/list"
	install -m 755 "$init" "$directory/init"
	(cd "$directory" && find . | bin/busybox cpio -o -H newc 2>/dev/null) | lz4 -l -9 -q
}
