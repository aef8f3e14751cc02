# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# life=readiness: a host that is ready; then one mistake after the other is planted in it, hvdumpctl
# status and test say what they find, and its own cure is tried. Nothing crashes: the machine is
# switched off. Sourced by root-init.sh, whose functions it uses.

libraries=/lib/x86_64-linux-gnu
conf=/etc/hvdump.conf
kernel=/mnt/boot/vmlinuz
notifiers=/sys/module/kernel/parameters/crash_kexec_post_notifiers
crash_size=/sys/kernel/kexec_crash_size

must()
{
	"$@" > /tmp/must 2>&1 || give_up "$mistake: $*: $(tail -n 3 /tmp/must)"
}

# What a command of hvdumpctl's says now, and how it ends. The loader's words are not its own.
ask()
{
	hvdumpctl "$2" > /tmp/said 2> /dev/null
	say "EXIT $1 $2 $?"
	sed "s/^/VM-SAID $1 $2 /" /tmp/said
}

arm()
{
	load_by hvdumpctl arm "$@" --kernel=$kernel
}

disarm_and_unload()
{
	must hvdumpctl disarm
	must rmmod hvdump
}

load_as()
{
	# Read by load_module.
	# shellcheck disable=SC2034
	vm_module_args="live_pause_ms=50 $*"
	load_module
}

target()
{
	echo "output = $1" > $conf
}

# plant_MISTAKE and cure_MISTAKE.

plant_image()		{ must hvdumpctl disarm; }
cure_image()		{ arm; }

plant_module()		{ disarm_and_unload; load_by kexec -s -p $kernel; }
cure_module()		{ load_as; arm; }

plant_late()		{ plant_module; load_as; }
cure_late()		{ arm; }

plant_collector()	{ mv /bin/hvdump-collect /away; }
cure_collector()	{ mv /away /bin/hvdump-collect; }

# A library of its own, that no other program here needs.
plant_collectorlib()	{ mv $libraries/libnettle.so.8 /away; }
cure_collectorlib()	{ mv /away $libraries/libnettle.so.8; }

plant_makedumpfile()	{ mv /bin/makedumpfile /away; }
cure_makedumpfile()	{ mv /away /bin/makedumpfile; }

plant_makedumpfilelib()	{ mv $libraries/liblzo2.so.2 /away; }
cure_makedumpfilelib()	{ mv /away $libraries/liblzo2.so.2; }

plant_config()		{ echo 'keep-dumps = many' >> $conf; }
cure_config()		{ target /mnt/crash; }

plant_file()		{ target /bin/busybox; }
cure_file()		{ target /mnt/crash; }

# As where the disk of dumps was not mounted.
plant_dangling()	{ ln -s /srv/disk/crash /link; target /link; }
cure_dangling()		{ target /mnt/crash; }

plant_readonly()	{ must mount -o remount,ro /mnt; }
cure_readonly()		{ must mount -o remount,rw /mnt; }

small_disk()		{ mkdir -p /small; must mount -t tmpfs -o size="$1" tmpfs /small; target /small; }
plant_full()		{ small_disk 256k; }
cure_full()		{ target /mnt/crash; umount /small; }
plant_little()		{ small_disk 40m; }
cure_little()		{ cure_full; }

plant_notifiers()	{ echo N > $notifiers; }
cure_notifiers()	{ echo Y > $notifiers; }

# A kdump service that does not know of the collector.
kdump_tools()		{ printf '#!/bin/sh\n' > /sbin/kdump-config; chmod +x /sbin/kdump-config; }
plant_service()		{ kdump_tools; }
cure_service()		{ must hvdumpctl install; }

# The same, where only the collector finds the notes.
plant_road()		{ must hvdumpctl uninstall; arm --syscall; }
cure_road()		{ must hvdumpctl install; }

plant_big()		{ rm /sbin/kdump-config; disarm_and_unload; load_as size_kb=40960 chunk_kb=4096; arm; }
cure_big()		{ disarm_and_unload; load_as; arm; }

plant_huge()
{
	disarm_and_unload
	echo $((96 << 20)) > $crash_size
	load_as size_kb=57344 chunk_kb=4096
	arm
}
cure_huge()		{ cure_big; }

# Guests, and no module that keeps their memory out. Its cure is no more than that modprobe knows it.
plant_guests()		{ must /sbin/insmod /mshv_root.ko; }
cure_guests()
{
	mkdir -p "/lib/modules/$(uname -r)"
	echo "updates/dkms/hvdump_vmcore.ko:" > "/lib/modules/$(uname -r)/modules.dep"
}

# There is no way back from these.
plant_reserved()	{ must hvdumpctl disarm; echo 0 > $crash_size; }

plant_lockdown()
{
	must rmmod hvdump
	echo integrity > /sys/kernel/security/lockdown
	load_module
}

try_all()
{
	for mistake; do
		"plant_$mistake"
		ask "$mistake" status
		ask "$mistake" test
		"cure_$mistake"
		ask "$mistake:cured" status
	done
}

after_load()
{
	mkdir -p /etc
	target /mnt/crash
	echo Y > $notifiers
	ask good status
	ask good test
	try_all image module late collector collectorlib makedumpfile makedumpfilelib config file \
		dangling readonly full little notifiers service road big huge
	[ ! -e /mshv_root.ko ] || try_all guests
	ask again test
	mount -t securityfs securityfs /sys/kernel/security
	for mistake in reserved lockdown; do
		[ $mistake = reserved ] || [ -e /sys/kernel/security/lockdown ] || break
		"plant_$mistake"
		ask "$mistake" status
		ask "$mistake" test
	done
	umount /mnt
	say "READY $(uname -r)"
	poweroff -f
}
